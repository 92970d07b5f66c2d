"""Pages of a document that was issued, copied into another file as they are: contents, fonts and structure.

Nothing of them is drawn again. The contents of pages and the fonts are copied byte for byte; the structure is read
back into elements and written into the tree of the whole file. It is our own writer's, so all that may be in it is
known; what is not known here was written by a later program, and leaving it out in silence would spoil the document.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject, TextStringObject

from generator.problem import Problem, UnavailableError
from generator.render.pdf.file.syntax import Ref, array, dictionary, text_string
from generator.render.pdf.file.writer import PdfFile
from generator.render.pdf.structure.element import Element, walk

_TREE = {"/Type", "/K", "/ParentTree", "/ParentTreeNextKey"}
_ELEMENT = {"/S", "/P", "/Pg", "/K", "/A", "/T", "/ActualText"}
_PAGE = {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/StructParents", "/Tabs"}


@dataclass(frozen=True, slots=True)
class IssuedPage:
    """A page whose objects are in the new file by now."""

    entries: dict[str, object]  # of the page's dictionary: MediaBox, Resources, Contents
    top: float  # its upper edge, points
    marked: list[Element]  # to which its marked contents 0, 1, 2, … belong


@dataclass(frozen=True, slots=True)
class IssuedSheet:
    """A sheet of the issued document: its element Sect and all below it, and its pages."""

    root: Element
    pages: list[IssuedPage] = field(default_factory=list)


def copy_issued(pdf: PdfFile, data: bytes) -> list[IssuedSheet]:
    """The sheets of ``data``, a file of our own writer, with their pages' objects copied into ``pdf``.

    Raises UnavailableError where the file has anything that this program does not know.
    """
    reader = PdfReader(io.BytesIO(data))
    tree: Any = reader.root_object.get("/StructTreeRoot")
    if tree is None or set(tree) - _TREE:
        _unknown()
    elements: dict[int, Element] = {}
    whole = _element(tree.raw_get("/K"), elements)
    sheets = [IssuedSheet(section) for section in whole.children]
    owners = {element: sheet for sheet in sheets for element in walk(sheet.root)}
    numbers = tree["/ParentTree"]["/Nums"]
    by_page = dict(zip(numbers[::2], numbers[1::2], strict=True))
    copies = _Copies(pdf)
    last = sheets[0]
    for page in reader.pages:
        if set(page) - _PAGE:
            _unknown()
        marked = [elements[reference.idnum] for reference in by_page[page["/StructParents"]].get_object()]
        last = owners[marked[0]] if marked else last  # a page without text goes on where the one before it was
        names = ("/MediaBox", "/Resources", "/Contents")
        entries: dict[str, object] = {name[1:]: copies.syntax(page.raw_get(name)) for name in names}
        last.pages.append(IssuedPage(entries, float(page.mediabox.top), marked))
    return sheets


def _unknown() -> NoReturn:
    hint = "yoshiki を、発行したときの版か、それより新しい版にしてください"
    message = "発行した文書の PDF を、この版の yoshiki では一つにまとめられません"
    raise UnavailableError([Problem(message, hint=hint, code="render.issued-by-later-version")])


def _element(reference: Any, elements: dict[int, Element]) -> Element:
    """The element and all below it, which are put into ``elements`` by the numbers of their objects."""
    entries = reference.get_object()
    attributes = entries.get("/A", {"/O": "/Table"})
    if set(entries) - _ELEMENT or attributes["/O"] != "/Table":
        _unknown()
    element = elements[reference.idnum] = Element(
        entries["/S"][1:],
        attributes={key[1:]: _plain(value) for key, value in attributes.items() if key != "/O"},
        title=entries.get("/T", ""),
        actual_text=entries.get("/ActualText", ""),
    )
    element.children += [_element(kid, elements) for kid in _kids(entries)]
    return element


def _kids(element: DictionaryObject) -> Iterator[IndirectObject]:
    """Elements; the contents of pages, which stand there as numbers or in place, are found by the way back."""
    kids = element.raw_get("/K") if "/K" in element else ArrayObject()
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        if isinstance(kid, IndirectObject):
            yield kid


class _Copies:
    """Objects of a file that was read, copied with all that they refer to; each once."""

    def __init__(self, pdf: PdfFile) -> None:
        self._pdf = pdf
        self._copied: dict[int, Ref] = {}

    def syntax(self, value: PdfObject) -> str:
        """What stands for the object in the other file."""
        if isinstance(value, IndirectObject):
            return str(self._copied.get(value.idnum) or self._new(value))
        if isinstance(value, DictionaryObject):
            return dictionary(self._entries(value))
        if isinstance(value, ArrayObject):
            return array(map(self.syntax, value))
        return text_string(value) if isinstance(value, TextStringObject) else _plain(value)

    def _entries(self, source: DictionaryObject) -> dict[str, object]:
        return {key[1:]: self.syntax(source.raw_get(key)) for key in source}

    def _new(self, reference: IndirectObject) -> Ref:
        source = reference.get_object()
        if isinstance(source, StreamObject):
            entries = self._entries(source)
            entries.pop("Length", None)
            copy = self._pdf.raw(source._data, entries)  # packed already
        else:
            assert source is not None
            copy = self._pdf.add(self.syntax(source))
        self._copied[reference.idnum] = copy
        return copy


def _plain(value: Any) -> str:
    """A number, name, flag or byte string."""
    out = io.BytesIO()
    value.write_to_stream(out)
    return out.getvalue().decode("ascii")
