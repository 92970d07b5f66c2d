"""第６条: the decisions of a 年度 together never go beyond its 予算."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import command
import offices
import pytest
from offices import CLERK, Desk, known

from generator.operations import corrections
from generator.operations.corrections import VoidNumber
from generator.problem import ProblemError, RefusedError
from generator.register import budget
from generator.register.entry import valid_documents
from generator.register.office import load_office
from generator.register.register import verify


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
    assert caught.value.problems[0].basis == "第６条"
    assert desk.issue(desk.case("A-3", amount=40_000), "04").entry.number == 2


def test_a_document_issued_again_counts_once(desk: Desk) -> None:
    given(desk, 100_000)
    case = desk.case("A-1", amount=100_000)
    desk.issue(case, "04")
    assert desk.issue(case, "04").issued_before


def test_a_void_number_gives_its_money_back(desk: Desk) -> None:
    given(desk, 100_000)
    first = desk.issue(desk.case("A-1", amount=100_000), "04")
    one = first.entry
    corrections.void(
        desk.register(), known().get("tiny"), VoidNumber(one.series, one.year, one.number, "取下げ"), CLERK
    )
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


@pytest.fixture
def following(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small scheme with a 予算 that follows the confirmation, and is free again when nothing is applied for."""
    folder = shutil.copytree(offices.FORMS, tmp_path / "forms") / "tiny" / "scheme.yaml"
    old = 'budget: {form: "04", amount: 決定.金額, basis: 第６条}'
    new = old[:-1] + ', changes: [{form: "07", amount: 金額}], released: "=申請.金額=0", reason: 取下げ}'
    text = folder.read_text(encoding="utf-8")
    assert old in text
    folder.write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(offices, "FORMS", tmp_path / "forms")


CONFIRMED = "確定: {{確定日: 令和6年3月29日, 金額: {}}}\n"


@pytest.mark.usefixtures("following")
def test_what_a_confirmation_leaves_is_there_for_others(desk: Desk) -> None:
    given(desk, 100_000)
    path = desk.case("A-1", amount=100_000, more=CONFIRMED.format(30_000))
    desk.issue(path, "04")
    with pytest.raises(ProblemError, match="70,000円超えます"):
        desk.issue(desk.case("A-2", amount=70_000), "04")
    desk.issue(path, "07")
    with pytest.raises(ProblemError, match="1円超えます"):
        desk.issue(desk.case("A-2", amount=70_001), "04")
    desk.issue(desk.case("A-2", amount=70_000), "04")


@pytest.mark.usefixtures("following")
def test_a_void_confirmation_gives_nothing_back(desk: Desk) -> None:
    given(desk, 100_000)
    path = desk.case("A-1", amount=100_000, more=CONFIRMED.format(30_000))
    desk.issue(path, "04")
    one = desk.issue(path, "07").entry
    corrections.void(desk.register(), known().get("tiny"), VoidNumber(one.series, one.year, one.number, "誤り"), CLERK)
    with pytest.raises(ProblemError):
        desk.issue(desk.case("A-2", amount=1), "04")


@pytest.mark.usefixtures("following")
def test_a_later_document_cannot_promise_what_is_not_there(desk: Desk) -> None:
    given(desk, 100_000)
    desk.issue(desk.case("A-1", amount=90_000), "04")
    path = desk.case("A-2", amount=10_000, more=CONFIRMED.format(10_001))
    desk.issue(path, "04")
    with pytest.raises(ProblemError, match="1円超えます"):
        desk.issue(path, "07")
    path = desk.case("A-3", decided="令和6年4月1日", amount=500_000, more=CONFIRMED.format(500_000))
    desk.issue(path, "04")  # in a 年度 without a 予算
    desk.issue(path, "07")


@pytest.mark.usefixtures("following")
def test_a_release_gives_the_money_back_and_leaves_the_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    given(desk, 100_000)
    path = desk.case("A-1", amount=100_000)
    entry = desk.issue(path, "04").entry
    monkeypatch.chdir(desk.root)
    refused = command.run("ledger", "release", path, forms=offices.FORMS)
    assert "取下げが書かれていません" in refused.err
    path.write_text(path.read_text(encoding="utf-8").replace("金額: 100000\n", "金額: 0\n"), encoding="utf-8")
    said = command.run("ledger", "release", path, forms=offices.FORMS)
    assert f"{entry.text}の決定額を予算に戻しました（取下げ）" in said.out
    assert desk.issue(desk.case("A-2", amount=100_000), "04").entry.number == 2
    register = desk.register()
    assert list(verify(register)) == []
    assert "予算戻し（取下げ）" in command.run("ledger", "list", forms=offices.FORMS).out
    assert [e.number for e in valid_documents(register.ledger.of_case("tiny", "A-1")).values()] == [1]


@pytest.mark.usefixtures("following")
def test_nothing_is_released_before_the_decision(desk: Desk) -> None:
    assessment = offices.assessed(desk.case("A-1", amount=0), known())
    with pytest.raises(RefusedError) as refused:
        corrections.release(desk.register(), assessment, CLERK)
    assert [p.code for p in refused.value.problems] == ["correct.no-decision"]
    assert desk.register().ledger.entries() == ()


def paper(desk: Desk, note: str) -> None:
    given = corrections.PaperDocument("指令", 1, date(2023, 10, 2), "P-1", "株式会社見本", "", "04", 1, note)
    corrections.record(desk.register(), known().get("tiny"), given, CLERK)


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


def test_a_later_document_promises_nothing_without_a_decision(desk: Desk) -> None:
    """As where the decision was given on paper and is not in the register: nobody knows its 年度."""
    given(desk, 100_000)
    office, counted = load_office(desk.root), known().get("tiny").procedure.budget
    assert counted is not None
    promised: dict[str, budget.Promise] = {}
    budget.afford(office, "tiny", counted, promised, budget.Decision("A-1", "07", date(2023, 10, 2), 100_001))
    assert promised == {}
    with pytest.raises(RefusedError, match="1円超えます"):
        budget.afford(office, "tiny", counted, promised, budget.Decision("A-1", "04", date(2023, 10, 2), 100_001))


def test_what_is_left_is_told_at_any_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[list[str]]:
        said = command.run("budget", forms=offices.FORMS)
        assert said.code == 0, said.output
        return [line.split() for line in said.out.splitlines()]

    monkeypatch.chdir(desk.root)
    assert "予算も決定もありません" in command.run("budget", forms=offices.FORMS).out
    given(desk, 100_000)
    assert told()[1] == ["令和5年度", "tiny", "0件", "100,000", "0", "0", "100,000"]
    desk.issue(desk.case("A-1", amount=60_000), "04")
    desk.issue(desk.case("A-2", amount=30_000, decided="令和6年4月1日"), "04")
    assert told()[1:] == [
        ["令和6年度", "tiny", "1件", "定めなし", "30,000", "30,000"],
        ["令和5年度", "tiny", "1件", "100,000", "60,000", "60,000", "40,000"],
    ]
    newest, older = json.loads(command.run("budget", "--json", forms=offices.FORMS).out)
    assert newest["予算額"] is None and (older["決定額"], older["残額"], older["決定の件数"]) == (60_000, 40_000, 1)
    monkeypatch.chdir(desk.root.parent)
    assert command.run("budget", forms=offices.FORMS).code == 1
