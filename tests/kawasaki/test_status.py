"""yoshiki status: where each sample stands on several days, and what becomes of cases that are not in order."""

from __future__ import annotations

import datetime
import json
import os
import re
import stat
from pathlib import Path

import goldens
import openpyxl
import pytest
from command import run
from kawasaki_samples import ALL, SAMPLES, SCHEME
from samples import FORMS, ROOT

from generator.case import assess
from generator.case.build import load_case
from generator.case.document_number import DocumentNumber
from generator.problem import display_width
from generator.reports import status
from generator.scheme.load import Schemes

# within the trial year, before and after the decisions, around the last working day of the year, long afterwards
DAYS = ("2022-12-28", "2023-10-16", "2024-02-29", "2024-03-29", "2024-03-30", "2025-06-02")


def until(sample: str, *sections: str) -> str:
    """The sample's text with only these sections beside 制度, 案件番号 and 申請: the case as it stood earlier."""
    text = (SAMPLES / f"{sample}.yaml").read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=[^\s#-])", text)
    kept = {"制度", "案件番号", "申請", *sections}
    return "".join(p for p in parts if p.partition(":")[0] in kept)


def row(
    text: str, tmp_path: Path, today: str, numbers: dict[tuple[str, int], DocumentNumber] | None = None
) -> status.CaseStatus:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    case, _ = load_case(path, Schemes([FORMS]))
    assessment, _ = assess.assess(case)
    return status.row(case, assessment, datetime.date.fromisoformat(today), numbers)


def told(path: Path) -> list[dict[str, object]]:
    said = run("status", "--json", path)
    return json.loads(said.out)["案件"]


def test_tables_of_all_samples(monkeypatch: pytest.MonkeyPatch, regenerate: bool) -> None:
    monkeypatch.chdir(ROOT)
    made = {}
    for day in DAYS:
        monkeypatch.setenv("YOSHIKI_TODAY", day)
        said = run("status", *(p.relative_to(ROOT) for p in ALL))
        assert (said.code, said.err) == (0, "")
        made[day] = said.out
    goldens.check("status", ".txt", made, regenerate)


def test_columns_are_aligned(monkeypatch: pytest.MonkeyPatch) -> None:
    said = run("status", SAMPLES)
    heading, *rows = said.out.splitlines()[2:]
    assert len(rows) == len(ALL)
    at = display_width(heading[: heading.index("申請額") + len("申請額")])
    amounts = [r for r in rows if re.search(r"\d,\d{3}", r)]
    assert amounts
    for line in amounts:
        first = re.search(r"[\d,]*\d,\d{3}", line)
        assert first and display_width(line[: first.end()]) == at, line


def test_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOSHIKI_TODAY", "2024-03-01")
    monkeypatch.chdir(tmp_path)
    said = run("status", "--format", "xlsx", SAMPLES / "R5-002.yaml", SAMPLES / "R5-005.yaml", SAMPLES / "R5-006.yaml")
    assert (said.code, said.out.strip()) == (0, f"{Path('output', '進行状況.xlsx')} を書き出しました（3件）")
    path = tmp_path / "output" / "進行状況.xlsx"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = [list(r) for r in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]
    assert rows[0][0] == "進行状況"
    heading, by_number = rows[1], {r[0]: dict(zip(rows[1], r, strict=True)) for r in rows[2:]}
    assert heading == [
        "案件番号", "申請者", "段階", "次の書類", "作る人", "期限", "残り", "申請額", "交付限度額", "確定額", "備考"
    ]  # fmt: skip
    assert by_number["R5-005"] == {
        "案件番号": "R5-005",
        "申請者": "𠮷髙山里山の会",
        "段階": "決定",
        "次の書類": "第６号様式",
        "作る人": "申請者",
        "期限": datetime.datetime(2024, 3, 29),
        "残り": 28,
        "申請額": 150850,
        "交付限度額": 150000,
        "確定額": None,
        "備考": None,
    }
    assert len(by_number["R5-002"]["申請者"]) > 20, "the screen cuts a long name, the workbook does not"
    assert "2024" not in str(by_number["R5-006"]["残り"]) and by_number["R5-006"]["残り"] < 0
    first = path.read_bytes()
    run(
        "status",
        "--format",
        "xlsx",
        "--out",
        "again.xlsx",
        *(SAMPLES / f"{n}.yaml" for n in ("R5-006", "R5-005", "R5-002")),
    )
    assert (tmp_path / "again.xlsx").read_bytes() == first


# ---- the way of a case, section by section; the days are counted by hand ----


def test_before_the_decision(tmp_path: Path) -> None:
    found = row(until("R5-001"), tmp_path, "2023-10-16")
    assert (found.stage, found.ended) == ("申請", "")
    assert found.next and (found.next.form, found.next.document, found.next.by) == ("04", "第４号様式", "市")
    assert found.next.due == found.next.limit == datetime.date(2023, 10, 23)  # a Monday: the project begins
    assert found.left == 7
    assert dict(found.amounts)["申請額"] == 500_000 and dict(found.amounts)["確定額"] is None


def test_before_the_report(tmp_path: Path) -> None:
    found = row(until("R5-001", "決定"), tmp_path, "2024-04-01")
    assert found.next and found.next.form == "06"
    assert found.next.limit == datetime.date(2024, 3, 31)  # a Sunday
    assert found.next.due == datetime.date(2024, 3, 29)
    assert found.left == -3


def test_a_decision_in_march_reports_in_march(tmp_path: Path) -> None:
    text = re.sub(r"決定日: .*", "決定日: 令和6年2月1日", until("R5-001", "決定"))
    found = row(text, tmp_path, "2024-02-01")
    assert found.next and found.next.limit == datetime.date(2024, 3, 31)


def test_a_change_waits_for_its_approval(tmp_path: Path) -> None:
    text = re.sub(r"\n    承認:.*?(?=\n\S|\Z)", "", until("R5-001", "決定", "変更"), flags=re.DOTALL)
    assert "承認日" not in text
    found = row(text, tmp_path, "2023-12-05")
    assert found.stage == "変更（第1回）"
    assert found.next and "承認" in found.next.document and found.next.by == "市"


def test_an_approved_change_sets_the_amount(tmp_path: Path) -> None:
    found = row(until("R5-001", "決定", "変更"), tmp_path, "2023-12-20")
    assert dict(found.amounts)["交付限度額"] == 471_175
    assert found.next and found.next.form == "06"


def test_a_cancelled_project_is_over(tmp_path: Path) -> None:
    found = row(until("R5-004", "決定", "変更"), tmp_path, "2023-09-01")
    assert (found.ended, found.next) == ("中止", None)


def test_before_the_confirmation(tmp_path: Path) -> None:
    found = row(until("R5-001", "決定", "変更", "実績"), tmp_path, "2024-03-16")
    assert found.next and (found.next.form, found.next.due, found.next.term) == ("07", None, "速やかに")
    assert found.left is None


def test_what_is_decided_but_not_issued_comes_first(tmp_path: Path) -> None:
    text = until("R5-001", "決定")
    assert row(text, tmp_path, "2023-10-18", {}).next == status.Next(
        "第４号様式の発行", "04", "市", None, None, "", "", ""
    )
    number = DocumentNumber("川崎市指令見本第3号", datetime.date(2023, 10, 18))
    found = row(text, tmp_path, "2023-10-18", {("04", 0): number})
    assert found.next and found.next.form == "06"
    assert [(i.form, i.number) for i in found.issued] == [("04", number)]


def test_the_payment(tmp_path: Path) -> None:
    found = row(until("R5-008", "決定", "実績", "確定"), tmp_path, "2024-05-30")
    assert found.next and (found.next.form, found.next.by) == ("12", "申請者")
    found = row(until("R5-008", "決定", "実績", "確定", "請求"), tmp_path, "2024-05-30")
    assert found.next and (found.next.document, found.next.by) == ("支払", "市")
    assert (found.next.due, found.left) == (datetime.date(2024, 5, 31), 1)  # the books are closed on that Friday
    found = row(until("R5-008", "決定", "実績", "確定", "請求", "支払"), tmp_path, "2024-05-30")
    assert (found.ended, found.next) == ("支払済み", None)


def test_the_books_close_on_a_sunday(tmp_path: Path) -> None:
    text = re.sub(r"決定日: .*", "決定日: 令和7年2月3日", until("R5-008", "決定", "実績", "確定"))
    found = row(text, tmp_path, "2025-04-01")
    assert found.next and found.next.limit == datetime.date(2025, 5, 31)  # a Saturday
    assert found.next.due == datetime.date(2025, 5, 30)


def test_a_revocation_after_payment(tmp_path: Path) -> None:
    whole = ("決定", "実績", "確定", "請求", "支払", "取消")
    found = row(until("R5-008", *whole), tmp_path, "2024-09-01")
    assert found.stage == "取消"
    assert found.next and (found.next.form, found.next.by, found.next.term) == ("14", "市", "速やかに")
    text = re.sub(r"納付期限: .*", "納付期限: 令和6年11月3日", until("R5-008", *whole, "返還"))
    found = row(text, tmp_path, "2024-11-01")
    assert found.next and (found.next.document, found.next.by) == ("返還金の納付", "申請者")
    assert found.next.due == datetime.date(2024, 11, 5)  # 文化の日 on a Sunday, made up for on the Monday
    assert found.left == 4


def test_a_revocation_of_everything_before_payment_is_the_end(tmp_path: Path) -> None:
    text = until("R5-008", "決定", "取消").replace("範囲: 一部", "範囲: 全部")
    assert row(text, tmp_path, "2024-09-01").ended == "取消"


@pytest.mark.parametrize(("sample", "ended"), [("R5-007", "取下げ"), ("R5-010", "辞退")])
def test_after_a_withdrawal_nothing_is_issued(sample: str, ended: str, tmp_path: Path) -> None:
    text = (SAMPLES / f"{sample}.yaml").read_text(encoding="utf-8")
    nothing: dict[tuple[str, int], DocumentNumber] = {}
    for numbers in (None, nothing):
        found = row(text, tmp_path, "2023-12-01", numbers)
        assert (found.ended, found.next) == (ended, None)


def test_the_second_change_waits(tmp_path: Path) -> None:
    """The newest change is looked at first, and a document of a stage that comes again is known by its ordinal."""
    text = until("R5-002", "決定", "変更")
    numbers = {
        ("04", 0): DocumentNumber("川崎市指令見本第1号", datetime.date(2023, 10, 2)),
        ("10", 0): DocumentNumber("川見本第1号", datetime.date(2023, 11, 28)),
    }
    found = row(text, tmp_path, "2024-02-13", numbers)
    assert found.stage == "変更（第2回）"
    assert found.next and (found.next.form, found.next.document) == ("10", "変更（中止）承認通知書の発行")
    assert [(i.form, i.nth) for i in found.issued] == [("04", 0), ("10", 1)]


def test_nothing_is_concluded_from_what_cannot_be_read(tmp_path: Path) -> None:
    text = until("R5-001", "決定").replace("決定日: 令和5年10月18日", "決定日: 令和5年13月18日")
    found = row(text, tmp_path, "2023-10-18")
    assert found.next is None and found.ended == "" and found.notes
    assert found.party  # the rest is still shown


# ---- in an office ----


def test_an_office_shows_its_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YOSHIKI_LEDGER", raising=False)
    monkeypatch.setenv("YOSHIKI_TODAY", "2023-10-18")
    office = tmp_path / "office"
    assert run("init", office).code == 0
    settings = office / "yoshiki.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"既定" = ""', '"既定" = "見本"'), encoding="utf-8")
    case = office / "cases" / "R5-001.yaml"
    case.write_text(until("R5-001", "決定"), encoding="utf-8")
    monkeypatch.chdir(case.parent)
    assert "第４号様式の発行" in run("status", "R5-001.yaml").out
    issued = run("issue", "R5-001.yaml", "--form", "04")
    assert issued.code == 0, issued.output
    monkeypatch.chdir(office)
    said = run("status", ".")  # what is kept below issued/ is no further case
    assert said.code == 0
    assert "現在　1件" in said.out and "第６号様式" in said.out and "川崎市指令見本第1号" in said.out
    (found,) = told(office)
    assert found["発行"] == [
        {"様式": "04", "名称": "第４号様式", "回": None, "番号": "川崎市指令見本第1号", "日付": "2023-10-18"}
    ]


# ---- many files ----


def test_cases_with_problems_do_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "cases"
    (folder / "令和5年度").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "令和5年度" / "fine.yaml").write_text(until("R5-006"), encoding="utf-8")
    (folder / ".hidden" / "old.yaml").write_text(until("R5-006"), encoding="utf-8")
    (folder / "broken.yaml").write_text("制度: [\n", encoding="utf-8")
    (folder / "faulty.yaml").write_text(
        until("R5-001").replace("プラットフォーム参加: はい", "プラットフォーム参加: いいえ"), encoding="utf-8"
    )
    (folder / "memo.txt").write_text("not a case", encoding="utf-8")
    said = run("status", "cases")
    assert said.code == 1
    rows = said.out.splitlines()[3:]
    assert len(rows) == 3
    assert rows[0].startswith("R5-001") and rows[0].endswith("要確認 1件")
    assert rows[1].startswith("R5-006") and "要確認" not in rows[1]
    assert rows[2].startswith("broken.yaml") and "要確認" in rows[2]
    assert [(c.get("案件番号"), c["ok"]) for c in told(folder)] == [
        ("R5-001", False),
        ("R5-006", True),
        (None, False),
    ]


