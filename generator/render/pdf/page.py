"""The pages of a sheet as PDF content streams, every piece marked as part of an element or as an artifact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.document import Cell, Sheet
from generator.render.pdf.borders import borders, fills
from generator.render.pdf.chart import draw
from generator.render.pdf.element import Element
from generator.render.pdf.face import EmbeddedFaces
from generator.render.pdf.grid import grid_of, place
from generator.render.pdf.objects import MM
from generator.render.pdf.structure import Structure
from generator.render.pdf.text import TextLayer, stamp

_EDGE = 4.0  # mm of paper that office printers leave white
_GAP = 2.0  # mm between stamp and grid


@dataclass(frozen=True, slots=True)
class Page:
    content: bytes
    marks: list[Element]  # to which the marked contents 0, 1, 2, … belong


def pages(sheet: Sheet, found: Structure, faces: EmbeddedFaces) -> list[Page]:
    """The pages of the sheet, in order."""
    cells: dict[int, list[Cell]] = {}
    for cell in sheet.cells:
        cells.setdefault(cell.row, []).append(cell)
    return [_page(sheet, rows, cells, found, faces, bool(n)) for n, rows in enumerate(sheet.pages())]


def _page(
    sheet: Sheet,
    rows: Sequence[int],
    cells: dict[int, list[Cell]],
    found: Structure,
    faces: EmbeddedFaces,
    further: bool,
) -> Page:
    grid = grid_of(sheet, rows)
    placed = place(cells, grid)
    layer = TextLayer(faces)
    if sheet.stamp:
        top = sheet.margins[0]
        room = max(top - _EDGE - _GAP, 5.0)
        middle = sheet.paper[1] - top + _GAP + room / 2
        stamp(layer, sheet.stamp, grid.xs[-1], middle * MM, room * MM, None if further else found.stamp)
    again = range(*sheet.repeated) if further and sheet.repeated else ()
    for at in placed:
        layer.cell(at, None if at.cell.row in again else found.owners.get((at.cell.row, at.cell.column)))
    for chart, figure in zip(sheet.charts, found.figures, strict=True):
        if chart.row in rows:
            draw(layer, chart, grid, figure)
    drawn = [*fills(placed), *borders(grid, placed), *layer.drawings]
    artifacts = ["/Artifact BMC", *drawn, "EMC"] if drawn else []
    return Page("\n".join([*artifacts, *layer.content(), ""]).encode("ascii"), layer.marks)
