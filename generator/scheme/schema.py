"""The schema of a case (JSON Schema 2020-12 in YAML) as a tree of items that the other rooms can ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from sys import intern
from typing import Any

import jsonschema_rs

from generator.problem import nearest
from generator.scheme.roles import Role
from generator.source import nodes
from generator.source.fields import fail, plain
from generator.source.nodes import Node, Source

# What a scalar of the case is; everything else is told by `type`.
ITEM_KINDS = ("円", "日付", "数量", "整数", "真偽", "文字", "文章", "電話番号", "Eメール")
# What is understood of JSON Schema, and what is ours: any other key, a mistyped one say, would be passed over.
KEYWORDS = ("$schema", "$defs", "$ref", "title", "description", "type", "properties", "required",
            "additionalProperties",
            "minProperties", "items", "minItems", "maxItems", "uniqueItems", "enum", "const", "pattern",
            "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")  # fmt: skip
SCRIPTS = ("カタカナ", "郵便番号")  # what x-書き方 may ask for
OWN_KEYS = ("x-kind", "x-字数", "x-書き方", "x-personal", "x-basis", "x-記入者", "x-aliases")
_EXAMPLE = re.compile(r"（例 ([^）]*)）|例 (.*)")


@dataclass(frozen=True, eq=False)  # compared by identity: loaded once, so that caches may key on the object
class Item:
    """One place of a case: an object with properties, a list with items, or a scalar of some kind."""

    key: str
    title: str
    kind: str  # object | list | one of ITEM_KINDS
    description: str = ""
    personal: bool = False
    limit: int | None = None  # 字数, without line breaks
    basis: str = ""  # the article that asks for it
    properties: dict[str, Item] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    items: Item | None = None
    choices: tuple[Any, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)  # a renamed key → its present name
    script: str = ""  # what it is written in, or as: カタカナ, 郵便番号
    least: int = 0  # items that a list has at least
    office: bool = False  # given by the office inside of what the applicant gives

    def completed(self, value: Any) -> Any:
        """The value with every known item present: None for a scalar not given, [] for a list. Not to be changed.

        An object or list that cannot be read is as one that was not given.
        """
        if self.kind == "object":
            if not isinstance(value, dict) or not value:
                return self._absent
            return {
                key: item.completed(value[key]) if key in value else item._absent
                for key, item in self.properties.items()
            }
        if self.kind == "list":
            assert self.items is not None
            return [self.items.completed(v) for v in value] if isinstance(value, list) else []
        return value

    @cached_property
    def example(self) -> str:
        """The example in the description, which is written 例 … or （例 …）; '' where there is none."""
        match = _EXAMPLE.search(self.description)
        return (match[1] or match[2]) if match else ""

    @cached_property
    def _absent(self) -> Any:
        """What `completed` gives for nothing: the same for every case."""
        if self.kind == "object":
            return {key: item._absent for key, item in self.properties.items()}
        return [] if self.kind == "list" else None


@dataclass(frozen=True, eq=False)
class Schema:
    """The schema of a scheme's cases: as JSON Schema and as a tree of items. Compared by identity."""

    raw: dict[str, Any]
    root: Item

    @cached_property
    def validator(self) -> Any:
        """The validator of jsonschema_rs for it."""
        return jsonschema_rs.Draft202012Validator(self.raw)

    def at(self, path: str) -> Item | None:
        """The item at a dotted path; a list is passed through: 申請.経費.単価, also with [3] in it;
        with [3] at its end the path means that one of the list."""
        item: Item | None = self.root
        for part in path.split("."):
            if item is not None and item.kind == "list":
                item = item.items
            if item is None or item.kind != "object":
                return None
            item = item.properties.get(part.split("[")[0])
        return item.items if item is not None and item.kind == "list" and path.endswith("]") else item


def load(source: Source, roles: Mapping[str, Role]) -> Schema:
    """Build the tree; raises SchemeError for a schema that is no JSON Schema or uses an unreadable key."""
    raw = plain(source.root)
    assert isinstance(raw, dict)
    try:
        jsonschema_rs.Draft202012Validator(raw)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        fail(
            source.root,
            f"case.schema.yaml は JSON Schema として正しくありません（{str(error).splitlines()[0]}）",
            code="scheme.json-schema",
        )
    return Schema(raw, _Tree(raw, source, roles).item("", raw, 0))


def _key(node: Node, key: str) -> Node | None:
    """Where a key first stands."""
    if isinstance(node, nodes.Mapping):
        below = [key_node if name == key else _key(value, key) for name, (key_node, value) in node.entries.items()]
    else:
        below = [_key(value, key) for value in node.items] if isinstance(node, nodes.Sequence) else []
    return next((place for place in below if place is not None), None)


