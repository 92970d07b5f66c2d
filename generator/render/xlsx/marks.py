"""The hidden sheet by which a workbook finds its way back: see ARCHITECTURE.md and generator.roundtrip."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from generator import roundtrip
from generator.document import Document, Token
from generator.spreadsheet import addresses


def rows_of_marks(token: Token) -> list[tuple[int, tuple[str, ...]]]:
    """Every row of the hidden sheet with its number: the token, and below it each listed cell."""
    first = [(1, (roundtrip.TITLE, roundtrip.VERSION)), (2, (roundtrip.written(token),))]
    return [*first, *enumerate(token.cells, roundtrip.FIRST_ROW)]


def add_marks(book: Workbook, document: Document) -> None:
    """Add the sheet (its rows come with the data) and the defined names that find the others again.

    Nothing where the document has no token. To be called when every sheet is there: the hidden one comes last.
    """
    if not document.token:
        return
    for number, sheet in enumerate(document.sheets, 1):
        last = addresses.absolute_address(len(sheet.heights) - 1, len(sheet.columns) - 1)
        for begins, corner in ((roundtrip.FORM_NAME, "$A$1"), (roundtrip.END_NAME, last)):
            name, target = f"{begins}{number}", addresses.sheet_prefix(sheet.name) + corner
            book.defined_names[name] = DefinedName(name, attr_text=target, hidden=True)
    book.create_sheet(roundtrip.SHEET).sheet_state = "veryHidden"
