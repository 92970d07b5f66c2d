"""The least that could be written: our subset fonts, text operators and border bars, and nothing else.

No tags, no metadata, no archive claim, no merging of borders: the lower bound for a writer in this language, against
which the rest can be told.
"""

from __future__ import annotations

from itertools import accumulate

from generator.document import Document
from generator.fonts import Glyph, chain, glyphs
from generator.render.pdf.face import EmbeddedFaces
from generator.render.pdf.writer import PdfFile, array, dictionary

_MM = 72 / 25.4
_WEIGHTS = {"hair": 0.25, "dotted": 0.5, "thin": 0.5, "medium": 1.0}


def _shown(faces: EmbeddedFaces, run: tuple[Glyph, ...], size: float, x: float, y: float) -> list[str]:
    """The operators that show a line: at one go where one face has all of it."""
    whole = len({id(glyph.face) for glyph in run}) == 1
    out = []
    for part in [run] if whole else [(glyph,) for glyph in run]:
        face = faces.of(part[0])
        out.append(f"BT /{face.name} {size} Tf {x:.2f} {y:.2f} Td <{face.encode(part)}> Tj ET")
        x += sum(glyph.advance for glyph in part) * size
    return out


class Contestant:
    name = "下限（字と線だけ）"

    def __init__(self, documents: list[Document]):
        self.documents = documents

    def draw(self, number: int) -> bytes:
        pdf, faces = PdfFile(), EmbeddedFaces()
        contents = []
        for sheet in self.documents[number].sheets:
            xs = [(sheet.margins[3] + x) * _MM for x in (0.0, *accumulate(sheet.columns))]
            by_row: dict[int, list] = {}
            for cell in sheet.cells:
                by_row.setdefault(cell.row, []).append(cell)
            for rows in sheet.pages():
                top = (sheet.paper[1] - sheet.margins[0]) * _MM
                out: list[str] = []
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
                            out += _shown(faces, glyphs(text, chain(style.font, style.bold)), cell.size, left, y)
                            y -= pitch
                    top -= sheet.heights[row] * _MM
                contents.append((sheet, "\n".join(out).encode()))
        fonts = dictionary({face.name: face.embed(pdf) for face in faces})
        tree, kids = pdf.reserve(), []
        for sheet, data in contents:
            box = array((0, 0, f"{sheet.paper[0] * _MM:.2f}", f"{sheet.paper[1] * _MM:.2f}"))
            page = {"Type": "/Page", "Parent": tree, "MediaBox": box, "Contents": pdf.stream(data),
                    "Resources": dictionary({"Font": fonts})}  # fmt: skip
            kids.append(pdf.add(dictionary(page)))
        pdf.set(tree, dictionary({"Type": "/Pages", "Kids": array(kids), "Count": len(kids)}))
        return pdf.data(pdf.add(dictionary({"Type": "/Catalog", "Pages": tree})), pdf.add("<<>>"))
