"""The same letter with python-docx: one paragraph a row, tab stops at the columns."""

from __future__ import annotations

import io
from itertools import groupby

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from generator.document import Document

_FONTS = {"mincho": "BIZ UD明朝 Medium", "gothic": "BIZ UDゴシック"}
_WHOLE = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT,
          "justify": WD_ALIGN_PARAGRAPH.JUSTIFY}  # fmt: skip
_TABS = {"left": WD_TAB_ALIGNMENT.LEFT, "center": WD_TAB_ALIGNMENT.CENTER, "right": WD_TAB_ALIGNMENT.RIGHT}


class Contestant:
    name = f"python-docx {docx.__version__}" if hasattr(docx, "__version__") else "python-docx"

    def __init__(self, documents: list[Document]):
        self.documents = documents

    def draw(self, number: int) -> bytes:
        document = self.documents[number]
        file = docx.Document()
        for sheet in document.sheets:
            section = file.sections[0]
            section.page_width, section.page_height = Mm(sheet.paper[0]), Mm(sheet.paper[1])
            section.top_margin, section.right_margin = Mm(sheet.margins[0]), Mm(sheet.margins[1])
            section.bottom_margin, section.left_margin = Mm(sheet.margins[2]), Mm(sheet.margins[3])
            edges = [sum(sheet.columns[:n]) for n in range(len(sheet.columns) + 1)]
            for _, row in groupby(sheet.cells, key=lambda c: c.row):
                cells = [c for c in row if c.text]
                paragraph = file.add_paragraph()
                if len(cells) == 1 and cells[0].columns == len(sheet.columns):
                    paragraph.alignment = _WHOLE[cells[0].style.align]
                for n, cell in enumerate(cells):
                    align = cell.style.align if cell.style.align != "justify" else "left"
                    at = {"left": edges[cell.column], "right": edges[cell.column + cell.columns]}.get(
                        align, (edges[cell.column] + edges[cell.column + cell.columns]) / 2
                    )
                    if at > 0 and len(cells) > 1:
                        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(at), _TABS[align])
                        paragraph.add_run("\t" if n or at else "")
                    run = paragraph.add_run(cell.text)
                    run.font.name, run.font.size = _FONTS[cell.style.font], Pt(cell.size)
                    run._element.rPr.rFonts.set(qn("w:eastAsia"), _FONTS[cell.style.font])
        out = io.BytesIO()
        file.save(out)
        return out.getvalue()
