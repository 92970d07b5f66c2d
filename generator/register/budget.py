"""The year's 予算: what the decisions of a 年度 promise together is never more than the office has set aside."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from generator.japan import wareki, yen
from generator.problem import Problem, RefusedError
from generator.register.archive import Archive
from generator.register.entry import RELEASED, VOID, Entry, valid_documents
from generator.register.office import OfficeSettings
from generator.scheme.duties import Budget

_NOTED = re.compile("決定額([0-9,]+)円")
_REPAID = re.compile("戻入額([0-9,]+)円")
AMOUNT = "amount.json"  # beside the issued document: the 年度 and the yen it promises


def promised(year: str, amount: int) -> bytes:
    """What is kept of a decision for the sum of later ones."""
    return (json.dumps({"年度": year, "額": amount}, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Promise:
    """What the documents of a case promise together: yen out of the 予算 of a 年度.

    ``decided``: what the decision alone said; None where it counts as never made, or is not known yet.
    """

    year: str
    amount: int
    decided: int | None = None


class Promises:
    """What each case (案件番号 in capitals) of one scheme is promised, as more and more of the register is read.

    The decision counts in its own 年度; how much it is, the latest of the documents says that may change it, until
    the money is given back; what comes after 出納閉鎖 changes a closed year no more. Nothing in the register ever
    changes: only the cases with new entries are reckoned anew. Held are an entry for each document of a case that may
    change its amount, without the words in it: no name, no reason, no clerk.
    """

    def __init__(self, archive: Archive, budget: Budget):
        self.last = 0  # the newest entry that was read
        self.promised: dict[str, Promise] = {}
        self._archive, self._budget = archive, budget
        self._cases: dict[str, list[Entry]] = {}
        self._void: dict[tuple[str, str, int], list[Entry]] = {}
        self._stale: set[str] = set()

    def read(self, entries: Iterable[Entry]) -> dict[str, Promise]:
        """The promises with entries that follow those read before; a dictionary of the caller's own.

        Raises ProblemError where a kept document is missing or altered.
        """
        void: set[tuple[str, str, int]] = set()
        for entry in entries:
            self.last = max(self.last, entry.seq)
            entry = replace(entry, applicant="", title="", reason="", who="")
            if entry.kind == VOID:
                void.add(_number(entry))
                self._void.setdefault(_number(entry), []).append(entry)
            else:
                self._cases.setdefault(entry.case_number.upper(), []).append(entry)
                self._stale.add(entry.case_number.upper())
        if void:
            self._stale |= {n for n, own in self._cases.items() if any(_number(e) in void for e in own)}
        for number in sorted(self._stale):
            own = self._cases[number]
            own = own + [e for key in {_number(e) for e in own} for e in self._void.get(key, ())]
            promise = _promise(self._archive, sorted(own, key=lambda e: e.seq), self._budget)
            self.promised.pop(number, None)
            if promise is not None:
                self.promised[number] = promise
            self._stale.discard(number)
        return dict(self.promised)


def _number(entry: Entry) -> tuple[str, str, int]:
    return entry.series, entry.year, entry.number


def promises(archive: Archive, entries: Iterable[Entry], budget: Budget) -> dict[str, Promise]:
    """`Promises` of the entries of one scheme, all at once."""
    return Promises(archive, budget).read(entries)


def _promise(archive: Archive, entries: Sequence[Entry], budget: Budget) -> Promise | None:
    """The promise of one case; None where there is no valid decision."""
    documents = valid_documents(entries)
    decision = documents.get((budget.form, 0))
    if decision is None:
        return None
    year, _ = _kept(archive, decision)
    back = repaid(entries, decision)
    if back is None:
        return Promise(year, 0)
    closed = wareki.closing_day(year).isoformat()
    own = [e for (form, _), e in documents.items() if form in budget.forms and (e is decision or e.date <= closed)]
    for entry in sorted(own, key=lambda e: (e.date, budget.forms.index(e.form), e.seq), reverse=True):
        amount = _kept(archive, entry)[1]
        if amount is not None:
            first = _kept(archive, decision)[1]
            return Promise(year, max(amount - back, 0), amount if first is None else first)
    message = (
        f"{decision.designation}（{decision.text}）は紙で決定した額が分からないため、予算に収まるかを確かめられません"
    )
    hint = "紙の番号は --amount 決定額 を付けて入れます。yoshiki.toml の予算を消せば確かめません"
    raise RefusedError([Problem(message, hint=hint, code="register.amount-unknown")])


def repaid(entries: Iterable[Entry], decision: Entry) -> int | None:
    """Yen that were paid back before 出納閉鎖 by what is entered of a decision; None where all of it is free again."""
    back = 0
    for entry in entries:
        if entry.kind == RELEASED and _number(entry) == _number(decision):
            told = _REPAID.search(entry.note)
            if told is None:
                return None
            back = yen.parse_yen(told[1])  # the latest tells all
    return back


def spent(promised: Mapping[str, Promise], year: str, besides: str = "") -> int:
    """Yen that the cases are promised out of a 年度, the case ``besides`` aside."""
    return sum(p.amount for number, p in promised.items() if p.year == year and number != besides.upper())


def _kept(archive: Archive, entry: Entry) -> tuple[str, int | None]:
    """年度 and yen as a document tells them; None for one given on paper whose amount nobody noted."""
    if AMOUNT in entry.hashes:
        kept = json.loads(archive.read(entry, AMOUNT))
        return kept["年度"], kept["額"]
    noted = _NOTED.search(entry.note)
    return _year(entry), yen.parse_yen(noted[1]) if noted else None


def noted(amount: int) -> str:
    """How the register's 備考 tells what a decision given on paper promises."""
    return f"決定額{yen.format_yen(amount)}円"