def test_a_file_given_twice_is_one_case(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(until("R5-006"), encoding="utf-8")
    assert len(json.loads(run("status", "--json", path, tmp_path, path).out)["案件"]) == 1


def test_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOSHIKI_TODAY", "2024-03-01")
    monkeypatch.chdir(ROOT)
    said = run("status", "--json", f"fixtures/{SCHEME}/R5-005.yaml")
    assert said.code == 0
    found = json.loads(said.out)
    assert found["基準日"] == "2024-03-01"
    (case,) = found["案件"]
    after = case.pop("次の書類")
    assert case == {
        "file": f"fixtures/{SCHEME}/R5-005.yaml",
        "ok": True,
        "要確認": 0,
        "制度": SCHEME,
        "案件番号": "R5-005",
        "申請者": "𠮷髙山里山の会",
        "段階": "決定",
        "終了": None,
        "金額": {"申請額": 150850, "交付限度額": 150000, "確定額": None},
        "発行": [],
        "備考": [],
    }
    assert (after["様式"], after["期限"], after["定めの期限"], after["残り日数"]) == (
        "06",
        "2024-03-29",
        "2024-03-31",
        28,
    )
    assert after["根拠"] == "要綱第１２条"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "案件.yaml・フォルダー… が指定されていません"),
        (("--json", "--format", "xlsx", "."), "--json と --format はどちらか一方を指定してください"),
        (("--out", "a.xlsx", "."), "--out は --format と一緒に指定してください"),
        (("--format", "pdf", "."), "使えるのは xlsx"),
        (("empty",), "案件のファイル（*.yaml）がありません"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    said = run("status", *arguments)
    assert said.code == 2 and message in said.err


def test_a_wrong_today_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOSHIKI_TODAY", "きのう")
    said = run("status", SAMPLES)
    assert said.code == 1 and "YOSHIKI_TODAY" in said.err


def test_what_has_gone_on_without_its_decision_is_remarked(tmp_path: Path) -> None:
    paid = until("R5-001", "決定", "変更", "実績", "確定", "請求", "支払")
    found = row(paid, tmp_path, "2024-06-03", {})
    assert found.next is not None and found.next.document == "第４号様式の発行"
    assert found.notes == ("第４号様式が発行されていないのに、「支払」まで進んでいます",)
    assert row(until("R5-001", "決定"), tmp_path, "2024-06-03", {}).notes == ()
