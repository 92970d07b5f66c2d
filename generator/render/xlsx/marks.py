"""The hidden sheet by which a workbook finds its way back: see ARCHITECTURE.md and ``waybill``."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from generator import roundtrip
from generator.document import Document


def marks(document: Document) -> list[roundtrip.Entry]:
    """The rows below the token: defined name of the sheet, cell, case path, what is pre-printed there."""
    return list(roundtrip.entries(document))


def rows_of_marks(document: Document) -> list[tuple[int, tuple[str, ...]]]:
    """Every row of the hidden sheet with its number."""
    first = [(1, (roundtrip.TITLE, roundtrip.VERSION)), (2, (document.token,))]
    return [*first, *enumerate(marks(document), roundtrip.FIRST_ROW)]


def add_marks(book: Workbook, document: Document) -> None:
    """Add the sheet (its rows come with the data) and the defined names that find the others again.

    Nothing where the document has no token. To be called when every sheet is there: the hidden one comes last.
    """
    if not document.token:
        return
    for number, sheet in enumerate(document.sheets, 1):
        quoted = sheet.name.replace("'", "''")
        corners = {roundtrip.FORM_NAME: "A1", roundtrip.END_NAME: roundtrip.last(sheet)}
        for begins, corner in corners.items():
            name, column = f"{begins}{number}", corner.rstrip("0123456789")
            target = f"'{quoted}'!${column}${corner.removeprefix(column)}"
            book.defined_names[name] = DefinedName(name, attr_text=target, hidden=True)
    book.create_sheet(roundtrip.SHEET).sheet_state = "veryHidden"
