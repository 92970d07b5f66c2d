"""Workbooks are prepared once by openpyxl for all documents that look alike; a case then fills in the rest.

What is there before the case: columns, merges, data validations, print set-up, defined names. Rows, styles and
properties are written by `rows` and `styles`, so that the same document gives the same bytes whatever was drawn before.
Tables may have thousands of rows and are met once: they are written some rows after the other, and nothing is kept.
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

from openpyxl import LXML, Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.properties import CalcProperties
from openpyxl.writer.excel import ExcelWriter

from generator.document import Cell, Document, Sheet
from generator.problem import Problem, UnavailableError
from generator.render.cache import Cache
from generator.render.markup import escape
from generator.render.package import Part, Pieces, cut_at_placeholders, filled_in, pack, part, placeholder, unpack
from generator.render.xlsx.chart import add_charts, fill_charts
from generator.render.xlsx.data_validation import DataValidations
from generator.render.xlsx.page_setup import protect, scale, set_page
from generator.render.xlsx.return_sheet import add_return_sheet, return_rows
from generator.render.xlsx.rows import CellStyle, CellStyles, SheetRows, rows_of_texts
from generator.render.xlsx.sizes import SheetSizes
from generator.render.xlsx.styles import stylesheet
from generator.spreadsheet import addresses
from generator.typography.fonts import state

_APPLICATION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>yoshiki</Application></Properties>"
)
_CALC_ID = 191029  # Excel 2019 and later; an older number makes Excel calculate (and ask to save) on load
_DAY = date(1901, 2, 3)  # stands for the document's date
_DAY_TEXT = b"1901-02-03T00:00:00Z"
_MOST = 100  # workbooks kept
_STRETCH = 500  # rows of a table that are in memory at once
_SHEET = re.compile(rb"<sheetData ?/>|<sheetData>.*</sheetData>", re.DOTALL)
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
_DXFS = re.compile(rb"<dxfs[^>]*/>|<dxfs.*?</dxfs>", re.DOTALL)


@dataclass(frozen=True)
class EmptyPackage:
    """The parts of a workbook without what changes: whole ones, and worksheets as what stands around their rows."""

    whole: dict[str, Part]
    properties: Pieces
    sheets: dict[str, tuple[bytes, bytes]]
    differential: bytes
    order: tuple[str, ...]

    def packed(self, document: Document, styles: Part, rows: Iterable[str]) -> bytes:
        """The package with the document's properties and the rows of each of its sheets."""
        filled = {"xl/styles.xml": styles, "docProps/core.xml": self._properties(document)}
        hidden = (rows_of_texts(return_rows(document.token)),) if document.token else ()
        for (name, (head, tail)), data in zip(self.sheets.items(), chain(rows, hidden), strict=False):
            filled[name] = part(name, b"%b<sheetData>%b</sheetData>%b" % (head, data.encode(), tail))
        return pack(filled.get(name) or self.whole[name] for name in self.order)

    def _properties(self, document: Document) -> Part:
        texts = (document.title, document.author, document.subject)
        words = [f"{document.date.isoformat()}T00:00:00Z".encode(), *(escape(t).encode() for t in texts)]
        return part("docProps/core.xml", filled_in(self.properties, words))


class PreparedWorkbook:
    """A workbook that is ready but for its rows, styles and properties. Threads may share it."""

    def __init__(self, document: Document, sheet_sizes: list[SheetSizes]):
        self._package = _empty_package(document, sheet_sizes)
        self._rows = tuple(SheetRows(sheet.cells, range(len(sheet.heights))) for sheet in document.sheets)
        self._last: tuple[list[CellStyles], tuple[Part, dict[Any, int]]] | None = None  # the styles used last

    def filled(self, document: Document, sheet_sizes: list[SheetSizes]) -> bytes:
        """The package of a document that looks as the one that this was prepared for; ``sheet_sizes``: of its sheets.

        Raises RefusedError when a text is longer than an Excel cell can hold.
        """
        written = [
            rows.written(sheet.cells, sizes)
            for rows, sheet, sizes in zip(self._rows, document.sheets, sheet_sizes, strict=True)
        ]
        styles_of = [styles for sheet in written for styles, _ in sheet]
        last = self._last
        if last is None or last[0] != styles_of:
            used = tuple(dict.fromkeys(style for cell in styles_of for style in cell.styles))
            last = self._last = (styles_of, stylesheet(used, self._package.differential))
        styles, numbers = last[1]
        rows = (
            r.write(sizes, cells, numbers) for r, sizes, cells in zip(self._rows, sheet_sizes, written, strict=True)
        )
        return self._package.packed(document, styles, rows)


def _long(document: Document, sheet_sizes: list[SheetSizes]) -> bytes:
    """The package of tables, of which each may be long: some rows after the other, first for their styles."""
    package = _empty_package(document, sheet_sizes)
    used: dict[CellStyle, None] = {}
    for sheet, sizes in zip(document.sheets, sheet_sizes, strict=True):
        for rows, cells in _stretches(sheet):
            used |= dict.fromkeys(style for cell, _ in rows.written(cells, sizes) for style in cell.styles)
    styles, numbers = stylesheet(tuple(used), package.differential)
    texts = (
        "".join([rows.write(sizes, rows.written(cells, sizes), numbers) for rows, cells in _stretches(sheet)])
        for sheet, sizes in zip(document.sheets, sheet_sizes, strict=True)
    )
    return package.packed(document, styles, texts)


def _stretches(sheet: Sheet) -> Iterator[tuple[SheetRows, Sequence[Cell]]]:
    """The cells of a table, which are all one row high, some rows after the other."""
    for first in range(0, len(sheet.heights), _STRETCH):
        rows = range(first, min(first + _STRETCH, len(sheet.heights)))
        begin, end = (bisect_left(sheet.cells, row, key=attrgetter("row")) for row in (rows.start, rows.stop))
        cells = sheet.cells[begin:end]
        yield SheetRows(cells, rows), cells


