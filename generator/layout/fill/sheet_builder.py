"""A sheet laid row by row: what is to stay together, what begins a page, the words that are the same for every case."""

from __future__ import annotations

from collections.abc import Sequence

from generator.layout.measure import capacity, static_text
from generator.layout.measure.static_text import RowWords, SetWords, Word
from generator.layout.sheets import FilledCell, Frame
from generator.scheme.form import Form
from generator.scheme.model import FormSpec


class SheetBuilder:
    """Takes the rows of one sheet in their order; `frame` gives what they have come to."""

    def __init__(self, form: Form, form_spec: FormSpec | None = None):
        self.form, self.form_spec = form, form_spec
        self.heights: list[float] = []
        self.grow: list[bool] = []
        self.groups: list[tuple[int, int]] = []
        self.forced: set[int] = set()
        self.header: tuple[int, int] | None = None
        self.words: list[SetWords] = []

    def rows(self, heights: Sequence[float], grow: bool = True) -> int:
        """Add rows of so many mm at least, which stay on one page; the number of the first."""
        start = len(self.heights)
        self.heights += heights
        self.grow += [grow] * len(heights)
        if heights:
            self.groups.append((start, len(self.heights)))
        return start

    def join(self, row: int) -> None:
        """Keep the group of rows that begins with ``row`` on the page of the group before it."""
        number = next(n for n, (first, _) in enumerate(self.groups) if first == row)
        if number:
            self.groups[number - 1 : number + 1] = [(self.groups[number - 1][0], self.groups[number][1])]

    def say(self, row: int, *words: Word) -> list[FilledCell]:
        """Put words that no case changes into a row of a sheet of our own; those that do not fit, as cells."""
        most = capacity.tallest(1, self.form)
        return self.put(row, static_text.kept_row_words(self.form.columns, most, row, self.heights[row], words))

    def put(self, row: int, ready: RowWords) -> list[FilledCell]:
        """The same with words that are set already, as far as they fit."""
        fitting, others = ready
        self.words += fitting
        return [FilledCell(row, column, 1, span, style, text, role) for column, span, style, text, role in others]

    def frame(self, name: str, hidden: bool = False, note: str = "") -> Frame:
        """The rows as they stand, on a worksheet of this name."""
        return Frame(
            name,
            self.form,
            self.form_spec,
            tuple(self.heights),
            tuple(self.grow),
            tuple(self.groups),
            frozenset(self.forced),
            self.header,
            tuple(self.words),
            hidden,
            note,
        )
