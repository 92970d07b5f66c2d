"""The same workbook with openpyxl: styles shared, cells written once, spans merged."""

from __future__ import annotations

import io
from fractions import Fraction

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter

from generator.document import Document, Style

_FONTS = {"mincho": "BIZ UD明朝 Medium", "gothic": "BIZ UDゴシック"}


class Contestant:
    name = f"openpyxl {openpyxl.__version__}"

    def __init__(self, documents: list[Document]):
        self.documents = documents
        self.styles: dict[tuple[Style, float], tuple[Font, Alignment, Border, PatternFill | None]] = {}

    def _style(self, style: Style, size: float) -> tuple[Font, Alignment, Border, PatternFill | None]:
        if (style, size) not in self.styles:
            side = {s: Side(getattr(style, s) or None) for s in ("left", "top", "right", "bottom")}
            align = "left" if style.align == "justify" else style.align
            valign = "center" if style.valign == "middle" else style.valign
            fill = PatternFill("solid", fgColor=style.fill) if style.fill else None
            font = Font(name=_FONTS[style.font], size=size, bold=style.bold)
            self.styles[style, size] = (font, Alignment(align, valign, wrap_text=style.wrap), Border(**side), fill)
        return self.styles[style, size]

    def draw(self, number: int) -> bytes:
        document = self.documents[number]
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet in document.sheets:
            page = book.create_sheet(sheet.name)
            page.page_setup.paperSize = 9
            page.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
            for column, width in enumerate(sheet.columns, 1):
                page.column_dimensions[get_column_letter(column)].width = width / 25.4 * 96 / 7
            for row, height in enumerate(sheet.heights, 1):
                page.row_dimensions[row].height = height / 25.4 * 72
            for cell in sheet.cells:
                font, alignment, border, fill = self._style(cell.style, cell.size)
                for row in range(cell.row + 1, cell.row + cell.rows + 1):
                    for column in range(cell.column + 1, cell.column + cell.columns + 1):
                        page.cell(row, column).border = border
                target = page.cell(cell.row + 1, cell.column + 1)
                value = cell.value if cell.value is not None else cell.text
                if cell.formula:
                    target.value = "=" + cell.formula
                else:
                    target.value = float(value) if isinstance(value, Fraction) else value
                    if isinstance(value, str):
                        target.data_type = "s"
                target.font, target.alignment = font, alignment
                if fill:
                    target.fill = fill
                if cell.format:
                    target.number_format = cell.format
                if cell.field:
                    target.protection = Protection(locked=False)
                if cell.rows > 1 or cell.columns > 1:
                    page.merge_cells(
                        start_row=cell.row + 1, start_column=cell.column + 1,
                        end_row=cell.row + cell.rows, end_column=cell.column + cell.columns,
                    )  # fmt: skip
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()
