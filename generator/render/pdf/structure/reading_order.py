"""What of a sheet is read aloud, and which of a page's contents belongs to which element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.document import Sheet
from generator.render.pdf.structure.element import Element
from generator.render.pdf.structure.logical import Structure, structure_of
from generator.render.pdf.structure.tree import SheetElements


@dataclass(frozen=True, slots=True)
class ContentItem:
    """What a page writes next. ``cell`` or ``chart``: its place among the sheet's, None twice for the stamp;
    ``before``: operators that end the marked content before and begin that of this item, '' where it goes on;
    ``owner``: the number of the element it belongs to, None for what only repeats."""

    cell: int | None
    chart: int | None
    before: str
    owner: int | None


class ReadingOrder:
    """The structure of a sheet and, for each page, the order of its contents: the same whatever the words of the sheet
    are and however high its rows."""

    def __init__(self, sheet: Sheet):
        structure = structure_of(sheet)
        self.root = structure.root
        marked: list[list[Element]] = []  # of each page, the owners of its marked contents
        items: list[list[tuple[int | None, int | None, str, Element | None]]] = []
        for page in _owned(sheet, structure):
            marked.append([])
            items.append([])
            before: tuple[Element | None] | None = None
            for cell, chart, owner in page:
                operators = ""
                if before is None or before[0] is not owner:
                    operators = ("ET\nEMC\n" if before else "") + _begin(owner, len(marked[-1]))
                    if owner is not None:
                        marked[-1].append(owner)
                before = (owner,)
                items[-1].append((cell, chart, operators, owner))
        self.elements = SheetElements(structure.root, marked)
        self.pages = tuple(
            tuple(
                ContentItem(cell, chart, before, self.elements.number(owner) if owner else None)
                for cell, chart, before, owner in page
            )
            for page in items
        )
        at = {(cell.row, cell.column): n for n, cell in enumerate(sheet.cells)}
        owners = {owner for page in marked for owner in page}
        self._cells = {self.elements.number(e): [at[place] for place in e.cells] for e in owners}

    def words(self, sheet: Sheet, element: int) -> str:
        """The whole text of an element, which its number in `elements` names."""
        return " ".join(sheet.cells[n].text for n in self._cells[element])


def _owned(sheet: Sheet, structure: Structure) -> Iterator[list[tuple[int | None, int | None, Element | None]]]:
    """For each page the cells with text and then the charts, as they are drawn, and to which element each belongs."""
    rows: dict[int, list[int]] = {}
    for n, cell in enumerate(sheet.cells):
        if cell.lines:
            rows.setdefault(cell.row, []).append(n)
    for number, page in enumerate(sheet.pages()):
        again = sheet.repeated_rows(sheet.breaks[number - 1]) if number else ()
        contents: list[tuple[int | None, int | None, Element | None]] = []
        if sheet.stamp:
            contents.append((None, None, None if number else structure.stamp))
        for row in page:
            for n in rows.get(row, ()):
                contents.append((n, None, None if row in again else structure.owners.get((row, sheet.cells[n].column))))
        contents += [(None, n, structure.figures[n]) for n, chart in enumerate(sheet.charts) if chart.row in page]
        yield contents


def _begin(owner: Element | None, number: int) -> str:
    if owner is None:
        return "/Artifact <</Type /Pagination>> BDC\nBT\n"
    return f"/{owner.tag} <</MCID {number}>> BDC\nBT\n"
