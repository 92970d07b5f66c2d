"""Documents that quote one of a list, the newest before them, and those that rest on others: these come first."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path

import pypdf
import pytest
from offices import CLERK, FORMS, Desk, assessed

from generator.operations import corrections
from generator.operations import issue as issuing
from generator.operations.corrections import VoidNumber
from generator.operations.order import Issued, Order
from generator.operations.render import render_files
from generator.problem import ProblemError
from generator.scheme.load import Schemes

QUOTES = """\
quotes:
  承認番号: {form: "05", what: 番号}
  承認日: {form: "05", what: 日付}
"""
QUOTING = (
    "  - [{text: \"前回: {{ 承認日 | 和暦('なし') }}付け{{ 承認番号 | 空欄('（番号なし）') }}です。\", span: all}]\n"
)
CHANGES = """\
変更:
  - {申請日: 令和5年11月1日, 承認日: 令和5年11月9日, 内容: 一つ目}
  - {申請日: 令和5年12月1日, 内容: まだ承認されていない}
  - {申請日: 令和6年1月10日, 承認日: 令和6年1月19日, 内容: 三つ目}
確定: {確定日: 令和6年3月25日, 金額: 45000}
"""


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """The small scheme; its approvals, and the confirmation, quote the approval before."""
    forms = tmp_path / "forms"
    shutil.copytree(FORMS, forms)
    scheme = forms / "tiny" / "scheme.yaml"
    text = scheme.read_text(encoding="utf-8").replace("quotes:\n", QUOTES)
    scheme.write_text(text.replace("date: 承認日}", "date: 承認日, when: 変更.承認日}"), encoding="utf-8")
    for name in ("05-approval", "07-confirmation"):
        layout = forms / "tiny" / f"{name}.2019-04-01.yaml"
        layout.write_text(layout.read_text(encoding="utf-8") + QUOTING, encoding="utf-8")
    return forms


def issue(desk: Desk, forms: Path, path: Path, form: str, nth: int | None = None, on: date | None = None) -> Issued:
    known = Schemes([forms])
    return issuing.issue(desk.register(), assessed(path, known), known, Order(form, nth, on), CLERK)


def text(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def told(done: Issued) -> str:
    assert done.folder is not None
    (path,) = done.folder.glob("*.pdf")
    return text(path.read_bytes()).partition("前回: ")[2].partition("です")[0]


def refused(desk: Desk, forms: Path, path: Path, form: str, nth: int | None = None) -> str:
    with pytest.raises(ProblemError) as error:
        issue(desk, forms, path, form, nth)
    return " ".join(f"{p.message} {p.hint}" for p in error.value.problems)


def test_the_newest_before(desk: Desk, forms: Path) -> None:
    path = desk.case("A-1", more=CHANGES)
    issue(desk, forms, path, "04")
    assert "（第1回）がまだ発行されていません" in refused(desk, forms, path, "05", 3)
    assert "--form 05 --nth 3" in refused(desk, forms, path, "07")
    assert told(issue(desk, forms, path, "05", 1)) == "なし付け（番号なし）"
    assert "--form 05 --nth 3" in refused(desk, forms, path, "07")  # the first is not the one it quotes
    assert told(issue(desk, forms, path, "05", 3)) == "令和5年11月9日付け見総企第1号"
    assert told(issue(desk, forms, path, "07")) == "令和6年1月19日付け見総企第1号"  # 通知 counts by calendar year


def test_what_comes_after_is_not_quoted(desk: Desk, forms: Path) -> None:
    """The confirmation bears an earlier date than the last approval."""
    path = desk.case("A-1", more=CHANGES)
    for form, nth in (("04", None), ("05", 1), ("05", 3)):
        issue(desk, forms, path, form, nth)
    assert told(issue(desk, forms, path, "07", on=date(2024, 1, 18))) == "令和5年11月9日付け見総企第1号"


def test_a_void_one_is_to_be_issued_again(desk: Desk, forms: Path) -> None:
    path = desk.case("A-1", more=CHANGES)
    issue(desk, forms, path, "04")
    issue(desk, forms, path, "05", 1)
    corrections.void(desk.register(), Schemes([forms]).get("tiny"), VoidNumber("通知", "令和5年", 1, "書き損じ"), CLERK)
    assert "（第1回）がまだ発行されていません" in refused(desk, forms, path, "05", 3)


def test_a_draft_tells_the_date_by_the_case(desk: Desk, forms: Path) -> None:
    path = desk.case("A-1", more=CHANGES)
    (done,) = render_files([path], Schemes([forms]), desk.root / "output", ("pdf",), register=desk.register())
    assert done.folder is not None
    quoted = {p.name: text(p.read_bytes()).partition("前回: ")[2].partition("です")[0] for p in done.folder.glob("0*")}
    assert quoted["05-approval.pdf"] == "なし付け（番号なし）" and "05-approval-2.pdf" not in quoted
    assert quoted["05-approval-3.pdf"] == "令和5年11月9日付け（番号なし）"
    assert quoted["07-confirmation.pdf"] == "令和6年1月19日付け（番号なし）"


def test_what_it_rests_on_need_not_be_quoted(desk: Desk, tmp_path: Path) -> None:
    forms = tmp_path / "forms"
    shutil.copytree(FORMS, forms)
    scheme = forms / "tiny" / "scheme.yaml"
    text = scheme.read_text(encoding="utf-8").replace("date: 承認日}", "date: 承認日, when: 変更.承認日}")
    wanted = 'series: 通知, requires: [{form: "05", when: "=確定日>DATE(2024,1,31)"}]}'
    scheme.write_text(text.replace("series: 通知}", wanted), encoding="utf-8")
    path = desk.case("A-1", more=CHANGES)
    issue(desk, forms, path, "04")
    assert "「第７号様式」のもとになる「第５号様式」（第1回）がまだ" in refused(desk, forms, path, "07")
    issue(desk, forms, path, "05", 1)
    assert "--form 05 --nth 3" in refused(desk, forms, path, "07")  # the second was never approved
    early = desk.case("A-2", more=CHANGES.replace("令和6年3月25日", "令和6年1月31日"))
    issue(desk, forms, early, "04")
    assert issue(desk, forms, early, "07").entry.form == "07"
