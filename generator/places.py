"""Where the cells of a form stand, and how much fits there for certain: known before any case is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from generator import typeset
from generator.form import CellSpec, Form, RowSpec

TALLEST = 140.0  # mm; a spreadsheet's row ends at 409.5 pt


@dataclass(frozen=True, slots=True)
class Place:
    """A cell that a case may fill, within the rows of its RowSpec."""

    cell: CellSpec
    row: int
    column: int
    span: int
    head: str  # of a field's path: its alias or section
    holds: int  # characters of a text without line ends that fit for certain

    def has_room(self, text: str) -> bool:
        """Whether the text fits for certain; one with line ends is not told."""
        return len(text) <= self.holds and "\n" not in text


@dataclass(frozen=True, slots=True)
class Places:
    cells: tuple[Place, ...]
    composed: bool  # whether any of them holds a text that may have to be composed


def most(rows: int, form: Form) -> float:
    """mm to which so many rows may grow."""
    return min(TALLEST * rows, form.printable)


@lru_cache(maxsize=256)
def of(form: Form) -> tuple[Places, ...] | None:
    """For each of the form's RowSpecs the cells that a case may fill; None where that is not told beforehand."""
    found: list[Places] = []
    taken: set[tuple[int, int]] = set()  # by cells that reach down from the RowSpec before
    for spec in form.rows:
        if taken and not _certain(spec):
            return None
        places = _places(form, spec, taken)
        if places is None:
            return None
        found.append(places)
        taken = {(row - len(spec.rows), column) for row, column in taken if row >= len(spec.rows)}
    return tuple(found)


def _certain(spec: RowSpec) -> bool:
    """Whether its rows are there exactly once."""
    return not (spec.repeat or spec.when or spec.new_page)


def _places(form: Form, spec: RowSpec, taken: set[tuple[int, int]]) -> Places | None:
    places: list[Place] = []
    for number, row in enumerate(spec.rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            span = cell.span or len(form.columns) - column
            own = cell.kind == "skip" or (cell.kind == "text" and cell.text.constant)
            beyond = number + cell.rows > len(spec.rows)
            if column + span > len(form.columns) or (beyond and not (own and _certain(spec))):
                return None
            if cell.rows > 1 and cell.kind != "skip":
                taken |= {(number + r, column + c) for r in range(1, cell.rows) for c in range(span)}
            if not own:
                places.append(_place(form, spec, cell, number, column, span))
            column += span
    return Places(tuple(places), any(p.cell.kind == "text" or p.cell.blank for p in places))


def _place(form: Form, spec: RowSpec, cell: CellSpec, row: int, column: int, span: int) -> Place:
    height = sum(spec.heights[row : row + cell.rows])
    if spec.grow:
        height = max(height, most(cell.rows, form))
    holds = typeset.surely_held(sum(form.columns[column : column + span]), height, cell.style)
    return Place(cell, row, column, span, cell.name.partition(".")[0], holds)
