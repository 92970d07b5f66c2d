"""The same workbook with XlsxWriter: formats remembered, cells written once, spans merged."""

from __future__ import annotations

import io

import xlsxwriter

from generator.document import Cell, Document, Style

_BORDERS = {"": 0, "thin": 1, "medium": 2, "dotted": 4, "hair": 7}
_FONTS = {"mincho": "BIZ UD明朝 Medium", "gothic": "BIZ UDゴシック"}
_ALIGN = {"justify": "left"}
_VALIGN = {"middle": "vcenter"}


class Contestant:
    name = f"XlsxWriter {xlsxwriter.__version__}"

    def __init__(self, documents: list[Document]):
        self.documents = documents

    def draw(self, number: int) -> bytes:
        document = self.documents[number]
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        formats: dict[tuple[Style, float, str], object] = {}

        def style_of(cell: Cell) -> object:
            key = (cell.style, cell.size, cell.format)
            if key not in formats:
                style = cell.style
                values: dict[str, object] = {
                    "font_name": _FONTS[style.font], "font_size": cell.size, "bold": style.bold,
                    "align": _ALIGN.get(style.align, style.align), "valign": _VALIGN.get(style.valign, style.valign),
                    "text_wrap": style.wrap, "left": _BORDERS[style.left], "top": _BORDERS[style.top],
                    "right": _BORDERS[style.right], "bottom": _BORDERS[style.bottom], "locked": not cell.field,
                }  # fmt: skip
                if style.fill:
                    values["bg_color"] = "#" + style.fill
                if cell.format:
                    values["num_format"] = cell.format
                formats[key] = book.add_format(values)
            return formats[key]

        for name, target in document.names:
            if any(target.startswith(f"'{s.name}'!") for s in document.sheets):
                book.define_name(name, "=" + target)
        for sheet in document.sheets:
            page = book.add_worksheet(sheet.name)
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            for column, width in enumerate(sheet.columns):
                page.set_column_pixels(column, column, round(width / 25.4 * 96))
            for row, height in enumerate(sheet.heights):
                page.set_row(row, height / 25.4 * 72)
            for cell in sheet.cells:
                style = style_of(cell)
                value = cell.value if cell.value is not None else cell.text
                if cell.rows > 1 or cell.columns > 1:
                    page.merge_range(
                        cell.row, cell.column, cell.row + cell.rows - 1, cell.column + cell.columns - 1, "", style
                    )
                if cell.formula:
                    page.write_formula(cell.row, cell.column, "=" + cell.formula, style, value)
                elif isinstance(value, str):
                    page.write_string(cell.row, cell.column, value, style)
                elif hasattr(value, "year"):
                    page.write_datetime(cell.row, cell.column, value, style)
                else:
                    page.write_number(cell.row, cell.column, float(value), style)
        book.close()
        return out.getvalue()
