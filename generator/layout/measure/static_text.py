"""The words that a form prints itself: their cells are made once for each place, and cases share them.

All that is kept here follows from a form and a place in it, so nothing hangs on which cases came before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from generator.document import Cell, Style
from generator.layout.measure import capacity
from generator.problem import Problem, SchemeError
from generator.scheme.form import CellSpec, Form
from generator.typography import typeset
from generator.typography.typeset import Fitted

SetWords = tuple[Cell, float]  # a cell with words that are set, and the mm that its row needs for it
Word = tuple[int, int, Style, str, str]  # first column, columns, style, text, role
RowWords = tuple[tuple[SetWords, ...], tuple[Word, ...]]  # also those that do not fit, told where the sheet is measured
Taken = frozenset[tuple[int, int]]  # rows and columns below a row, where cells from above reach down


@dataclass(frozen=True, slots=True)
class PlacedSpec:
    """Where a cell that a case may fill stands within its RowSpec."""

    cell: CellSpec
    row: int
    column: int
    span: int


@dataclass(frozen=True, slots=True, eq=False)  # each is made once for its form
class RowPlan:
    """A RowSpec with its places."""

    words: tuple[SetWords, ...]  # rows counted from its first
    filled: tuple[PlacedSpec, ...]
    taken: Taken  # below it
    composed: bool  # whether a text in it may have to be composed


@typeset.remembered(4096)
def plan_of(form: Form, number: int, taken: Taken) -> RowPlan:
    """The RowSpec ``number`` of a form. Raises SchemeError where it is wider than the form."""
    spec = form.rows[number]
    reached = set(taken)
    words: list[SetWords] = []
    filled: list[PlacedSpec] = []
    for cell, row, column, span in capacity.walk(spec, len(form.columns), reached):
        if column + span > len(form.columns):
            raise SchemeError(
                [Problem("セルが用紙の列からはみ出しています", cell.position, code="layout.cell-beyond-the-columns")]
            )
        if cell.kind == "skip":
            continue
        own = None
        if cell.kind == "text" and cell.text.constant and cell.rows == 1:
            most = capacity.tallest(1, form) if spec.grow else None
            width = sum(form.columns[column : column + span])
            word = column, span, cell.style, cell.text.source, cell.role
            own = _set(word, row, width, spec.heights[row], most)
        if own is not None:
            words.append((own[0]._replace(own=True), own[1]))
        else:
            filled.append(PlacedSpec(cell, row, column, span))
    below = frozenset((row - len(spec.rows), column) for row, column in reached if row >= len(spec.rows))
    composed = any(place.cell.kind == "text" or place.cell.blank for place in filled)
    return RowPlan(tuple(words), tuple(filled), below, composed)


@lru_cache(maxsize=8192)
def words(plan: RowPlan, start: int) -> tuple[SetWords, ...]:
    """The words of a RowSpec whose first row is ``start``."""
    return tuple((cell._replace(row=start + cell.row), height) for cell, height in plan.words)


def row_words(columns: tuple[float, ...], most: float, row: int, least: float, words: tuple[Word, ...]) -> RowWords:
    """Words of a row as cells, between columns so wide and in a row of ``least`` mm that may grow to ``most``."""
    fitting: list[SetWords] = []
    others: list[Word] = []
    for word in words:
        column, span = word[:2]
        own = _set(word, row, sum(columns[column : column + span]), least, most)
        if own is None:
            others.append(word)
        else:
            fitting.append(own)
    return tuple(fitting), tuple(others)


kept_row_words = typeset.remembered(8192)(row_words)


def fitted(text: str, width: float, least: float, most: float | None, style: Style) -> Fitted:
    """The text in a room ``least`` mm high that may grow to ``most``; None: it may not."""
    if most is None:
        return typeset.fit(text, width, least, style)
    free = typeset.fit(text, width, None, style)
    if free.height > least and free.height > most:
        return typeset.fit(text, width, max(least, most), style)
    return free


kept_fitted = typeset.remembered(4096)(fitted)  # for a form's own


def _set(word: Word, row: int, width: float, least: float, most: float | None) -> SetWords | None:
    """One cell of a row, ``width`` mm wide; None where its text does not fit."""
    column, span, style, text, role = word
    setting = fitted(text, width, least, most, style)
    cell = Cell(row, column, 1, span, text, style, setting.size, setting.lines, role=role)
    return (cell, setting.height) if setting.fits else None
