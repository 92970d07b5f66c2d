"""What the cells of a sheet are to a reader who does not see them: headings, paragraphs, tables.

A sheet is a grid, and tells only by its borders what a table is. Rows that hang together (by a
cell that reaches over them) make a band; neighbouring bands with bordered cells make a table,
every other row is a paragraph. Nothing here knows PDF files: `tree` writes the elements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.document import Cell, Chart, Sheet
from generator.render.pdf.file.syntax import number
from generator.render.pdf.page.chart import corners
from generator.render.pdf.page.grid import PageGrid, grid_of
from generator.render.pdf.structure.element import Element
from generator.render.pdf.structure.table import Table

_LEVELS = {"title": 1, "heading": 2}


@dataclass(frozen=True, slots=True)
class Structure:
    """The elements of one sheet, and to which each cell (row, column) with text belongs."""

    root: Element
    stamp: Element | None
    owners: dict[tuple[int, int], Element]
    figures: tuple[Element, ...] = ()  # of the charts


@dataclass(slots=True)
class _Band:
    """Rows [first, end) and the cells that begin in them."""

    first: int
    end: int
    cells: list[Cell]

    @property
    def bordered(self) -> bool:
        return any(cell.style.bordered for cell in self.cells)


def structure_of(sheet: Sheet) -> Structure:
    """The logical structure of a sheet, in reading order: row by row, from left to right."""
    root = Element("Sect", title=sheet.title or sheet.name)
    stamp = root.add("P") if sheet.stamp else None
    builder = _Builder(root, range(*sheet.repeated) if sheet.repeated else range(0))
    region: list[Cell] = []
    end = 0
    for band in _bands(sheet):
        if region and not (band.bordered and band.first == end):
            builder.region(region)
            region = []
        if band.bordered:
            region += band.cells
            end = band.end
        else:
            builder.paragraphs(band.cells)
    if region:
        builder.region(region)
    figures = tuple(_figures(sheet))
    root.children += figures
    return Structure(root, stamp, builder.owners, figures)


def _figures(sheet: Sheet) -> Iterator[Element]:
    """The charts, each on the page that has its first row."""
    for chart in sheet.charts:
        rows = next(rows for rows in sheet.pages() if chart.row in rows)
        yield _figure(chart, grid_of(sheet, rows))


def _figure(chart: Chart, grid: PageGrid) -> Element:
    """What the chart is to those who do not see it."""
    place = f"[{' '.join(map(number, corners(chart, grid)))}]"
    attributes: dict[str, object] = {"O": "/Layout", "Placement": "/Block", "BBox": place}
    return Element("Figure", alternate_text=chart.text, attributes=attributes)


def _bands(sheet: Sheet) -> list[_Band]:
    bands: list[_Band] = []
    for cell in sorted(sheet.cells, key=lambda c: (c.row, c.column)):
        if cell.text or cell.style.bordered or cell.role == "field":
            if not bands or cell.row >= bands[-1].end:
                bands.append(_Band(cell.row, cell.row + cell.rows, []))
            bands[-1].end = max(bands[-1].end, cell.row + cell.rows)
            bands[-1].cells.append(cell)
    return bands


class _Builder:
    def __init__(self, root: Element, repeated: range):
        self.owners: dict[tuple[int, int], Element] = {}
        self._root, self._repeated = root, repeated
        self._level = 0  # of the last heading; on the way down no level may be skipped
        self._made_of: tuple[str, int] | None = None  # role and row that the last element outside of tables is made of

    def paragraphs(self, cells: Iterable[Cell]) -> None:
        """A row is a paragraph, but for headings in it; a title may go over several rows."""
        for cell in cells:
            if cell.role == "field":  # an element holds texts or others, not both
                self._made_of = None
                self._own(cell, self._root.add("P").add("Form"))
            elif cell.text:
                made_of = (cell.role if cell.role in _LEVELS else "", -1 if cell.role == "title" else cell.row)
                if made_of != self._made_of:
                    self._root.add(self._heading(cell) or "P")
                self._made_of = made_of
                self._own(cell, self._root.children[-1])

    def region(self, cells: list[Cell]) -> None:
        """A table, or paragraphs where the borders are only a box around them."""
        table = Table(cells, self._repeated)
        if not table.genuine:
            self.paragraphs(cells)
            return
        self._made_of = None
        outer = self._root.add("Table")
        for line in table.lines():
            row = outer.add("TR")
            for slot, element in line:
                row.children.append(element)
                if slot.cell is not None and slot.cell.role == "field":
                    self._own(slot.cell, element.add("Form"))
                elif slot.cell is not None and slot.cell.text:
                    heading = self._heading(slot.cell)
                    self._own(slot.cell, element.add(heading) if heading else element)

    def _heading(self, cell: Cell) -> str:
        """H1 or H2 for a cell that is a heading, else ''."""
        if cell.role not in _LEVELS:
            return ""
        self._level = min(_LEVELS[cell.role], self._level + 1)
        return f"H{self._level}"

    def _own(self, cell: Cell, element: Element) -> None:
        element.cells.append((cell.row, cell.column))
        self.owners[cell.row, cell.column] = element
