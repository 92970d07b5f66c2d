"""The office: its register, what is entered there by hand, and a form issued for many cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from generator.api.with_settings import each_with_settings, with_settings
from generator.batch import issue_many
from generator.batch.issue_many import BulkOrder, Candidate, Plan, PlanOutcome
from generator.batch.options import fiscal_year
from generator.case.model import Case
from generator.operations import corrections
from generator.operations.begin_year import begin_year
from generator.operations.check import assessed_source
from generator.operations.corrections import PaperDocument, VoidNumber
from generator.operations.office_register import OfficeRegister
from generator.operations.order import Clerk
from generator.operations.processes import refuse_jobs
from generator.operations.settings import Settings
from generator.problem import Problem
from generator.register.entry import Entry
from generator.register.register import verify
from generator.reports.budget_report import YearBudget, budgets
from generator.reports.ledger_report import LedgerReport
from generator.scheme.load import Schemes


class Office:
    """The office of a `Workspace`, which gives it. Each call goes by what its settings and register say then.

    Every method raises ProblemError where the settings, the keys or the register cannot be read. ``scheme`` is a
    scheme's id; UnreadableError for one that is not at hand.
    """

    def __init__(self, settings: Settings, schemes: Schemes, register: OfficeRegister) -> None:
        self.settings, self._schemes, self._register = settings, schemes, register

    def ledger(self) -> LedgerReport:
        """The register as it is read: every entry, with the value that vouches for them."""
        return LedgerReport(self._register.opened().ledger.entries(), self.settings.fonts)

    def begin_year(self, year: str, amount: int, scheme: str = "") -> str:
        """Write the 予算 of a 年度 into the office's yoshiki.toml: yen, of all schemes or of the one with this id; the
        name of the 年度 is given back. Raises RefusedError for what is no year, or where it has a 予算 already."""
        assert self.settings.office is not None
        return begin_year(self.settings.office, year, amount, self._schemes.named(scheme).id if scheme else "")

    @with_settings
    def budgets(self) -> tuple[YearBudget, ...]:
        """The 予算 of each scheme and 年度, at this moment: set aside, decided, taken up and left, in yen; the newest
        年度 first. Raises RefusedError where a decision given on paper was entered without its amount."""
        return budgets(self._register.opened(), self._schemes.all()[0])

    def verify(self, head: str = "") -> tuple[Problem, ...]:
        """All that is wrong with the register and the issued documents: changed, missing, added.

        ``head``: the value at the end of a register that was read earlier, or how it begins, which still has to be
        there; '' for none.
        """
        return tuple(verify(self._register.opened(), head))

    @with_settings
    def record(self, scheme: str, paper: PaperDocument, clerk: Clerk) -> Entry:
        """Enter a number that was given on paper. Raises RefusedError where it is taken, or would leave a gap."""
        return corrections.record(self._register.opened(), self._schemes.named(scheme), paper, clerk)

    @with_settings
    def void(self, scheme: str, spoiled: VoidNumber, clerk: Clerk) -> Entry:
        """Declare a number void: one that was given, whose document is then no longer valid, or the next one.

        Raises RefusedError where there is no reason, it is void already, or it would leave a gap.
        """
        return corrections.void(self._register.opened(), self._schemes.named(scheme), spoiled, clerk)

    @with_settings
    def release(self, case: Case, clerk: Clerk) -> Entry:
        """Note that the money which a case's decision promised is free again: all of it after a 取下げ, and what was
        paid back before 出納閉鎖 (戻入).

        Raises RefusedError where the case is not right, is in no such state, or has no decision.
        """
        register = self._register.opened()
        return corrections.release(register, assessed_source(case.source, self._schemes, register.reading()), clerk)

    @each_with_settings
    def examine(self, paths: Sequence[Path], order: BulkOrder, clerk: Clerk, jobs: int = 1) -> Iterator[Candidate]:
        """What each case file has of the form that is to be issued, as it comes, by ``jobs`` processes.

        Nothing is written. One bad case never stops the rest: what is wrong with it is in its Candidate. Raises
        RefusedError for a form that has a number in no scheme, for what is no year, and for ``jobs`` below 1.
        """
        refuse_jobs(jobs)
        issue_many.refuse_unknown(order.form, self._schemes)
        order = replace(order, year=fiscal_year(order.year))
        return issue_many.examine(paths, order, self.settings, clerk, jobs)

    @with_settings
    def plan(self, order: BulkOrder, candidates: Iterable[Candidate]) -> Plan:
        """Who would get which number, by date, then in the order of 案件番号; nothing is written.

        Raises RefusedError where no number of the series can be printed at all.
        """
        return issue_many.plan(self._register.opened(), self._schemes, order, candidates)

    @each_with_settings
    def carry_out(self, plan: Plan, clerk: Callable[[], Clerk]) -> Iterator[PlanOutcome]:
        """Issue what was planned, one document after the other; what is refused takes no number and stops nothing.

        ``clerk`` tells who issues, and at what moment each document.
        """
        return issue_many.carry_out(self._register.opened(), self._schemes, plan, clerk)
