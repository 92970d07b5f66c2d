"""The least that could be written: our subset fonts, text operators and border bars, and nothing else.

No tags, no metadata, no archive claim, no merging of borders, and nothing kept from one document to the next but
glyphs: the lower bound for a writer in this language that draws each document anew, against which the rest is told.
"""

from __future__ import annotations

from itertools import accumulate

from benchmarks.report import BARE
from generator.document import Cell, Document
from generator.render.pdf.file.syntax import array, dictionary
from generator.render.pdf.file.writer import PdfFile
from generator.render.pdf.fonts.embedded import EmbeddedFaces
from generator.render.pdf.page.text import ContentWriter
from generator.typography.fonts import chain

_MM = 72 / 25.4
_WEIGHTS = {"hair": 0.25, "dotted": 0.5, "thin": 0.5, "medium": 1.0}


class Contestant:
    name = BARE

    def __init__(self, documents: list[Document]):
        self.documents = documents

    def draw(self, number: int) -> bytes:
        pdf, faces = PdfFile(), EmbeddedFaces()
        contents = []
        for sheet in self.documents[number].sheets:
            xs = [(sheet.margins[3] + x) * _MM for x in (0.0, *accumulate(sheet.columns))]
            by_row: dict[int, list[Cell]] = {}
            for cell in sheet.cells:
                by_row.setdefault(cell.row, []).append(cell)
            for rows in sheet.pages():
                top = (sheet.paper[1] - sheet.margins[0]) * _MM
                out: list[str] = []
                writer = ContentWriter(faces)
                for row in rows:
                    for cell in by_row.get(row, ()):
                        height = sum(sheet.heights[row : row + cell.rows]) * _MM
                        left, right = xs[cell.column], xs[cell.column + cell.columns]
                        style = cell.style
                        for side, bar in (
                            (style.left, (left, top - height, 0, height)),
                            (style.right, (right, top - height, 0, height)),
                            (style.top, (left, top, right - left, 0)),
                            (style.bottom, (left, top - height, right - left, 0)),
                        ):  # fmt: skip
                            if side:
                                x, y, w, h = bar
                                weight = _WEIGHTS[side]
                                out.append(f"{x:.2f} {y:.2f} {w or weight:.2f} {h or weight:.2f} re f")
                        pitch = style.line * cell.size
                        y = top - (height - pitch * len(cell.lines)) / 2 - cell.size
                        for line in cell.lines:
                            text = line.text.replace("☐", "□").replace("☑", "■")
                            writer.line(text, (left, y), cell.size, chain(style.font, style.bold))
                            y -= pitch
                    top -= sheet.heights[row] * _MM
                for face, text in writer.used:
                    faces[face].characters.update(text)
                contents.append((sheet, "\n".join([*out, "BT", *writer.operators, "ET"]).encode()))
        for sheet in self.documents[number].sheets:
            faces.add_form_characters(sheet.characters)
        fonts = faces.embed(pdf)
        tree, kids = pdf.reserve(), []
        for sheet, data in contents:
            box = array((0, 0, f"{sheet.paper[0] * _MM:.2f}", f"{sheet.paper[1] * _MM:.2f}"))
            page = {"Type": "/Page", "Parent": tree, "MediaBox": box, "Contents": pdf.stream(data),
                    "Resources": f"<</Font {fonts}>>"}  # fmt: skip
            kids.append(pdf.add(dictionary(page)))
        pdf.set(tree, dictionary({"Type": "/Pages", "Kids": array(kids), "Count": len(kids)}))
        return pdf.data(pdf.add(dictionary({"Type": "/Catalog", "Pages": tree})), pdf.add("<<>>"))
