"""Many processes issue at once: no number is left out, given twice or lost."""

from __future__ import annotations

import sys

import offices
import pytest
from offices import Desk

from generator.register.register import verify

PROCESSES, EACH = 4, 6


@pytest.mark.skipif(sys.platform == "win32", reason="slow to start processes there")
def test_processes_at_once(either: Desk) -> None:
    shared = either.case("S-1")
    cases = [[either.case(f"P{p}-{n}") for n in range(EACH)] for p in range(PROCESSES)]
    # every process also issues one common case, each at another moment
    started = [offices.start(either, *own[: 2 * p], shared, *own[2 * p :]) for p, own in enumerate(cases)]
    while any(process.running() for process in started):
        assert list(verify(either.register())) == []  # at every moment, also between a commit and its rename
    numbers = []
    for process in started:
        code, given, complaint = process.finished()
        assert code == 0, complaint
        assert len(given) == EACH + 1
        numbers.append(given)
    common = {given[2 * p] for p, given in enumerate(numbers)}
    assert len(common) == 1
    own = [n for p, given in enumerate(numbers) for at, n in enumerate(given) if at != 2 * p]
    assert sorted([*own, *common]) == list(range(1, PROCESSES * EACH + 2))
    for given in numbers:
        assert [n for n in given if n not in common] == sorted(n for n in given if n not in common)
    register = either.register()
    entries = register.ledger.entries()
    assert [e.taken for e in entries] == list(range(1, PROCESSES * EACH + 2))
    assert list(verify(register)) == []
    assert register.archive.stagings() == ()
    for entry in entries:
        assert (register.archive.root / entry.folder / "04-decision.pdf").is_file()
