"""What is wrong, where, and how to mend it: one form for every error a user sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, NamedTuple

_KEY = re.compile(r"[ \t]*(?:- +)*\{? *[^\s,:{}\[\]\"'-][^\s,:{}\[\]\"']{0,29}:[ \t]*(?=\S)")
_ITEM = re.compile(r"[ \t]*(?:- +)+")


@dataclass(unsafe_hash=True, slots=True)
class Position:
    """A place in a text file (line and column count from 1, columns in code points) or a cell of a workbook.

    Never changed. It is not frozen, because every node of a file has one, and a frozen one takes three times as long.
    """

    file: str
    line: int
    column: int
    length: int = 1
    excerpt: str = ""  # the source line, for the caret
    cell: str = (
        ""  # 「第２号様式 別紙」E12 in a workbook, or the field of a PDF; line and column then only tell the order
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``code`` is its stable name (``case.unknown-key``: the room, then what is wrong): programs go by it, never by the
    words of ``message``. ``item`` names the form's item (第２号様式別紙「単価」). ``private``: the value is a name,
    birth date, address or sex, so the excerpt shows the key only.
    """

    message: str
    position: Position | None = None
    item: str = ""
    hint: str = ""
    basis: str = ""
    level: str = "error"  # error | warning
    private: bool = False
    code: str = ""

    def as_json(self) -> dict[str, object]:
        """The problem as `yoshiki check --json` prints it: flat, with None for what is not known."""
        at = self.position
        return {
            "level": self.level,
            "code": self.code,
            "message": self.message,
            "file": at.file if at else None,
            "line": at.line if at and not at.cell else None,
            "column": at.column if at and not at.cell else None,
            "cell": (at.cell or None) if at else None,
            "item": self.item or None,
            "hint": self.hint or None,
            "basis": self.basis or None,
        }

    def kept(self) -> dict[str, Any]:
        """All of it but the file's name, to be read by `again`; nothing personal."""
        kept = asdict(self)
        if self.position:
            kept["position"]["file"] = ""
            if self.private:
                kept["position"]["excerpt"] = _masked(self.position.excerpt)
        return kept

    @classmethod
    def restored(cls, values: object, file: str) -> Problem:
        """What `kept` gave, of a file that may have another name by now; TypeError for anything else."""
        if not isinstance(values, dict) or values.keys() != cls.__dataclass_fields__.keys():
            raise TypeError("not a problem that was kept")
        position = Position(**values["position"] | {"file": file}) if values["position"] else None
        return cls(**values | {"position": position})


class Wording(NamedTuple):
    """What is said of a mistake wherever it stands: the message, how to mend it, and the Problem's code."""

    message: str
    hint: str
    code: str


class ProblemError(Exception):
    """Raised where work cannot go on; carries every Problem found so far. Its subclasses say whose move it is."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("; ".join(p.message for p in self.problems))


class UnreadableError(ProblemError):
    """What was given (a case, a returned file, settings) cannot be read as what it should be: mend it."""


class RefusedError(ProblemError):
    """What was given is readable, but the rules or the state of the register do not allow what is asked."""


class UnavailableError(ProblemError):
    """Not what was given is at fault, but what the program needs: a font, a disk, a database, a cluster."""


class SchemeError(UnavailableError):
    """The files of a scheme are at fault: its author mends them, not whoever wrote the case."""


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems as a reader meets them: cells of a returned file, what has no place, then files line by line."""
    return sorted(problems, key=_place)


def _place(problem: Problem) -> tuple[bool, str, int, int]:
    at = problem.position
    return (not at.cell, at.file, at.line, at.column) if at else (True, "", 0, 0)


def display_width(text: str) -> int:
    """Columns a terminal gives the text: two for a wide character, none for a combining one."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=8192)  # characters, of which a table of many cases has the same again and again
def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def nearest(word: str, words: Iterable[str]) -> str:
    """The one of the words that is most like this one, or '' where none is alike."""
    import difflib  # slow to load, and only needed after a slip

    matches = difflib.get_close_matches(word, list(words), n=1, cutoff=0.5)
    return matches[0] if matches else ""


def _masked(excerpt: str) -> str:
    """The line as far as its first key; nothing of a line that does not begin with one."""
    match = _KEY.match(excerpt) or _ITEM.match(excerpt)
    return (match[0] if match else "") + "…"


def format_problem(problem: Problem) -> str:
    """The message as a clerk reads it: place, item, sentence, the line with a caret, the remedy."""
    at = problem.position
    parts = []
    if at:
        place = f" {at.cell}" if at.cell else f":{at.line}:{at.column}" if at.line else ""
        parts.append(f"{at.file}{place}: ")
    if problem.level == "warning":
        parts.append("注意: ")
    if problem.item:
        parts.append(f"{problem.item}: ")
    lines = ["".join(parts) + problem.message]
    if at and at.excerpt.strip():
        shown = at.excerpt.expandtabs(4) if "\t" not in at.excerpt[: at.column - 1] else at.excerpt.replace("\t", " ")
        before = display_width(shown[: at.column - 1])
        if problem.private:
            shown, length = _masked(shown), 1
        else:
            length = max(1, display_width(shown[at.column - 1 : at.column - 1 + at.length]))
        if len(shown) > 120:  # a 400 character answer would bury the caret
            shown, length = shown[:118] + "…", min(length, 40)
        before = min(before, display_width(shown))
        lines.append(f"{at.line:5d} | {shown}")
        lines.append(" " * 6 + "| " + " " * before + "^" * length)
    remedy = []
    if problem.hint:
        remedy.append(f"直し方: {problem.hint}")
    if problem.basis:
        remedy.append(f"根拠: {problem.basis}")
    if remedy:
        lines.append("   " + "　".join(remedy))
    return "\n".join(lines)
