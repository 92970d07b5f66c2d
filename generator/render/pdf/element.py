"""An element of the logical structure: what a screen reader, a search or a conversion goes by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.document import Cell

_LATIN_BREAK = re.compile(r"[!-~]\n[!-~]")  # without the break two words would be read as one


@dataclass(eq=False, slots=True)
class Element:
    """A structure element; one with children has no cells of its own."""

    tag: str
    children: list[Element] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)  # whose texts it holds, in reading order
    attributes: dict[str, object] = field(default_factory=dict)  # of a table's cell: Scope, RowSpan, ColSpan
    title: str = ""
    said: str = ""  # the text to be read, of an element whose cells are not known

    def add(self, tag: str) -> Element:
        child = Element(tag)
        self.children.append(child)
        return child

    @property
    def actual(self) -> str:
        """The whole text, where the lines as drawn lack the space at which they were broken; else ''."""
        return " ".join(cell.text for cell in self.cells) if any(map(_lossy, self.cells)) else self.said


def walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        yield from walk(child)


def _lossy(cell: Cell) -> bool:
    drawn = "".join(line.text for line in cell.lines)
    return cell.text.replace("\n", "") != drawn or _LATIN_BREAK.search(cell.text) is not None
