"""What the names in a form stand for in a case: in each copy, on each page, in each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Aliases:
    """The first part of a name → the case path it means, and the items of a list that are on this page."""

    heads: dict[str, str]
    chunk: tuple[str, str, int, int] | None = None  # alias, list path, first item, number of items

    def path(self, name: str) -> str:
        """The case path that a name in the form stands for."""
        head, dot, tail = name.partition(".")
        return self.heads.get(head, head) + dot + tail

    def span(self, repeat: str) -> tuple[str, int, int | None]:
        """The list a repetition follows, the first item and at most how many."""
        if self.chunk and repeat == self.chunk[0]:
            return self.chunk[1], self.chunk[2], self.chunk[3]
        return self.path(repeat), 0, None


@dataclass(frozen=True)
class FormCopy:
    """One copy of a form, with what its texts may name."""

    aliases: dict[str, str]
    context: dict[str, Any]
    called: str = ""  # of a copy that is there only in case that it is needed
