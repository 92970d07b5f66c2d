"""Where the rows, columns and cells of one page lie, in points from its lower left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from generator.document import Cell, Sheet
from generator.paper import POINTS_PER_MM


@dataclass(frozen=True, slots=True)
class PageGrid:
    """Boundaries of a page: ``xs`` of the columns, ``ys`` of the page's rows from the top down."""

    rows: tuple[int, ...]  # the sheet's rows in the order of the page
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell on a page: its box, and its boundaries counted on the page's grid."""

    cell: Cell
    first_row: int
    end_row: int
    first_column: int
    end_column: int
    left: float
    right: float
    top: float
    bottom: float


def grid_of(sheet: Sheet, rows: Sequence[int]) -> PageGrid:
    """The grid of the page that has these rows of the sheet."""
    top, _, _, left = sheet.margins
    xs = tuple((left + x) * POINTS_PER_MM for x in accumulate(sheet.columns, initial=0.0))
    heights = (sheet.heights[row] for row in rows)
    ys = tuple((sheet.paper[1] - top - y) * POINTS_PER_MM for y in accumulate(heights, initial=0.0))
    return PageGrid(tuple(rows), xs, ys)


def placed_cells(cells: dict[int, list[Cell]], grid: PageGrid) -> list[PlacedCell]:
    """The cells (by row) that begin on the page; of a cell that reaches beyond it, the part on the page."""
    placed = []
    for at, row in enumerate(grid.rows):
        for cell in cells.get(row, ()):
            end = at + 1
            while end < len(grid.rows) and end - at < cell.rows and grid.rows[end] == row + end - at:
                end += 1
            first, last = cell.column, min(cell.column + cell.columns, len(grid.xs) - 1)
            box = (grid.xs[first], grid.xs[last], grid.ys[at], grid.ys[end])
            placed.append(PlacedCell(cell, at, end, first, last, *box))
    return placed
