"""A plain table (文書番号台帳, 進行状況) as a Document, drawn by the same renderers as the forms."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from generator.document import Bars, Cell, Chart, Document, Line, Sheet, Style
from generator.paper import A4_LANDSCAPE, MM_PER_POINT
from generator.spreadsheet.addresses import area_address
from generator.spreadsheet.cell_format import formatted
from generator.typography import typeset
from generator.values import Value, is_number

_MARGINS = (15.0, 15.0, 15.0, 15.0)
_ROOM = A4_LANDSCAPE[1] - _MARGINS[0] - _MARGINS[2]
_LEAST = 7.0  # mm, the height of a row
_TALLEST = 140.0  # mm; a spreadsheet's row ends at 409.5 pt
_TITLE = Style(font="gothic", bold=True, size=14, align="center")
_NOTE = Style(font="gothic", size=8, smallest=5)
_BOX = Style(font="gothic", size=9, smallest=5, left="thin", top="thin", right="thin", bottom="thin")
_HEADING = replace(_BOX, bold=True, align="center", fill="E7E6E6")
_CAPTION = Style(font="gothic", size=9, smallest=5, align="right")
_TOTAL = replace(_BOX, bold=True, top="medium", fill="F2F2F2")
_FORMATS = {"金額": "金額", "日付": "和暦", "日数": "整数", "文字": "文字"}
_CHART_ROWS = 14  # at least
_CHART_WIDTH, _CHART_GAP = 0.5, 0.02  # of the page

_Drawn = tuple[str, Value, str, Style, str, str]  # text, value, number format, style, role, formula
_Placed = tuple[int, int, _Drawn]  # column, how many of them, what stands there


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report. ``kind``: 文字, 金額, 日付, 日数 or 率, which says how a value is printed. ``width``: its
    share of the page. ``total``: the column is added up in the row of totals.
    """

    heading: str
    width: float
    kind: str = "文字"
    total: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """A value that a workbook works out: a formula without '=', in which {row} is the row's own number there."""

    value: Value
    formula: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart beside the table, of these columns; the first column of the table names the groups of bars."""

    title: str
    text: str  # what it shows, in words
    columns: tuple[int, ...]
    unit: str = "円"


Given = Value | Live


@dataclass(frozen=True, slots=True)
class Table:
    """A table before it is drawn.

    ``name``: of the worksheet, at most 31 characters. ``caption`` stands at the right above the table. ``total`` names
    a last row in which columns are added up, with their formula; '' for none.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Given]]
    notes: Sequence[str] = ()
    caption: str = ""
    total: str = ""
    plot: Plot | None = None


@typeset.call()
def sheet(table: Table) -> Sheet:
    """The table over the width of A4 landscape: title, heading (again on each page), rows, and notes at the foot.

    A text of any length finds room: its row grows, and what no row holds goes on in the row below.
    """
    columns, rows, plot = table.columns, table.rows, table.plot
    width = A4_LANDSCAPE[0] - _MARGINS[1] - _MARGINS[3]
    beside = (width * _CHART_GAP, width * _CHART_WIDTH) if plot else ()
    scale = (width - sum(beside)) / sum(c.width for c in columns)
    draft = _Sheet(tuple(round(w, 2) for w in (*(c.width * scale for c in columns), *beside)))
    draft.line(table.title, _TITLE, "title")
    if table.caption:
        draft.line(table.caption, _CAPTION, "text")
    head = len(draft.heights)
    draft.row([(c.heading, c.heading, "", _HEADING, "heading", "") for c in columns])
    for row in rows:
        draft.row([_cell(c, value, _BOX, len(draft.heights)) for c, value in zip(columns, row, strict=True)])
    if table.total:
        draft.row(_totals(columns, rows, table.total, range(head + 1, len(draft.heights))))
    charts = (draft.chart(plot, columns, rows, head),) if plot else ()
    for note in table.notes:
        draft.line(note, _NOTE, "text")
    return Sheet(
        form=table.name,
        name=table.name,
        title=table.title,
        file=table.name,
        kind="table",
        paper=A4_LANDSCAPE,
        margins=_MARGINS,
        columns=draft.widths,
        heights=tuple(draft.heights),
        cells=tuple(draft.cells),
        breaks=_breaks(draft.heights, head),
        repeated=(head, head + 1),
        charts=charts,
    )


def total(rows: Sequence[Sequence[Given]], column: int) -> int:
    """The sum of a column's amounts."""
    return sum(v for v in (_plain(row[column]) for row in rows) if isinstance(v, int))


def _plain(value: Given) -> Value:
    return value.value if isinstance(value, Live) else value


