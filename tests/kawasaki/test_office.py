"""The sample cases go through an office: every document of the city that they have come to is issued."""

from __future__ import annotations

import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path

import command
import kawasaki_samples
import offices
import pytest
import samples
from offices import CLERK, Desk

from generator.operations import issue
from generator.operations.check import check_files
from generator.operations.order import Order
from generator.operations.render import render_files
from generator.problem import ProblemError
from generator.register.register import verify
from generator.scheme.load import Schemes


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return offices.office(tmp_path / "office")


def test_the_samples_office(desk: Desk, tmp_path: Path) -> None:
    documents = runpy.run_path(str(samples.ROOT / "fixtures" / "office.py"))["documents"]
    known, register = Schemes([samples.FORMS]), desk.register()
    given: dict[tuple[str, str, str], list[int]] = {}
    for on, path, form, nth in sorted(documents()):
        done = issue.issue(register, offices.assessed(path, known), known, Order(form, nth, on), CLERK)
        assert not done.issued_before
        given.setdefault((done.entry.scheme, done.entry.series, done.entry.year), []).append(done.entry.number)
    assert len(given) >= 4 and sum(map(len, given.values())) >= 20
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in given.values())
    assert list(verify(register)) == []
    # later documents quote what was issued; nothing is seen as edited
    register = desk.register()
    for one in check_files(kawasaki_samples.ALL, known, fit=False, register=register):
        assert one.ok, one.problems
    sample = kawasaki_samples.sample("R5-001")
    (made,) = render_files([sample], known, tmp_path / "out", ("pdf",), register=register)
    assert made.folder is not None
    for entry in register.documents(offices.assessed(sample, known).case).values():
        for name in entry.hashes:
            if name.endswith(".pdf"):
                assert (made.folder / name).read_bytes() == register.archive.read(entry, name)


@pytest.mark.parametrize(
    ("number", "form", "on", "told"),
    [
        ("R5-007", "04", date(2023, 11, 16), "通知を受けた日が決定日より前"),
        ("R5-007", "04", date(2023, 4, 1), "決定日が申請日より前"),
        ("R5-001", "10", date(2024, 3, 26), "額の確定の日より後"),
    ],
    ids=["after the withdrawal", "before the application", "after the confirmation"],
)
def test_a_date_asked_for_is_held_against_the_rules(desk: Desk, number: str, form: str, on: date, told: str) -> None:
    """What the case may not say, --date may not say either: nothing is issued after a 取下げ, dates stay in order."""
    known = Schemes([samples.FORMS])
    path = kawasaki_samples.sample(number)
    assessment = offices.assessed(path, known)
    if form != "04":
        issue.issue(desk.register(), assessment, known, Order("04"), CLERK)
    before = desk.register().ledger.entries()
    with pytest.raises(ProblemError) as error:
        issue.issue(desk.register(), assessment, known, Order(form, date=on), CLERK)
    messages = [p.message for p in error.value.problems]
    assert "付けでは" in messages[0] and len(messages) > 1 and told in " ".join(messages)
    assert desk.register().ledger.entries() == before
    assert issue.issue(desk.register(), assessment, known, Order(form), CLERK).entry.number == 1


def test_an_edit_tells_its_place(desk: Desk, tmp_path: Path) -> None:
    """The amount decided is changed after the notice went out: the problem stands where the clerk typed."""
    known = Schemes([samples.FORMS])
    path = tmp_path / "R5-001.yaml"
    text = kawasaki_samples.sample("R5-001").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    issue.issue(desk.register(), offices.assessed(path, known), known, Order("04"), CLERK)
    path.write_text(text.replace("補助金交付限度額: 500,000円", "補助金交付限度額: 490,000円"), encoding="utf-8")
    (one,) = check_files([path], known, register=desk.register())
    told = [p for p in one.problems if p.level == "error"]
    assert told and all("--reissue" in p.hint for p in told)
    assert any("500,000" in p.message and "490,000" in p.message for p in told)
    again = issue.issue(
        desk.register(),
        offices.assessed(path, known),
        known,
        Order("04", reissue=True, reason="決定額の訂正"),
        replace(CLERK, who="another"),
    )
    assert (again.entry.number, again.entry.revision, again.entry.who) == (2, 2, "another")
    (one,) = check_files([path], known, register=desk.register())
    assert one.ok


