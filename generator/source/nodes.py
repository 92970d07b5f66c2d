"""What a file in YAML is made of: texts as they were written, keys with values, and lists; each knows its place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from generator.problem import Position

_EMPTY = frozenset(("", "~", "null", "Null", "NULL"))


@dataclass(unsafe_hash=True, slots=True)
class Scalar:
    """A single value: ``text`` exactly as written (quotes and folding resolved); ``plain``: written without quotes.

    ``cut``: where a comment begins that may have been meant as a part of the text. Never changed, as a Position.
    """

    text: str
    plain: bool
    position: Position
    cut: Position | None = None

    @property
    def empty(self) -> bool:
        """Nothing was given: an unquoted blank, ``~`` or ``null``."""
        return self.plain and self.text in _EMPTY


class Mapping(NamedTuple):
    """Keys with their values. ``entries``: key text → (the key where it stands, its value), in the order of the
    file.
    """

    entries: dict[str, tuple[Scalar, Node]]
    position: Position


class Sequence(NamedTuple):
    """The items of a list, in the order of the file."""

    items: tuple[Node, ...]
    position: Position


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its displayed name, its lines without ends, its root, its bytes with their sha256 (hex).

    ``data`` is empty where a case was put together from other files.
    """

    name: str
    lines: tuple[str, ...]
    root: Mapping
    digest: str
    data: bytes = field(default=b"", repr=False, compare=False)

    def place_of(self, node: Scalar, text: str, index: int, cluster: str) -> Position:
        """The line and column of a character of a value: the n-th such character from where the value begins."""
        nth = text[:index].count(cluster)
        for offset, line in enumerate(self.lines[node.position.line - 1 :]):
            at = node.position.column - 1 if offset == 0 else 0
            while (column := line.find(cluster, at)) >= 0:
                if nth == 0:
                    place = node.position.line + offset
                    return replace(node.position, line=place, column=column + 1, length=1, excerpt=line)
                nth, at = nth - 1, column + len(cluster)
        return node.position
