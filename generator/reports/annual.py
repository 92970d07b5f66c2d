"""The year's report (年度の報告): what was applied for, decided, confirmed, paid and returned, and what the 予算 gave.

For each scheme and 年度 its cases, its months and its categories, with totals that a workbook adds up itself. Which
amounts there are, on which day each counts, and what is said of them, scheme.yaml tells (``annual``, ``budget``).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from generator.document import Document, Sheet
from generator.japan import wareki
from generator.problem import ProblemError
from generator.register import budget
from generator.reports import tables
from generator.reports.outcome import OTHER, PROBLEMS, Outcome, ordered
from generator.reports.report_day import as_of
from generator.reports.tables import Column, Given, Live, Plot, Table
from generator.scheme.duties import Figure
from generator.scheme.model import Scheme
from generator.spreadsheet.addresses import column_letters

if TYPE_CHECKING:
    from generator.register.register import Register

TITLE = "年度の報告"
_MONTHS = (*range(4, 13), 1, 2, 3)
_AFTER = (4, 5)  # 出納整理期間: what is paid then belongs to the year that has ended
_ELSEWHEN = "その他の月"
_PLOTTED = 4  # series of a chart, at most: the first


@dataclass(frozen=True, slots=True)
class Spending:
    """The 予算 of a 年度 and what the documents in the register take of it, in yen; None where it is not known."""

    limit: int | None
    used: int | None


@dataclass(frozen=True)
class _Group:
    """The cases of one scheme and 年度."""

    scheme: Scheme
    year: str
    cases: Sequence[Outcome]
    suffix: str  # tells the sheets of several schemes apart

    @property
    def labels(self) -> list[str]:
        return [f.label for f in self.figures]

    @property
    def figures(self) -> list[Figure]:
        """Those of the scheme, but of what comes by items (payments back) only what there is in this year."""
        return [f for f in self.scheme.procedure.annual.figures if not f.of or _sum(self.cases, f.label)]

    def sheet(self, name: str) -> str:
        return f"{name} {self.year}{self.suffix}"

    def title(self, subject: str) -> str:
        return f"{self.year}　{self.scheme.name}　{subject}"


def report(
    outcomes: Iterable[Outcome],
    schemes: Mapping[str, Scheme],
    today: datetime.date,
    spending: Callable[[Scheme, str], Spending] | None = None,
) -> Document:
    """The report of a run. ``schemes``: by id; ``spending``: of a scheme and 年度, None outside of any office."""
    listed = [o for o in ordered(outcomes) if o.state != OTHER]
    counted = [o for o in listed if o.scheme in schemes and o.figures.year]
    order = sorted(counted, key=lambda o: (o.scheme, _begins(o.figures.year)))  # stable: by 案件番号 within
    several = len({o.scheme for o in counted}) > 1
    names = list(dict.fromkeys(o.scheme for o in order))
    groups = [
        _Group(schemes[scheme], year, list(cases), f" {names.index(scheme) + 1}" if several else "")
        for (scheme, year), cases in groupby(order, key=lambda o: (o.scheme, o.figures.year))
    ]
    caption = f"{as_of(today)}　（単位：円）"
    sheets = [_summary(groups, caption, spending, len(listed) - len(counted))]
    for group in groups:
        sheets += [_listed(group, caption), _by_month(group, caption)]
        if group.scheme.procedure.annual.expenses:
            sheets.append(_by_category(group, caption))
    if any(o.problems for o in listed):
        sheets.append(_problems(listed))
    authors = sorted({g.scheme.authority for g in groups})
    return tables.document(TITLE, sheets, today, "・".join(authors))


def of_register(register: Register) -> Callable[[Scheme, str], Spending]:
    """What the office's register and yoshiki.toml tell of a scheme's 年度; the amount used is None where a document
    does not tell its own."""
    entries = register.ledger.entries()

    def spending(scheme: Scheme, year: str) -> Spending:
        limit, rule = register.office.budget(scheme.id, year), scheme.procedure.budget
        if rule is None:
            return Spending(limit, None)
        own = [e for e in entries if e.scheme == scheme.id]
        try:
            return Spending(limit, budget.spent(budget.promises(register.archive, own, rule), year))
        except ProblemError:
            return Spending(limit, None)

    return spending


def _begins(year: str) -> datetime.date:
    return wareki.parse_date(f"{year.removesuffix('度')}12月31日").replace(month=4, day=1)


def _sum(cases: Iterable[Outcome], label: str) -> int:
    return sum(value or 0 for o in cases for name, value, _ in o.figures.amounts if name == label)


def _summary(
    groups: Sequence[_Group], caption: str, spending: Callable[[Scheme, str], Spending] | None, unread: int
) -> Sheet:
    labels = list(dict.fromkeys(label for g in groups for label in g.labels))
    columns = [Column("年度", 20), Column("制度", 52), Column("件数", 12, "日数", total=True)]
    columns += [Column(label, 24, "金額", total=True) for label in labels]
    if spending:
        columns += [Column(n, 24, "金額", total=True) for n in ("予算額", "予算執行額", "残額")]
        columns.append(Column("執行率", 14, "率"))
    rows: list[list[Given]] = []
    for group in groups:
        row: list[Given] = [group.year, group.scheme.name, len(group.cases)]
        row += [_sum(group.cases, label) if label in group.labels else None for label in labels]
        rows.append(row + (_spent(spending(group.scheme, group.year), len(row)) if spending else []))
    procedures = [group.scheme.procedure for group in groups]
    remarks = [p.annual.remark for p in procedures]
    if spending:
        remarks += [p.budget.remark for p in procedures if p.budget]
    notes = [remark for remark in dict.fromkeys(remarks) if remark]
    if bad := sum(o.state == PROBLEMS for g in groups for o in g.cases):
        notes.append(f"「要確認」の案件 {bad}件の額を含みます")
    if unread:
        notes.append(f"制度や年度の分からない {unread}件は、「要確認」の表だけにあります")
    return tables.sheet(Table("予算の執行", "予算の執行状況", columns, rows, notes, caption, "合計" if rows else ""))


def _spent(spending: Spending, before: int) -> list[Given]:
    """予算額, 予算執行額, 残額 and 執行率, the last two worked out from the first; ``before``: columns left of them."""
    limit, used = (column_letters(before), column_letters(before + 1))
    if spending.limit is None or spending.used is None:
        return [spending.limit, spending.used, None, None]
    left = Live(spending.limit - spending.used, f"{limit}{{row}}-{used}{{row}}")
    rate = Fraction(spending.used, spending.limit) if spending.limit else None
    share = Live(rate, f'IF({limit}{{row}}=0,"",{used}{{row}}/{limit}{{row}})')
    return [spending.limit, spending.used, left, share]


def _listed(group: _Group, caption: str) -> Sheet:
    columns = [Column("案件番号", 26), Column("申請者", 62), Column("段階", 26)]
    columns += [Column(label, 24, "金額", total=True) for label in group.labels]
    columns += [Column("処理", 16), Column("要確認", 12, "日数", total=True)]
    rows: list[list[Given]] = []
    for outcome in group.cases:
        amounts: dict[str, int] = {}
        for name, value, _ in outcome.figures.amounts:
            if value is not None:
                amounts[name] = amounts.get(name, 0) + value
        row: list[Given] = [outcome.number, outcome.party, outcome.stage, *(amounts.get(n) for n in group.labels)]
        rows.append([*row, outcome.state, len(outcome.problems) or None])
    total = f"合計（{len(rows)}件）"
    return tables.sheet(
        Table(group.sheet("一覧"), group.title(group.scheme.procedure.annual.title), columns, rows, (), caption, total)
    )


def _by_month(group: _Group, caption: str) -> Sheet:
    begins = _begins(group.year)
    months = {(begins.year + (m < 4), m): f"{m}月" for m in _MONTHS}
    months |= {(begins.year + 1, m): f"翌年{m}月" for m in _AFTER}
    sums: dict[str, dict[str, int]] = {name: {} for name in (*months.values(), _ELSEWHEN)}
    for outcome in group.cases:
        for label, value, day in outcome.figures.amounts:
            if value is not None:
                on = datetime.date.fromisoformat(day)
                row = sums[months.get((on.year, on.month), _ELSEWHEN)]
                row[label] = row.get(label, 0) + value
    if not sums[_ELSEWHEN]:
        del sums[_ELSEWHEN]
    columns = [Column("月", 22), *(Column(label, 24, "金額", total=True) for label in group.labels)]
    rows: list[list[Given]] = [[name, *(row.get(n, 0) for n in group.labels)] for name, row in sums.items()]
    shown = tuple(range(1, len(columns)))[:_PLOTTED]
    days = [f"{f.label}は{f.date.rpartition('.')[2]}" for f in group.figures]
    title = group.title("月別集計")
    notes = ["、".join(days) + "の属する月に数えています"]
    table = Table(group.sheet("月別"), title, columns, rows, notes, caption, "合計")
    return _with_chart(table, f"{group.year}　月別集計", shown)


def _by_category(group: _Group, caption: str) -> Sheet:
    expenses = group.scheme.procedure.annual.expenses
    order = list(dict.fromkeys(choice for e in expenses for choice in e.choices))
    sums: dict[tuple[str, str], int] = {}
    for outcome in group.cases:
        for label, category, amount in outcome.figures.expenses:
            sums[label, category] = sums.get((label, category), 0) + amount
    order += sorted({category for _, category in sums} - set(order))
    labels = [e.label for e in expenses]
    category_title = "・".join(dict.fromkeys(e.title for e in expenses))
    columns = [Column(category_title, 44), *(Column(label, 26, "金額", total=True) for label in labels)]
    rows: list[list[Given]] = [[c, *(sums.get((label, c), 0) for label in labels)] for c in order]
    shown = tuple(range(1, len(columns)))[:_PLOTTED]
    if len(labels) == 2:
        columns.append(Column("差引", 26, "金額", total=True))
        for row, name in zip(rows, order, strict=True):
            left = sums.get((labels[0], name), 0) - sums.get((labels[1], name), 0)
            row.append(Live(left, "B{row}-C{row}"))
    told = "、".join(f"{e.label}は{e.stage}の{e.list}" for e in expenses)
    notes = [f"{told}の金額を{category_title}ごとに合わせたものです"]
    what = f"{category_title}別集計"
    name, title = group.sheet(f"{category_title}別"), group.title(what)
    return _with_chart(Table(name, title, columns, rows, notes, caption, "合計"), f"{group.year}　{what}", shown)


def _with_chart(table: Table, title: str, shown: tuple[int, ...]) -> Sheet:
    """The table beside a chart of the columns ``shown``, under a ``title`` of its own."""
    totals = [f"{table.columns[n].heading} {tables.total(table.rows, n):,}円" for n in shown]
    text = f"{table.title}の棒グラフ。合計は{'、'.join(totals)}。それぞれの額は左の表のとおり"
    return tables.sheet(replace(table, plot=Plot(title, text, shown)))


def _problems(outcomes: Iterable[Outcome]) -> Sheet:
    columns = [Column("案件番号", 26), Column("処理", 16), Column("内容", 220)]
    rows: list[list[Given]] = [
        [outcome.number or Path(outcome.path).name, outcome.state, problem]
        for outcome in outcomes
        for problem in outcome.problems
    ]
    return tables.sheet(Table("要確認", "確かめるところ", columns, rows))