def test_what_it_rests_on_comes_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order to repay quotes the cancellation, which has no number yet. A case that was declined has no 04."""
    monkeypatch.chdir(desk.root)
    sample = kawasaki_samples.sample("R5-008")
    (desk.root / "cases" / sample.name).write_bytes(sample.read_bytes())
    said = command.run("batch", "cases", "--format", "pdf", "--issue", "14")
    assert said.code == 1
    assert "発行するもの 0件" in said.out and "まだ発行されていません" in said.out
    declined = kawasaki_samples.sample("R5-010")
    (desk.root / "cases" / declined.name).write_bytes(declined.read_bytes())
    said = command.run("batch", "cases", "--issue", "04")
    assert "発行するもの 1件" in said.out and "至っていないものなど 1件" in said.out


def test_nothing_is_issued_before_what_it_rests_on(desk: Desk) -> None:
    """第７号様式 quotes neither the approvals nor, where it is refused for want of budget, the decision."""
    known = Schemes([samples.FORMS])
    path = kawasaki_samples.sample("R5-009")
    assessment = offices.assessed(path, known)
    approvals = sum(stage.stage.name == "変更" for stage in assessment.case.stages)
    assert approvals > 1

    def refused(form: str, nth: int | None = None) -> str:
        before = desk.register().ledger.entries()
        with pytest.raises(ProblemError) as error:
            issue.issue(desk.register(), assessment, known, Order(form, nth), CLERK)
        assert desk.register().ledger.entries() == before
        (problem,) = error.value.problems
        assert problem.code == "issue.foundation-not-issued"
        return f"{problem.message} {problem.hint}"

    assert "「第４号様式」がまだ" in refused("07") and "--form 04" in refused("07")
    assert "「第４号様式」がまだ" in refused("10", 1)
    issue.issue(desk.register(), assessment, known, Order("04"), CLERK)
    assert "（第1回）がまだ" in refused("10", 2)
    for nth in range(1, approvals + 1):
        assert f"（第{nth}回）がまだ" in refused("07") and f"--form 10 --nth {nth}" in refused("07")
        issue.issue(desk.register(), assessment, known, Order("10", nth), CLERK)
    assert issue.issue(desk.register(), assessment, known, Order("07"), CLERK).entry.form == "07"


def test_no_budget_for_the_decision_is_no_confirmation(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever way is taken: one by one or with --issue for the whole year."""
    monkeypatch.chdir(desk.root)
    settings = desk.root / "yoshiki.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('["予算"]', '["予算"]\n"令和5年度" = 1'), encoding="utf-8")
    sample = kawasaki_samples.sample("R5-002")
    (desk.root / "cases" / sample.name).write_bytes(sample.read_bytes())
    assert "予算" in command.run("issue", f"cases/{sample.name}", "--form", "04").output
    said = command.run("issue", f"cases/{sample.name}", "--form", "07")
    assert said.code == 1 and "「第４号様式」がまだ発行されていません" in said.output
    said = command.run("batch", "cases", "--issue", "07", "--yes")
    assert "発行するもの 0件" in said.out and "「第４号様式」がまだ発行されていません" in said.out
    assert list(desk.register().ledger.entries()) == []


def test_a_declined_case_is_told_so_and_not_that_the_money_is_gone(desk: Desk) -> None:
    known, path = Schemes([samples.FORMS]), desk.root / "yoshiki.toml"
    text = path.read_text(encoding="utf-8").replace('["予算"]', '["予算"]\n"令和5年度" = 0', 1)
    path.write_text(text, encoding="utf-8")
    for number, code in (("R5-010", "issue.form-not-made"), ("R5-001", "register.budget-exceeded")):
        assessment = offices.assessed(kawasaki_samples.sample(number), known)
        with pytest.raises(ProblemError) as error:
            issue.issue(desk.register(), assessment, known, Order("04"), CLERK)
        assert [p.code for p in error.value.problems] == [code]


def test_a_day_on_which_the_office_is_closed_is_remarked(desk: Desk, tmp_path: Path) -> None:
    known, path = Schemes([samples.FORMS]), tmp_path / "R5-008.yaml"
    text = kawasaki_samples.sample("R5-008").read_text(encoding="utf-8")

    def told() -> list[str]:
        (one,) = check_files([path], known, fit=False, register=desk.register())
        assert one.ok, one.problems
        return [p.message.partition("）")[0] for p in one.problems if p.code == "check.closed-day"]

    path.write_text(text, encoding="utf-8")
    assert told() == []
    for was, now in (
        ("支払日: 令和6年3月28日", "支払日: 令和6年3月24日"),
        ("命令日: 令和6年9月17日", "命令日: 令和6年9月23日"),
    ):
        assert f"\n  {was}" in text
        text = text.replace(f"\n  {was}", f"\n  {now}")
    path.write_text(text, encoding="utf-8")
    assert told() == ["令和6年3月24日（日", "令和6年9月23日（月"]  # the Monday after a holiday on a Sunday
    (outside,) = check_files([path], known, fit=False)
    assert outside.ok and not outside.problems
