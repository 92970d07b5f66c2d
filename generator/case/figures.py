"""What one case gives to the year's report: its 年度, its amounts with their days, its expenses by category."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from generator.case.assess import Assessment
from generator.case.model import Case
from generator.formula.errors import FormulaError
from generator.scheme.duties import Expense, Figure
from generator.values import is_amount


@dataclass(frozen=True, slots=True)
class Figures:
    """What a case gives to the year's report, in plain values only, so that it can be written down and sent about.

    Amounts are yen.
    """

    year: str = ""  # 令和5年度: that of the governing date; '' where it is unknown
    amounts: tuple[tuple[str, int | None, str], ...] = ()  # label, amount, the day in which it counts (ISO, or '')
    expenses: tuple[tuple[str, str, int], ...] = ()  # label, category, sum


def figures(case: Case, assessment: Assessment | None) -> Figures:
    """The figures of a case as far as they are known. A date that is missing or unreadable is ''."""
    annual = case.scheme.procedure.annual
    amounts: list[tuple[str, int | None, str]] = []
    for figure in annual.figures:
        amounts += _amounts(case, assessment, figure)
    return Figures(
        year=case.year,
        amounts=tuple(amounts),
        expenses=tuple(row for e in annual.expenses for row in _expenses(case, assessment, e)),
    )


def _amounts(case: Case, assessment: Assessment | None, figure: Figure) -> Iterator[tuple[str, int | None, str]]:
    """What a figure is: one amount, or one for each item of its list."""
    stage = next((s for s in case.stages if s.stage.name == figure.value.stage), None) if figure.of else None
    items = case.get(f"{figure.value.stage}.{figure.of}") if figure.of else None
    places: list[int | None] = list(range(len(items) if isinstance(items, list) else 0)) if figure.of else [None]
    for index in places:
        try:
            value = assessment.evaluate(figure.value, stage, index) if assessment else None
        except FormulaError:
            value = None
        day = case.get(figure.date if index is None else f"{figure.value.stage}.{figure.of}[{index}].{figure.date}")
        whole = is_amount(value) and isinstance(day, datetime.date)
        yield figure.label, value if whole else None, day.isoformat() if whole else ""


def _expenses(case: Case, assessment: Assessment | None, expense: Expense) -> list[tuple[str, str, int]]:
    base = f"{expense.stage}.{expense.list}"
    items = case.get(base)
    sums: dict[str, int] = {}
    for n in range(len(items) if isinstance(items, list) else 0):
        category = case.get(f"{base}[{n}].{expense.category}")
        if not expense.amount.computed:
            amount = case.get(f"{base}[{n}].{expense.amount.path}")
        else:
            name = f"{expense.list}[{n}].{expense.amount.path}"
            amount = assessment.value(expense.stage, name) if assessment else None
        if isinstance(category, str) and is_amount(amount):
            sums[category] = sums.get(category, 0) + amount
    return [(expense.label, category, total) for category, total in sums.items()]
