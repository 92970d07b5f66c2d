"""The same sheet as WeasyPrint would have it: an HTML table with fixed columns, spans and borders."""

from __future__ import annotations

import html

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from generator.document import Cell, Document, Sheet

_BORDERS = {"hair": "0.25pt solid", "dotted": "0.5pt dotted", "thin": "0.5pt solid", "medium": "1pt solid"}
_FONTS = {"mincho": '"BIZ UDMincho", "IPAmjMincho"', "gothic": '"BIZ UDGothic", "IPAmjMincho"'}


def _cell(cell: Cell) -> str:
    style = cell.style
    css = [
        f"font: {cell.size}pt/{style.line} {_FONTS[style.font]}",
        f"text-align: {style.align}",
        f"vertical-align: {style.valign}",
        f"padding: 0 {style.pad}mm",
    ]
    css += [f"border-{s}: {_BORDERS[w]}" for s in ("left", "top", "right", "bottom") if (w := getattr(style, s))]
    if style.fill:
        css.append(f"background: #{style.fill}")
    text = cell.text.replace("☐", "□").replace("☑", "■") if cell.mark else cell.text
    content = html.escape(text).replace("\n", "<br>")
    return f"<td colspan={cell.columns} rowspan={cell.rows} style='{'; '.join(css)}'>{content}</td>"


def _sheet(sheet: Sheet) -> str:
    taken: set[tuple[int, int]] = set()
    by_place = {(c.row, c.column): c for c in sheet.cells}
    for cell in sheet.cells:
        taken |= {(cell.row + r, cell.column + c) for r in range(cell.rows) for c in range(cell.columns)}
    rows = []
    for row, height in enumerate(sheet.heights):
        cells = []
        for column in range(len(sheet.columns)):
            if (row, column) in by_place:
                cells.append(_cell(by_place[row, column]))
            elif (row, column) not in taken:
                cells.append("<td></td>")
        rows.append(f"<tr style='height: {height}mm'>{''.join(cells)}</tr>")
    columns = "".join(f"<col style='width: {c}mm'>" for c in sheet.columns)
    return f"<table><colgroup>{columns}</colgroup>{''.join(rows)}</table>"


def source(document: Document) -> str:
    sheet = document.sheets[0]
    margins = " ".join(f"{m}mm" for m in sheet.margins)
    page = f"@page {{ size: {sheet.paper[0]}mm {sheet.paper[1]}mm; margin: {margins} }}"
    table = "table { border-collapse: collapse; table-layout: fixed; width: 100% } tr { break-inside: avoid }"
    body = "".join(_sheet(s) for s in document.sheets if s.printed)
    title = html.escape(document.title)
    return f"<html lang=ja><head><title>{title}</title><style>{page} {table}</style></head><body>{body}</body></html>"


class Contestant:
    name = f"WeasyPrint {weasyprint.__version__}"

    def __init__(self, documents: list[Document]):
        self.sources = [source(d) for d in documents]
        self.fonts = FontConfiguration()

    def draw(self, number: int) -> bytes:
        out = weasyprint.HTML(string=self.sources[number]).write_pdf(font_config=self.fonts)
        assert isinstance(out, bytes)
        return out
