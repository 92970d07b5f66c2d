"""Where the cells of a form stand, and how much fits there for certain: known before any case is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any

from generator.scheme.form import CellSpec, Form, RowSpec
from generator.scheme.text_template import NUMBER
from generator.typography import typeset

_LONGEST = 24  # characters that an amount, a quantity, a date or an answer of a case is printed with at most
TALLEST = 140.0  # mm; a spreadsheet's row ends at 409.5 pt


@dataclass(frozen=True, slots=True)
class CellCapacity:
    """A cell that a case may fill, within the rows of its RowSpec."""

    cell: CellSpec
    row: int
    column: int
    span: int
    head: str  # of a field's path: its alias or section
    steps: tuple[str, ...]  # and the rest of it
    holds: int  # characters of a text without line ends that fit for certain
    spare: bool  # whether what stands there without a value fits for certain

    def has_room(self, text: str) -> bool:
        """Whether the text fits for certain; one with line ends is not told."""
        return len(text) <= self.holds and "\n" not in text

    def takes(self, section: Any) -> bool:
        """Whether what a case gives for the field fits for certain; ``section``: all of what its head stands for."""
        value = section
        for step in self.steps:
            if not isinstance(value, dict):
                return self.spare
            value = value.get(step)
        if value is None or value == "":
            return self.spare
        return self.has_room(value) if isinstance(value, str) else self.holds >= _LONGEST


@dataclass(frozen=True, slots=True)
class RowCapacity:
    """The cells of a RowSpec that a case may fill."""

    cells: tuple[CellCapacity, ...]
    numbered: tuple[CellCapacity, ...]  # those that hold another text in each row, even if nothing is given there
    worded: bool  # whether a text in them depends on more than the number of the row


@lru_cache(maxsize=1024)
def tallest(rows: int, form: Form) -> float:
    """mm to which so many rows may grow."""
    return min(TALLEST * rows, form.printable)


@lru_cache(maxsize=256)
def row_capacities(form: Form) -> tuple[RowCapacity, ...] | None:
    """For each of the form's RowSpecs the cells that a case may fill; None where that is not told beforehand."""
    of_rows: list[RowCapacity] = []
    taken: set[tuple[int, int]] = set()  # by cells that reach down from the RowSpec before
    for spec in form.rows:
        if taken and not _certain(spec):
            return None
        row = _row_capacity(form, spec, taken)
        if row is None:
            return None
        of_rows.append(row)
        taken = {(row - len(spec.rows), column) for row, column in taken if row >= len(spec.rows)}
    return tuple(of_rows)


def _certain(spec: RowSpec) -> bool:
    """Whether its rows are there exactly once."""
    return not (spec.repeat or spec.when or spec.new_page)


def walk(spec: RowSpec, columns: int, taken: set[tuple[int, int]]) -> Iterator[tuple[CellSpec, int, int, int]]:
    """The cells of a RowSpec with their row in it, their column and how many columns they span.

    ``taken``: places that cells from above hold; those that its own cells reach down to are added.
    """
    for number, row in enumerate(spec.rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            span = cell.span or columns - column
            if cell.rows > 1 and cell.kind != "skip":
                taken |= {(number + r, column + c) for r in range(1, cell.rows) for c in range(span)}
            yield cell, number, column, span
            column += span


def _row_capacity(form: Form, spec: RowSpec, taken: set[tuple[int, int]]) -> RowCapacity | None:
    cells: list[CellCapacity] = []
    for cell, number, column, span in walk(spec, len(form.columns), taken):
        own = cell.kind == "skip" or (cell.kind == "text" and cell.text.constant)
        beyond = number + cell.rows > len(spec.rows)
        if column + span > len(form.columns) or (beyond and not (own and _certain(spec))) or "[" in cell.name:
            return None
        if not own:
            cells.append(_cell_capacity(form, spec, cell, number, column, span))
    names = {place: _names(place.cell) for place in cells}
    numbered = tuple(place for place in cells if NUMBER in names[place] or len(place.cell.blank) > 1)
    return RowCapacity(tuple(cells), numbered, any(named - {NUMBER} for named in names.values()))


def _names(cell: CellSpec) -> set[str]:
    """What the texts of a cell name."""
    return {path for text in (cell.text, *cell.blank) for path in text.paths}


def _cell_capacity(form: Form, spec: RowSpec, cell: CellSpec, row: int, column: int, span: int) -> CellCapacity:
    height = sum(spec.heights[row : row + cell.rows])
    if spec.grow:
        height = max(height, tallest(cell.rows, form))
    holds = typeset.surely_held(sum(form.columns[column : column + span]), height, cell.style)
    head, *steps = cell.name.split(".")
    spare = all(text.constant and len(text.source) <= holds and "\n" not in text.source for text in cell.blank)
    return CellCapacity(cell, row, column, span, head, tuple(map(intern, steps)), holds, spare)
