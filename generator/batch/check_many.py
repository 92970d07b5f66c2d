"""`yoshiki check` for many cases: a crew of processes checks them, a handful at a time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from generator.operations import pipeline
from generator.operations.pipeline import Checked
from generator.problem import Position, Problem
from generator.scheme.load import Schemes
from generator.workers.pool import Crew, Lost

MANY = 100  # cases from which on several processes are worth their start
_HANDFUL = 8  # cases that are sent at once
_SECONDS = 120.0

_Piece = tuple[str, ...]


def check(paths: Sequence[Path], known: Schemes, folder: Path | None, jobs: int) -> list[Checked]:
    """`pipeline.check`, by ``jobs`` processes: the same Problems in the same order, the cases themselves left out."""
    pipeline.register()  # what is wrong with the office is told here, once
    names = [str(path) for path in paths]
    pieces = [tuple(names[n : n + _HANDFUL]) for n in range(0, len(names), _HANDFUL)]
    found, lost = _run(pieces, folder, min(jobs, len(pieces)))
    if lost:  # one of the handful is to blame; the others are checked after all
        more, lost = _run([(name,) for piece in lost for name in piece], folder, 1)
        found |= more
    for (name,), reason in lost.items():
        found[name] = Checked(Path(name), None, None, (Problem(reason, Position(name, 0, 0)),), failed=True)
    return pipeline.told_apart([found[name] for name in names], known)


def _run(pieces: Sequence[_Piece], folder: Path | None, jobs: int) -> tuple[dict[str, Checked], dict[_Piece, str]]:
    """What was found of each file, and the pieces whose process was lost, with the reason."""
    crew: Crew[_Piece, list[Checked]] = Crew(functools.partial(_start, folder), jobs, _SECONDS)
    found: dict[str, Checked] = {}
    lost: dict[_Piece, str] = {}
    for result in crew.run(pieces):
        if isinstance(result, Lost):
            lost[result.piece] = result.reason
        else:
            found |= {str(one.path): one for one in result}
    return found, lost


def _start(folder: Path | None) -> Callable[[_Piece], list[Checked]]:
    known, register = pipeline.schemes(folder), pipeline.register()

    def work(piece: _Piece) -> list[Checked]:
        checked = (pipeline.check_one(Path(name), known, register) for name in piece)
        return [replace(one, case=None, assessment=None, brief=one.about) for one in checked]

    return work
