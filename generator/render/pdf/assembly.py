"""The sheets of one or more Documents put together as one PDF file: pages, fonts, structure, outline, attachments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from types import MappingProxyType

from generator.document import Document, Sheet
from generator.paper import POINTS_PER_MM
from generator.render.pdf.file.metadata import describe
from generator.render.pdf.file.outline import Bookmark, outline, page_labels
from generator.render.pdf.file.syntax import Ref, array, dictionary, number, text_string
from generator.render.pdf.file.writer import PdfFile
from generator.render.pdf.prepared import Drawings
from generator.render.pdf.structure.element import Element, walk
from generator.render.pdf.structure.tree import SheetElements, write_tree


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file kept inside the PDF. ``relation``: Source (the pages were made of it), Data, Supplement, Alternative."""

    name: str
    data: bytes
    media: str  # such as application/yaml
    relation: str
    about: str
    date: date


IssuedBytes = Mapping[str, bytes]  # name of a form's own file → what it was issued as
NOTHING_ISSUED: IssuedBytes = MappingProxyType({})
_PART = 20  # pages of a table


class Assembly:
    """A PDF file in the making: sheets are drawn one after the other, then ``data`` is the file."""

    def __init__(self, drawings: Drawings | None = None) -> None:
        self.root = Element("Document")
        self._drawings = drawings or Drawings()
        self._pdf = PdfFile()
        self._faces = self._drawings.faces()
        self._tree, self._fonts = self._pdf.reserve(), self._pdf.reserve()
        self._above = {self.root: self._pdf.reserve()}  # elements that sheets are below
        self._sections: dict[Element, Ref] = {}
        self._owners: list[str] = []  # of the marked contents of each page
        self._pages: list[Ref] = []
        self._forms: list[str] = []

    def draw(self, document: Document, parent: Element, issued: IssuedBytes = NOTHING_ISSUED) -> list[Bookmark]:
        """Draws the document's printed sheets, each a Sect below ``parent``; their bookmarks.

        The pages of a form's file that was ``issued`` are taken from there. Raises UnavailableError
        for pages that a later program has issued, and for a font that is missing or cannot be embedded.
        """
        bookmarks: list[Bookmark] = []
        for file, sheets in groupby((s for s in document.sheets if s.printed), key=lambda s: s.file):
            data = issued.get(f"{file}.pdf")
            if data is not None:
                bookmarks += self._issued(data, next(sheets).form, parent)
            else:
                bookmarks += [self._sheet(sheet, parent) for sheet in sheets]
        return bookmarks

    def _sheet(self, sheet: Sheet, parent: Element) -> Bookmark:
        """A long table is drawn in parts, so that no more than one of them is in memory."""
        if sheet.kind != "table" or sheet.charts or len(sheet.breaks) < _PART:
            return self._part(sheet, parent)
        bookmarks = []
        for part in sheet.parts(_PART):
            bookmarks.append(self._part(part, parent))
            parent.children[-1].children = []  # they are in the file by now
        return bookmarks[0]

    def _part(self, sheet: Sheet, parent: Element) -> Bookmark:
        drawn = self._drawings.draw(sheet, self._faces)
        self._faces.add_form_characters(sheet.characters)
        box = array([0, 0, *(number(side * POINTS_PER_MM) for side in sheet.paper)])
        pages = [
            {"MediaBox": box, "Resources": f"<</Font {self._fonts}>>", "Contents": self._pdf.deflated(content)}
            for content in drawn.contents
        ]
        section = replace(drawn.order.root)  # a prepared sheet may come twice
        first = self._add(section, drawn.order.elements, drawn.actual_texts, pages, sheet.form, parent)
        return Bookmark(sheet.title or sheet.name, first, sheet.paper[1] * POINTS_PER_MM)

    def _issued(self, data: bytes, form: str, parent: Element) -> Iterator[Bookmark]:
        # with a reader of PDF files, slow to load, which only issued pages need
        from generator.render.pdf.issued_pages import copy_issued

        for sheet in copy_issued(self._pdf, data):
            elements = SheetElements(sheet.root, [page.marked for page in sheet.pages])
            texts = {elements.number(e): e.actual_text for e in walk(sheet.root) if e.actual_text}
            first = self._add(sheet.root, elements, texts, [page.entries for page in sheet.pages], form, parent)
            if sheet.pages:
                yield Bookmark(sheet.root.title, first, sheet.pages[0].top)

    def _add(
        self,
        section: Element,
        elements: SheetElements,
        actual_texts: Mapping[int, str],
        pages: Sequence[Mapping[str, object]],
        form: str,
        parent: Element,
    ) -> Ref:
        """A sheet's structure below ``parent`` and its pages behind those before; the first of them."""
        if parent not in self._above:
            self._above[parent] = self._pdf.reserve()
        parent.children.append(section)
        self._sections[section] = first = self._pdf.reserve(elements.size + len(pages))
        self._owners += elements.put(self._pdf, first, self._above[parent], actual_texts)
        for n, entries in enumerate(pages):
            page = Ref(first + elements.size + n)
            own = {"StructParents": len(self._pages), "Tabs": "/S"}
            self._pdf.set(page, dictionary({"Type": "/Page", "Parent": self._tree, **entries, **own}))
            self._pages.append(page)
            self._forms.append(form)
        return Ref(first + elements.size)

    def data(
        self, about: Document, bookmarks: Sequence[Bookmark], embedded: Sequence[EmbeddedFile] = (), claim: bool = True
    ) -> bytes:
        """The file, titled and dated as ``about``: PDF/A-3a with attachments, PDF/A-2a without.

        ``claim``: it says so; not, if it is about to be changed by others.
        """
        pdf = self._pdf
        pdf.set(self._fonts, self._faces.embed(pdf))
        pages = {"Type": "/Pages", "Count": len(self._pages), "Kids": array(self._pages)}
        pdf.set(self._tree, dictionary(pages))
        information, described = describe(pdf, about, (3 if embedded else 2) if claim else 0)
        catalog = {
            "Type": "/Catalog",
            "Pages": self._tree,
            "StructTreeRoot": write_tree(pdf, self.root, self._above, self._sections, self._owners),
            **described,
        }
        if len(bookmarks) > 1 or any(bookmark.below for bookmark in bookmarks):
            catalog |= {
                "Outlines": outline(pdf, bookmarks),
                "PageMode": "/UseOutlines",
                "PageLabels": page_labels(self._forms),
            }
        if embedded:
            files = [self._embed(file) for file in embedded]
            named = sorted(zip((text_string(file.name) for file in embedded), files, strict=True))
            names = array(part for pair in named for part in pair)
            catalog |= {"Names": f"<</EmbeddedFiles <</Names {names}>>>>", "AF": array(files)}
        return pdf.data(pdf.add(dictionary(catalog)), information)

    def _embed(self, file: EmbeddedFile) -> Ref:
        at = text_string(f"D:{file.date:%Y%m%d}000000+09'00'")
        parameters = dictionary({"ModDate": at, "Size": len(file.data)})
        media = file.media.replace("/", "#2F").replace("+", "#2B")
        stream = self._pdf.stream(file.data, {"Type": "/EmbeddedFile", "Subtype": f"/{media}", "Params": parameters})
        entries = {
            "Type": "/Filespec",
            "F": text_string(file.name),
            "UF": text_string(file.name),
            "Desc": text_string(file.about),
            "AFRelationship": f"/{file.relation}",
            "EF": f"<</F {stream}/UF {stream}>>",
        }
        return self._pdf.add(dictionary(entries))
