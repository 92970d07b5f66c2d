"""A workbook is laid out by openpyxl once for each shape it takes; a case then fills in rows, styles and properties.

The shape is all that is there before the case: columns, merges, checks, print set-up, names. Everything else is
written by `data` and `styles`, so that the same document gives the same bytes whatever was drawn before.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from operator import attrgetter
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.properties import CalcProperties
from openpyxl.writer.excel import ExcelWriter

from generator.document import Cell, Document, Sheet
from generator.render.cache import Cache
from generator.render.markup import escape
from generator.render.package import Part, Pieces, joined, mark, pack, part, pieces, unpack
from generator.render.xlsx import chart
from generator.render.xlsx.checks import Checks
from generator.render.xlsx.data import Looks, Places, Style, listed
from generator.render.xlsx.grid import Grid
from generator.render.xlsx.marks import add_marks, rows_of_marks
from generator.render.xlsx.page import protect, scale, set_page
from generator.render.xlsx.styles import stylesheet
from generator.spreadsheet import addresses

_APPLICATION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>yoshiki</Application></Properties>"
)
_CALC_ID = 191029  # Excel 2019 and later; an older number makes Excel calculate (and ask to save) on load
_DAY = date(1901, 2, 3)  # stands for the document's date
_DAY_TEXT = b"1901-02-03T00:00:00Z"
_MOST = 100  # shapes kept
_STRETCH = 500  # rows of a table that are in memory at once
_SHEET = re.compile(rb"<sheetData ?/>|<sheetData>.*</sheetData>", re.DOTALL)
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
_DXFS = re.compile(rb"<dxfs[^>]*/>|<dxfs.*?</dxfs>", re.DOTALL)


@dataclass(frozen=True)
class Frame:
    """The parts of a workbook without what changes: whole ones, and worksheets as what stands around their rows."""

    whole: dict[str, Part]
    properties: Pieces
    sheets: dict[str, tuple[bytes, bytes]]
    differential: bytes
    order: tuple[str, ...]

    def packed(self, document: Document, styles: Part, rows: Iterable[str]) -> bytes:
        """The package with the document's properties and the rows of each of its sheets."""
        made = {"xl/styles.xml": styles, "docProps/core.xml": self._properties(document)}
        hidden = (listed(rows_of_marks(document.token)),) if document.token else ()
        for (name, (head, tail)), data in zip(self.sheets.items(), chain(rows, hidden), strict=False):
            made[name] = part(name, b"%b<sheetData>%b</sheetData>%b" % (head, data.encode(), tail))
        return pack(made.get(name) or self.whole[name] for name in self.order)

    def _properties(self, document: Document) -> Part:
        texts = (document.title, document.author, document.subject)
        words = [f"{document.date.isoformat()}T00:00:00Z".encode(), *(escape(t).encode() for t in texts)]
        return part("docProps/core.xml", joined(self.properties, words))


class Shape:
    """A frame, and where the cells of its sheets stand."""

    def __init__(self, document: Document, grids: list[Grid]):
        self._frame = _frame(document, grids)
        self._places = tuple(Places(sheet.cells, range(len(sheet.heights))) for sheet in document.sheets)
        self._last: tuple[list[Looks], tuple[Part, dict[Any, int]]] | None = None  # the styles used last

    def filled(self, document: Document, grids: list[Grid]) -> bytes:
        """The package of a document of this shape."""
        written = [p.written(s.cells, g) for p, s, g in zip(self._places, document.sheets, grids, strict=True)]
        looks = [look for sheet in written for look, _ in sheet]
        last = self._last
        if last is None or last[0] != looks:
            used = tuple(dict.fromkeys(style for look in looks for style in look.styles))
            last = self._last = (looks, stylesheet(used, self._frame.differential))
        styles, numbers = last[1]
        rows = (p.write(g, cells, numbers) for p, g, cells in zip(self._places, grids, written, strict=True))
        return self._frame.packed(document, styles, rows)


def _long(document: Document, grids: list[Grid]) -> bytes:
    """The package of tables, of which each may be long: some rows after the other, first for their styles."""
    frame = _frame(document, grids)
    used: dict[Style, None] = {}
    for sheet, grid in zip(document.sheets, grids, strict=True):
        for places, cells in _stretches(sheet):
            used |= dict.fromkeys(style for look, _ in places.written(cells, grid) for style in look.styles)
    styles, numbers = stylesheet(tuple(used), frame.differential)
    rows = (
        "".join([places.write(grid, places.written(cells, grid), numbers) for places, cells in _stretches(sheet)])
        for sheet, grid in zip(document.sheets, grids, strict=True)
    )
    return frame.packed(document, styles, rows)


def _stretches(sheet: Sheet) -> Iterator[tuple[Places, Sequence[Cell]]]:
    """The cells of a table, which are all one row high, some rows after the other."""
    for first in range(0, len(sheet.heights), _STRETCH):
        rows = range(first, min(first + _STRETCH, len(sheet.heights)))
        begin, end = (bisect_left(sheet.cells, row, key=attrgetter("row")) for row in (rows.start, rows.stop))
        cells = sheet.cells[begin:end]
        yield Places(cells, rows), cells


