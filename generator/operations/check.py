"""Check: whether a case can be read, follows the rules, says what was issued, and fits into its forms.

Nothing is written. One file after the other, or one case by itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.case import assess, identity
from generator.case.assess import Assessment
from generator.case.build import build_case, load_case
from generator.case.model import Case
from generator.japan import open_days, wareki
from generator.layout import overflow
from generator.problem import Problem, ProblemError, RefusedError, UnavailableError, in_order
from generator.scheme.load import Schemes
from generator.scheme.roles import Role
from generator.source.nodes import Source
from generator.source.read import parse, read
from generator.typography.fonts import unprintable

if TYPE_CHECKING:
    from generator.register.records import Records


@dataclass(frozen=True)
class Brief:
    """What is told of a case that was checked in another process, or that has not changed since it was rendered."""

    scheme: str
    number: str
    stages: tuple[str, ...]  # labels of those it has reached
    assessed: bool


@dataclass(frozen=True)
class Report:
    """What is known of one case file."""

    path: Path
    case: Case | None
    assessment: Assessment | None
    problems: tuple[Problem, ...]
    failed: bool = False  # not the case is to blame, but the scheme's files or missing fonts
    brief: Brief | None = None  # where case and assessment are not at hand

    @property
    def ok(self) -> bool:
        """Whether the amounts of the case could be computed and no problem is an error; warnings do not count."""
        assessed = self.brief.assessed if self.brief else self.assessment is not None
        return assessed and not any(p.level == "error" for p in self.problems)

    @property
    def about(self) -> Brief | None:
        """What the case is called; None where there is no case to speak of."""
        if self.case is None:
            return self.brief
        stages = tuple(s.label for s in self.case.stages)
        return Brief(self.case.scheme.id, self.case.number, stages, self.assessment is not None)


def check_files(
    paths: Sequence[Path], schemes: Schemes, fit: bool = True, register: Records | None = None
) -> list[Report]:
    """Read and assess each case; two files of the run may not share a 案件番号 (case ignored).

    ``fit``: also whether every text fits into its form, which `render` finds out by itself.
    ``register``: also whether the case, edited since, would change a document that was issued.
    """
    records = register.reading() if register else None
    return told_apart([check_file(path, schemes, records, fit) for path in paths], schemes)


def check_file(
    path: Path,
    schemes: Schemes,
    register: Records | None = None,
    fit: bool = True,
    data: bytes | None = None,
) -> Report:
    """`check_files` for one case, whatever the numbers of others.

    ``data``: its contents, of a file on another computer.
    """
    return _completed(assessed(path, schemes, data), schemes, register, fit)


def check_source(source: Source, schemes: Schemes, records: Records | None = None, fit: bool = True) -> Report:
    """`check_file` of a case that was read already."""
    return _completed(_assessed(source, schemes), schemes, records, fit)


def assessed_source(source: Source, schemes: Schemes, records: Records | None = None, fit: bool = False) -> Assessment:
    """The amounts of a case in which nothing is wrong.

    Raises RefusedError with what is, or UnavailableError where not the case is to blame, but its scheme or the fonts.
    """
    report = check_source(source, schemes, records, fit)
    if not report.ok or report.assessment is None:
        raise UnavailableError(report.problems) if report.failed else RefusedError(report.problems)
    return report.assessment


def _completed(report: Report, schemes: Schemes, records: Records | None, fit: bool) -> Report:
    if records is not None and report.case is not None:  # at a desk: the holidays are slow to load
        report = replace(report, problems=(*report.problems, *_on_closed_days(report.case)))
    report = _as_issued(report, schemes, records)
    return _fitting(report) if fit else report


def told_apart(results: list[Report], schemes: Schemes) -> list[Report]:
    """The same, with a Problem for each case whose 案件番号 an earlier one has."""
    first: dict[tuple[str, str], Path] = {}
    for n, report in enumerate(results):
        about = report.about
        if about is None or not about.number:
            continue
        key = (about.scheme, about.number.upper())
        if key in first and first[key].resolve() != report.path.resolve():
            same = identity.same_number(first[key])
            case = report.case or load_case(report.path, schemes)[0]
            problem = case.problem("案件番号", same.message, same.hint, code=same.code)
            results[n] = replace(report, problems=(*report.problems, problem))
        first.setdefault(key, report.path)
    return results


def assessed(path: Path, schemes: Schemes, data: bytes | None = None) -> Report:
    """The case by itself: neither held against the register nor laid out."""
    try:
        source = read(path) if data is None else parse(data, str(path))
    except ProblemError as error:
        return _unreadable(path, error)
    return _assessed(source, schemes)


def _unreadable(path: Path, error: ProblemError) -> Report:
    return Report(path, None, None, error.problems, failed=isinstance(error, UnavailableError))


def _assessed(source: Source, schemes: Schemes) -> Report:
    path = Path(source.name)
    try:
        case, problems = build_case(source, schemes, unprintable)
        assessment, unmet = assess.assess(case)
    except ProblemError as error:
        return _unreadable(path, error)
    ordered = in_order(dict.fromkeys((*problems, *unmet)))
    if assessment is None and not ordered:
        ordered.append(assess.undated(case))
    return Report(path, case, assessment, tuple(ordered))


def _as_issued(report: Report, schemes: Schemes, register: Records | None) -> Report:
    if register is None or report.assessment is None or not report.ok:
        return report
    from generator.operations.edits_after_issue import (
        problems_since_issue,  # slow to load, and only an office has use for it
    )

    try:
        problems = problems_since_issue(register, report.assessment, schemes)
    except ProblemError as error:
        problems = list(error.problems)
    return replace(report, problems=(*report.problems, *problems))


def _on_closed_days(case: Case) -> Iterator[Problem]:
    """A remark on each date of the office's own on which it is closed: of a document, and of a stage for which the
    applicant writes nothing."""
    for stage in case.stages:
        forms = case.scheme.forms_of(stage.stage.name)
        own = [form.date for form in forms if form.role is Role.OFFICE and form.date]
        own += [] if any(form.role is Role.APPLICANT for form in forms) else [stage.stage.date]
        for path in dict.fromkeys(stage.path(date) for date in own):
            day = case.get(path)
            if isinstance(day, datetime.date) and not open_days.is_open(day):
                message = f"{wareki.format_date(day)}（{'月火水木金土日'[day.weekday()]}）は、役所の閉まっている日です"
                yield case.problem(path, message, "日付を確かめてください", level="warning", code="check.closed-day")


def _fitting(report: Report) -> Report:
    try:
        if report.ok and report.assessment is not None:
            misfits = [p for stage in report.assessment.case.stages for p in overflow.misfits(report.assessment, stage)]
            return replace(report, problems=(*report.problems, *misfits))
    except ProblemError as error:
        return replace(report, problems=(*report.problems, *error.problems))
    return report
