"""Ways through a PDF: bookmarks and the labels of its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from generator.render.pdf.objects import number
from generator.render.pdf.writer import PdfFile, Ref, array, dictionary, text


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Leads to the upper edge (points) of a page."""

    title: str
    page: Ref
    top: float
    below: Sequence[Bookmark] = field(default=())


def bookmarks(pdf: PdfFile, marks: Sequence[Bookmark]) -> Ref:
    """The outline, open down to the last level."""
    root = pdf.reserve()
    pdf.set(root, dictionary({"Type": "/Outlines", **_below(pdf, root, marks)}))
    return root


def _below(pdf: PdfFile, parent: Ref, marks: Sequence[Bookmark]) -> dict[str, object]:
    refs = [pdf.reserve() for _ in marks]
    for n, (ref, mark) in enumerate(zip(refs, marks, strict=True)):
        entries: dict[str, object] = {"Title": text(mark.title), "Parent": parent}
        entries["Dest"] = array([mark.page, "/XYZ", 0, number(mark.top), "null"])
        if n:
            entries["Prev"] = refs[n - 1]
        if n + 1 < len(refs):
            entries["Next"] = refs[n + 1]
        if mark.below:
            entries |= _below(pdf, ref, mark.below)
        pdf.set(ref, dictionary(entries))
    return {"First": refs[0], "Last": refs[-1], "Count": _count(marks)}


def _count(marks: Iterable[Bookmark]) -> int:
    return sum(1 + _count(mark.below) for mark in marks)


def labels(forms: Iterable[str]) -> str:
    """The pages' labels: 01-1, 01-2, 02-1, … from the form of each page; a form that comes again is counted on."""
    parts: list[object] = []
    seen: dict[str, int] = {}
    first = 0
    for form, pages in groupby(forms):
        count = len(list(pages))
        parts += [first, dictionary({"P": text(f"{form}-"), "S": "/D", "St": seen.get(form, 0) + 1})]
        seen[form] = seen.get(form, 0) + count
        first += count
    return dictionary({"Nums": array(parts)})
