"""`yoshiki check` for many cases: a crew of processes checks them, a handful at a time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from generator.operations.check import Report, check_file, told_apart
from generator.operations.settings import Settings
from generator.problem import Position, Problem
from generator.scheme.load import Schemes
from generator.workers.pool import Crew, Lost

_HANDFUL = 8  # cases that are sent at once
_SECONDS = 120.0

_Piece = tuple[str, ...]


def check(paths: Sequence[Path], known: Schemes, settings: Settings, jobs: int) -> list[Report]:
    """`check_files`, by ``jobs`` processes: the same Problems in the same order, the cases themselves left out."""
    settings.register()  # what is wrong with the office is told here, once
    names = [str(path) for path in paths]
    pieces = [tuple(names[n : n + _HANDFUL]) for n in range(0, len(names), _HANDFUL)]
    found, lost = _run(pieces, settings, min(jobs, len(pieces)))
    if lost:  # one of the handful is to blame; the others are checked after all
        more, lost = _run([(name,) for piece in lost for name in piece], settings, 1)
        found |= more
    for (name,), reason in lost.items():
        found[name] = Report(Path(name), None, None, (Problem(reason, Position(name, 0, 0)),), failed=True)
    return told_apart([found[name] for name in names], known)


def _run(pieces: Sequence[_Piece], settings: Settings, jobs: int) -> tuple[dict[str, Report], dict[_Piece, str]]:
    """What was found of each file, and the pieces whose process was lost, with the reason."""
    crew: Crew[_Piece, list[Report]] = Crew(functools.partial(_start, settings), jobs, _SECONDS)
    found: dict[str, Report] = {}
    lost: dict[_Piece, str] = {}
    for result in crew.run(pieces):
        if isinstance(result, Lost):
            lost[result.piece] = result.reason
        else:
            found |= {str(one.path): one for one in result}
    return found, lost


def _start(settings: Settings) -> Callable[[_Piece], list[Report]]:
    settings.use_fonts()
    known, register = settings.schemes(), settings.reading()

    def work(piece: _Piece) -> list[Report]:
        checked = (check_file(Path(name), known, register) for name in piece)
        return [replace(one, case=None, assessment=None, brief=one.about) for one in checked]

    return work
