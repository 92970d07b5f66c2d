"""What an editor knows of cases: a JSON Schema with each item's label, its way of writing, its example and choices.

It is for the YAML extension of an editor, which shows it while someone writes and marks what is wrong. It asks for less
than `check`: a value that is not written yet is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.case.skeleton import label, way_of_writing
from generator.scheme.model import Scheme
from generator.scheme.schema import Item

_SCHEME, _NUMBER = "制度", "案件番号"
_TYPES = {
    "円": ["integer", "string"],
    "整数": ["integer", "string"],
    "数量": ["number", "string"],
    "真偽": ["boolean", "string"],
    "日付": ["string"],
}
_TEXT = ["string", "integer", "number"]  # 0120 is written without quotes
_YES_NO = ["はい", "いいえ"]


def of_schemes(schemes: Sequence[Scheme]) -> dict[str, Any]:
    """The JSON Schema (draft 7, which editors read) of the cases of these schemes: which one it is, a case says."""
    names = [scheme.id for scheme in schemes]
    about = "\n".join(f"{scheme.id}: {scheme.name}" for scheme in schemes)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "案件",
        "type": "object",
        "required": [_SCHEME, _NUMBER],
        "properties": {
            _SCHEME: {"title": _SCHEME, "description": about, "enum": names},
            _NUMBER: {"title": _NUMBER, "type": ["string", "integer"]},
        },
        "allOf": [
            {"if": {"properties": {_SCHEME: {"const": scheme.id}}}, "then": _item("", scheme.schema.root)}
            for scheme in schemes
        ],
    }


def _item(key: str, at: Item) -> dict[str, Any]:
    told = "\n".join(way_of_writing(at))
    said = {name: text for name, text in (("title", label(key, at) or key), ("description", told)) if text}
    if at.kind == "object":
        inside = {name: _item(name, child) for name, child in at.properties.items()}
        shape = {"type": ["object", "null"], "properties": inside, "additionalProperties": False}
        return said | shape | ({"required": list(at.required)} if at.required else {})
    if at.kind == "list":
        assert at.items is not None
        return said | {"type": ["array", "null"], "items": _item("", at.items)}
    shown = said | ({"examples": [at.example]} if at.example else {})
    choices = [choice for choice in at.choices if not isinstance(choice, bool)]
    if at.kind == "真偽":
        return shown | {"enum": [*_YES_NO, True, False, None]}
    if choices:
        return shown | {"enum": [*choices, None]}
    return shown | {"type": [*_TYPES.get(at.kind, _TEXT), "null"]}
