"""What the steps of layout hand on: sheets that are filled, linked, measured. None is changed once it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from generator.document import Cell, Input, Style
from generator.layout.measure.static_text import SetWords
from generator.scheme.form import Form
from generator.scheme.model import FormSpec
from generator.scheme.references import Reference
from generator.scheme.schema import Item
from generator.scheme.text_template import Text
from generator.spreadsheet.addresses import absolute_address, sheet_prefix
from generator.spreadsheet.cell_format import DATE_PARTS
from generator.values import Value


class Computed(NamedTuple):
    """Where the value of a cell was computed: a name as rules.yaml has it."""

    name: str
    reference: Reference
    each: str = ""  # the list that a repeated value belongs to
    item_index: int | None = None  # from 0


class LiveText(NamedTuple):
    """A text of a form to be filled in, which follows what is typed."""

    text: Text
    context: Mapping[str, Any]
    paths: Mapping[str, str]  # name in the text → case path
    items: str = ""  # of a paged form: the list of items from the first that makes one more page
    pages: int = 0  # and how many pages there are before it


class FilledCell(NamedTuple):
    """A cell with what a case says there; its text is not set and its formula not known."""

    row: int
    column: int
    rows: int
    columns: int
    style: Style
    text: str
    role: str
    value: Value = None
    format: str = ""  # of numbers in a workbook
    field: str = ""  # case path of what stands here
    mark: str = ""  # 'on' | 'off' for a check box
    refusing: bool = False  # a check box for the answer いいえ
    own: bool = False  # words that the form says itself, whatever the case
    shape: str = ""  # the format that the layout gives a field
    item: Item | None = None  # of a field in a form to be filled in
    source: str = ""  # of a text composed of what a case says: how the form has it
    computed: Computed | None = None
    live: LiveText | None = None
    choice: str = ""  # path of the choice beside it, whose words the forms use come to stand here

    @property
    def path(self) -> str:
        """Case path of what stands here, '' for words of the form."""
        return self.field

    @property
    def kind(self) -> str:
        """What kind of value the item is; '' where none is asked for."""
        return self.item.kind if self.item else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers that the item allows, where these are counted."""
        return choices_of(self.item)

    @property
    def part(self) -> bool:
        """Whether it holds a part of a date: 元号, 年, 月 or 日."""
        return self.shape in DATE_PARTS


class LinkedCell(NamedTuple):
    """A cell with all that a workbook needs of it; its text is not set."""

    row: int
    column: int
    rows: int
    columns: int
    style: Style
    text: str
    role: str
    value: Value = None
    format: str = ""
    field: str = ""  # case path of an input; '' where the cell only repeats one
    mark: str = ""
    refusing: bool = False
    own: bool = False
    shape: str = ""
    item: Item | None = None
    source: str = ""
    formula: str = ""  # without '='
    follows: str = ""  # case path of the input that this cell repeats
    blank: str | None = None  # what stands here on paper, where what it shows depends on answers
    lines: int = 0  # that may come to stand here
    names: tuple[str, ...] = ()  # what the forms call each choice
    input: Input | None = None
    warn: str = ""  # formula that is TRUE when what the cell shows is to be marked
    repeats: str = ""  # case path of what stands here, in a cell that only repeats it

    @property
    def path(self) -> str:
        """Case path of what stands here, '' for words of the form."""
        return self.field or self.follows or self.repeats

    @property
    def part(self) -> bool:
        """Whether it holds a part of a date: 元号, 年, 月 or 日."""
        return self.shape in DATE_PARTS


_UNLINKED = LinkedCell(0, 0, 0, 0, Style(), "", "")[17:]


def choices_of(item: Item | None) -> tuple[str, ...]:
    """The answers that an item allows, as they are written; none for はい and いいえ."""
    return tuple(dict.fromkeys(str(c) for c in item.choices)) if item and item.kind != "真偽" else ()


def linked(cell: FilledCell, formula: str = "") -> LinkedCell:
    """A cell with its formula. はい and いいえ stand in it as words: a workbook would print TRUE."""
    if isinstance(cell.value, bool):
        cell = cell._replace(value=cell.text)
    return LinkedCell._make((*cell[:16], formula, *_UNLINKED))  # there are a thousand of them in a case


def repeating(cell: FilledCell, formula: str) -> LinkedCell:
    """A cell that is no input, as it repeats one."""
    if isinstance(cell.value, bool):
        cell = cell._replace(value=cell.text)
    return LinkedCell._make((*cell[:9], "", *cell[10:16], formula, *_UNLINKED[:-1], cell.field))


@dataclass(frozen=True, slots=True)
class Frame:
    """What stays of a sheet from step to step: its name, its form, its rows, the words that the form says itself."""

    name: str  # the worksheet's
    form: Form
    form_spec: FormSpec | None  # None: a sheet of our own, which no scheme has a form for
    heights: tuple[float, ...]  # mm, least
    grow: tuple[bool, ...]  # whether a row may become higher
    groups: tuple[tuple[int, int], ...]  # runs of rows that stay on one page
    forced: frozenset[int]  # rows that begin a page
    header: tuple[int, int] | None  # rows drawn again on top of each further page
    words: tuple[SetWords, ...]
    hidden: bool = False  # a continuation sheet that nobody has asked for yet
    note: str = ""  # that it is one, unless it says so itself


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A sheet with what the case says in it."""

    frame: Frame
    cells: tuple[FilledCell, ...]


@dataclass(frozen=True, slots=True)
class LinkedSheet:
    """A sheet whose cells have their formulas."""

    frame: Frame
    cells: tuple[LinkedCell, ...]
    aside: tuple[float, ...] = ()  # mm, columns right of the form's own


@dataclass(frozen=True, slots=True)
class MeasuredSheet:
    """A sheet whose texts are set and whose rows are high enough; its pages are not divided."""

    frame: Frame
    cells: tuple[Cell, ...]  # by row, then column
    heights: tuple[float, ...]  # mm
    aside: tuple[float, ...] = ()


class SheetCell(NamedTuple):
    """A cell and the worksheet that it stands on."""

    sheet: str
    cell: FilledCell

    @property
    def address(self) -> str:
        """'第１号様式'!$E$12."""
        return address(self.sheet, self.cell.row, self.cell.column)


def address(sheet: str, row: int, column: int) -> str:
    """Where a cell stands in the workbook, as formulas of any sheet write it."""
    return sheet_prefix(sheet) + absolute_address(row, column)


def area(first: SheetCell, last: SheetCell) -> str:
    """The cells from one to another of the same sheet, as formulas of any sheet write them."""
    return f"{first.address}:{own_address(last.cell)}"


def own_address(cell: FilledCell | LinkedCell) -> str:
    """Where a cell stands, as formulas of its own sheet write it: $E$12."""
    return absolute_address(cell.row, cell.column)
