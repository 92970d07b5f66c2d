"""A changed name, address or representative: each document prints what held on its date, the lists what holds today."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import blanks
import kawasaki_samples
import offices
import pytest
import samples
from command import run
from offices import CLERK, Desk

from generator.case.model import Case
from generator.document import Document
from generator.operations import issue
from generator.operations.check import check_files
from generator.operations.order import Order
from generator.operations.render import documents_of
from generator.scheme.load import Schemes

KNOWN = Schemes([samples.FORMS])
NAME, OLD, NEW = "株式会社見本染工", "代表取締役　見本　太郎", "代表取締役　例示　次郎"
CHANGE = """変更届:
- 届出日: 令和5年12月8日
  変更日: 令和5年12月1日
  変更後:
    事業者名: 見本染工ホールディングス株式会社
    代表者役職氏名: 代表取締役　例示　次郎
    連絡担当者: {電話番号: 044-000-0009}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return offices.office(tmp_path / "office")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The sample with decision of 10月18日, a change applied for on 12月4日 and approved on 12月14日, and so on."""
    file = tmp_path / "R5-001.yaml"
    file.write_bytes(kawasaki_samples.sample("R5-001").read_bytes())
    return file


def amend(path: Path, change: str = CHANGE) -> None:
    path.write_text(path.read_text(encoding="utf-8") + change, encoding="utf-8")


def case_of(path: Path) -> Case:
    return offices.assessed(path, KNOWN).case


def said(document: Document, form: str) -> str:
    file = KNOWN.get("kawasaki-sdgs-model").form(form).file
    return "\n".join(c.text for s in document.sheets if s.file == file for c in s.cells)


def test_each_document_prints_what_held_on_its_date(path: Path) -> None:
    amend(path)
    stages = {d.name: d for d in documents_of(offices.assessed(path, KNOWN))}
    before = [("申請一式", "01"), ("決定一式", "04"), ("変更一式", "05")]
    after = [("変更一式", "10"), ("実績一式", "06"), ("確定一式", "07"), ("請求一式", "12")]
    for stage, form in before:
        assert OLD in said(stages[stage], form) and NEW not in said(stages[stage], form), form
    for stage, form in after:
        assert NEW in said(stages[stage], form) and OLD not in said(stages[stage], form), form
    notice = said(stages["変更届一式"], "17")
    assert OLD in notice and NEW in notice and "見本染工ホールディングス株式会社" in notice
    assert "044-000-0001" in notice and "044-000-0009" in notice


def test_what_was_issued_stays_and_what_comes_bears_the_new_name(path: Path, desk: Desk) -> None:
    issue.issue(desk.register(), offices.assessed(path, KNOWN), KNOWN, Order("04"), CLERK)
    amend(path)
    (report,) = check_files([path], KNOWN, register=desk.register())
    assert report.ok and not [p for p in report.problems if p.level == "error"], report.problems
    done = issue.issue(desk.register(), offices.assessed(path, KNOWN), KNOWN, Order("10"), CLERK)
    assert done.entry.applicant == "見本染工ホールディングス株式会社"
    assert [e.applicant for e in desk.register().ledger.entries()] == [NAME, done.entry.applicant]
    again = issue.issue(desk.register(), offices.assessed(path, KNOWN), KNOWN, Order("04"), CLERK)
    assert again.issued_before


def test_another_applicant_is_still_told(path: Path, desk: Desk) -> None:
    issue.issue(desk.register(), offices.assessed(path, KNOWN), KNOWN, Order("04"), CLERK)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"事業者名: {NAME}", "事業者名: 別の会社", 1), encoding="utf-8")
    (report,) = check_files([path], KNOWN, register=desk.register())
    assert "issued.other-applicant" in [p.code for p in report.problems]


def test_the_list_shows_what_holds_today(path: Path) -> None:
    amend(path)
    assert case_of(path).applicant == "見本染工ホールディングス株式会社"
    assert "見本染工ホールディングス株式会社" in run("status", path, forms=samples.FORMS).output


def test_changes_follow_one_another_by_their_dates(path: Path) -> None:
    later = CHANGE + """- 届出日: 令和5年11月1日
  変更日: 令和5年11月1日
  変更後: {代表者役職氏名: 代表取締役　仮設　三郎, 所在地: 見本県見本市1番地}
"""  # fmt: skip
    amend(path, later)
    case, name = case_of(path), "申請.申請者.代表者役職氏名"
    days = [date(2023, 10, 31), date(2023, 11, 1), date(2023, 12, 7), date(2023, 12, 8)]
    assert [case.as_of(day).get(name) for day in days] == [OLD, *["代表取締役　仮設　三郎"] * 2, NEW]
    assert case.as_of(None).get("申請.申請者.所在地") == "見本県見本市1番地"
    first = next(s for s in case.stages if s.key == "変更届[0]")
    assert case.before(first).get(name) == "代表取締役　仮設　三郎"
    assert case.applicants == {NAME, "見本染工ホールディングス株式会社"}
    assert case.as_of(None).position(name).line != case.position(name).line
    assert case.get(name) == OLD and case.as_of(date(2023, 10, 1)) is case


def test_the_form_that_is_given_out_next_bears_the_new_name(path: Path) -> None:
    """And goes by the first, so that it is of this case whichever changes the office has entered by then."""
    amend(path)
    form = blanks.blank("kawasaki-sdgs-model", "変更届", path, (), 1)
    assert form.token is not None and form.token.applicant == NAME
    assert NEW in "\n".join(c.text for s in form.sheets for c in s.cells)


def test_a_change_before_the_application_or_after_its_notice(path: Path) -> None:
    amend(path, CHANGE.replace("届出日: 令和5年12月8日", "届出日: 令和5年9月1日"))
    (report,) = check_files([path], KNOWN)
    assert {p.message for p in report.problems} >= {"変更の日が届出日より後です", "届出日が申請日より前です"}


@pytest.mark.parametrize("nothing", ["{}", "{事業者名: , 所在地: }"])
def test_a_notice_of_no_change_is_told(path: Path, nothing: str) -> None:
    amend(path, f"変更届:\n- 届出日: 令和5年12月8日\n  変更日: 令和5年12月1日\n  変更後: {nothing}\n")
    (report,) = check_files([path], KNOWN)
    assert [p.code for p in report.problems if p.level == "error"] in (["case.too-few"], ["case.missing"])
