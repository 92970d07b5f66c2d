"""kill -9 between every two steps of an issue, and again: the same number, whole files, nothing else."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import offices
import pytest
from offices import CLERK, Desk

from generator.operations import issue
from generator.operations.order import Order
from generator.register.register import verify

STEPS = ("locked", "recovered", "numbered", "rendered", "staging made", "04-decision.pdf written",
         "決定一式.xlsx written", "case.yaml written", "texts.json written", "amount.json written", "staged",
         "inserted", "committed", "renamed")  # fmt: skip
COMMITTED = ("committed", "renamed")
QUICK = ("numbered", "staged", "inserted", "committed")  # one of each kind of place; the others are torture

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")


def test_these_are_the_steps(desk: Desk) -> None:
    seen: list[str] = []
    desk.issue(desk.case("A-1"), step=seen.append)
    assert tuple(seen) == STEPS


def killed_then_issued(desk: Desk, step: str) -> None:
    path = desk.case("A-1")
    for attempt in range(2):
        code, given, complaint = offices.start(desk, path, kill=step).finished()
        if attempt and step in COMMITTED:  # the first one had got through: there is no such step any more
            assert (code, given) == (0, [1]), complaint
        else:
            assert (code, given) == (-signal.SIGKILL, []), complaint
    done = desk.issue(path)
    assert (done.entry.number, done.issued_before) == (1, step in COMMITTED)
    assert desk.issue(desk.case("A-2")).entry.number == 2
    register = desk.register()
    assert [e.taken for e in register.ledger.entries()] == [1, 2]
    assert register.archive.stagings() == ()
    assert list(verify(register)) == []
    assert sorted(p.name for p in (register.archive.root / "tiny").iterdir()) == ["A-1", "A-2"]


@pytest.mark.parametrize("step", [s if s in QUICK else pytest.param(s, marks=pytest.mark.torture) for s in STEPS])
def test_killed_at(desk: Desk, step: str) -> None:
    killed_then_issued(desk, step)


@pytest.mark.parametrize(
    "step", ["inserted", *(pytest.param(s, marks=pytest.mark.torture) for s in ("numbered", "staged", *COMMITTED))]
)
def test_killed_at_with_postgresql(tmp_path: Path, new_database: Callable[[], str], step: str) -> None:
    killed_then_issued(offices.office(tmp_path / "office", new_database()), step)


@pytest.mark.parametrize("step", ["inserted", "committed"])
def test_any_command_completes_or_removes_what_was_left(desk: Desk, step: str) -> None:
    offices.start(desk, desk.case("A-1"), kill=step).finished()
    issued: Path = desk.root / "issued"
    assert not (issued / "tiny").exists() and len(list((issued / ".staging").iterdir())) == 1
    register = desk.register()
    assert register.archive.stagings() == ()
    assert (issued / "tiny" / "A-1" / "04-decision" / "04-decision.pdf").is_file() == (step == "committed")
    assert list(verify(register)) == []


def test_committed_by_another_and_not_yet_in_its_place(desk: Desk) -> None:
    """A command that opened the register before sees the entry, and completes it when it comes to its files."""
    for number in ("A-1", "A-2"):
        path, register = desk.case(number), desk.register()
        offices.start(desk, path, kill="committed").finished()
        assert not (register.archive.root / "tiny" / number).exists()
        if number == "A-1":
            assert list(verify(register)) == []
        else:
            assert list(register.issued_files(offices.assessed(path, offices.known()).case)) == [
                "04-decision.pdf",
                "決定一式.xlsx",
            ]


@pytest.mark.parametrize("step", ["staged", "inserted", "committed"])
def test_what_another_left_since_the_register_was_opened(desk: Desk, step: str) -> None:
    """An issue looks again, once it is alone: it may neither find half a document nor leave one lying."""
    path, register, known = desk.case("A-1"), desk.register(), offices.known()
    offices.start(desk, path, kill=step).finished()
    assert register.archive.stagings()
    done = issue.issue(register, offices.assessed(path, known), known, Order("04"), CLERK)
    assert (done.entry.number, done.issued_before) == (1, step == "committed")
    assert done.folder is not None and (done.folder / "04-decision.pdf").is_file()
    assert register.archive.stagings() == ()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="what a file descriptor is, Linux tells")
def test_all_is_on_the_disk_before_the_register_knows_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut is worse than kill -9: every file, and every folder that names it, has to be synced."""
    seen: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    path = desk.case("A-1")
    monkeypatch.setattr(os, "fsync", fsync)
    done = desk.issue(path, step=lambda name: seen.append(f"step {name}"))
    assert done.folder is not None
    issued = desk.root / "issued"
    staging = issued / ".staging" / done.entry.staging
    before, after = set(seen[: seen.index("step inserted")]), set(seen[seen.index("step committed") :])
    assert {str(staging / f".{name}.new") for name in done.entry.hashes} <= before
    assert {str(staging), str(staging.parent), str(issued)} <= before
    # the rename, and the folders made for it
    assert {str(done.folder.parent), str(issued / "tiny"), str(issued), str(staging.parent)} <= after


@pytest.mark.torture
def test_a_killed_one_lets_the_others_on(desk: Desk) -> None:
    """Processes that are killed while others wait for the register."""
    cases = [desk.case(f"A-{n}") for n in range(6)]
    started = [offices.start(desk, path, kill="inserted" if n % 2 else "") for n, path in enumerate(cases)]
    codes = [process.finished()[0] for process in started]
    assert codes == [0, -signal.SIGKILL] * 3
    assert sorted(desk.issue(path).entry.number for path in cases) == [1, 2, 3, 4, 5, 6]
    assert list(verify(desk.register())) == []
