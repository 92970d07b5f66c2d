"""The words that a form prints itself: their cells are made once for each place, and cases share them.

All that is kept here follows from a form and a place in it, so nothing hangs on which cases came before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from generator.document import Cell, Style
from generator.layout.filled_cell import Draft, Grid
from generator.layout.measure import capacity
from generator.problem import Problem, ProblemError
from generator.scheme.form import CellSpec, Form
from generator.typography import typeset
from generator.typography.typeset import Fitted

Printed = tuple[Cell, float]  # and the mm that its row needs for it
Word = tuple[int, int, Style, str, str]  # first column, columns, style, text, role
Said = tuple[tuple[Printed, ...], tuple[Word, ...]]  # also those that do not fit, told where the sheet is set
Taken = frozenset[tuple[int, int]]  # rows and columns below a row, where cells from above reach down


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell that a case may fill stands within its RowSpec."""

    cell: CellSpec
    row: int
    column: int
    span: int


@dataclass(frozen=True, slots=True, eq=False)  # each is made once for its form
class Plan:
    """A RowSpec with its places."""

    words: tuple[Printed, ...]  # rows counted from its first
    filled: tuple[Place, ...]
    taken: Taken  # below it
    composed: bool  # whether a text in it may have to be composed


@lru_cache(maxsize=4096)
def plan(form: Form, number: int, taken: Taken) -> Plan:
    """The RowSpec ``number`` of a form. Raises ProblemError where it is wider than the form."""
    spec = form.rows[number]
    reached = set(taken)
    words: list[Printed] = []
    filled: list[Place] = []
    for cell, row, column, span in capacity.walk(spec, len(form.columns), reached):
        if column + span > len(form.columns):
            raise ProblemError([Problem("セルが用紙の列からはみ出しています", cell.position)])
        if cell.kind == "skip":
            continue
        own = None
        if cell.kind == "text" and cell.text.constant and cell.rows == 1:
            most = capacity.most(1, form) if spec.grow else None
            width = sum(form.columns[column : column + span])
            own = _set(row, column, span, width, spec.heights[row], most, cell.style, cell.text.source, cell.role)
        if own is not None:
            words.append(own)
        else:
            filled.append(Place(cell, row, column, span))
    below = frozenset((row - len(spec.rows), column) for row, column in reached if row >= len(spec.rows))
    composed = any(place.cell.kind == "text" or place.cell.blank for place in filled)
    return Plan(tuple(words), tuple(filled), below, composed)


@lru_cache(maxsize=8192)
def words(of: Plan, start: int) -> tuple[Printed, ...]:
    """The words of a RowSpec whose first row is ``start``."""
    return tuple((cell._replace(row=start + cell.row), height) for cell, height in of.words)


def say(grid: Grid, row: int, *given: Word) -> None:
    """Put words that no formula asks for into a row of a sheet of ours, which may grow."""
    put(grid, row, _said(grid.form.columns, capacity.most(1, grid.form), row, grid.heights[row], given))


def put(grid: Grid, row: int, said: Said) -> None:
    """The same with words that are ready."""
    words, rest = said
    grid.printed += words
    for column, span, style, text, role in rest:
        grid.drafts.append(Draft(row, column, 1, span, style, text, role))


def said(columns: tuple[float, ...], most: float, row: int, least: float, given: tuple[Word, ...]) -> Said:
    """Words of a row as cells, between columns so wide and in a row of ``least`` mm that may grow to ``most``."""
    found: list[Printed] = []
    rest: list[Word] = []
    for word in given:
        column, span, style, text, role = word
        own = _set(row, column, span, sum(columns[column : column + span]), least, most, style, text, role)
        if own is None:
            rest.append(word)
        else:
            found.append(own)
    return tuple(found), tuple(rest)


_said = lru_cache(maxsize=8192)(said)


def fitted(text: str, width: float, least: float, most: float | None, style: Style) -> Fitted:
    """The text in a room ``least`` mm high that may grow to ``most``; None: it may not."""
    if most is None:
        return typeset.fit(text, width, least, style)
    found = typeset.fit(text, width, None, style)
    if found.height > least and found.height > most:
        found = typeset.fit(text, width, max(least, most), style)
    return found


def _set(
    row: int, column: int, span: int, width: float, least: float, most: float | None, style: Style, text: str, role: str
) -> Printed | None:
    """One cell; None where its text does not fit."""
    found = fitted(text, width, least, most, style)
    cell = Cell(row, column, 1, span, text, style, found.size, found.lines, role=role)
    return (cell, found.height) if found.fits else None