@dataclass(frozen=True)
class _Tree:
    """Makes the tree of items out of one case.schema.yaml."""

    raw: dict[str, Any]
    source: Source
    roles: Mapping[str, Role]

    def resolved(self, node: dict[str, Any], through: tuple[str, ...] = ()) -> dict[str, Any]:
        """$ref and the keywords beside it, laid one over the other."""
        for key in node:
            if key not in KEYWORDS and key not in OWN_KEYS:
                near = nearest(key, (*KEYWORDS, *OWN_KEYS))
                every = f"使えるのは {'・'.join((*KEYWORDS, *OWN_KEYS))} です"
                place = _key(self.source.root, key) or self.source.root
                hint = f"「{near}」ではありませんか" if near else every
                fail(place, f"case.schema.yaml に「{key}」というキーは使えません", hint, code="scheme.schema-key")
        merged: dict[str, Any] = {}
        reference = node.get("$ref")
        if reference in through:
            message = f"case.schema.yaml の $ref「{reference}」が自分に戻っています"
            fail(self.source.root, message, code="scheme.circular-ref")
        if reference is not None:
            target: Any = self.raw
            for part in str(reference).removeprefix("#/").split("/"):
                target = target.get(part) if isinstance(target, dict) else None
            if not isinstance(target, dict):
                fail(
                    self.source.root,
                    f"case.schema.yaml の $ref「{reference}」が見つかりません",
                    code="scheme.unknown-ref",
                )
            merged = self.resolved(target, (*through, str(reference)))
        return {**merged, **{k: v for k, v in node.items() if k != "$ref"}}

    def item(self, key: str, node: dict[str, Any], depth: int, around: str = "") -> Item:
        """``around``: the article that asks for what the item is a part of, and so for the item."""
        if depth > 20:
            fail(self.source.root, "case.schema.yaml の入れ子が深すぎます", code="scheme.too-deep")
        at = self.resolved(node)
        title, description = str(at.get("title", key)), str(at.get("description", ""))
        personal, basis = bool(at.get("x-personal", False)), str(at.get("x-basis", around))
        office = self.by_office(key, at)
        if at.get("type") == "object" or "properties" in at:
            properties = {}
            for name, child in at.get("properties", {}).items():
                if not name.isidentifier():
                    hint = "記号を除き、文字で始まる名前にしてください"
                    fail(
                        self.source.root,
                        f"case.schema.yaml の項目名「{name}」は使えません",
                        hint,
                        code="scheme.item-name",
                    )
                name = intern(name)
                properties[name] = self.item(name, child, depth + 1, basis)
            required = tuple(at.get("required", ()))
            return Item(key, title, "object", description, personal, basis=basis, properties=properties,
                        required=required, aliases=dict(at.get("x-aliases", {})), office=office)  # fmt: skip
        if at.get("type") == "array":
            child = at.get("items")
            if not isinstance(child, dict):
                fail(self.source.root, f"case.schema.yaml の「{key}」に items がありません", code="scheme.no-items")
            items = self.item(key, child, depth + 1, basis)
            return Item(key, title, "list", description, personal, basis=basis, items=items,
                        least=int(at.get("minItems", 0)), office=office)  # fmt: skip
        kind = str(at.get("x-kind", "整数" if at.get("type") == "integer" else "文字"))
        if kind not in ITEM_KINDS:
            hint = f"使えるのは {'・'.join(ITEM_KINDS)} です"
            fail(
                self.source.root,
                f"case.schema.yaml の「{key}」の x-kind「{kind}」は使えません",
                hint,
                code="scheme.kind",
            )
        script = str(at.get("x-書き方", ""))
        if script and script not in SCRIPTS:
            hint = f"使えるのは {'・'.join(SCRIPTS)} です"
            fail(
                self.source.root,
                f"case.schema.yaml の「{key}」の x-書き方「{script}」は使えません",
                hint,
                code="scheme.script",
            )
        return Item(key, title, kind, description, personal, at.get("x-字数"), basis,
                    choices=tuple(at.get("enum", ())), script=script, office=office)  # fmt: skip

    def by_office(self, key: str, at: dict[str, Any]) -> bool:
        """Whether x-記入者 says that the office answers this inside of what the applicant gives."""
        writer = at.get("x-記入者")
        if writer is None:
            return False
        if writer not in self.roles:
            hint = f"使えるのは scheme.yaml の roles にある {'・'.join(self.roles)} です"
            fail(
                self.source.root,
                f"case.schema.yaml の「{key}」の x-記入者「{writer}」はだれか分かりません",
                hint,
                code="scheme.unknown-role",
            )
        return self.roles[writer] is Role.OFFICE
