"""A plain table (文書番号台帳, 進行状況) as a Document, drawn by the same renderers as the forms."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator import typeset
from generator.document import Cell, Document, Sheet, Style, Value
from generator.grid import formatted

_PAPER = (297.0, 210.0)  # A4 landscape
_MARGINS = (15.0, 15.0, 15.0, 15.0)
_ROOM = _PAPER[1] - _MARGINS[0] - _MARGINS[2]
_LEAST = 7.0  # mm, the height of a row
_TALLEST = 140.0  # mm; a spreadsheet's row ends at 409.5 pt
_TITLE = Style(font="gothic", bold=True, size=14, align="center")
_NOTE = Style(font="gothic", size=8, smallest=5)
_BOX = Style(font="gothic", size=9, smallest=5, left="thin", top="thin", right="thin", bottom="thin")
_HEADING = replace(_BOX, bold=True, align="center", fill="E7E6E6")
_FORMATS = {"金額": "金額", "日付": "和暦", "日数": "整数", "文字": "文字"}


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: 文字, 金額, 日付 or 日数, which says how a value is printed. ``width``: its share of the page."""

    heading: str
    width: float
    kind: str = "文字"


def sheet(
    name: str, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]], notes: Sequence[str] = ()
) -> Sheet:
    """One table over the width of A4 landscape: title, heading (again on each page), rows, and notes at the foot.

    ``name``: of the worksheet, at most 31 characters. A text of any length finds room: its row grows.
    """
    scale = (_PAPER[0] - _MARGINS[1] - _MARGINS[3]) / sum(c.width for c in columns)
    draft = _Sheet(tuple(round(c.width * scale, 2) for c in columns))
    draft.line(title, _TITLE, "title")
    draft.row([(c.heading, c.heading, "", _HEADING, "heading") for c in columns])
    for row in rows:
        cells = []
        for column, value in zip(columns, row, strict=True):
            text, code = formatted(value, _FORMATS[column.kind])
            number = isinstance(value, int) and not isinstance(value, bool)
            style = replace(_BOX, align="right") if number else _BOX
            cells.append((text, value, code, style, "value"))
        draft.row(cells)
    for note in notes:
        draft.line(note, _NOTE, "text")
    return Sheet(
        form=name,
        name=name,
        title=title,
        file=name,
        kind="table",
        paper=_PAPER,
        margins=_MARGINS,
        columns=draft.widths,
        heights=tuple(draft.heights),
        cells=tuple(draft.cells),
        breaks=_breaks(draft.heights),
        repeated=(1, 2),
    )


def table(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Value]],
    date: datetime.date,
    author: str = "",
    notes: Sequence[str] = (),
) -> Document:
    """A Document of one table. ``date``: the day it tells of."""
    return document(title, [sheet(title[:31], title, columns, rows, notes)], date, author)


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
        self._add([(0, len(self.widths), text, text, "", style, role)])

    def row(self, cells: Sequence[tuple[str, Value, str, Style, str]]) -> None:
        self._add([(n, 1, *cell) for n, cell in enumerate(cells)])

    def _add(self, cells: Sequence[tuple[int, int, str, Value, str, Style, str]]) -> None:
        height = _LEAST
        for column, span, text, value, code, style, role in cells:
            width = sum(self.widths[column : column + span])
            fitted = typeset.fit(text, width, None, style)
            if fitted.height > _TALLEST:
                fitted = typeset.fit(text, width, _TALLEST, style)
            height = max(height, fitted.height)
            self.cells.append(
                Cell(len(self.heights), column, 1, span, text, style, fitted.size, fitted.lines, value, code, role=role)
            )
        self.heights.append(round(height, 3))


def _breaks(heights: Sequence[float]) -> tuple[int, ...]:
    """Rows that begin a page, below the heading that is drawn again."""
    breaks: list[int] = []
    used = 0.0
    for row, height in enumerate(heights):
        if row > 2 and used + height > _ROOM:
            breaks.append(row)
            used = heights[1]
        used += height
    return tuple(breaks)
