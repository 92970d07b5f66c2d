"""XML from a stranger, as events: no DTD, no entities, bounded depth and number of elements.

Names come without their namespace, so that Excel's strict format reads like the usual one.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from generator.problem import Problem

_DEPTH = 60

Start = Callable[[str, dict[str, str]], None]


class XmlError(ValueError):
    """Not well-formed, or more than a form can hold: ``problem`` tells it without a place."""

    def __init__(self, message: str, code: str):
        super().__init__(message)
        self.problem = Problem(message, code=code)


class Allowance:
    """Elements that may still be read, shared by the parts of one file."""

    def __init__(self, elements: int):
        self.left = elements


def parse(
    data: bytes,
    allowance: Allowance,
    start: Start,
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Feed the events of a document to the handlers; raises XmlError. What a handler raises comes through."""
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        allowance.left -= 1
        if depth > _DEPTH:
            raise XmlError("入れ子が深すぎます", code="intake.xml-too-deep")
        if allowance.left < 0:
            raise XmlError("中身が多すぎます", code="intake.too-much-content")
        start(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(" ")[2])

    def doctype(*_: object) -> None:
        raise XmlError("XML の実体（DTD）が使われています", code="intake.xml-with-dtd")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = opened, closed, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise XmlError("XML として読めません", code="intake.xml-not-well-formed") from None
