"""A form issued for a whole batch of cases: what would be issued is told beforehand, then it is done by date, and
by 案件番号 within a date: so that the numbers of a series run with the dates.

Each document is issued by itself (see `issuing`): a number is taken only when its document is made, so that none is
left out whatever fails in between, and a run that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.case import identity
from generator.case.assess import Assessment
from generator.case.model import Case
from generator.layout import compose
from generator.operations import issue
from generator.operations.check import check_files
from generator.operations.issue import Prospect
from generator.operations.office_register import OfficeRegister
from generator.operations.order import Clerk, Order
from generator.operations.settings import Settings
from generator.problem import Problem, ProblemError, RefusedError, format_problem
from generator.register import budget
from generator.register.budget import Promise
from generator.register.entry import Entry
from generator.register.register import Register
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.workers.pool import Lost, WorkerPool

SECONDS = 120.0  # one case may take to be examined


@dataclass(frozen=True)
class BulkOrder:
    """A form, by its id, that is to be issued in every case that has come to it.

    ``date``: of the documents; None for the date that each case tells. ``year``: only of cases whose governing date
    lies in this 年度 (令和5年度, R5, 2023); '' for all.
    """

    form: str
    date: datetime.date | None = None
    year: str = ""


@dataclass(frozen=True)
class _Assignment:
    """What each worker is sent once."""

    order: BulkOrder
    settings: Settings
    clerk: Clerk


@dataclass(frozen=True)
class Candidate:
    """What one case file has of the form: its documents, those that cannot be issued, and what is wrong with it."""

    path: str
    scheme: str = ""
    number: str = ""
    party: str = ""
    documents: tuple[Prospect, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()  # which, from 1 (0: the case as a whole), and why
    problems: tuple[str, ...] = ()  # formatted, personal contents masked

    @property
    def order(self) -> tuple[object, ...]:
        """The key to sort by: the scheme, then by 案件番号 as people count (R5-2 before R5-10)."""
        return self.scheme, *identity.in_order(self.number), self.path


@dataclass(frozen=True)
class Planned:
    """A document that would be issued, with the number it would get if nothing comes in between."""

    candidate: Candidate
    document: Prospect
    text: str
    later: datetime.date | None = None  # that a document with an earlier number of its series bears


@dataclass(frozen=True)
class Plan:
    """What would become of an order: nothing is issued yet.

    ``planned`` stand in the order in which they are issued. ``issued`` were issued before. ``refused`` cannot be: which
    document of the case, from 1 (0: the case as a whole), and why. ``others``: how many cases have not come to the
    form, or are none of the year.
    """

    order: BulkOrder
    planned: tuple[Planned, ...]
    issued: tuple[tuple[Candidate, Entry], ...]
    refused: tuple[tuple[Candidate, int, str], ...]
    others: int


@dataclass(frozen=True)
class PlanOutcome:
    """What became of a planned document. ``entry`` None: it was refused, for these problems (formatted).

    ``issued_before``: somebody else had issued it meanwhile.
    """

    planned: Planned
    entry: Entry | None
    issued_before: bool = False
    problems: tuple[str, ...] = ()


def refuse_unknown(form: str, schemes: Schemes) -> None:
    """Raise RefusedError for a form that has a number in no scheme."""
    official = dict.fromkeys(e.id for scheme in schemes.all()[0] for e in scheme.forms if e.series)
    if form not in official:
        message, hint = f"番号の付く様式「{form}」はありません", f"使えるのは {'・'.join(official)} です"
        raise RefusedError([Problem(message, hint=hint, code="issue.unknown-form")])


def examine(
    paths: Sequence[Path], order: BulkOrder, settings: Settings, clerk: Clerk, jobs: int = 1
) -> Iterator[Candidate]:
    """What each case file has of the form, as it comes; nothing is written. Files of one 案件番号 are all refused.

    ``jobs``: processes that share the work. Raises ProblemError where the office or its register is at fault.
    """
    twice = identity.same_numbers(paths)
    shared = twice | {first: other for other, first in twice.items()}
    for path, other in shared.items():
        yield Candidate(str(path), refused=((0, identity.same_number(other).message),))
    names, assignment = [str(p) for p in paths if p not in shared], _Assignment(order, settings, clerk)
    if not names:
        return
    pool: WorkerPool[str, Candidate] = WorkerPool(
        functools.partial(_start, assignment), max(1, min(jobs, len(names))), SECONDS
    )
    for result in pool.run(names):
        yield Candidate(result.task, refused=((0, result.reason),)) if isinstance(result, Lost) else result


def _start(assignment: _Assignment) -> Callable[[str], Candidate]:
    schemes, register = assignment.settings.schemes(), OfficeRegister(assignment.settings).opened()

    def work(name: str) -> Candidate:
        try:
            with assignment.settings.fonts_used():
                return _examined(Path(name), assignment, schemes, register)
        except Exception as error:  # the last resort; what it says must not hold the case's contents
            return Candidate(name, refused=((0, f"プログラムの不具合です（{type(error).__name__}）"),))

    return work


def _examined(path: Path, assignment: _Assignment, schemes: Schemes, register: Register) -> Candidate:
    (report,) = check_files([path], schemes, fit=False, register=register)
    problems = tuple(format_problem(p) for p in report.problems)
    case, order = report.case, assignment.order
    if case is None:
        return Candidate(str(path), refused=((0, "案件として読めません"),), problems=problems)
    about = (str(path), case.scheme.id, case.number, case.applicant)
    if (order.year and case.year not in ("", order.year)) or not _has(case.scheme, order.form):
        return Candidate(*about)
    if not report.ok or report.assessment is None:
        return Candidate(*about, refused=((0, "案件に直すところがあります"),), problems=problems)
    documents: list[Prospect] = []
    refused: list[tuple[int, str]] = []
    for nth in _called_for(case, report.assessment, order.form):
        coming = [(document.form, document.nth - 1) for document in documents]
        try:
            documents.append(_prospect(register, report.assessment, schemes, assignment, nth, coming))
        except ProblemError as error:
            refused.append((nth, error.problems[0].message))
    return Candidate(*about, tuple(documents), tuple(refused), problems)


def _has(scheme: Scheme, form: str) -> bool:
    return any(e.id == form and e.series for e in scheme.forms)


def _called_for(case: Case, assessment: Assessment, form: str) -> Iterator[int]:
    """Which documents of a form the case has come to, counted from 1."""
    (form_spec,) = (e for e in case.scheme.forms if e.id == form)
    for stage in case.stages:
        if stage.stage.name != form_spec.stage:
            continue
        if compose.called_for(assessment, stage, form_spec):
            yield (stage.index or 0) + 1


def _prospect(
    register: Register,
    assessment: Assessment,
    schemes: Schemes,
    assignment: _Assignment,
    nth: int,
    coming: Sequence[tuple[str, int]],
) -> Prospect:
    """The document that a case has coming, with the date that is ordered; one that was issued before keeps its own."""
    form = assignment.order.form
    date = None if (form, nth - 1) in register.documents(assessment.case) else assignment.order.date
    return issue.prospect(register, assessment, schemes, Order(form, nth, date), assignment.clerk, coming)


def plan(register: Register, schemes: Schemes, order: BulkOrder, candidates: Iterable[Candidate]) -> Plan:
    """Who would get which number, by date, then in the order of 案件番号; nothing is written.

    Raises ProblemError where no number of the series can be printed at all.
    """
    forecast = _Forecast(register, schemes)
    planned: list[Planned] = []
    issued: list[tuple[Candidate, Entry]] = []
    refused: list[tuple[Candidate, int, str]] = []
    others = 0
    due: list[tuple[datetime.date, Candidate, Prospect]] = []
    for candidate in sorted(candidates, key=lambda f: f.order):
        refused += [(candidate, nth, reason) for nth, reason in candidate.refused]
        others += not candidate.documents and not candidate.refused
        turn = datetime.date.min
        for document in candidate.documents:
            if document.issued is not None:
                issued.append((candidate, document.issued))
                continue
            turn = max(turn, document.date)  # of a list one after the other, whatever the dates
            due.append((turn, candidate, document))
    for _, candidate, document in sorted(due, key=lambda d: (d[1].scheme, d[0])):
        try:
            forecast.afford(candidate, document)
        except ProblemError as error:
            refused.append((candidate, document.nth, error.problems[0].message))
        else:
            later = forecast.later(candidate, document)
            planned.append(Planned(candidate, document, forecast.number(candidate, document), later))
    return Plan(order, tuple(planned), tuple(issued), tuple(refused), others)


class _Forecast:
    """The register and the 予算 as they would be after each document of the plan."""

    def __init__(self, register: Register, schemes: Schemes):
        self.register, self.schemes = register, schemes
        self.entries = register.ledger.entries()
        self.taken: dict[tuple[str, str, str], int] = {}
        self.newest: dict[tuple[str, str, str], str] = {}  # the latest date that the register has in a series and year
        for e in self.entries:
            key = (e.scheme, e.series, e.year)
            self.taken[key] = max(self.taken.get(key, 0), e.taken or 0)
            if e.taken:
                self.newest[key] = max(self.newest.get(key, ""), e.date)
        self.promised: dict[str, dict[str, Promise]] = {}  # by scheme, then by case

    def number(self, candidate: Candidate, document: Prospect) -> str:
        """The next number of the series, as printed."""
        series, key = document.series, (candidate.scheme, document.series.name, document.year)
        next_ = max(self.register.office.start(series.name, document.year), self.taken.get(key, 0) + 1)
        self.taken[key] = next_
        return self.register.office.printed(series, next_)

    def later(self, candidate: Candidate, document: Prospect) -> datetime.date | None:
        """The latest date of the documents issued so far in its series and year, where its own is before that."""
        newest = self.newest.get((candidate.scheme, document.series.name, document.year), "")
        return datetime.date.fromisoformat(newest) if newest > document.date.isoformat() else None

    def afford(self, candidate: Candidate, document: Prospect) -> None:
        """Count what the document promises; ProblemError where the 予算 does not reach."""
        terms = self.schemes.get(candidate.scheme).procedure.budget
        if terms is None or document.promise is None or not self.register.office.budgets:
            return
        if candidate.scheme not in self.promised:
            own = [e for e in self.entries if e.scheme == candidate.scheme]
            self.promised[candidate.scheme] = budget.promises(self.register.archive, own, terms)
        promised = self.promised[candidate.scheme]
        decision = budget.Decision(candidate.number, document.form, document.date, document.promise)
        budget.afford(self.register.office, candidate.scheme, terms, promised, decision)


def carry_out(register: Register, schemes: Schemes, plan: Plan, clerk: Callable[[], Clerk]) -> Iterator[PlanOutcome]:
    """Issue what was planned, one after the other; what is refused takes no number and stops nothing.

    ``clerk`` tells who issues, and at what moment each document.
    """
    for planned in plan.planned:
        path = Path(planned.candidate.path)
        (report,) = check_files([path], schemes, fit=False)
        if not report.ok or report.assessment is None:
            yield PlanOutcome(planned, None, problems=tuple(format_problem(p) for p in report.problems))
            continue
        order = Order(plan.order.form, planned.document.nth, plan.order.date)
        try:
            done = issue.issue(register, report.assessment, schemes, order, clerk())
        except ProblemError as error:
            yield PlanOutcome(planned, None, problems=tuple(format_problem(p) for p in error.problems))
            continue
        yield PlanOutcome(planned, done.entry, done.issued_before)
