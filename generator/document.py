"""The resolved Document: everything a renderer may know, and nothing else.

``layout`` makes it, the renderers draw it. All lengths are millimetres, all
type sizes points. Rows and columns count from 0. Every value is final: texts
are composed, lines are broken, sizes are fitted, pages are divided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from generator.values import Value

BODY_SIZE = 10.5  # pt, of all that says no size of its own


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks. Borders are '' or one of hair, dotted, thin, medium."""

    font: str = "mincho"  # mincho | gothic
    bold: bool = False  # gothic only: there is no bold BIZ UD Mincho
    size: float = BODY_SIZE  # pt, before fitting
    align: str = "left"  # left | center | right | justify
    valign: str = "middle"  # top | middle | bottom
    wrap: bool = True  # False: one line, shrunk until it fits
    smallest: float = 7.0  # pt, fitting never goes below this
    line: float = 1.3  # line pitch as a multiple of the size
    pad: float = 1.0  # mm left and right of the text inside the cell
    left: str = ""
    top: str = ""
    right: str = ""
    bottom: str = ""
    fill: str = ""  # RRGGBB
    bordered: bool = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bordered", bool(self.left or self.top or self.right or self.bottom))
        object.__setattr__(self, "_hash", hash(self._parts()))

    def __hash__(self) -> int:
        """Known beforehand: every cell of every case is looked up by its style."""
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return Style, self._parts()  # in another process the hash is another one

    def _parts(self) -> tuple[Any, ...]:
        return (self.font, self.bold, self.size, self.align, self.valign, self.wrap, self.smallest, self.line, self.pad,
                self.left, self.top, self.right, self.bottom, self.fill)  # fmt: skip


class Line(NamedTuple):
    """One typeset line. ``width`` is its natural width in mm at the cell's size;
    ``last`` tells the end of a paragraph (a justified line that is not stretched)."""

    text: str
    width: float
    last: bool = True


@dataclass(frozen=True, slots=True)
class Input:
    """What an input of a form to be filled in accepts, and what is said beside it."""

    kind: str  # 円 数量 整数 日付 元号 年 月 日 電話番号 Eメール 郵便番号 カタカナ 真偽 文字 文章
    title: str  # what is asked
    prompt: str  # how to answer
    plain: str = ""  # the same for a file that is no workbook, where a date is one answer
    choices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # what the forms call each choice, where that is something else
    limit: int | None = None  # characters, without line breaks
    required: bool = False
    count: str = ""  # the defined name of the number of characters, where there is a limit
    refusal: str = ""  # what a spreadsheet says of any other answer
    missing: str = ""  # Excel formula without '=', TRUE as long as an answer is still needed


class Cell(NamedTuple):
    """A cell with what it says. There are over a thousand in a case, and a tuple is made five times as fast as a
    frozen dataclass."""

    row: int
    column: int
    rows: int
    columns: int
    text: str  # as printed; '' where the form is blank
    style: Style
    size: float  # pt, after fitting
    lines: tuple[Line, ...]  # of ``text`` at ``size``; the same characters but for the spaces a break swallows
    value: Value = None  # what a spreadsheet stores: the typed value behind ``text``
    format: str = ""  # Excel number format; '' General, '@' text
    formula: str = ""  # Excel formula without '='; its cached value is ``value``
    field: str = ""  # case path when this cell is an input
    mark: str = ""  # 'on' | 'off' for a check box (text is then ☑ or ☐)
    role: str = "text"  # title | heading | label | text | value | field (empty, a PDF's field comes there)
    refusing: bool = False  # a check box that is on when the answer is いいえ; it repeats one for はい
    input: Input | None = None  # of a form to be filled in
    follows: str = ""  # case path of the input elsewhere that this cell repeats
    warn: str = ""  # Excel formula without '=', TRUE when what the cell shows is to be marked
    blank: tuple[Line, ...] | None = None  # what stands here where nothing computes; None: it awaits no answer
    own: bool = False  # words of the form itself: one object in all documents, so what is made of it may be kept


class Bars(NamedTuple):
    """One series of a chart: the column of the sheet that it shows, its heading and its values as they stand there."""

    name: str
    column: int
    values: tuple[int, ...]


