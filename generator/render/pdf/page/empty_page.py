"""The pages of a sheet before any words: where each cell lies, and all that is drawn but not read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.document import Cell, Sheet
from generator.paper import POINTS_PER_MM, STAMP_GAP, stamp_room
from generator.render.pdf.page.borders import borders, fills
from generator.render.pdf.page.grid import grid_of, placed_cells
from generator.render.pdf.page.text import Box, outline_of_stamp


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """A page without words. ``boxes``: of the cells on it, by their place among the sheet's; ``artifacts``: operators
    of borders and fills; ``stamp``: right end, middle and height of the room for the stamp, in points."""

    boxes: dict[int, Box]
    artifacts: str
    stamp: tuple[float, float, float]


def empty_pages(sheet: Sheet) -> list[EmptyPage]:
    """The pages of the sheet in their order."""
    cells: dict[int, list[Cell]] = {}
    for cell in sheet.cells:
        cells.setdefault(cell.row, []).append(cell)
    at = {id(cell): n for n, cell in enumerate(sheet.cells)}
    return [_empty_page(sheet, rows, cells, at) for rows in sheet.pages()]


def _empty_page(sheet: Sheet, rows: Sequence[int], cells: dict[int, list[Cell]], numbers: dict[int, int]) -> EmptyPage:
    grid = grid_of(sheet, rows)
    placed = placed_cells(cells, grid)
    top = sheet.margins[0]
    room = stamp_room(top)
    middle = sheet.paper[1] - top + STAMP_GAP + room / 2
    stamp = (grid.xs[-1], middle * POINTS_PER_MM, room * POINTS_PER_MM)
    drawn = [*fills(placed), *borders(grid, placed), *(outline_of_stamp(sheet.stamp, *stamp) if sheet.stamp else ())]
    artifacts = "\n".join(["/Artifact BMC", *drawn, "EMC"]) if drawn else ""
    return EmptyPage({numbers[id(at.cell)]: (at.left, at.right, at.top, at.bottom) for at in placed}, artifacts, stamp)
