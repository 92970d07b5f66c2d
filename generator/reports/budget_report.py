"""The 予算 of each 年度 at this moment: what is set aside, decided, taken up by now, and left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.japan import wareki
from generator.register import budget
from generator.register.register import Register
from generator.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class YearBudget:
    """The 予算 of a scheme in a 年度, in yen. ``limit`` and ``left`` are None where the office has set none."""

    year: str  # 令和5年度
    scheme: str  # its id
    name: str
    cases: int  # that have a decision, withdrawn ones not among them
    limit: int | None  # 予算額
    decided: int  # 決定額, as each decision says
    used: int  # 予算執行額, after what later documents lowered, and what was paid back
    remark: str

    @property
    def left(self) -> int | None:
        """What may still be decided; less than nothing where the 予算 was lowered afterwards."""
        return None if self.limit is None else self.limit - self.used


def budgets(register: Register, schemes: Sequence[Scheme]) -> tuple[YearBudget, ...]:
    """Of each scheme that draws on a 予算, each 年度 for which one is set or a decision was issued, the newest first.

    A 予算 that is set for no scheme by name is told of those that have something in the register, if any has.
    Raises RefusedError where a decision on paper has no amount in the register, and UnavailableError where what was
    issued cannot be read.
    """
    entries = register.ledger.entries()
    drawing = {e.scheme for e in entries} or {scheme.id for scheme in schemes}
    found: list[YearBudget] = []
    for scheme in schemes:
        rule = scheme.procedure.budget
        if rule is None:
            continue
        own = [e for e in entries if e.scheme == scheme.id]
        promises = budget.promises(register.archive, own, rule).values()
        own_years = {year for of, year in register.office.budgets if of == scheme.id}
        common = {year for of, year in register.office.budgets if of == ""} if scheme.id in drawing else set()
        years = {p.year for p in promises} | own_years | common
        for year in years:
            taken = [p for p in promises if p.year == year and p.decided is not None]
            decided, used = sum(p.decided or 0 for p in taken), sum(p.amount for p in taken)
            limit = register.office.budget(scheme.id, year)
            found.append(YearBudget(year, scheme.id, scheme.name, len(taken), limit, decided, used, rule.remark))
    return tuple(sorted(found, key=lambda b: (wareki.closing_day(b.year), b.scheme), reverse=True))