class Chart(NamedTuple):
    """Upright bars of columns of the sheet, a group for each row, in the room of some rows and columns without cells.

    It shows the rows [``first``, ``first`` + number of labels), which one column names and the others give.
    """

    row: int
    column: int
    rows: int
    columns: int
    title: str
    text: str  # what it shows, in words, for those who do not see it
    unit: str  # of the values
    heading: int  # the row that names the series
    first: int
    labelled: int  # the column that names the groups
    labels: tuple[str, ...]
    series: tuple[Bars, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet, or the pages of one form in a PDF: cells on a grid of columns and rows."""

    form: str  # form id
    name: str  # worksheet name
    title: str  # for bookmarks: 第２号様式 別紙　補助対象事業費及び…
    file: str  # stem of its own file
    kind: str  # form | letter | table
    paper: tuple[float, float]  # mm, width and height
    margins: tuple[float, float, float, float]  # mm: top, right, bottom, left
    columns: tuple[float, ...]  # mm
    heights: tuple[float, ...]  # mm
    cells: tuple[Cell, ...]  # by row, then column
    breaks: tuple[int, ...] = ()  # rows that begin a page, 0 not among them
    repeated: tuple[int, int] | None = None  # header rows [first, end) drawn again on top of further pages
    headed: int | None = None  # the row after the last one that they head; None: all that follow
    printed: bool = True  # False: workbook only (計算根拠)
    word: bool = False  # also made as a Word file
    stamp: str = ""  # 案 on a draft; drawn in the margin, outside the grid
    aside: tuple[float, ...] = ()  # mm, columns right of the others, in workbooks only and never printed
    hidden: bool = False  # in workbooks: a continuation sheet that nobody has asked for yet
    note: str = ""  # of a form to be filled in: what its upper margin has to say where no tab names the sheet
    charts: tuple[Chart, ...] = ()
    characters: tuple[tuple[str, bool, str], ...] = ()  # of the form's own words: font, whether bold, characters

    @property
    def frame(self) -> tuple[object, ...]:
        """All that pages are laid out by, but for the cells: sheets of one shape have it in common."""
        place = (self.paper, self.margins, self.columns, self.heights)
        return *place, self.breaks, self.repeated, self.headed, self.stamp

    def pages(self) -> tuple[tuple[int, ...], ...]:
        """The rows of each page in drawing order, repeated header rows included."""
        starts = (0, *self.breaks, len(self.heights))
        pages = []
        for number, (first, end) in enumerate(pairwise(starts)):
            pages.append((*(self.repeated_rows(first) if number else ()), *range(first, end)))
        return tuple(pages)

    def parts(self, most: int) -> Iterator[Sheet]:
        """The same pages in sheets of at most so many, for a long table whose cells are all one row high."""
        starts = (0, *self.breaks, len(self.heights))
        if len(starts) - 1 <= most:
            yield self
            return
        of_row: list[list[Cell]] = [[] for _ in self.heights]
        for cell in self.cells:
            of_row[cell.row].append(cell)
        for page in range(0, len(starts) - 1, most):
            first, end = starts[page], starts[min(page + most, len(starts) - 1)]
            again = self.repeated_rows(first) if page else range(0)
            rows = (*again, *range(first, end))
            yield replace(
                self,
                heights=tuple(self.heights[row] for row in rows),
                cells=tuple(cell._replace(row=n) for n, row in enumerate(rows) for cell in of_row[row]),
                breaks=tuple(row - first + len(again) for row in self.breaks if first < row < end),
                repeated=(0, len(again)) if page else self.repeated,
            )

    def repeated_rows(self, first: int) -> range:
        """The header rows drawn again on a further page that begins with this row."""
        if self.repeated is None or not self.repeated[1] <= first < (self.headed or len(self.heights)):
            return range(0)
        return range(*self.repeated)


class ListedCell(NamedTuple):
    """One row of the list by which the cells of a returned workbook are found: an input, a computed cell or an end."""

    form: str  # defined name that finds the sheet: _様式_2
    cell: str  # E12
    path: str  # case path of an input; for the others see roundtrip.COMPUTED and END
    blank: str  # what is printed there as long as nothing is given; a default formula begins with '='


@dataclass(frozen=True, slots=True)
class ReturnToken:
    """What a file was made for, carried in the file so that it can come back. Written and read by `roundtrip`."""

    scheme: str
    stage: str  # key: 申請, 変更[1]
    number: str  # 案件番号, '' where it is not known yet
    applicant: (
        str  # name before any change, so that it is the same whenever the file comes back; '' where not known yet
    )
    forms: Mapping[str, str] = field(hash=False)  # form id → the date of its version
    program: str
    digest: str  # of the listed cells
    signature: str = ""  # of an office's key, '' where it has none
    cells: tuple[ListedCell, ...] = field(default=(), repr=False, compare=False)  # where the file is being made


@dataclass(frozen=True, slots=True)
class Document:
    """The sheets of one stage and what belongs to the whole."""

    name: str  # 申請一式, 変更一式(2)
    title: str
    author: str
    subject: str
    date: date  # of the document; the only date in a file's metadata
    sheets: tuple[Sheet, ...]
    names: tuple[tuple[str, str], ...] = ()  # defined name -> 'sheet'!$A$1, a range or a formula
    language: str = "ja"
    protected: bool = False  # in workbooks only the inputs can be changed
    token: ReturnToken | None = None  # what the file was made for; None: it is not meant to come back
    fonts: tuple[Path, ...] = ()  # where those were looked for, before those of the system, that its lines fit

    def only(self, file: str) -> Document:
        """The same document reduced to the sheets of one form file, titled after the first."""
        sheets = tuple(s for s in self.sheets if s.file == file)
        return replace(self, name=file, title=sheets[0].title, sheets=sheets)
