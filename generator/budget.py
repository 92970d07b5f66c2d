"""The year's 予算: what the decisions of a 年度 promise together is never more than the office has set aside."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable

from generator import ledger_chain, wareki, yen
from generator.archive import Archive
from generator.ledger_chain import VOID, Entry
from generator.problem import Problem, ProblemError
from generator.procedure import Budget

_NOTED = re.compile("決定額([0-9,]+)円")
KEPT = "amount.json"  # beside the issued document: the 年度 and the yen it promises


def promised(year: str, amount: int) -> bytes:
    """What is kept of a decision for the sum of later ones."""
    return (json.dumps({"年度": year, "額": amount}, ensure_ascii=False) + "\n").encode()


def spent(archive: Archive, entries: Iterable[Entry], budget: Budget, year: str, besides: str = "") -> int:
    """Yen that the valid decisions of a 年度 promise, those of the case ``besides`` aside.

    Raises ProblemError where a kept document is missing or altered.
    """
    cases: dict[str, list[Entry]] = {}
    void: list[Entry] = []
    for entry in entries:
        (void if entry.kind == VOID else cases.setdefault(entry.case_number.upper(), [])).append(entry)
    cases.pop(besides.upper(), None)
    total = 0
    for of_case in cases.values():
        numbers = {(e.series, e.year, e.number) for e in of_case}
        of_case += [e for e in void if (e.series, e.year, e.number) in numbers]
        found = ledger_chain.current(sorted(of_case, key=lambda e: e.seq)).get((budget.form, 0))
        if found is None:
            continue
        if KEPT not in found.hashes:  # given on paper
            total += _on_paper(found) if _year(found) == year else 0
            continue
        kept = json.loads(archive.read(found, KEPT))
        total += kept["額"] if kept["年度"] == year else 0
    return total


def noted(amount: int) -> str:
    """How the register's 備考 tells what a decision given on paper promises."""
    return f"決定額{yen.format_yen(amount)}円"


def _year(entry: Entry) -> str:
    return wareki.fiscal_year_name(datetime.date.fromisoformat(entry.date))


def _on_paper(entry: Entry) -> int:
    """Yen by the 備考; an amount that nobody knows is never taken for nothing."""
    found = _NOTED.search(entry.note)
    if found is None:
        message = f"{entry.place}（{entry.text}）は紙で決定した額が分からないため、予算に収まるかを確かめられません"
        hint = "紙の番号は --amount 決定額 を付けて入れます。yoshiki.toml の予算を消せば確かめません"
        raise ProblemError([Problem(message, hint=hint)])
    return yen.parse_yen(found[1])


def check(limit: int, before: int, amount: int, year: str, budget: Budget) -> None:
    """Raises ProblemError when the decision goes beyond what is left of the year's budget."""
    if before + amount > limit:
        message = (
            f"{year}の予算 {yen.format_yen(limit)}円を {yen.format_yen(before + amount - limit)}円超えます"
            f"（これまでの決定 {yen.format_yen(before)}円、この決定 {yen.format_yen(amount)}円）"
        )
        hint = (
            "決定額を確かめてください。予算が改められたときは、役所のフォルダーの yoshiki.toml の予算を直してください"
        )
        raise ProblemError([Problem(message, hint=hint, article=budget.basis)])
