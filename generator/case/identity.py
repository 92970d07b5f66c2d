"""What a case file calls itself, before it is read: its first two lines, by which thousands are told apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.problem import Problem, ProblemError
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.source.nodes import Scalar
from generator.source.read import bytes_of, read

_HEAD = re.compile("(?:#[^\n]*\n|[ \r]*\n)*制度: ([0-9A-Za-z-]+) *\r?\n案件番号: ([0-9A-Za-z-]+) *\r?\n".encode())


@dataclass(frozen=True)
class Named:
    """A case file by what it calls itself, the rest of it unread."""

    path: Path
    scheme: Scheme
    number: str
    digest: str  # sha256 of its bytes


def named(path: Path, schemes: Schemes, data: bytes | None = None) -> Named | None:
    """What a case file calls itself, where the two lines stand first as they should; None where they do not.

    ``data``: its contents, of a file that is on another computer.
    """
    try:
        data = bytes_of(path) if data is None else data
        names = stated(data)
        scheme = schemes.get(names[0]) if names else None
    except (KeyError, ProblemError):
        return None
    return Named(path, scheme, names[1], hashlib.sha256(data).hexdigest()) if names and scheme else None


def stated(data: bytes) -> tuple[str, str] | None:
    """制度 and 案件番号 by the first two lines of a case, where they stand there as they should."""
    match = _HEAD.match(data)
    return (match[1].decode(), match[2].decode()) if match else None


def head(path: Path) -> tuple[str, str]:
    """制度 and 案件番号 of a case file; '' for what cannot be read."""
    try:
        with path.open("rb") as file:
            match = _HEAD.match(file.read(2048))
        if match:
            return match[1].decode(), match[2].decode()
        entries = read(path).root.entries
    except (OSError, ValueError, ProblemError):  # ValueError: no UTF-8, or a NUL in the name
        return "", ""
    scheme, number = (entries[key][1] if key in entries else None for key in ("制度", "案件番号"))
    return (scheme.text if isinstance(scheme, Scalar) else ""), (number.text if isinstance(number, Scalar) else "")


def same_numbers(paths: Sequence[Path]) -> dict[Path, Path]:
    """Each file whose 制度 and 案件番号 stand in an earlier file of the run already (case ignored), and that file.

    Where the two lines stand first, as they should, only they are read: thousands of cases are told apart before any
    work begins. Of any other spelling the whole file is read; one that cannot be read is left to `check`.
    """
    first: dict[tuple[str, str], Path] = {}
    twice: dict[Path, Path] = {}
    for path in paths:
        scheme, number = head(path)
        if scheme and number:
            before = first.setdefault((scheme, number.upper()), path)
            if before != path:
                twice[path] = before
    return twice


def same_number(other: Path) -> Problem:
    """What is said of a case whose 案件番号 another case of the run has, the file ``other``."""
    hint = "案件ごとに別の番号を付けてください（大文字と小文字は区別しません）"
    return Problem(f"案件番号が {other} と同じです", hint=hint, code="check.same-number")


def in_order(number: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """A key that sorts 案件番号 as people count: R5-2 before R5-10."""
    parts = re.findall(r"([^0-9]*)([0-9]*)", number.upper())
    return tuple((words, int(digits or -1)) for words, digits in parts), number
