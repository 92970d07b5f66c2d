"""Column widths, row heights and how the sheet is printed."""

from __future__ import annotations

from math import floor

from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from generator.document import Sheet
from generator.paper import A3_LANDSCAPE, A4_LANDSCAPE, A4_PORTRAIT, MM_PER_INCH, MM_PER_POINT
from generator.render.xlsx.sizes import SheetSizes
from generator.spreadsheet.addresses import cell_address, column_letters

_SLACK = 4.0  # mm taken off the right and bottom margins: rounding must not push a row to a further page
_HEADER = 8.0  # mm from the edge of the paper
_CODES = {A4_PORTRAIT: 9, A4_LANDSCAPE: 9, A3_LANDSCAPE: 8}  # what Excel calls the sizes that a layout may name


def set_page(page: Worksheet, sheet: Sheet, sizes: SheetSizes) -> None:
    """Set column widths, view and print set-up of the worksheet; row heights are written with the rows."""
    for number, width in enumerate(sizes.widths()):
        page.column_dimensions[column_letters(number)].width = width
    page.sheet_view.zoomScale = 100
    page.sheet_view.showGridLines = not sheet.printed
    if not sheet.hidden:  # LibreOffice prints a hidden sheet that has a print area
        page.print_area = _area(sheet)
    # Excel's titles do not end with their table; where no page goes on with it, there are none
    if sheet.printed and sheet.repeated and (not sheet.breaks or any(map(sheet.repeated_rows, sheet.breaks))):
        page.print_title_rows = f"{sheet.repeated[0] + 1}:{sheet.repeated[1]}"
    _paper(page, sheet)
    _fit(page, sheet, sizes)
    if sheet.stamp:
        header = page.oddHeader.right
        header.text, header.font, header.size = sheet.stamp.replace("&", "&&"), "BIZ UDゴシック,Bold", 20


def _area(sheet: Sheet) -> str:
    """The form without what stands beside it; of a sheet that is no form, an empty place, so that whoever prints the
    whole workbook gets the forms alone: Excel and LibreOffice leave out a page on which nothing stands."""
    if not sheet.printed:
        return cell_address(0, len(sheet.columns) + 1)
    return f"A1:{cell_address(len(sheet.heights) - 1, len(sheet.columns) - 1)}"


def protect(page: Worksheet, sheet: Sheet) -> None:
    """Let nothing be changed but the inputs, and the heights of rows for a long answer. There is no password.

    The sheet is printed in black and white, so that the tint of the inputs stays on the screen.
    """
    page.protection.sheet = True
    page.protection.formatRows = False  # in this record False is what is allowed
    page.page_setup.blackAndWhite = sheet.printed


def _paper(page: Worksheet, sheet: Sheet) -> None:
    width, height = sheet.paper
    page.page_setup.orientation = "landscape" if width > height else "portrait"
    page.page_setup.paperSize = _CODES[sheet.paper]
    top, right, bottom, left = _margins(sheet)
    margins = page.page_margins
    margins.top, margins.right, margins.bottom, margins.left = (mm / MM_PER_INCH for mm in (top, right, bottom, left))
    margins.header, margins.footer = min(_HEADER, top) / MM_PER_INCH, min(_HEADER, bottom) / MM_PER_INCH


def _margins(sheet: Sheet) -> tuple[float, float, float, float]:
    top, right, bottom, left = sheet.margins
    return top, max(0.0, right - _SLACK), max(0.0, bottom - _SLACK), left


def _fit(page: Worksheet, sheet: Sheet, sizes: SheetSizes) -> None:
    if not sheet.breaks:
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, int(sheet.printed)  # 0: as many as it takes
        return
    page.page_setup.scale = scale(sheet, sizes)
    for row in sheet.breaks:
        page.row_breaks.append(Break(id=row))


def scale(sheet: Sheet, sizes: SheetSizes) -> int:
    """Per cent at which each page of a sheet of several fits its paper; 0 for a sheet that is fitted by Excel.

    Excel leaves manual breaks aside when it fits to pages, so the scale is worked out here.
    """
    if not sheet.breaks:
        return 0
    top, right, bottom, left = _margins(sheet)
    tallest = max(sum(sizes.heights[row] for row in rows) for rows in sheet.pages()) * MM_PER_POINT
    room = min((sheet.paper[0] - left - right) / sum(sheet.columns), (sheet.paper[1] - top - bottom) / tallest)
    return max(10, min(100, floor(room * 100)))
