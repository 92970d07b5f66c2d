"""One register in one process that goes on for long: what it says is true now, whatever was asked before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import offices
import pytest
from offices import CLERK, Desk

from generator.operations.check import check_files
from generator.operations.corrections import VoidNumber, void
from generator.operations.issue import issue
from generator.operations.order import Order
from generator.operations.render import documents_of, render_files
from generator.problem import ProblemError
from generator.register import register as registers
from generator.register.office import FILE
from generator.register.register import Register, verify
from generator.scheme.duties import Budget
from generator.scheme.load import Schemes

THREADS = 16


def test_the_same_register_knows_what_it_has_issued(desk: Desk) -> None:
    register, path, schemes = desk.register(), desk.case("A-1"), offices.known()
    assessment = offices.assessed(path, schemes)
    assert register.numbers(assessment.case) == {}
    assert register.fingerprint_of("tiny", "A-1") == register.fingerprint(assessment.case)
    before = register.fingerprint(assessment.case)
    entry = issue(register, assessment, schemes, Order("04"), CLERK).entry
    assert [mark.text for mark in register.numbers(assessment.case).values()] == [entry.text]
    assert before != register.fingerprint_of("tiny", "a-1") == register.fingerprint(assessment.case)
    (decision,) = (d for d in documents_of(assessment, register.numbers(assessment.case)) if "決定" in d.name)
    assert not any(sheet.stamp for sheet in decision.sheets if sheet.form == "04"), "案"


def test_another_process_may_have_issued(desk: Desk) -> None:
    here, there, path, schemes = desk.register(), desk.register(), desk.case("A-1"), offices.known()
    assessment = offices.assessed(path, schemes)
    assert here.entries(assessment.case) == ()
    entry = issue(there, assessment, schemes, Order("04"), CLERK).entry
    assert here.entries(assessment.case) == (entry,)


def test_a_reading_is_of_one_run_and_holds_a_few_cases(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "_CASES", 2)
    register, schemes = desk.register(), offices.known()
    cases = [offices.assessed(desk.case(f"A-{n}"), schemes).case for n in range(3)]
    desk.issue(desk.case("A-0"))
    reading = register.reading()
    before = [reading.entries(case) for case in cases]
    fingerprints = [reading.fingerprint_of("tiny", f"a-{n}") for n in range(3)]
    assert [len(entries) for entries in before] == [1, 0, 0] and len(reading._entries) == 2
    assert reading.knows("tiny", "A-0") and not reading.knows("tiny", "A-2")
    desk.issue(desk.case("A-2"))
    assert reading.entries(cases[2]) == () and reading.fingerprint_of("tiny", "A-2") == fingerprints[2]
    later = register.reading()
    assert len(later.entries(cases[2])) == 1 and later.fingerprint_of("tiny", "A-2") != fingerprints[2]


def test_promises_are_of_all_entries_so_far_and_of_the_budget_asked_for(desk: Desk) -> None:
    register, budget = desk.register(), offices.known().get("tiny").procedure.budget
    assert budget is not None

    def promised(budget: Budget) -> dict[str, int]:
        with register.ledger.writing() as writer:
            return {number: p.amount for number, p in register.promised("tiny", budget, writer).items()}

    settings = desk.root / FILE
    settings.write_text(settings.read_text(encoding="utf-8") + '"令和5年度" = 800000\n', encoding="utf-8")
    desk.issue(desk.case("A-1", amount=60_000))
    assert promised(budget) == {"A-1": 60_000}
    entry = desk.issue(desk.case("A-2", amount=30_000)).entry  # by another process
    assert promised(budget) == {"A-1": 60_000, "A-2": 30_000}
    void(
        desk.register(), offices.known().get("tiny"), VoidNumber(entry.series, entry.year, entry.number, "誤り"), CLERK
    )
    assert promised(budget) == {"A-1": 60_000}
    assert promised(budget._replace(form="05")) == {} and len(register._promises) == 1
    assert promised(budget) == {"A-1": 60_000}


def work(desk: Desk, register: Register, schemes: Schemes, number: int) -> tuple[int, str]:
    """What a clerk does with a case, from the first check to the numbered document."""
    path, out = desk.root / "cases" / f"T-{number}.yaml", desk.root / "output"
    (report,) = check_files([path], schemes, register=register)
    assert report.ok and report.assessment
    (draft,) = render_files([path], schemes, out, ("pdf", "xlsx"), register=register)
    issued = issue(register, report.assessment, schemes, Order("04"), CLERK)
    (final,) = render_files([path], schemes, out, ("pdf", "xlsx"), register=register)
    assert draft.made and final.made and issued.folder
    name = next(n for n in final.files if n.startswith("04") and n.endswith(".pdf"))
    assert final.folder and (final.folder / name).read_bytes() == (issued.folder / name).read_bytes()
    return issued.entry.number, issued.entry.text


def test_sixteen_threads_check_render_and_issue(desk: Desk) -> None:
    settings = desk.root / FILE
    settings.write_text(settings.read_text(encoding="utf-8") + '"令和5年度" = 800000\n', encoding="utf-8")
    register, schemes = desk.register(), offices.known()
    for n in range(THREADS):
        desk.case(f"T-{n}")  # 50,000 yen each: the last of them is the one that uses up the 予算
    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(lambda n: work(desk, register, schemes, n), range(THREADS)))
    assert sorted(number for number, _ in done) == list(range(1, THREADS + 1))
    assert len({text for _, text in done}) == THREADS
    assert list(verify(register)) == []
    with pytest.raises(ProblemError, match="予算"):
        issue(register, offices.assessed(desk.case("T-X"), schemes), schemes, Order("04"), CLERK)
