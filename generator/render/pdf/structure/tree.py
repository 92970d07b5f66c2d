"""The structure tree of a PDF, and the way back from the contents of pages to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from generator.render.pdf.file.syntax import Ref, array, dictionary, text_string
from generator.render.pdf.file.writer import PdfFile
from generator.render.pdf.structure.element import Element, walk

_END = b">>\nendobj\n"


class SheetElements:
    """The elements of one sheet as objects, which are the same in every file but for the numbers they begin at.

    The objects of the sheet's pages are to follow those of its elements. ``marked``: for each page the elements
    that its marked contents 0, 1, 2, … belong to.
    """

    def __init__(self, root: Element, marked: Sequence[Sequence[Element]]):
        elements = list(walk(root))
        self.size = len(elements)
        self._count = {element: n for n, element in enumerate(elements)}
        contents: dict[Element, list[tuple[int, int]]] = {}
        for page, owners in enumerate(marked):
            for number, element in enumerate(owners):
                contents.setdefault(element, []).append((page, number))
        self._marked = [[self._count[element] for element in owners] for owners in marked]
        self._template = ""
        self._places: list[int] = []  # the objects that stand in the template, counted from the first
        above = {child: element for element in elements for child in element.children}
        for element in elements:
            self._write(element, above.get(element), contents.get(element, ()))
        self._last: tuple[tuple[int, int], list[bytes], list[str]] | None = None

    def number(self, element: Element) -> int:
        """Which of the sheet's objects the element is, counted from 0."""
        return self._count[element]

    def _write(self, element: Element, above: Element | None, contents: Sequence[tuple[int, int]]) -> None:
        entries: dict[str, object] = {"S": f"/{element.tag}", "P": "%d 0 R"}
        self._places += [self._count[element], self._count[above] if above else 0]
        kids: list[object] = []
        if contents:
            own = contents[0][0]
            entries["Pg"] = "%d 0 R"
            self._places.append(self.size + own)
        for child in element.children:
            kids.append("%d 0 R")
            self._places.append(self._count[child])
        for page, number in contents:  # a number alone means the element's own page
            if page == own:
                kids.append(number)
            else:
                kids.append(dictionary({"Type": "/MCR", "Pg": "%d 0 R", "MCID": number}))
                self._places.append(self.size + page)
        if kids:
            entries["K"] = kids[0] if len(kids) == 1 else array(kids)
        if element.attributes:
            entries["A"] = dictionary({"O": "/Table", **element.attributes})
        if element.title:
            entries["T"] = text_string(element.title).replace("%", "%%")
        if element.alternate_text:
            entries["Alt"] = text_string(element.alternate_text).replace("%", "%%")
        self._template += f"%d 0 obj\n{dictionary(entries)}\nendobj\n\0"

    def put(self, pdf: PdfFile, first: Ref, parent: Ref, actual_texts: Mapping[int, str]) -> list[str]:
        """Puts the elements into the file from the object ``first`` on, below ``parent``.

        ``actual_texts``: texts that stand for what is drawn, by number of the element. For each page an array of the
        elements that its marked contents belong to.
        """
        objects, owners = self._numbered(first, parent)
        if actual_texts:
            objects = objects.copy()
            for n, words in actual_texts.items():
                objects[n] = b"%b/ActualText %b%b" % (
                    objects[n].removesuffix(_END),
                    text_string(words).encode("ascii"),
                    _END,
                )
        pdf.put(first, objects)
        return owners

    def _numbered(self, first: Ref, parent: Ref) -> tuple[list[bytes], list[str]]:
        last = self._last
        if last and last[0] == (first, parent):
            return last[1], last[2]
        numbers = [first + place for place in self._places]
        numbers[1] = parent
        objects = (self._template % tuple(numbers)).encode("ascii").split(b"\0")[:-1]
        references = [array(Ref(first + n) for n in owners) for owners in self._marked]
        self._last = ((first, parent), objects, references)
        return objects, references


def write_tree(pdf: PdfFile, root: Element, refs: dict[Element, Ref], drawn: Mapping[Element, Ref],
               owners: Iterable[str]) -> Ref:  # fmt: skip
    """Writes what is above the sheets: ``root`` and its parts, which have their number in ``refs`` or get one now.

    ``drawn``: the sheets' own elements; ``owners``: of every page, as ``SheetElements.put`` gave them, StructParents
    being the page's place among them. The reference to the root of the structure tree.
    """
    top = pdf.reserve()
    pending = [(root, top)]
    while pending:
        element, parent = pending.pop()
        kids = [drawn.get(child) or refs.get(child) or refs.setdefault(child, pdf.reserve())
                for child in element.children]  # fmt: skip
        pending += [(child, refs[element]) for child in element.children if child not in drawn]
        entries: dict[str, object] = {"S": f"/{element.tag}", "P": parent}
        if kids:
            entries["K"] = kids[0] if len(kids) == 1 else array(kids)
        pdf.set(refs[element], dictionary(entries))
    numbers = [f"{n} {elements}" for n, elements in enumerate(owners)]
    tree = {
        "Type": "/StructTreeRoot",
        "K": refs[root],
        "ParentTree": pdf.add(dictionary({"Nums": array(numbers)})),
        "ParentTreeNextKey": len(numbers),
    }
    pdf.set(top, dictionary(tree))
    return top
