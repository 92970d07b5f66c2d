"""第６条: the decisions of a 年度 together never go beyond its 予算."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from offices import CLERK, Desk, known

from generator import budget, registry
from generator.problem import ProblemError


def given(desk: Desk, yen: int, year: str = "令和5年度") -> None:
    path = desk.root / "yoshiki.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('["予算"]', f'["予算"]\n"{year}" = {yen}', 1), encoding="utf-8")


def test_the_last_yen_may_be_promised_but_not_one_more(desk: Desk) -> None:
    given(desk, 100_000)
    desk.issue(desk.case("A-1", amount=60_000), "04")
    with pytest.raises(ProblemError) as caught:
        desk.issue(desk.case("A-2", amount=40_001), "04")
    assert "100,000円を 1円超えます" in caught.value.problems[0].message
    assert caught.value.problems[0].article == "第６条"
    assert desk.issue(desk.case("A-3", amount=40_000), "04").entry.number == 2


def test_a_document_issued_again_counts_once(desk: Desk) -> None:
    given(desk, 100_000)
    case = desk.case("A-1", amount=100_000)
    desk.issue(case, "04")
    assert desk.issue(case, "04").again


def test_a_void_number_gives_its_money_back(desk: Desk) -> None:
    given(desk, 100_000)
    first = desk.issue(desk.case("A-1", amount=100_000), "04")
    one = first.entry
    registry.void(desk.register(), known().get("tiny"), one.series, one.year, one.number, "取下げ", CLERK)
    assert desk.issue(desk.case("A-2", amount=100_000), "04").entry.number == 2


def test_each_year_has_its_own(desk: Desk) -> None:
    given(desk, 50_000)
    desk.issue(desk.case("A-1", decided="令和6年3月29日", amount=50_000), "04")
    desk.issue(desk.case("A-2", decided="令和6年4月1日", amount=50_000), "04")  # no 予算 is set: nothing is checked
    with pytest.raises(ProblemError):
        desk.issue(desk.case("A-3", decided="令和6年3月29日", amount=1), "04")


def test_an_altered_amount_is_not_believed(desk: Desk) -> None:
    given(desk, 100_000)
    desk.issue(desk.case("A-1", amount=100_000), "04")
    (kept,) = Path(desk.root).rglob("amount.json")
    kept.chmod(0o600)
    kept.write_text(kept.read_text(encoding="utf-8").replace("100000", "1"), encoding="utf-8")
    with pytest.raises(ProblemError):
        desk.issue(desk.case("A-2", amount=1_000), "04")


def paper(desk: Desk, note: str) -> None:
    given = registry.Paper("指令", 1, date(2023, 10, 2), "P-1", "株式会社見本", "", "04", 1, note)
    registry.record(desk.register(), known().get("tiny"), given, CLERK)


def test_a_decision_on_paper_counts(desk: Desk) -> None:
    given(desk, 100_000)
    paper(desk, budget.noted(60_000))
    with pytest.raises(ProblemError, match="1円超えます"):
        desk.issue(desk.case("A-1", amount=40_001), "04")
    assert desk.issue(desk.case("A-2", amount=40_000), "04").entry.number == 2


def test_an_unknown_amount_is_never_taken_for_nothing(desk: Desk) -> None:
    given(desk, 100_000)
    paper(desk, "")
    with pytest.raises(ProblemError, match="額が分からない"):
        desk.issue(desk.case("A-1", amount=1), "04")
