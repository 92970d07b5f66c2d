"""What a form to be filled in says in the margins of its pages, where it is no workbook whose sheets have tabs."""

from __future__ import annotations

from dataclasses import replace

from generator.document import Cell, Document, Sheet, Style
from generator.layout.fillable import other_items_sheet
from generator.layout.sheets import MeasuredSheet
from generator.typography import typeset

_HEIGHT = 6.0  # mm of the margin
_ELSEWHERE = f"※入力できない空欄のうち、金額でないものは、「{other_items_sheet.SHEET}」のページで答えます。"


def note(sheet: MeasuredSheet) -> str:
    """Of a sheet that nobody has asked for yet, which it is; of a form whose words follow answers on another page,
    where these are given; else ''."""
    if sheet.frame.hidden:
        return sheet.frame.note
    following = (cell for cell in sheet.cells if sheet.frame.form_spec and cell.blank == () and not cell.follows)
    return _ELSEWHERE if any(f"'{other_items_sheet.SHEET}'!" in cell.formula for cell in following) else ""


def noted(document: Document) -> Document:
    """The document with the notes of its sheets in their upper margins, 6 mm of which become a row."""
    return replace(document, sheets=tuple(_noted(sheet) if sheet.note else sheet for sheet in document.sheets))


def _noted(sheet: Sheet) -> Sheet:
    style = Style(font="gothic", size=8, wrap=False)
    fitted = typeset.fit(sheet.note, sum(sheet.columns), _HEIGHT, style)
    words = Cell(0, 0, 1, len(sheet.columns), sheet.note, style, fitted.size, fitted.lines)
    top, right, bottom, left = sheet.margins
    return replace(
        sheet,
        margins=(top - _HEIGHT, right, bottom, left),
        heights=(_HEIGHT, *sheet.heights),
        cells=(words, *(cell._replace(row=cell.row + 1) for cell in sheet.cells)),
        breaks=tuple(row + 1 for row in sheet.breaks),
        repeated=(sheet.repeated[0] + 1, sheet.repeated[1] + 1) if sheet.repeated else None,
        headed=None if sheet.headed is None else sheet.headed + 1,
    )
