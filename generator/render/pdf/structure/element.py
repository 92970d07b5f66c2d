"""An element of the logical structure: what a screen reader, a search or a conversion goes by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Element:
    """A structure element. One with children has no cells of its own. Compared by identity."""

    tag: str
    children: list[Element] = field(default_factory=list)
    cells: list[tuple[int, int]] = field(default_factory=list)  # row and column of those it holds, in reading order
    attributes: dict[str, object] = field(default_factory=dict)  # of a table's cell: Scope, RowSpan, ColSpan
    title: str = ""
    alternate_text: str = ""  # of a Figure: what it shows, in words
    actual_text: str = ""  # the text to be read, of an element whose cells are not known

    def add(self, tag: str) -> Element:
        """A new element with this tag, the last child of this one."""
        child = Element(tag)
        self.children.append(child)
        return child


def walk(element: Element) -> Iterator[Element]:
    """The element and all below it, each before its children."""
    yield element
    for child in element.children:
        yield from walk(child)