def noted_repayment(amount: int) -> str:
    """How the register's 備考 tells what was paid back of a decision before 出納閉鎖 (戻入), in yen and in all."""
    return f"戻入額{yen.format_yen(amount)}円"


def _year(entry: Entry) -> str:
    return wareki.fiscal_year_name(datetime.date.fromisoformat(entry.date))


@dataclass(frozen=True, slots=True)
class Decision:
    """A document that promises money: of the case ``number``, by the id of its ``form``, on its day."""

    number: str
    form: str
    day: datetime.date
    amount: int  # yen


def afford(
    office: OfficeSettings, scheme: str, budget: Budget, promised: dict[str, Promise], decision: Decision
) -> None:
    """Add to ``promised`` (of one scheme, by 案件番号 in capitals) what a document promises.

    A later document counts in the 年度 of the decision, and is refused only where it promises more than before; after
    出納閉鎖 of that 年度 it changes nothing.
    Raises ProblemError where the 予算 of the 年度 does not reach.
    """
    key = decision.number.upper()
    own, first = promised.get(key), decision.form == budget.form
    if own is None and not first:
        return
    year = wareki.fiscal_year_name(decision.day) if first or own is None else own.year
    if not first and decision.day > wareki.closing_day(year):
        return
    limit = office.budget(scheme, year)
    if limit is not None and (first or own is None or decision.amount > own.amount):
        check(limit, spent(promised, year, key), decision.amount, year, budget)
    promised[key] = Promise(year, decision.amount)


def check(limit: int, before: int, amount: int, year: str, budget: Budget) -> None:
    """Look whether the 予算 reaches.

    Raises ProblemError when the decision goes beyond what is left of the year's budget.
    """
    if before + amount > limit:
        message = (
            f"{year}の予算 {yen.format_yen(limit)}円を {yen.format_yen(before + amount - limit)}円超えます"
            f"（これまでの決定 {yen.format_yen(before)}円、この決定 {yen.format_yen(amount)}円）"
        )
        hint = (
            "決定額を確かめてください。予算が改められたときは、役所のフォルダーの yoshiki.toml の予算を直してください"
        )
        raise RefusedError([Problem(message, hint=hint, basis=budget.basis, code="register.budget-exceeded")])
