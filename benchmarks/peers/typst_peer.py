"""The same sheet as Typst would have it: a table of fixed tracks, cells spanning, strokes by side."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typst

from generator.document import Cell, Document, Sheet
from generator.typography.fonts import chain

_STROKES = {"hair": "0.25pt", "dotted": '(thickness: 0.5pt, dash: "dotted")', "thin": "0.5pt", "medium": "1pt"}
_FONTS = {"mincho": ("BIZ UDMincho", "IPAmjMincho"), "gothic": ("BIZ UDGothic", "IPAmjMincho")}


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _cell(cell: Cell) -> str:
    style = cell.style
    horizontal = {"justify": "left"}.get(style.align, style.align)
    vertical = {"middle": "horizon"}.get(style.valign, style.valign)
    sides = ", ".join(f"{s}: {_STROKES[w]}" for s in ("left", "top", "right", "bottom") if (w := getattr(style, s)))
    stroke = f", stroke: ({sides})" if sides else ""
    fill = f', fill: rgb("{style.fill}")' if style.fill else ""
    fonts = ", ".join(f'"{f}"' for f in _FONTS[style.font])
    # neither box is in a Japanese font; every contestant draws the square that is
    text = cell.text.replace("☐", "□").replace("☑", "■") if cell.mark else cell.text
    body = f"text(size: {cell.size}pt, font: ({fonts}), {_text(text)})" if text else '""'
    if style.align == "justify":
        body = f"par(justify: true, {body})"
    return (
        f"table.cell(x: {cell.column}, y: {cell.row}, colspan: {cell.columns}, rowspan: {cell.rows}, "
        f"align: {horizontal} + {vertical}{stroke}{fill}, {body}),"
    )


def _sheet(sheet: Sheet) -> str:
    top, right, bottom, left = sheet.margins
    columns = ", ".join(f"{c}mm" for c in sheet.columns)
    rows = ", ".join(f"{h}mm" for h in sheet.heights)
    cells = "\n".join(_cell(c) for c in sheet.cells)
    return (
        f"#set page(width: {sheet.paper[0]}mm, height: {sheet.paper[1]}mm, "
        f"margin: (top: {top}mm, right: {right}mm, bottom: {bottom}mm, left: {left}mm))\n"
        f"#set par(leading: 0.3em)\n"
        f"#table(columns: ({columns}), rows: ({rows}), inset: (x: 1mm, y: 0mm), stroke: none,\n{cells}\n)\n"
    )


def source(document: Document) -> str:
    head = f'#set document(title: {_text(document.title)}, author: {_text(document.author)})\n#set text(lang: "ja")\n'
    return head + "".join(_sheet(s) for s in document.sheets if s.printed)


class Contestant:
    """One compiler for all documents, its fonts read once."""

    name = f"Typst {typst.__version__}" if hasattr(typst, "__version__") else "Typst"

    def __init__(self, documents: list[Document]):
        folders = sorted({str(f.path.parent) for font in ("mincho", "gothic") for f in chain(font)})
        self.folder = Path(tempfile.mkdtemp())
        self.files = []
        for number, document in enumerate(documents):
            path = self.folder / f"{number}.typ"
            path.write_text(source(document), encoding="utf-8")
            self.files.append(path)
        self.fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
        self.compiler = typst.Compiler(root=str(self.folder), font_paths=self.fonts)

    def draw(self, number: int) -> bytes:
        out = self.compiler.compile(input=str(self.files[number]), format="pdf", pdf_standards=["a-2a"])
        assert isinstance(out, bytes)
        return out
