"""The very hidden sheet by which a workbook can come back; `generator.roundtrip` says what stands in it."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from generator.document import Document, ReturnToken
from generator.roundtrip import END_NAME, FIRST_ROW, FORM_NAME, SHEET, TITLE, VERSION, written
from generator.spreadsheet.addresses import absolute_address, sheet_prefix


def return_rows(token: ReturnToken) -> list[tuple[int, tuple[str, ...]]]:
    """Every row of the sheet with its number, counted from 1: the token, and below it each listed cell."""
    first = [(1, (TITLE, VERSION)), (2, (written(token),))]
    return [*first, *enumerate(token.cells, FIRST_ROW)]


def add_return_sheet(book: Workbook, document: Document) -> None:
    """Add the sheet (its rows come with the data) and the defined names that find the others again.

    Nothing where the document has no token. To be called when every sheet is there: the hidden one comes last.
    """
    if not document.token:
        return
    for number, sheet in enumerate(document.sheets, 1):
        last = absolute_address(len(sheet.heights) - 1, len(sheet.columns) - 1)
        for begins, corner in ((FORM_NAME, "$A$1"), (END_NAME, last)):
            name, target = f"{begins}{number}", sheet_prefix(sheet.name) + corner
            book.defined_names[name] = DefinedName(name, attr_text=target, hidden=True)
    book.create_sheet(SHEET).sheet_state = "veryHidden"
