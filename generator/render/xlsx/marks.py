"""The hidden sheet by which a workbook finds its way back: see ARCHITECTURE.md and ``waybill``."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from generator import waybill
from generator.document import Document
from generator.render.xlsx.names import stored


def marks(document: Document) -> list[tuple[str, str, str, str]]:
    """The rows below the token: defined name of the sheet, cell, case path, what is pre-printed there."""
    return [(e.form, e.cell, e.path, e.blank) for e in waybill.entries(document)]


def write_marks(book: Workbook, document: Document) -> None:
    """Add the sheet and the defined names that find the others again; nothing where the document has no token.

    To be called when every sheet is there: the hidden one comes last.
    """
    if not document.token:
        return
    for number, sheet in enumerate(document.sheets, 1):
        quoted = sheet.name.replace("'", "''")
        corners = {waybill.FORM_NAME: "A1", waybill.END_NAME: waybill.last(sheet)}
        for begins, corner in corners.items():
            name, column = f"{begins}{number}", corner.rstrip("0123456789")
            target = f"'{quoted}'!${column}${corner.removeprefix(column)}"
            book.defined_names[name] = DefinedName(name, attr_text=target, hidden=True)
    page = book.create_sheet(waybill.SHEET)
    page.sheet_state = "veryHidden"
    rows: dict[int, tuple[str, ...]] = {1: (waybill.TITLE, waybill.VERSION), 2: (document.token,)}
    rows |= dict(enumerate(marks(document), waybill.FIRST_ROW))
    for row, texts in rows.items():
        for place, text in enumerate(texts, 1):
            if text:
                cell = page.cell(row, place)
                cell.value = stored(text)
                cell.data_type = "s"  # a formula of the list stays text
