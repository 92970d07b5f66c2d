"""The office of a workspace: what is entered there by hand, a form issued for many cases, and what is read again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import offices
from offices import CLERK, Desk

from generator.api import BulkOrder, Office, Order, PaperDocument, Settings, VoidNumber, Workspace

THREADS = 16


def paper(number: int) -> PaperDocument:
    return PaperDocument("指令", number, CLERK.today, "", "株式会社見本", "通知書")


def issued(office: Office, cases: list[Path], order: BulkOrder) -> list[str]:
    plan = office.plan(order, office.examine(cases, order, CLERK))
    return [done.entry.text for done in office.carry_out(plan, lambda: CLERK) if done.entry]


def test_an_office_goes_by_what_its_settings_say_now(space: Workspace, desk: Desk) -> None:
    office = space.office()
    assert office.record("tiny", paper(1), CLERK).text == "見本市指令総企第1号"
    settings = desk.root / "yoshiki.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"総企"', '"経イ"'), encoding="utf-8")
    assert office.record("tiny", paper(2), CLERK).text == "見本市指令経イ第2号"
    assert [entry.text for entry in office.ledger().entries] == ["見本市指令総企第1号", "見本市指令経イ第2号"]


def test_what_others_enter_is_seen(space: Workspace, desk: Desk) -> None:
    office, before = space.office(), space.office().ledger()
    desk.issue(desk.case("A-1"))
    assert before.entries == () and before.head == ""
    assert [entry.case_number for entry in office.ledger().entries] == ["A-1"]


def test_what_is_missing_is_told_with_its_place(space: Workspace, desk: Desk) -> None:
    office = space.office()
    kept = space.issue(space.read_file(desk.case("A-1")), Order("04"), CLERK)
    assert kept.folder and office.verify(office.ledger().head) == ()
    (kept.folder / "04-decision.pdf").unlink()
    (problem,) = office.verify()
    assert problem.code == "register.document-lost" and problem.position
    assert [p.code for p in office.verify("0" * 16)] == ["register.head-missing", "register.document-lost"]


def test_the_money_of_a_decision_on_paper_is_counted(space: Workspace) -> None:
    given = PaperDocument("指令", 1, CLERK.today, "P-1", "株式会社見本", "", "04", note="窓口で交付", amount=50_000)
    assert space.office().record("tiny", given, CLERK).note == "窓口で交付　決定額50,000円"


def test_a_form_is_issued_for_many_cases_in_their_order(space: Workspace, desk: Desk) -> None:
    cases = [desk.case(number) for number in ("A-10", "A-2", "A-1")]
    office, order = space.office(), BulkOrder("04")
    plan = office.plan(order, office.examine(cases, order, CLERK))
    assert [planned.candidate.number for planned in plan.planned] == ["A-1", "A-2", "A-10"]
    assert office.ledger().entries == ()
    assert issued(office, cases, order) == [planned.text for planned in plan.planned]
    assert issued(office, cases, order) == []


def test_threads_share_an_office(space: Workspace, desk: Desk) -> None:
    """Some issue, some verify, some read, all at once: each number is given once."""
    office, cases = space.office(), [space.read_file(desk.case(f"T-{n}")) for n in range(THREADS // 2)]
    work: list[Callable[[], object]] = []
    for case in cases:
        work += [lambda case=case: space.issue(case, Order("04"), CLERK), office.ledger]  # type: ignore[misc]
    with ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(one) for one in work]:
            done.result()
    assert [entry.number for entry in office.ledger().entries] == list(range(1, len(cases) + 1))
    assert office.verify() == ()
    voided = office.void("tiny", VoidNumber("指令", "令和5年度", len(cases) + 1, "書き損じ"), CLERK)
    assert voided.number == len(cases) + 1


def test_a_new_office_has_all_it_needs(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    Workspace(Settings((offices.FORMS,))).create_office(folder)
    made = Workspace(Settings((offices.FORMS,), folder))
    assert made.office().ledger().entries == () and made.signs()
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}


def test_what_was_issued_is_no_case(space: Workspace, desk: Desk) -> None:
    path = desk.case("A-1")
    desk.issue(path)
    assert space.cases([desk.root]) == (path,)
    assert [
        standing.row and standing.row.number for standing in space.overview([desk.root], CLERK.today).standings
    ] == ["A-1"]