def _cell(column: Column, content: Given, style: Style, row: int) -> _Drawn:
    """How a value of a column is drawn in a row of the sheet."""
    value, formula = _plain(content), ""
    if isinstance(content, Live):
        formula = content.formula.replace("{row}", str(row + 1))
    if column.kind == "率" and isinstance(value, Fraction):
        tenths = floor(abs(value) * 1000 + Fraction(1, 2))  # of a per cent, half up
        text, code = f"{'-' if value < 0 else ''}{tenths // 10}.{tenths % 10}%", "0.0%"
    else:
        text, code = formatted(value, _FORMATS.get(column.kind, "文字"))
    number = is_number(value)
    return text, value, code, replace(style, align="right", wrap=False) if number else style, "value", formula


def _totals(columns: Sequence[Column], rows: Sequence[Sequence[Given]], label: str, place: range) -> list[_Drawn]:
    """The row of totals; ``place``: the rows of the sheet in which the values stand."""
    drawn: list[_Drawn] = [(label, label, "", _TOTAL, "label", "")]
    for n, column in enumerate(columns[1:], 1):
        if not column.total:
            drawn.append(("", None, "", _TOTAL, "value", ""))
            continue
        formula = f"SUM({area_address(place.start, n, len(place), 1)})" if rows else ""
        drawn.append(_cell(column, Live(total(rows, n), formula), _TOTAL, 0))
    return drawn


def single(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Given]],
    date: datetime.date,
    author: str = "",
    notes: Sequence[str] = (),
) -> Document:
    """A Document of one table. ``date``: the day it tells of."""
    return document(title, [sheet(Table(title[:31], title, columns, rows, notes))], date, author)


def document(title: str, sheets: Sequence[Sheet], date: datetime.date, author: str = "") -> Document:
    """Several tables as one workbook or PDF."""
    return Document(name=title, title=title, author=author, subject=title, date=date, sheets=tuple(sheets))


class _Sheet:
    def __init__(self, widths: tuple[float, ...]):
        self.widths = widths
        self.heights: list[float] = []
        self.cells: list[Cell] = []

    def line(self, text: str, style: Style, role: str) -> None:
        """A text over all columns."""
        self._add([(0, len(self.widths), (text, text, "", style, role, ""))])

    def row(self, cells: Sequence[_Drawn]) -> None:
        self._add([(n, 1, cell) for n, cell in enumerate(cells)])

    def chart(self, plot: Plot, columns: Sequence[Column], rows: Sequence[Sequence[Given]], head: int) -> Chart:
        """A chart in the last column, from the heading down."""
        high = max(_CHART_ROWS, len(rows) + 2)
        self.heights += [_LEAST] * (head + high - len(self.heights))
        series = []
        for n in plot.columns:
            values = (_plain(given[n]) for given in rows)
            series.append(Bars(columns[n].heading, n, tuple(v if isinstance(v, int) else 0 for v in values)))
        labels = tuple(str(_plain(given[0])) for given in rows)
        room = (head, len(columns) + 1, high, 1)
        return Chart(*room, plot.title, plot.text, plot.unit, head, head + 1, 0, labels, tuple(series))

    def _add(self, cells: Sequence[_Placed]) -> None:
        while cells:
            cells = self._added(cells)

    def _added(self, cells: Sequence[_Placed]) -> list[_Placed]:
        """Add a row; what of its texts no row holds, for the row below."""
        height = _LEAST
        rests: dict[int, str] = {}
        for column, span, (text, value, code, style, role, formula) in cells:
            width = sum(self.widths[column : column + span])
            fitted = typeset.fit(text, width, None, style)
            if fitted.height > _TALLEST:
                fitted = typeset.fit(text, width, _TALLEST, style)
            if not fitted.fits:
                text, rests[column] = _divided(text, fitted.lines, style.line * fitted.size * MM_PER_POINT)
                value, fitted = text, typeset.fit(text, width, _TALLEST, style)
            height = max(height, fitted.height)
            row, lines = len(self.heights), fitted.lines
            cell = Cell(row, column, 1, span, text, style, fitted.size, lines, value, code, formula, role=role)
            self.cells.append(cell)
        self.heights.append(round(height, 3))
        if not any(rests.values()):
            return []
        texts = [(column, span, rests.get(column, ""), drawn) for column, span, drawn in cells]
        return [(c, span, (text, text or None, "", drawn[3], drawn[4], "")) for c, span, text, drawn in texts]


def _divided(text: str, lines: Sequence[Line], pitch: float) -> tuple[str, str]:
    """As much of a text as the tallest row holds in lines of so many mm, and the rest."""
    at = 0
    for line in lines[: floor((_TALLEST - 2 * typeset.ROOM) / pitch)]:
        at = text.index(line.text, at) + len(line.text)
    return text[:at], text[at:].lstrip(" \n")


def _breaks(heights: Sequence[float], head: int) -> tuple[int, ...]:
    """Rows that begin a page, below the heading that is drawn again."""
    breaks: list[int] = []
    used = 0.0
    for row, height in enumerate(heights):
        if row > head + 1 and used + height > _ROOM:
            breaks.append(row)
            used = heights[head]
        used += height
    return tuple(breaks)
