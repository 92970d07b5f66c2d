"""The sheets of one or more Documents drawn into one PDF file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from types import MappingProxyType

from generator.document import Document, Sheet
from generator.paper import POINTS_PER_MM
from generator.render.pdf import tags
from generator.render.pdf.element import Element, walk
from generator.render.pdf.metadata import describe
from generator.render.pdf.objects import number
from generator.render.pdf.outline import Bookmark, bookmarks, labels
from generator.render.pdf.shape import Drawings
from generator.render.pdf.writer import PdfFile, Ref, array, dictionary, text


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept inside the PDF. ``relation``: Source (the pages were made of it), Data, Supplement, Alternative."""

    name: str
    data: bytes
    media: str  # such as application/yaml
    relation: str
    about: str
    date: date


Issued = Mapping[str, bytes]  # name of a form's own file → what it was issued as
NONE: Issued = MappingProxyType({})
_PART = 20  # pages of a table


class Book:
    """A PDF file in the making: sheets are drawn one after the other, then ``data`` is the file."""

    def __init__(self, drawings: Drawings | None = None) -> None:
        self.root = Element("Document")
        self._drawings = drawings or Drawings()
        self._pdf = PdfFile()
        self._faces = self._drawings.faces()
        self._tree, self._fonts = self._pdf.reserve(), self._pdf.reserve()
        self._above = {self.root: self._pdf.reserve()}  # elements that sheets are below
        self._sections: dict[Element, Ref] = {}
        self._marks: list[str] = []  # of each page
        self._pages: list[Ref] = []
        self._forms: list[str] = []

    def draw(self, document: Document, parent: Element, issued: Issued = NONE) -> list[Bookmark]:
        """Draws the document's printed sheets, each a Sect below ``parent``; their bookmarks.

        The pages of a form's file that was ``issued`` are taken from there. Raises ProblemError where they cannot.
        """
        marks: list[Bookmark] = []
        for file, sheets in groupby((s for s in document.sheets if s.printed), key=lambda s: s.file):
            data = issued.get(f"{file}.pdf")
            if data is not None:
                marks += self._issued(data, next(sheets).form, parent)
            else:
                marks += [self._sheet(sheet, parent) for sheet in sheets]
        return marks

    def _sheet(self, sheet: Sheet, parent: Element) -> Bookmark:
        """A long table is drawn in parts, so that no more than one of them is in memory."""
        if sheet.kind != "table" or sheet.charts or len(sheet.breaks) < _PART:
            return self._part(sheet, parent)
        marks = []
        for part in sheet.parts(_PART):
            marks.append(self._part(part, parent))
            parent.children[-1].children = []  # they are in the file by now
        return marks[0]

    def _part(self, sheet: Sheet, parent: Element) -> Bookmark:
        made = self._drawings.draw(sheet, self._faces)
        self._faces.stock(sheet.characters)
        box = array([0, 0, *(number(side * POINTS_PER_MM) for side in sheet.paper)])
        pages = [
            {"MediaBox": box, "Resources": f"<</Font {self._fonts}>>", "Contents": self._pdf.deflated(content)}
            for content in made.contents
        ]
        section = replace(made.reading.root)  # a shape may come twice
        first = self._add(section, made.reading.tags, made.told, pages, sheet.form, parent)
        return Bookmark(sheet.title or sheet.name, first, sheet.paper[1] * POINTS_PER_MM)

    def _issued(self, data: bytes, form: str, parent: Element) -> Iterator[Bookmark]:
        from generator.render.pdf.graft import graft  # with a reader of PDF files, which only issued pages need

        for sheet in graft(self._pdf, data):
            made = tags.Tags(sheet.root, [page.marks for page in sheet.pages])
            told = {made.number(element): element.said for element in walk(sheet.root) if element.said}
            first = self._add(sheet.root, made, told, [page.entries for page in sheet.pages], form, parent)
            if sheet.pages:
                yield Bookmark(sheet.root.title, first, sheet.pages[0].top)

    def _add(
        self,
        section: Element,
        structure: tags.Tags,
        told: Mapping[int, str],
        pages: Sequence[Mapping[str, object]],
        form: str,
        parent: Element,
    ) -> Ref:
        """A sheet's structure below ``parent`` and its pages behind those before; the first of them."""
        if parent not in self._above:
            self._above[parent] = self._pdf.reserve()
        parent.children.append(section)
        self._sections[section] = first = self._pdf.reserve(structure.size + len(pages))
        self._marks += structure.put(self._pdf, first, self._above[parent], told)
        for n, entries in enumerate(pages):
            page = Ref(first + structure.size + n)
            own = {"StructParents": len(self._pages), "Tabs": "/S"}
            self._pdf.set(page, dictionary({"Type": "/Page", "Parent": self._tree, **entries, **own}))
            self._pages.append(page)
            self._forms.append(form)
        return Ref(first + structure.size)

    def data(
        self, about: Document, marks: Sequence[Bookmark], attachments: Sequence[Attachment] = (), claim: bool = True
    ) -> bytes:
        """The file, titled and dated as ``about``: PDF/A-3a with attachments, PDF/A-2a without.

        ``claim``: it says so; not, if it is about to be changed by others.
        """
        pdf = self._pdf
        pdf.set(self._fonts, self._faces.embed(pdf))
        pages = {"Type": "/Pages", "Count": len(self._pages), "Kids": array(self._pages)}
        pdf.set(self._tree, dictionary(pages))
        information, described = describe(pdf, about, (3 if attachments else 2) if claim else 0)
        catalog = {
            "Type": "/Catalog",
            "Pages": self._tree,
            "StructTreeRoot": tags.embed(pdf, self.root, self._above, self._sections, self._marks),
            **described,
        }
        if len(marks) > 1 or any(mark.below for mark in marks):
            catalog |= {
                "Outlines": bookmarks(pdf, marks),
                "PageMode": "/UseOutlines",
                "PageLabels": labels(self._forms),
            }
        if attachments:
            files = [self._attach(one) for one in attachments]
            named = sorted(zip((text(one.name) for one in attachments), files, strict=True))
            names = array(part for pair in named for part in pair)
            catalog |= {"Names": f"<</EmbeddedFiles <</Names {names}>>>>", "AF": array(files)}
        return pdf.data(pdf.add(dictionary(catalog)), information)

    def _attach(self, one: Attachment) -> Ref:
        at = text(f"D:{one.date:%Y%m%d}000000+09'00'")
        parameters = dictionary({"ModDate": at, "Size": len(one.data)})
        media = one.media.replace("/", "#2F").replace("+", "#2B")
        file = self._pdf.stream(one.data, {"Type": "/EmbeddedFile", "Subtype": f"/{media}", "Params": parameters})
        entries = {
            "Type": "/Filespec",
            "F": text(one.name),
            "UF": text(one.name),
            "Desc": text(one.about),
            "AFRelationship": f"/{one.relation}",
            "EF": f"<</F {file}/UF {file}>>",
        }
        return self._pdf.add(dictionary(entries))
