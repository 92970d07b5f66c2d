"""Excel: a Document becomes one workbook, a worksheet for each sheet.

Formulas stay alive and carry their computed value, so that a viewer that does not calculate
shows the amounts as well. ``fullCalcOnLoad`` is not set: the values are right as they stand, and
Excel would ask to save a workbook that nobody has changed.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.properties import CalcProperties
from openpyxl.writer.excel import ExcelWriter

from generator.document import Document
from generator.render.package import repack
from generator.render.xlsx.cache import Cache
from generator.render.xlsx.cells import write_cells
from generator.render.xlsx.checks import Checks
from generator.render.xlsx.grid import Grid
from generator.render.xlsx.marks import write_marks
from generator.render.xlsx.names import check_sheet_names
from generator.render.xlsx.page import protect, set_page
from generator.render.xlsx.styles import Styles, in_schema_order

_APPLICATION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>yoshiki</Application></Properties>"
)
_CALC_ID = 191029  # Excel 2019 and later; an older number makes Excel calculate (and ask to save) on load


def render(document: Document) -> bytes:
    """The document as an .xlsx workbook; the same document gives the same bytes.

    Raises ValueError when a sheet's name or a row's height is none that Excel allows, and ProblemError when
    a text is longer than an Excel cell can hold.
    """
    check_sheet_names(tuple(sheet.name for sheet in document.sheets))
    book = Workbook()
    book.remove(book.active)
    styles = Styles(book)
    cache = Cache()
    checks = Checks(book)
    for number, sheet in enumerate(document.sheets, 1):
        page = book.create_sheet(sheet.name)
        grid = Grid(sheet)
        write_cells(page, sheet, grid, styles, cache.of_sheet(number))
        set_page(page, sheet, grid)
        checks.add(page, sheet)
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        page.sheet_view.tabSelected = number == 1
        if document.protected:
            protect(page, sheet)
    checks.write_lists()
    book.active = 0
    for name, reference in document.names:
        book.defined_names[name] = DefinedName(name, attr_text=reference)
    write_marks(book, document)
    book.calculation = CalcProperties(calcId=_CALC_ID, fullCalcOnLoad=False)
    _describe(book, document)

    def edit(part: str, data: bytes) -> bytes:
        if part == "docProps/app.xml":
            return _APPLICATION
        return in_schema_order(data) if part == "xl/styles.xml" else cache.insert(part, data)

    return repack(_saved(book), edit)


def _describe(book: Workbook, document: Document) -> None:
    properties = book.properties
    properties.title, properties.subject = document.title, document.subject
    properties.creator, properties.language = document.author, document.language
    properties.created = properties.modified = datetime.combine(document.date, time())


def _saved(book: Workbook) -> bytes:
    data = io.BytesIO()
    # Not book.save(): that would put the clock into the metadata.
    ExcelWriter(book, ZipFile(data, "w", ZIP_DEFLATED)).save()
    return data.getvalue()
