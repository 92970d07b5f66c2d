"""What a reader that goes by the structure tree of a PDF finds: elements, their attributes, their texts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

_ENTRY = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]*)>")


@dataclass
class Node:
    tag: str
    text: str = ""  # of its own contents, in their order
    kids: list[Node] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    title: str = ""

    def walk(self) -> Iterator[Node]:
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def find(self, *tags: str) -> list[Node]:
        return [node for node in self.walk() if node.tag in tags]


def read(data: bytes) -> Node:
    """The element Document with all below it."""
    reader = PdfReader(io.BytesIO(data), strict=True)
    pages = {page.indirect_reference.idnum: _marked(page, reader) for page in reader.pages if page.indirect_reference}
    return _node(reader.root_object["/StructTreeRoot"]["/K"].get_object(), pages)


def artifacts(data: bytes) -> list[str]:
    """The texts of each page that belong to no element."""
    reader = PdfReader(io.BytesIO(data), strict=True)
    return [_marked(page, reader).get(-1, "") for page in reader.pages]


def _node(element: DictionaryObject, pages: dict[int, dict[int, str]]) -> Node:
    node = Node(element["/S"][1:], title=element.get("/T", ""))
    node.attributes = {key[1:]: value for key, value in element.get("/A", {}).items() if key != "/O"}
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object()
        if isinstance(kid, int):
            node.text += pages[element.raw_get("/Pg").idnum].pop(kid)
        elif kid.get("/Type") == "/MCR":
            node.text += pages[kid.raw_get("/Pg").idnum].pop(kid["/MCID"])
        else:
            assert kid.raw_get("/P").get_object() == element
            node.kids.append(_node(kid, pages))
    if "/ActualText" in element:
        node.text = str(element["/ActualText"])
    return node


def _marked(page: Any, reader: PdfReader) -> dict[int, str]:
    """Marked content number → its text; -1: artifacts."""
    maps = {
        name: {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in _ENTRY.findall(
            font.get_object()["/ToUnicode"].get_object().get_data()
        )}
        for name, font in page["/Resources"]["/Font"].items()
    }  # fmt: skip
    found: dict[int, str] = {}
    stack: list[int | str] = []
    font: dict[int, str] = {}
    for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:
        if operator in (b"BDC", b"BMC"):
            entry = operands[1] if operator == b"BDC" else {}
            stack.append(entry["/MCID"] if "/MCID" in entry else entry.get("/ActualText", -1))
            if stack[-1] != -1:
                key = stack[0]
                assert isinstance(key, int)
                found[key] = found.get(key, "") + (stack[-1] if isinstance(stack[-1], str) else "")
        elif operator == b"EMC":
            stack.pop()
        elif operator == b"Tf":
            font = maps[operands[0]]
        elif operator == b"Tj":
            assert stack, "text that belongs to nothing"
            codes = operands[0].original_bytes
            text = "".join(font[int.from_bytes(codes[n : n + 2], "big")] for n in range(0, len(codes), 2))
            if not isinstance(stack[-1], str):
                key = stack[0]
                assert isinstance(key, int)
                found[key] = found.get(key, "") + text
    return found
