"""Our own data files (scheme, rules, layouts) read key by key, with every slip at its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NoReturn

from generator.problem import Position, Problem, ProblemError, nearest
from generator.source.read import Mapping, Node, Scalar, Sequence

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+\Z")


def fail(node: Node | Position, message: str, hint: str = "") -> NoReturn:
    position = node if isinstance(node, Position) else node.position
    raise ProblemError([Problem(message, position, hint=hint)])


def plain(node: Node) -> Plain:
    """The node as JSON-like Python, with YAML 1.2's core types (``no`` stays text)."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if not node.plain:
        return node.text
    if node.empty:
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    if _INTEGER.match(node.text):
        return int(node.text)
    if _DECIMAL.match(node.text):
        return float(node.text)
    return node.text


class Entries:
    """A mapping whose keys are all known; what is asked for is given in its type or fails at its place."""

    def __init__(self, node: Node, known: Iterable[str], what: str):
        if not isinstance(node, Mapping):
            fail(node, f"{what}は「キー: 値」の並びで書いてください")
        self.node = node
        self.what = what
        self.position = node.position
        allowed = tuple(known)
        for key, (key_node, _) in node.entries.items():
            if key not in allowed:
                near = nearest(key, allowed)
                fail(
                    key_node, f"{what}に「{key}」という項目はありません", f"「{near}」ではありませんか" if near else ""
                )

    def __contains__(self, key: str) -> bool:
        return key in self.node.entries

    def node_of(self, key: str) -> Node:
        if key not in self.node.entries:
            fail(self.node, f"{self.what}に「{key}」がありません")
        return self.node.entries[key][1]

    def text(self, key: str, default: str | None = None) -> str:
        if key not in self and default is not None:
            return default
        node = self.node_of(key)
        if not isinstance(node, Scalar):
            fail(node, f"{self.what}の「{key}」は文字で書いてください")
        return node.text

    def number(self, key: str, default: float | None = None) -> float:
        if key not in self and default is not None:
            return default
        value = plain(self.node_of(key))
        if isinstance(value, bool) or not isinstance(value, int | float):
            fail(self.node_of(key), f"{self.what}の「{key}」は数で書いてください")
        return value

    def integer(self, key: str, default: int | None = None) -> int:
        value = self.number(key, default)
        if not isinstance(value, int):
            fail(self.node_of(key), f"{self.what}の「{key}」は整数で書いてください")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        if key not in self:
            return default
        value = plain(self.node_of(key))
        if not isinstance(value, bool):
            fail(self.node_of(key), f"{self.what}の「{key}」は true か false で書いてください")
        return value

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        allowed = tuple(choices)
        value = self.text(key, default)
        if value not in allowed:
            fail(self.node_of(key), f"{self.what}の「{key}」は {'・'.join(allowed)} のどれかです")
        return value

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of a list; nothing when the key is absent."""
        if key not in self:
            return ()
        return items(self.node_of(key), f"{self.what}の「{key}」")

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(text_of(n, f"{self.what}の「{key}」") for n in self.items(key))

    def pairs(self, key: str) -> Iterator[tuple[str, Node]]:
        if key not in self:
            return
        node = self.node_of(key)
        if not isinstance(node, Mapping):
            fail(node, f"{self.what}の「{key}」は「キー: 値」の並びで書いてください")
        for name, (_, value) in node.entries.items():
            yield name, value


def items(node: Node, what: str) -> tuple[Node, ...]:
    if not isinstance(node, Sequence):
        fail(node, f"{what}は「- 」の並びで書いてください")
    return node.items


def text_of(node: Node, what: str) -> str:
    if not isinstance(node, Scalar):
        fail(node, f"{what}は文字で書いてください")
    return node.text
