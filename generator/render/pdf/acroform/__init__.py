"""A form to be filled in as a PDF: the same sheets, with an AcroForm field for each input, named by its case path.

In: a Document composed as a template, its token made for a PDF. Out: the bytes. The sheet その他の項目 is among the
pages, and continuation sheets (続紙) come last. No JavaScript and no NeedAppearances: every field brings its own
appearance and has its place in the structure tree, so that the file, as it is given out, is PDF/A-2a and PDF/UA-1.
What a viewer saves when the form is filled in is that viewer's affair.

What depends on an answer is left blank (``Cell.blank``): nothing computes in a PDF, and whoever takes the form in does.
May use: assembly, fonts, page, structure, document, problem, roundtrip, typography; and pypdf.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from generator.document import Document
from generator.render.pdf.acroform.fields import Fields
from generator.render.pdf.acroform.widgets import Widget, WidgetKey, widgets_of, without_answers
from generator.render.pdf.assembly import Assembly
from generator.render.pdf.structure.element import Element, walk
from generator.roundtrip import PDF_TOKEN, written

__all__ = ["render"]


def render(document: Document) -> bytes:
    """The document as a PDF with fields. The same document gives the same bytes.

    Its token (see `generator.roundtrip`) has to be that of a PDF, whose listed cells are the names of its fields.
    Raises UnavailableError for a character that the fields' font lacks, and for a font that is missing or cannot be
    embedded.
    """
    sheets = [s for s in document.sheets if s.printed or any(c.field for c in s.cells)]
    ordered = [s for s in sheets if not s.hidden] + [s for s in sheets if s.hidden]
    base = replace(document, sheets=tuple(without_answers(sheet) for sheet in ordered))
    assembly = Assembly()
    assembly.draw(base, assembly.root)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(assembly.data(base, bookmarks=()))))
    widgets: dict[str, list[Widget]] = {}
    page = 0
    for number, sheet in enumerate(ordered):
        for rows in sheet.pages():
            for path, widget in widgets_of(number, sheet, rows, page):
                widgets.setdefault(path, []).append(widget)
            page += 1
    Fields(writer, _elements(writer, assembly.root)).add(widgets)
    writer.add_metadata({PDF_TOKEN: written(document.token) if document.token else ""})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _elements(writer: PdfWriter, root: Element) -> dict[WidgetKey, IndirectObject]:
    """The elements Form in the file, which are in the order of those below ``root``."""
    places: Iterator[WidgetKey] = (
        (n, *element.cells[0])
        for n, section in enumerate(root.children)
        for element in walk(section)
        if element.tag == "Form"
    )
    top: Any = writer._root_object["/StructTreeRoot"]
    return dict(zip(places, _forms(top), strict=True))


def _forms(element: DictionaryObject) -> Iterator[IndirectObject]:
    kids = element.raw_get("/K") if "/K" in element else ArrayObject()
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        if isinstance(kid, IndirectObject):
            below: Any = kid.get_object()
            if below["/S"] == "/Form":
                yield kid
            yield from _forms(below)