class PreparedWorkbooks:
    """The workbooks prepared so far, as many as fit; no tables, which are met once. No words of a case stay here."""

    def __init__(self) -> None:
        self._workbooks: Cache[PreparedWorkbook] = Cache(_MOST)

    def render(self, document: Document) -> bytes:
        """The package of a document, prepared now if none that looks alike was met yet. Threads may call it at once."""
        sheet_sizes = [SheetSizes(sheet) for sheet in document.sheets]
        if all(sheet.kind == "table" for sheet in document.sheets):
            return _long(document, sheet_sizes)
        key = _key(document, sheet_sizes)
        workbook = self._workbooks.get(key, lambda: PreparedWorkbook(document, sheet_sizes))
        return workbook.filled(document, sheet_sizes)


def _key(document: Document, sheet_sizes: list[SheetSizes]) -> Any:
    sheets = tuple([_sheet_key(sheet, sizes) for sheet, sizes in zip(document.sheets, sheet_sizes, strict=True)])
    return state(), document.names, document.protected, document.language, bool(document.token), sheets


_edges = ("style.left", "style.top", "style.right", "style.bottom")
_framed = attrgetter("row", "column", "rows", "columns", *_edges)


def _sheet_key(sheet: Sheet, sizes: SheetSizes) -> Any:
    inputs = tuple([(n, c.input, c.warn) for n, c in enumerate(sheet.cells) if c.input or c.warn])
    cells = tuple(map(_framed, sheet.cells))
    place = (sheet.name, sheet.columns, sheet.aside, sheet.paper, sheet.margins, len(sheet.heights), sheet.breaks)
    seen = (sheet.repeated, sheet.headed, sheet.printed, sheet.hidden, sheet.stamp, sheet.charts)
    return place, seen, scale(sheet, sizes), cells, inputs


def _empty_package(document: Document, sheet_sizes: list[SheetSizes]) -> EmptyPackage:
    parts = unpack(_drawn(document, sheet_sizes))
    parts["docProps/app.xml"] = _APPLICATION
    fill_charts(parts, document)
    properties = cut_at_placeholders(parts["docProps/core.xml"].replace(_DAY_TEXT, placeholder(0).encode()))
    sheets: dict[str, tuple[bytes, bytes]] = {}
    for number in range(1, len(document.sheets) + 1 + bool(document.token)):
        name = f"xl/worksheets/sheet{number}.xml"
        sheets[name] = _before_and_after_rows(parts[name])
    if document.token:  # the hidden sheet is the last one, behind that of the long lists
        sheets = _return_sheet_last(sheets, parts, len(document.sheets))
    differential = _DXFS.search(parts["xl/styles.xml"])
    filled = {"xl/styles.xml", "docProps/core.xml", *sheets}
    return EmptyPackage(
        whole={name: part(name, data) for name, data in parts.items() if name not in filled},
        properties=properties,
        sheets=sheets,
        differential=differential[0] if differential else b"",
        order=tuple(parts),
    )


def _return_sheet_last(sheets: dict[str, tuple[bytes, bytes]], parts: dict[str, bytes], count: int) -> dict[str, Any]:
    last = sum(name.startswith("xl/worksheets/sheet") for name in parts)
    name = f"xl/worksheets/sheet{last}.xml"
    return dict(list(sheets.items())[:count]) | {name: _before_and_after_rows(parts[name])}


def _before_and_after_rows(data: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the rows of a worksheet; how far it reaches is not known yet, and need not be."""
    head, tail = _SHEET.split(_DIMENSION.sub(b"", data), maxsplit=1)
    return head, tail


def _drawn(document: Document, sheet_sizes: list[SheetSizes]) -> bytes:
    """The workbook as openpyxl lays it out, without contents.

    Raises UnavailableError where openpyxl writes its XML otherwise: in every process a document is the same bytes.
    """
    if not LXML:
        hint = "環境変数 OPENPYXL_LXML を消し、lxml を入れてください"
        message = "Excel を、いつもと同じ中身で作れません"
        raise UnavailableError([Problem(message, hint=hint, code="render.other-xml-writer")])
    book = Workbook()
    book.remove(book.active)
    validations = DataValidations(book)
    for number, (sheet, sizes) in enumerate(zip(document.sheets, sheet_sizes, strict=True), 1):
        page = book.create_sheet(sheet.name)
        # Not merge_cells(): it keeps a set, whose order differs from run to run.
        page.merged_cells = [
            addresses.area_address(c.row, c.column, c.rows, c.columns)
            for c in sheet.cells
            if (c.rows, c.columns) != (1, 1)
        ]
        set_page(page, sheet, sizes)
        validations.add(page, sheet)
        add_charts(page, sheet)
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        page.sheet_view.tabSelected = number == 1
        if document.protected:
            protect(page, sheet)
    validations.write_lists()
    book.active = 0
    for name, reference in document.names:
        book.defined_names[name] = DefinedName(name, attr_text=reference)
    add_return_sheet(book, document)
    book.calculation = CalcProperties(calcId=_CALC_ID, fullCalcOnLoad=False)
    properties = book.properties
    properties.title, properties.creator, properties.subject = placeholder(1), placeholder(2), placeholder(3)
    properties.language = document.language
    properties.created = properties.modified = datetime.combine(_DAY, time())
    data = io.BytesIO()
    # Not book.save(): that would put the clock into the metadata.
    ExcelWriter(book, ZipFile(data, "w", ZIP_DEFLATED)).save()
    return data.getvalue()
