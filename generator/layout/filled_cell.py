"""A sheet between layout and typesetting: its cells with what they hold, before they are linked and set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from generator.document import Cell, Input, Style, Value
from generator.scheme.form import Form
from generator.scheme.load import FormEntry
from generator.scheme.rules import Reference
from generator.scheme.schema import Item
from generator.scheme.text_template import Text
from generator.spreadsheet.cell_format import DATE_PARTS


@dataclass(frozen=True, slots=True)
class Live:
    """A text of a form to be filled in, which follows what is typed."""

    text: Text
    context: dict[str, Any]
    paths: dict[str, str]  # name in the text → case path
    items: str = ""  # of a paged form: the list of items from the first that makes one more page
    page: int = 0  # and how many pages there are before it


class _Rare:
    """What few cells have: it stands in the class until it is set, so that a draft is made fast."""

    formula: str = ""
    name: str = ""  # what a value cell is called in rules.yaml
    reference: Reference | None = None
    each: str = ""  # the list a repeated value belongs to
    index: int | None = None
    mark: str = ""
    refusing: bool = False  # a check box for the answer いいえ
    shape: str = ""  # the format its layout gives it
    item: Item | None = None  # of an input of a form to be filled in
    input: Input | None = None
    warn: str = ""
    live: Live | None = None
    follows: str = ""  # case path of the input that this cell repeats
    blank: str | None = None  # what stands here on paper, where what it shows depends on answers
    lines: int = 0  # that may come to stand here
    words: Draft | None = None  # beside a choice: what the forms call it
    named: tuple[str, ...] = ()  # what they call each choice


@dataclass(eq=False)
class Draft(_Rare):
    """A cell before typesetting and linking."""

    row: int
    column: int
    rows: int
    columns: int
    style: Style
    text: str
    role: str
    value: Value = None
    format: str = ""
    field: str = ""  # absolute case path of an input

    @property
    def kind(self) -> str:
        return self.item.kind if self.item else ""

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(c) for c in self.item.choices)) if self.item and self.kind != "真偽" else ()

    @property
    def part(self) -> bool:
        """Whether it holds a part of a date."""
        return self.shape in DATE_PARTS


@dataclass(slots=True)
class Grid:
    """One sheet to be: drafts and rows; ``groups`` are runs of rows that stay on one page."""

    entry: FormEntry | None  # None: 計算根拠, which is ours
    form: Form
    drafts: list[Draft] = field(default_factory=list)
    printed: list[tuple[Cell, float]] = field(default_factory=list)  # words that are set already, and mm they need
    heights: list[float] = field(default_factory=list)
    grow: list[bool] = field(default_factory=list)
    groups: list[tuple[int, int]] = field(default_factory=list)
    forced: set[int] = field(default_factory=set)
    header: tuple[int, int] | None = None  # rows drawn again on top of each further page
    called: str = ""  # the worksheet's name, where it is not simply the form's
    hidden: bool = False  # a continuation sheet, not used so far
    aside: tuple[float, ...] = ()  # mm, columns right of the form's own
