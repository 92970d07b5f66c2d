"""What of a sheet is read aloud, and which of a page's contents belongs to which element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.document import Sheet
from generator.render.pdf.element import Element
from generator.render.pdf.structure import Structure, structure
from generator.render.pdf.tags import Tags


@dataclass(frozen=True, slots=True)
class Turn:
    """What a page writes next. ``cell`` or ``chart``: its place among the sheet's, None twice for the stamp;
    ``before``: operators that end the marked content before and begin the one of this turn, '' where it goes on;
    ``owner``: the element it belongs to, None for what only repeats."""

    cell: int | None
    chart: int | None
    before: str
    owner: int | None


class Reading:
    """The structure of a sheet, whatever its words and however high its rows are."""

    def __init__(self, sheet: Sheet):
        found = structure(sheet)
        self.root = found.root
        marks: list[list[Element]] = []
        turns: list[list[tuple[int | None, int | None, str, Element | None]]] = []
        for page in _owned(sheet, found):
            marks.append([])
            turns.append([])
            before: tuple[Element | None] | None = None
            for cell, chart, owner in page:
                operators = ""
                if before is None or before[0] is not owner:
                    operators = ("ET\nEMC\n" if before else "") + _begin(owner, len(marks[-1]))
                    if owner is not None:
                        marks[-1].append(owner)
                before = (owner,)
                turns[-1].append((cell, chart, operators, owner))
        self.tags = Tags(found.root, marks)
        self.pages = tuple(
            tuple(
                Turn(cell, chart, before, self.tags.number(owner) if owner else None)
                for cell, chart, before, owner in page
            )
            for page in turns
        )
        at = {(cell.row, cell.column): n for n, cell in enumerate(sheet.cells)}
        owners = {owner for page in marks for owner in page}
        self._cells = {self.tags.number(e): [at[place] for place in e.cells] for e in owners}

    def words(self, sheet: Sheet, element: int) -> str:
        """The whole text of an element."""
        return " ".join(sheet.cells[n].text for n in self._cells[element])


def _owned(sheet: Sheet, structure: Structure) -> Iterator[list[tuple[int | None, int | None, Element | None]]]:
    """For each page the cells with text and then the charts, as they are drawn, and to which element each belongs."""
    rows: dict[int, list[int]] = {}
    for n, cell in enumerate(sheet.cells):
        if cell.lines:
            rows.setdefault(cell.row, []).append(n)
    for number, page in enumerate(sheet.pages()):
        again = sheet.again(sheet.breaks[number - 1]) if number else ()
        found: list[tuple[int | None, int | None, Element | None]] = []
        if sheet.stamp:
            found.append((None, None, None if number else structure.stamp))
        for row in page:
            for n in rows.get(row, ()):
                found.append((n, None, None if row in again else structure.owners.get((row, sheet.cells[n].column))))
        found += [(None, n, structure.figures[n]) for n, chart in enumerate(sheet.charts) if chart.row in page]
        yield found


def _begin(owner: Element | None, mark: int) -> str:
    if owner is None:
        return "/Artifact <</Type /Pagination>> BDC\nBT\n"
    return f"/{owner.tag} <</MCID {mark}>> BDC\nBT\n"
