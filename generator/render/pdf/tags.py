"""The structure tree of a PDF, and the way back from the contents of pages to it."""

from __future__ import annotations

from collections.abc import Sequence

from generator.render.pdf.element import Element, walk
from generator.render.pdf.writer import PdfFile, Ref, array, dictionary, text


def embed(pdf: PdfFile, root: Element, pages: Sequence[tuple[Ref, Sequence[Element]]]) -> Ref:
    """Writes the tree below the element ``root``; ``pages``: each page with the elements that its marked contents
    0, 1, 2, … belong to, and which its StructParents is the number of."""
    top = pdf.reserve()
    refs = {element: pdf.reserve() for element in walk(root)}
    contents: dict[Element, list[tuple[Ref, int]]] = {}
    for page, marks in pages:
        for number, element in enumerate(marks):
            contents.setdefault(element, []).append((page, number))
    pending = [(root, top)]
    while pending:
        element, parent = pending.pop()
        pdf.set(refs[element], _syntax(element, parent, refs, contents.get(element, ())))
        pending += [(child, refs[element]) for child in element.children]
    numbers = [part for n, (_, marks) in enumerate(pages) for part in (n, array(refs[e] for e in marks))]
    tree = {
        "Type": "/StructTreeRoot",
        "K": refs[root],
        "ParentTree": pdf.add(dictionary({"Nums": array(numbers)})),
        "ParentTreeNextKey": len(pages),
    }
    pdf.set(top, dictionary(tree))
    return top


def _syntax(element: Element, parent: Ref, refs: dict[Element, Ref], contents: Sequence[tuple[Ref, int]]) -> str:
    entries: dict[str, object] = {"S": f"/{element.tag}", "P": parent}
    kids: list[object] = [refs[child] for child in element.children]
    if contents:
        page = contents[0][0]
        entries["Pg"] = page
        for other, number in contents:  # a number alone means the element's own page
            kids.append(number if other == page else dictionary({"Type": "/MCR", "Pg": other, "MCID": number}))
    if kids:
        entries["K"] = kids[0] if len(kids) == 1 else array(kids)
    if element.attributes:
        entries["A"] = dictionary({"O": "/Table", **element.attributes})
    if element.title:
        entries["T"] = text(element.title)
    if element.alternative:
        entries["Alt"] = text(element.alternative)
    if element.actual:
        entries["ActualText"] = text(element.actual)
    return dictionary(entries)
