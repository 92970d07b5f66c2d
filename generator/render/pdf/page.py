"""One page of a sheet as a PDF content stream."""

from __future__ import annotations

from collections.abc import Sequence

from generator.document import Cell, Sheet
from generator.render.pdf.borders import borders, fills
from generator.render.pdf.face import EmbeddedFaces
from generator.render.pdf.grid import grid_of, place
from generator.render.pdf.objects import MM
from generator.render.pdf.text import TextLayer, stamp

_EDGE = 4.0  # mm of paper that office printers leave white
_GAP = 2.0  # mm between stamp and grid


def contents(sheet: Sheet, faces: EmbeddedFaces) -> list[bytes]:
    """The content stream of each page of the sheet, in order."""
    cells: dict[int, list[Cell]] = {}
    for cell in sheet.cells:
        cells.setdefault(cell.row, []).append(cell)
    return [_page(sheet, rows, cells, faces) for rows in sheet.pages()]


def _page(sheet: Sheet, rows: Sequence[int], cells: dict[int, list[Cell]], faces: EmbeddedFaces) -> bytes:
    grid = grid_of(sheet, rows)
    placed = place(cells, grid)
    layer = TextLayer(faces)
    if sheet.stamp:
        top = sheet.margins[0]
        room = max(top - _EDGE - _GAP, 5.0)
        middle = sheet.paper[1] - top + _GAP + room / 2
        stamp(layer, sheet.stamp, grid.xs[-1], middle * MM, room * MM)
    for at in placed:
        layer.cell(at)
    operators = [*fills(placed), *borders(grid, placed), *layer.content()]
    return "\n".join([*operators, ""]).encode("ascii")