class Frames:
    """The shapes met so far, the latest kept; but no tables, which are met once. No words of a case stay here."""

    def __init__(self) -> None:
        self._shapes: Cache[Shape] = Cache(_MOST)

    def render(self, document: Document) -> bytes:
        """The package of a document, laid out now if none of its shape was met yet. Threads may call it at once."""
        grids = [Grid(sheet) for sheet in document.sheets]
        if all(sheet.kind == "table" for sheet in document.sheets):
            return _long(document, grids)
        return self._shapes.get(_key(document, grids), lambda: Shape(document, grids)).filled(document, grids)


def _key(document: Document, grids: list[Grid]) -> Any:
    sheets = tuple([_sheet_key(s, g) for s, g in zip(document.sheets, grids, strict=True)])
    return document.names, document.protected, document.language, bool(document.token), sheets


_edges = ("style.left", "style.top", "style.right", "style.bottom")
_framed = attrgetter("row", "column", "rows", "columns", *_edges)


def _sheet_key(sheet: Sheet, grid: Grid) -> Any:
    asked = tuple([(n, c.input, c.warn) for n, c in enumerate(sheet.cells) if c.input or c.warn])
    cells = tuple(map(_framed, sheet.cells))
    place = (sheet.name, sheet.columns, sheet.aside, sheet.paper, sheet.margins, len(sheet.heights), sheet.breaks)
    seen = (sheet.repeated, sheet.headed, sheet.printed, sheet.hidden, sheet.stamp, sheet.charts)
    return place, seen, scale(sheet, grid), cells, asked


def _frame(document: Document, grids: list[Grid]) -> Frame:
    parts = unpack(_drawn(document, grids))
    parts["docProps/app.xml"] = _APPLICATION
    chart.fill(parts, document)
    properties = pieces(parts["docProps/core.xml"].replace(_DAY_TEXT, mark(0).encode()))
    sheets: dict[str, tuple[bytes, bytes]] = {}
    for number in range(1, len(document.sheets) + 1 + bool(document.token)):
        name = f"xl/worksheets/sheet{number}.xml"
        sheets[name] = _around(parts[name])
    if document.token:  # the hidden sheet is the last one, behind that of the long lists
        sheets = _marks_last(sheets, parts, len(document.sheets))
    differential = _DXFS.search(parts["xl/styles.xml"])
    filled = {"xl/styles.xml", "docProps/core.xml", *sheets}
    return Frame(
        whole={name: part(name, data) for name, data in parts.items() if name not in filled},
        properties=properties,
        sheets=sheets,
        differential=differential[0] if differential else b"",
        order=tuple(parts),
    )


def _marks_last(sheets: dict[str, tuple[bytes, bytes]], parts: dict[str, bytes], count: int) -> dict[str, Any]:
    last = sum(name.startswith("xl/worksheets/sheet") for name in parts)
    name = f"xl/worksheets/sheet{last}.xml"
    found = dict(list(sheets.items())[:count])
    return found | {name: _around(parts[name])}


def _around(data: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the rows of a worksheet; how far it reaches is not known yet, and need not be."""
    head, tail = _SHEET.split(_DIMENSION.sub(b"", data), maxsplit=1)
    return head, tail


def _drawn(document: Document, grids: list[Grid]) -> bytes:
    """The workbook as openpyxl lays it out, without contents."""
    book = Workbook()
    book.remove(book.active)
    checks = Checks(book)
    for number, (sheet, grid) in enumerate(zip(document.sheets, grids, strict=True), 1):
        page = book.create_sheet(sheet.name)
        # Not merge_cells(): it keeps a set, whose order differs from run to run.
        page.merged_cells = [
            addresses.area_address(c.row, c.column, c.rows, c.columns)
            for c in sheet.cells
            if (c.rows, c.columns) != (1, 1)
        ]
        set_page(page, sheet, grid)
        checks.add(page, sheet)
        chart.add(page, sheet)
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        page.sheet_view.tabSelected = number == 1
        if document.protected:
            protect(page, sheet)
    checks.write_lists()
    book.active = 0
    for name, reference in document.names:
        book.defined_names[name] = DefinedName(name, attr_text=reference)
    add_marks(book, document)
    book.calculation = CalcProperties(calcId=_CALC_ID, fullCalcOnLoad=False)
    properties = book.properties
    properties.title, properties.creator, properties.subject = mark(1), mark(2), mark(3)
    properties.language = document.language
    properties.created = properties.modified = datetime.combine(_DAY, time())
    data = io.BytesIO()
    # Not book.save(): that would put the clock into the metadata.
    ExcelWriter(book, ZipFile(data, "w", ZIP_DEFLATED)).save()
    return data.getvalue()
