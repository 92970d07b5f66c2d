"""Our own data files (scheme, rules, layouts) read key by key, with every slip at its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from generator.problem import Position, Problem, SchemeError, UnreadableError, nearest
from generator.source.nodes import Mapping, Node, Scalar, Sequence

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+\Z")


def fail(node: Node | Position, message: str, hint: str = "", code: str = "source.value") -> NoReturn:
    """Raise SchemeError at a place of a scheme's file."""
    position = node if isinstance(node, Position) else node.position
    raise SchemeError([Problem(message, position, hint=hint, code=code)])


@contextmanager
def own_files() -> Iterator[None]:
    """What cannot be read within is a fault of the scheme's files: SchemeError is raised instead of UnreadableError."""
    try:
        yield
    except UnreadableError as error:
        raise SchemeError(error.problems) from None


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


class CheckedMapping:
    """A mapping whose keys are all known; what is asked for is given in its type or fails at its place."""

    def __init__(self, node: Node, keys: Iterable[str], label: str):
        if not isinstance(node, Mapping):
            fail(node, f"{label}は「キー: 値」の並びで書いてください")
        self.node = node
        self.label = label
        self.position = node.position
        allowed = tuple(keys)
        for key, (key_node, _) in node.entries.items():
            if key not in allowed:
                near = nearest(key, allowed)
                fail(
                    key_node, f"{label}に「{key}」という項目はありません", f"「{near}」ではありませんか" if near else ""
                )

    def __contains__(self, key: str) -> bool:
        return key in self.node.entries

    def node_of(self, key: str) -> Node:
        """The node of a key. Raises SchemeError where the key is missing."""
        if key not in self.node.entries:
            fail(self.node, f"{self.label}に「{key}」がありません")
        return self.node.entries[key][1]

    def text(self, key: str, default: str | None = None) -> str:
        """The text of a key as it was written. Raises SchemeError where it is missing without a default, or no text."""
        if key not in self and default is not None:
            return default
        node = self.node_of(key)
        if not isinstance(node, Scalar):
            fail(node, f"{self.label}の「{key}」は文字で書いてください")
        return node.text

    def number(self, key: str, default: float | None = None) -> float:
        """The number of a key. Raises SchemeError where it is missing without a default, or no number."""
        if key not in self and default is not None:
            return default
        value = plain(self.node_of(key))
        if isinstance(value, bool) or not isinstance(value, int | float):
            fail(self.node_of(key), f"{self.label}の「{key}」は数で書いてください")
        return value

    def integer(self, key: str, default: int | None = None) -> int:
        """The whole number of a key. Raises SchemeError where it is missing without a default, or not whole."""
        value = self.number(key, default)
        if not isinstance(value, int):
            fail(self.node_of(key), f"{self.label}の「{key}」は整数で書いてください")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Whether a key says true. Raises SchemeError for anything but true and false."""
        if key not in self:
            return default
        value = plain(self.node_of(key))
        if not isinstance(value, bool):
            fail(self.node_of(key), f"{self.label}の「{key}」は true か false で書いてください")
        return value

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """The text of a key, which is one of the choices. Raises SchemeError for any other."""
        allowed = tuple(choices)
        value = self.text(key, default)
        if value not in allowed:
            fail(self.node_of(key), f"{self.label}の「{key}」は {'・'.join(allowed)} のどれかです")
        return value

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of a list; nothing when the key is absent."""
        if key not in self:
            return ()
        return items(self.node_of(key), f"{self.label}の「{key}」")

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list; nothing when the key is absent. Raises SchemeError for anything but a list of texts."""
        return tuple(text_of(n, f"{self.label}の「{key}」") for n in self.items(key))

    def pairs(self, key: str) -> Iterator[tuple[str, Node]]:
        """The keys of a mapping with their nodes; nothing when the key is absent. Raises SchemeError for no mapping."""
        if key not in self:
            return
        node = self.node_of(key)
        if not isinstance(node, Mapping):
            fail(node, f"{self.label}の「{key}」は「キー: 値」の並びで書いてください")
        for name, (_, value) in node.entries.items():
            yield name, value


def items(node: Node, label: str) -> tuple[Node, ...]:
    """The items of a list. Raises SchemeError, which calls the node ``label``, where it is no list."""
    if not isinstance(node, Sequence):
        fail(node, f"{label}は「- 」の並びで書いてください")
    return node.items


def text_of(node: Node, label: str) -> str:
    """The text of a node. Raises SchemeError, which calls the node ``label``, where it is no text."""
    if not isinstance(node, Scalar):
        fail(node, f"{label}は文字で書いてください")
    return node.text
