"""What is wrong with many cases, and where they stand: nothing is worked out again that has not changed since.

Cases whose result an earlier run has kept are told of at once; the others are worked out by several processes, a few
at a time. Cases themselves are not held: what comes back are plain values.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.case import identity
from generator.case.model import Case
from generator.operations.check import Brief, Report, check_file, told_apart
from generator.operations.office_register import OfficeRegister
from generator.operations.processes import MANY, processes
from generator.operations.settings import Settings
from generator.problem import Position, Problem, ProblemError, format_problem
from generator.register.archive import Archive
from generator.register.tracked_records import TrackedRecords
from generator.reports import status
from generator.reports.overview import Standing
from generator.scheme.load import Schemes
from generator.source.read import bytes_of
from generator.storage import fingerprint
from generator.typography import fonts
from generator.workers.pool import Lost, WorkerPool

if TYPE_CHECKING:
    from generator.register.register import Reading

_CHUNK = 8  # cases that are sent at once
_SECONDS = 120.0

_Chunk = tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What is asked of every case; sent to each process once.

    ``fit``: whether every text fits into its form. ``day``: the day for which each case gets its row in the overview;
    None: no rows are wanted.
    """

    settings: Settings
    fit: bool = True
    day: date | None = None


@dataclass(frozen=True)
class _Answer:
    """``key``: of what it depends on, as it was when the case was read; '' where it must be worked out each time."""

    standing: Standing
    key: str
    read: tuple[tuple[str, str, str], ...] = ()  # issued files that were read: folder, name, SHA-256


def survey(paths: Sequence[Path], question: Question, jobs: int | None = None) -> list[Standing]:
    """The answer for each file, in this order, cases and assessments left out; two may not share a 案件番号.

    ``jobs``: how many processes; None: one for each processor where there are many cases. Raises ProblemError where
    the office or its register cannot be read.
    """
    surveyor = _Surveyor(question)
    places = {str(path): path for path in paths}
    names = list(places)
    cache = question.settings.results() if len(names) >= MANY else None
    standings: dict[str, Standing] = {}
    if cache:
        for name in names:
            key = surveyor.key(name, places[name])
            kept = cache.get(key) if key else None
            standing = surveyor.restored(name, places[name], kept) if kept else None
            if standing:
                standings[name] = standing
    rest = [name for name in names if name not in standings]
    for answer in _worked_out(rest, question, surveyor, processes(len(rest), jobs)):
        standings[str(answer.standing.report.path)] = answer.standing
        if cache and answer.key:
            cache.put(answer.key, _plain(answer))
    if cache:
        cache.save()
    reports = told_apart([standings[str(path)].report for path in paths], surveyor.schemes)
    return [replace(standings[str(path)], report=report) for path, report in zip(paths, reports, strict=True)]


