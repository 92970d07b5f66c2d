"""Borders and fills of one page, on the grid.

Every edge belongs to the grid, not to a cell: two cells that share it draw it once, the
heavier weight wins, and edges in line become one line. So borders meet exactly.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.render.pdf.file.syntax import number
from generator.render.pdf.page.grid import PageGrid, PlacedCell
from generator.render.pdf.page.operators import filled_rectangle

_WIDTHS = {"hair": 0.25, "dotted": 0.5, "thin": 0.5, "medium": 1.0}  # points; in order, the last wins
_RANK = {weight: rank for rank, weight in enumerate(_WIDTHS, 1)}
_DOTS = "[1 1.25] 0 d"


def fills(placed: Iterable[PlacedCell]) -> list[str]:
    """Operators that paint the cells' backgrounds."""
    operators = []
    for at in placed:
        colour = at.cell.style.fill
        if colour:
            parts = " ".join(number(int(colour[n : n + 2], 16) / 255) for n in (0, 2, 4))
            operators += [f"{parts} rg", filled_rectangle(at.left, at.bottom, at.right - at.left, at.top - at.bottom)]
    return [*operators, "0 g"] if operators else []


def borders(grid: PageGrid, placed: Iterable[PlacedCell]) -> list[str]:
    """Operators that draw the borders of the cells."""
    across: dict[tuple[int, int], str] = {}  # (row boundary, column) → weight
    down: dict[tuple[int, int], str] = {}  # (column boundary, row) → weight
    for at in placed:
        style = at.cell.style
        for column in range(at.first_column, at.end_column):
            _heavier(across, (at.first_row, column), style.top)
            _heavier(across, (at.end_row, column), style.bottom)
        for row in range(at.first_row, at.end_row):
            _heavier(down, (at.first_column, row), style.left)
            _heavier(down, (at.end_column, row), style.right)
    operators = []
    for boundary, begin, end, weight in _lines(across):
        operators.append(_line(grid.xs[begin], grid.ys[boundary], grid.xs[end], grid.ys[boundary], weight))
    for boundary, begin, end, weight in _lines(down):
        operators.append(_line(grid.xs[boundary], grid.ys[end], grid.xs[boundary], grid.ys[begin], weight))
    return operators


def _line(left: float, bottom: float, right: float, top: float, weight: str) -> str:
    """A line; solid ones reach half their width beyond the ends, which closes the corners."""
    width = _WIDTHS[weight]
    if weight == "dotted":
        begin, end = f"{number(left)} {number(bottom)}", f"{number(right)} {number(top)}"
        return f"{number(width)} w {_DOTS} {begin} m {end} l S"
    return filled_rectangle(left - width / 2, bottom - width / 2, right - left + width, top - bottom + width)


def _heavier(edges: dict[tuple[int, int], str], edge: tuple[int, int], weight: str) -> None:
    if weight and _RANK[weight] > _RANK.get(edges.get(edge, ""), 0):
        edges[edge] = weight


def _lines(edges: dict[tuple[int, int], str]) -> list[tuple[int, int, int, str]]:
    """(boundary, begin, end, weight): neighbouring edges of one weight joined."""
    joined: list[tuple[int, int, int, str]] = []
    for (boundary, place), weight in sorted(edges.items()):
        if joined:
            last, begin, end, same = joined[-1]
            if last == boundary and end == place and same == weight:
                joined[-1] = (boundary, begin, place + 1, weight)
                continue
        joined.append((boundary, place, place + 1, weight))
    return joined
