"""Pages of a document that was issued, taken into another file as they are: contents, fonts and structure.

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

from generator.problem import Problem, ProblemError
from generator.render.pdf.element import Element, walk
from generator.render.pdf.writer import PdfFile, Ref, array, dictionary, text

_TREE = {"/Type", "/K", "/ParentTree", "/ParentTreeNextKey"}
_ELEMENT = {"/S", "/P", "/Pg", "/K", "/A", "/T", "/ActualText"}
_PAGE = {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/StructParents", "/Tabs"}


@dataclass(frozen=True, slots=True)
class GraftedPage:
    entries: dict[str, object]  # of the page's dictionary: MediaBox, Resources, Contents
    top: float  # its upper edge, points
    marks: list[Element]  # to which its marked contents 0, 1, 2, … belong


@dataclass(frozen=True, slots=True)
class GraftedSheet:
    root: Element
    pages: list[GraftedPage] = field(default_factory=list)


def graft(pdf: PdfFile, data: bytes) -> list[GraftedSheet]:
    """The sheets of ``data``, a file of our own writer, with their pages' objects copied into ``pdf``.

    Raises ProblemError where the file has anything that this program does not know.
    """
    reader = PdfReader(io.BytesIO(data))
    tree: Any = reader.root_object.get("/StructTreeRoot")
    if tree is None or set(tree) - _TREE:
        _unknown()
    known: dict[int, Element] = {}
    whole = _element(tree.raw_get("/K"), known)
    sheets = [GraftedSheet(section) for section in whole.children]
    owners = {element: sheet for sheet in sheets for element in walk(sheet.root)}
    numbers = tree["/ParentTree"]["/Nums"]
    marked = dict(zip(numbers[::2], numbers[1::2], strict=True))
    copied = _Copies(pdf)
    last = sheets[0]
    for page in reader.pages:
        if set(page) - _PAGE:
            _unknown()
        marks = [known[one.idnum] for one in marked[page["/StructParents"]].get_object()]
        last = owners[marks[0]] if marks else last  # a page without text goes on where the one before it was
        names = ("/MediaBox", "/Resources", "/Contents")
        entries: dict[str, object] = {name[1:]: copied.syntax(page.raw_get(name)) for name in names}
        last.pages.append(GraftedPage(entries, float(page.mediabox.top), marks))
    return sheets


def _unknown() -> NoReturn:
    hint = "yoshiki を、発行したときの版か、それより新しい版にしてください"
    raise ProblemError([Problem("発行した文書の PDF を、この版の yoshiki では一つにまとめられません", hint=hint)])


def _element(reference: Any, known: dict[int, Element]) -> Element:
    """The element and all below it; ``known``: by the number of its object."""
    found = reference.get_object()
    attributes = found.get("/A", {"/O": "/Table"})
    if set(found) - _ELEMENT or attributes["/O"] != "/Table":
        _unknown()
    made = known[reference.idnum] = Element(
        found["/S"][1:],
        attributes={key[1:]: _plain(value) for key, value in attributes.items() if key != "/O"},
        title=found.get("/T", ""),
        said=found.get("/ActualText", ""),
    )
    made.children += [_element(kid, known) for kid in _kids(found)]
    return made


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
        self._known: dict[int, Ref] = {}

    def syntax(self, found: PdfObject) -> str:
        """What stands for the object in the other file."""
        if isinstance(found, IndirectObject):
            return str(self._known.get(found.idnum) or self._new(found))
        if isinstance(found, DictionaryObject):
            return dictionary(self._entries(found))
        if isinstance(found, ArrayObject):
            return array(map(self.syntax, found))
        return text(found) if isinstance(found, TextStringObject) else _plain(found)

    def _entries(self, found: DictionaryObject) -> dict[str, object]:
        return {key[1:]: self.syntax(found.raw_get(key)) for key in found}

    def _new(self, reference: IndirectObject) -> Ref:
        found = reference.get_object()
        if isinstance(found, StreamObject):
            entries = self._entries(found)
            entries.pop("Length", None)
            made = self._pdf.raw(found._data, entries)  # packed already
        else:
            assert found is not None
            made = self._pdf.add(self.syntax(found))
        self._known[reference.idnum] = made
        return made


def _plain(found: Any) -> str:
    """A number, name, flag or byte string."""
    out = io.BytesIO()
    found.write_to_stream(out)
    return out.getvalue().decode("ascii")