class _Surveyor:
    """What one process needs to answer."""

    def __init__(self, question: Question):
        self.question = question
        self.schemes: Schemes = question.settings.schemes()
        self.register: Reading | None = OfficeRegister(question.settings).reading()
        self._digests: dict[str, str] = {}  # of the schemes, as they were when this run began

    @functools.cached_property
    def _always(self) -> tuple[str, ...]:
        """What every answer depends on."""
        question = self.question
        kind = f"{question.fit} {question.day is not None} {self.register is not None}"
        return kind, fingerprint.program(), fonts.digest() if question.fit else ""

    def _key(self, name: str, case: str, scheme: str, issued: str) -> str:
        return "\n".join((*self._always, case, scheme, issued, name))

    def key(self, name: str, path: Path) -> str:
        """The key of all that the answer depends on, before anything is worked out; '' where that cannot be told."""
        try:
            data = bytes_of(path)
            names = identity.stated(data)
            if names is None:
                return ""
            if names[0] not in self._digests:
                self._digests[names[0]] = self.schemes.get(names[0]).digest
            issued = self.register.fingerprint_of(*names) if self.register else ""
        except (KeyError, ProblemError):  # told where the case is worked out
            return ""
        return self._key(name, hashlib.sha256(data).hexdigest(), self._digests[names[0]], issued)

    def restored(self, name: str, path: Path, values: Mapping[str, Any]) -> Standing | None:
        """What was kept; None where an issued file that was read for it is no longer the same."""
        if values["read"] and not (self.register and _all_there(self.register.register.archive, values["read"])):
            return None
        brief = None
        if values["about"]:
            scheme, number, stages, assessed = values["about"]
            brief = Brief(scheme, number, tuple(stages), assessed)
        problems = tuple(Problem.restored(p, name) for p in values["problems"])
        day = self.question.day
        row = status.restored(values["row"], day) if values["row"] and day else None
        return Standing(Report(path, None, None, problems, brief=brief), row)

    def answer(self, name: str) -> _Answer:
        """Work a case out."""
        path, question = Path(name), self.question
        records = TrackedRecords(self.register) if self.register else None
        try:
            data = bytes_of(path)
        except ProblemError:
            data = None  # told below
        report = check_file(path, self.schemes, records, question.fit, data)
        row, case = None, report.case
        if case and question.day:
            numbers = records.numbers(case) if records and case.number else None
            row = status.row(case, report.assessment, question.day, numbers)
        plain = replace(report, case=None, assessment=None, brief=report.about)
        lasting = not plain.failed and all(_told_again(p, name) for p in plain.problems)
        key = self._key_of(name, data, case) if data is not None and lasting else ""
        if records and records.failed:
            key = ""
        return _Answer(Standing(plain, row), key, tuple(records.files) if records else ())

    def _key_of(self, name: str, data: bytes, case: Case | None) -> str:
        """`key` of what was read now, whatever has changed since it was asked for before."""
        names = identity.stated(data)
        if names is None or (case and (case.scheme.id, case.number) != names):
            return ""
        issued = ""
        if self.register:
            issued = self.register.fingerprint(case) if case else self.register.fingerprint_of(*names)
        try:
            scheme = case.scheme if case else self.schemes.get(names[0])
        except (KeyError, ProblemError):
            return ""
        return self._key(name, hashlib.sha256(data).hexdigest(), scheme.digest, issued)


def _told_again(problem: Problem, name: str) -> bool:
    """Whether a Problem that was kept, with what is personal masked, is told in the same words as now."""
    restored = Problem.restored(problem.kept(), name)
    return restored.as_json() == problem.as_json() and format_problem(restored) == format_problem(problem)


def _all_there(archive: Archive, files: Iterable[Sequence[str]]) -> bool:
    return all(archive.has(folder, name, digest) for folder, name, digest in files)


def _plain(answer: _Answer) -> dict[str, Any]:
    """An answer as JSON has it, to be read by `_Surveyor.issued_before`; nothing that hangs on the day."""
    report, row = answer.standing.report, answer.standing.row
    about = report.about
    return {
        "about": about and [about.scheme, about.number, about.stages, about.assessed],
        "problems": [p.kept() for p in report.problems],
        "row": row and status.kept(row),
        "read": answer.read,
    }


def _worked_out(names: Sequence[str], question: Question, surveyor: _Surveyor, jobs: int) -> Iterator[_Answer]:
    """The answers as they come."""
    if jobs == 1:
        yield from map(surveyor.answer, names)
        return
    chunks = [tuple(names[n : n + _CHUNK]) for n in range(0, len(names), _CHUNK)]
    lost: list[Lost[_Chunk]] = []
    yield from _by_processes(chunks, question, min(jobs, len(chunks)), lost)
    singles = [(name,) for chunk in lost for name in chunk.task]
    alone: list[Lost[_Chunk]] = []
    yield from _by_processes(singles, question, 1, alone)  # one of the chunk is to blame; the others are fine
    for gone in alone:
        (name,) = gone.task
        problem = Problem(gone.reason, Position(name, 0, 0), code="batch.process-lost")
        report = Report(Path(name), None, None, (problem,), failed=True)
        yield _Answer(Standing(report, None), "")


def _by_processes(
    chunks: Sequence[_Chunk], question: Question, jobs: int, lost: list[Lost[_Chunk]]
) -> Iterator[_Answer]:
    pool: WorkerPool[_Chunk, list[_Answer]] = WorkerPool(functools.partial(_start, question), jobs, _SECONDS)
    for result in pool.run(chunks):
        if isinstance(result, Lost):
            lost.append(result)
        else:
            yield from result


def _start(question: Question) -> Callable[[_Chunk], list[_Answer]]:
    surveyor = _Surveyor(question)

    def work(chunk: _Chunk) -> list[_Answer]:
        with question.settings.fonts_used():
            return [surveyor.answer(name) for name in chunk]

    return work
