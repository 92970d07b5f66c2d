"""A case's own file is written by one at a time, and only by whoever has read what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

from generator.problem import Position, Problem, ProblemError, RefusedError
from generator.source.nodes import Mapping, Node, Scalar, Sequence
from generator.source.read import bytes_of, parse

CaseLock = Callable[[Path], AbstractContextManager[Any]]  # of the file of a case: waits for whoever writes it
_TOLD = 5  # items that have changed


def lock_beside(case: Path) -> AbstractContextManager[Any]:
    """The lock of a case among the programs of one computer: a file beside it."""
    from filelock import FileLock  # slow to load, and `check` writes nothing

    return FileLock(case.with_name(f".{case.name}.lock"), timeout=60, mode=0o600)


@contextmanager
def unchanged(case: Path, before: bytes, lock: CaseLock = lock_beside) -> Iterator[None]:
    """Keep every other writer away from the file of a case that was read as ``before``.

    Raises RefusedError, which names the items that differ, where the file has changed since, by an editor too;
    UnreadableError where it cannot be read any more.
    """
    bytes_of(case)  # told before anything is made beside it
    with lock(case):
        now = bytes_of(case)
        if now != before:
            names = _changes(before, now)
            told = (
                f"（変わったところ: {'、'.join(names[:_TOLD])}{' など' if len(names) > _TOLD else ''}）"
                if names
                else ""
            )
            message, hint = f"読んでいる間に、案件のファイルが変えられました{told}", "もう一度実行してください"
            raise RefusedError([Problem(message, Position(str(case), 0, 0), hint=hint, code="storage.case-changed")])
        yield


def _changes(before: bytes, now: bytes) -> list[str]:
    """The items that differ, without what they say; none where one of the two is no case."""
    try:
        return list(_differences(parse(before, "").root, parse(now, "").root, ""))
    except ProblemError:
        return []


def _differences(left: Node | None, right: Node | None, path: str) -> Iterator[str]:
    match left, right:
        case Mapping(), Mapping():
            for key in dict.fromkeys((*left.entries, *right.entries)):
                below = f"{path}.{key}" if path else key
                yield from _differences(_entry(left, key), _entry(right, key), below)
        case Sequence(), Sequence():
            for n, pair in enumerate(zip_longest(left.items, right.items)):
                yield from _differences(*pair, f"{path}（{n + 1}件目）")
        case Scalar(), Scalar() if left.text == right.text and left.plain == right.plain:
            return
        case _:
            yield path


def _entry(at: Mapping, key: str) -> Node | None:
    return at.entries[key][1] if key in at.entries else None
