"""Ways through a PDF: its outline, whose entries are called bookmarks, and the labels of its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from generator.render.pdf.file.syntax import Ref, array, dictionary, number, text_string
from generator.render.pdf.file.writer import PdfFile


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline: leads to the upper edge (``top``, in points) of a page. ``below``: those under it."""

    title: str
    page: Ref
    top: float
    below: Sequence[Bookmark] = field(default=())


def outline(pdf: PdfFile, bookmarks: Sequence[Bookmark]) -> Ref:
    """Puts the outline into the file, open down to the last level; the reference to it."""
    root = pdf.reserve()
    pdf.set(root, dictionary({"Type": "/Outlines", **_below(pdf, root, bookmarks)}))
    return root


def _below(pdf: PdfFile, parent: Ref, bookmarks: Sequence[Bookmark]) -> dict[str, object]:
    refs = [pdf.reserve() for _ in bookmarks]
    for n, (ref, bookmark) in enumerate(zip(refs, bookmarks, strict=True)):
        entries: dict[str, object] = {"Title": text_string(bookmark.title), "Parent": parent}
        entries["Dest"] = array([bookmark.page, "/XYZ", 0, number(bookmark.top), "null"])
        if n:
            entries["Prev"] = refs[n - 1]
        if n + 1 < len(refs):
            entries["Next"] = refs[n + 1]
        if bookmark.below:
            entries |= _below(pdf, ref, bookmark.below)
        pdf.set(ref, dictionary(entries))
    return {"First": refs[0], "Last": refs[-1], "Count": _count(bookmarks)}


def _count(bookmarks: Iterable[Bookmark]) -> int:
    return sum(1 + _count(bookmark.below) for bookmark in bookmarks)


def page_labels(forms: Iterable[str]) -> str:
    """The labels of pages, 01-1, 01-2, 02-1, …, from the form of each; pages of a form that comes again are counted on.

    They are the dictionary that the catalog has as PageLabels.
    """
    parts: list[object] = []
    seen: dict[str, int] = {}
    first = 0
    for form, pages in groupby(forms):
        count = len(list(pages))
        parts += [first, dictionary({"P": text_string(f"{form}-"), "S": "/D", "St": seen.get(form, 0) + 1})]
        seen[form] = seen.get(form, 0) + count
        first += count
    return dictionary({"Nums": array(parts)})
