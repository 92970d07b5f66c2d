"""What is issued: its number, what is kept of it, and what becomes of it when the case is edited afterwards."""

from __future__ import annotations

import io
import os
import stat
import sys
from datetime import date
from pathlib import Path

import offices
import openpyxl
import pypdf
import pytest
from offices import CLERK, Desk

from generator.operations import corrections
from generator.operations import render as rendering
from generator.operations.check import check_files
from generator.operations.corrections import PaperDocument, VoidNumber
from generator.operations.order import Order
from generator.operations.render import render_files
from generator.problem import ProblemError, RefusedError
from generator.register.entry import REISSUED, REPLACED
from generator.register.register import verify

CHANGES = """\
変更:
  - {申請日: 令和5年11月1日, 承認日: 令和5年11月9日, 内容: 一つ目}
  - {申請日: 令和5年12月1日, 承認日: 令和5年12月8日, 内容: 二つ目}
"""
CONFIRMED = "確定: {確定日: 令和6年3月25日, 金額: 45000}\n"


def text_of(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def refused(desk: Desk, path: Path, order: Order | str = "04") -> str:
    before = desk.register().ledger.entries()
    with pytest.raises(ProblemError) as error:
        desk.issue(path, order)
    assert desk.register().ledger.entries() == before
    return " ".join(f"{p.item} {p.message} {p.hint}" for p in error.value.problems)


def test_first_number_and_what_is_kept(either: Desk) -> None:
    path = either.case("A-1")
    done = either.issue(path)
    assert (done.entry.number, done.entry.text, done.issued_before) == (1, "見本市指令総企第1号", False)
    assert done.folder is not None
    kept = {p.name: p.read_bytes() for p in done.folder.iterdir()}
    files = {"04-decision.pdf", "決定一式.xlsx", "case.yaml", "texts.json", "amount.json"}
    assert set(kept) == files == set(done.entry.hashes)
    assert kept["case.yaml"] == path.read_bytes()
    text = text_of(kept["04-decision.pdf"])
    assert "見本市指令総企第1号" in text and "令和5年10月2日" in text and "案" not in text
    book = openpyxl.load_workbook(io.BytesIO(kept["決定一式.xlsx"]))
    sheet = book.worksheets[0]
    assert "見本市指令総企第1号" in {c.value for row in sheet.iter_rows() for c in row}
    assert not sheet.oddHeader.center.text
    assert (done.entry.who, done.entry.at, done.entry.applicant) == ("clerk", CLERK.now, "株式会社見本")
    assert list(verify(either.register())) == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_only_the_owner_can_read(desk: Desk) -> None:
    desk.issue(desk.case("A-1"))
    assert stat.S_IMODE(desk.root.stat().st_mode) == 0o700
    for path in desk.root.rglob("*"):
        if path.parent.name != "cases" and (path.parent != desk.root or path.name.startswith("register")):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_issued_again_gives_the_same(either: Desk) -> None:
    path = either.case("A-1")
    first = either.issue(path)
    again = either.issue(path)
    assert again.issued_before and again.entry == first.entry and again.folder == first.folder
    assert len(either.register().ledger.entries()) == 1


def test_letters_of_the_case_number_do_not_matter(desk: Desk) -> None:
    first = desk.issue(desk.case("A-1"))
    assert desk.issue(desk.case("a-1")).entry == first.entry


def test_another_date_is_refused(desk: Desk) -> None:
    path = desk.case("A-1")
    desk.issue(path)
    assert "発行済み" in refused(desk, path, Order("04", date=date(2023, 10, 3)))


def test_another_applicant_is_refused(either: Desk) -> None:
    either.issue(either.case("A-1", more=CONFIRMED))
    other = either.case("A-1", name="有限会社例示", more=CONFIRMED)
    assert "ほかの事業者" in refused(either, other, "07")
    (checked,) = check_files([other], offices.known(), register=either.register())
    assert not checked.ok and "例示" not in " ".join(p.message for p in checked.problems)


def test_a_form_without_number_and_one_not_reached(desk: Desk) -> None:
    path = desk.case("A-1")
    assert "番号が付きません" in refused(desk, path, "01")
    assert "まだ書かれていない" in refused(desk, path, "07")
    assert "ありません" in refused(desk, path, "99")


def test_a_quoted_document_comes_first(desk: Desk) -> None:
    path = desk.case("A-1", more=CONFIRMED)
    assert "まだ発行されていません" in refused(desk, path, "07")
    desk.issue(path)
    done = desk.issue(path, "07")
    assert done.folder is not None
    assert "令和5年10月2日付け見本市指令総企第1号で" in text_of((done.folder / "07-confirmation.pdf").read_bytes())


def test_two_changes_are_two_documents(either: Desk) -> None:
    path = either.case("A-1", more=CHANGES)
    either.issue(path)
    first, second = either.issue(path, "05"), either.issue(path, "05")
    assert [(d.entry.number, d.entry.ordinal, d.entry.date) for d in (first, second)] == [
        (1, 0, "2023-11-09"), (2, 1, "2023-12-08"),
    ]  # fmt: skip
    assert either.issue(path, "05").entry == second.entry
    assert either.issue(path, Order("05", nth=1)).entry == first.entry
    assert first.folder is not None and second.folder is not None
    assert "一つ目" in text_of((first.folder / "05-approval.pdf").read_bytes())
    assert "二つ目" in text_of((second.folder / "05-approval-2.pdf").read_bytes())
    assert "第3回" in refused(either, path, Order("05", nth=3))
    assert "どの回" in refused(either, path, Order("05", reissue=True, reason="訂正"))


def test_two_series_count_side_by_side(desk: Desk) -> None:
    for number in ("A-1", "A-2"):
        path = desk.case(number, more=CONFIRMED)
        assert desk.issue(path).entry.text == f"見本市指令総企第{number[-1]}号"
        assert desk.issue(path, "07").entry.text == f"見総企第{number[-1]}号"


def test_year_change(either: Desk) -> None:
    """指令 counts by 年度, 通知 by calendar year; the document's date decides, in whatever order they are issued."""
    march, april = Order("04", date=date(2024, 3, 31)), Order("04", date=date(2024, 4, 1))
    given = [either.issue(either.case(f"A-{n}"), o).entry for n, o in enumerate((march, april, march, april))]
    assert [(e.year, e.number) for e in given] == [
        ("令和5年度", 1), ("令和6年度", 1), ("令和5年度", 2), ("令和6年度", 2),
    ]  # fmt: skip
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 4, 1))
    for n, day in enumerate(days):
        path = either.case(f"B-{n}", more=CONFIRMED)
        either.issue(path)
        entry = either.issue(path, Order("07", date=day)).entry
        assert (entry.year, entry.number) == (("令和5年", 1), ("令和6年", 1), ("令和6年", 2))[n]


def test_the_year_begins_where_paper_ended(desk: Desk) -> None:
    toml = desk.root / "yoshiki.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + '\n["次の番号"."指令"]\n"令和5年度" = 41\n', encoding="utf-8")
    assert [desk.issue(desk.case(f"A-{n}")).entry.number for n in range(2)] == [41, 42]


def test_an_edit_that_changes_an_issued_document(either: Desk) -> None:
    path = either.case("A-1")
    either.issue(path)
    path = either.case("A-1", amount=49000)
    told = refused(either, path)
    assert "50,000円 → 49,000円" in told and "--reissue --reason" in told and "決定額" in told
    (checked,) = check_files([path], offices.known(), register=either.register())
    assert not checked.ok
    (done,) = render_files([path], offices.known(), either.root / "output", register=either.register())
    assert not done.made and not (either.root / "output").exists()


def edited(desk: Desk) -> Path:
    """The case with another amount and another representative, of which the decision tells both."""
    path = desk.case("A-1", amount=49_000)
    path.write_text(path.read_text(encoding="utf-8").replace("見本　太郎", "架空　花子"), encoding="utf-8")
    return path


def test_of_many_differences_the_first_are_told_and_the_others_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.operations.edits_after_issue._SHOWN", 1)
    desk.issue(desk.case("A-1"))
    (checked,) = check_files([edited(desk)], offices.known(), register=desk.register())
    assert [p.code for p in checked.problems] == ["issued.differs", "issued.more-differences"]
    assert "ほかに1か所" in checked.problems[1].message


def test_what_was_issued_can_no_longer_be_read(desk: Desk) -> None:
    """The texts that a document was issued with are what an edit is held against; the case as it was only helps."""
    folder = desk.issue(desk.case("A-1")).folder
    assert folder is not None
    path = edited(desk)
    (folder / "case.yaml").unlink()
    (checked,) = check_files([path], offices.known(), register=desk.register())
    assert [p.code for p in checked.problems] == ["issued.differs"] * 2
    (folder / "texts.json").unlink()
    (checked,) = check_files([path], offices.known(), register=desk.register())
    assert [p.code for p in checked.problems] == ["register.document-lost"]
    assert not desk.register().archive.has(folder.name, "texts.json", "")


def test_a_place_that_is_taken_by_something_else_stops_the_move(desk: Desk) -> None:
    """What was staged stays where it is, and so is not lost."""
    register = desk.register()
    register.archive.stage("0123", {"a.pdf": b"a"}, lambda _: None)
    (register.archive.root / "tiny" / "A-1").mkdir(parents=True)
    (register.archive.root / "tiny" / "A-1" / "b.pdf").write_bytes(b"b")
    with pytest.raises(OSError):
        register.archive.complete("0123", "tiny/A-1")
    assert register.archive.stagings() == ("0123",)


def test_what_is_personal_is_not_told(desk: Desk) -> None:
    path = desk.case("A-1")
    desk.issue(path)
    path.write_text(path.read_text(encoding="utf-8").replace("見本　太郎", "架空　花子"), encoding="utf-8")
    told = refused(desk, path)
    assert "… → …" in told and "太郎" not in told and "花子" not in told


def test_an_edit_elsewhere_is_fine(desk: Desk) -> None:
    desk.issue(desk.case("A-1"))
    path = desk.case("A-1", more=CONFIRMED)
    assert desk.issue(path).issued_before
    (checked,) = check_files([path], offices.known(), register=desk.register())
    assert checked.ok


def test_a_stage_taken_out_again(desk: Desk) -> None:
    path = desk.case("A-1", more=CONFIRMED)
    desk.issue(path)
    desk.issue(path, "07")
    (checked,) = check_files([desk.case("A-1")], offices.known(), register=desk.register())
    assert ["もとになった" in p.message for p in checked.problems] == [True]


def test_reissue_with_a_new_number(either: Desk) -> None:
    path = either.case("A-1")
    first = either.issue(path)
    either.issue(either.case("B-1"))
    path = either.case("A-1", amount=49000)
    assert "理由" in refused(either, path, Order("04", reissue=True))
    order = Order("04", reissue=True, reason="決定額の訂正")
    second = either.issue(path, order)
    assert (second.entry.kind, second.entry.number, second.entry.revision) == (REISSUED, 3, 2)
    assert first.folder is not None and second.folder is not None and first.folder.is_dir()
    assert "49,000円" in text_of((second.folder / "04-decision.pdf").read_bytes())
    assert either.issue(path, order).issued_before  # the same command twice is one reissue
    assert either.issue(path).entry == second.entry
    assert list(verify(either.register())) == []


def test_reissue_with_the_same_number(desk: Desk) -> None:
    path = desk.case("A-1", more=CHANGES)
    desk.issue(path)
    first = desk.issue(path, Order("05", nth=1))
    path.write_text(path.read_text(encoding="utf-8").replace("一つ目", "訂正"), encoding="utf-8")
    second = desk.issue(path, Order("05", nth=1, reissue=True, reason="内容の訂正"))
    assert (second.entry.kind, second.entry.text, second.entry.revision) == (REPLACED, first.entry.text, 2)
    assert desk.issue(path, Order("05", nth=2)).entry.number == 2


def test_reissue_of_what_was_never_issued(desk: Desk) -> None:
    assert "まだ発行されていない" in refused(desk, desk.case("A-1"), Order("04", reissue=True, reason="訂正"))


def test_a_void_document_is_not_quoted_and_can_be_reissued(either: Desk) -> None:
    path = either.case("A-1", more=CONFIRMED)
    either.issue(path)
    scheme = offices.known().get("tiny")
    corrections.void(either.register(), scheme, VoidNumber("指令", "R5", 1, "相手方の誤り"), CLERK)
    assert "欠番" in refused(either, path)
    assert "まだ発行されていません" in refused(either, path, "07")
    assert either.issue(path, Order("04", reissue=True, reason="出し直し")).entry.number == 2


def test_void_and_paper_numbers_are_passed_over_without_gaps(either: Desk) -> None:
    register, scheme = either.register(), offices.known().get("tiny")
    paper = PaperDocument("指令", 1, date(2023, 6, 1), "P-1", "株式会社れい", "", form="04")
    corrections.record(register, scheme, paper, CLERK)
    corrections.void(register, scheme, VoidNumber("指令", "令和5年度", 2, "書き損じ"), CLERK)
    assert either.issue(either.case("A-1")).entry.number == 3
    for number in (1, 2, 3, 5):
        with pytest.raises(ProblemError):
            corrections.record(register, scheme, PaperDocument("指令", number, date(2023, 6, 1), "", "甲", "乙"), CLERK)
    for number in (2, 5):
        with pytest.raises(ProblemError):
            corrections.void(register, scheme, VoidNumber("指令", "R5", number, "理由"), CLERK)
    assert [e.taken for e in register.ledger.entries()] == [1, 2, 3]
    assert list(verify(either.register())) == []


def test_a_paper_number_is_quoted(desk: Desk) -> None:
    paper = PaperDocument("指令", 1, date(2023, 10, 1), "A-1", "株式会社見本", "", form="04")
    corrections.record(desk.register(), offices.known().get("tiny"), paper, CLERK)
    path = desk.case("A-1", more=CONFIRMED)
    assert desk.issue(path).folder is None
    done = desk.issue(path, "07")
    assert done.folder is not None
    assert "令和5年10月1日付け見本市指令総企第1号" in text_of((done.folder / "07-confirmation.pdf").read_bytes())


def test_render_copies_what_was_issued(desk: Desk) -> None:
    path, out = desk.case("A-1"), desk.root / "output"

    def render() -> bool:
        (done,) = render_files([path], offices.known(), out, register=desk.register())
        assert done.checked.ok
        return done.made

    assert render()
    assert "案" in text_of((out / "tiny" / "A-1" / "04-decision.pdf").read_bytes())
    done = desk.issue(path)
    assert done.folder is not None
    assert render() and not render()  # made again because it has a number now
    kept = (done.folder / "04-decision.pdf").read_bytes()
    assert (out / "tiny" / "A-1" / "04-decision.pdf").read_bytes() == kept
    assert (out / "tiny" / "A-1" / "決定一式.pdf").read_bytes() == kept
    book = openpyxl.load_workbook(out / "tiny" / "A-1" / "決定一式.xlsx")
    assert "見本市指令総企第1号" in {c.value for row in book.worksheets[0].iter_rows() for c in row}


def test_render_does_not_make_it_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later program may draw otherwise; what was issued stays what it is."""
    path = desk.case("A-1")
    done = desk.issue(path)
    assert done.folder is not None
    monkeypatch.setattr(rendering, "renderer", lambda _: lambda document: b"drawn otherwise")
    monkeypatch.setattr("generator.render.pdf.render", lambda *_, **__: b"drawn otherwise")
    (rendered,) = render_files([path], offices.known(), desk.root / "output", register=desk.register())
    folder = rendered.folder
    assert folder is not None
    kept = (done.folder / "04-decision.pdf").read_bytes()
    assert (folder / "04-decision.pdf").read_bytes() == kept == (folder / "決定一式.pdf").read_bytes()
    assert (folder / "01-application.pdf").read_bytes() == b"drawn otherwise"


def test_render_does_not_copy_an_altered_file(desk: Desk) -> None:
    path = desk.case("A-1")
    done = desk.issue(path)
    assert done.folder is not None
    pdf = done.folder / "04-decision.pdf"
    pdf.chmod(0o600)
    pdf.write_bytes(pdf.read_bytes() + b" ")
    (rendered,) = render_files([path], offices.known(), desk.root / "output", register=desk.register())
    assert not rendered.checked.ok and "変えられています" in rendered.checked.problems[-1].message


def test_no_symbol_no_number(desk: Desk) -> None:
    toml = desk.root / "yoshiki.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("総企", ""), encoding="utf-8")
    assert "文書記号" in refused(desk, desk.case("A-1"))
    assert not os.listdir(desk.root / "issued")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (VoidNumber("告示", "R5", 1, "書き損じ"), "correct.unknown-series"),
        (VoidNumber("指令", "R5", 1, " "), "correct.no-reason"),
        (VoidNumber("指令", "そのうち", 1, "書き損じ"), "correct.no-year"),
        (VoidNumber("指令", "R5", 0, "書き損じ"), "correct.no-number"),
        (VoidNumber("指令", "R5", 2, "書き損じ"), "correct.gap"),
        (PaperDocument("指令", 1, date(2023, 6, 1), "A-1", "甲", "", "07"), "correct.other-series"),
        (PaperDocument("通知", 1, date(2023, 6, 1), "A-1", "丙", "乙"), "issued.other-applicant"),
        (PaperDocument("指令", 1, date(2023, 6, 1), "A-1", "甲", "", "04"), "correct.number-taken"),
        (PaperDocument("指令", 2, date(2023, 6, 1), "A-1", "甲", "", "04"), "correct.issued-already"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_entered_by_hand(desk: Desk, given: VoidNumber | PaperDocument, code: str) -> None:
    """Nothing is in the register then but what was there before."""
    register, scheme = desk.register(), offices.known().get("tiny")
    if isinstance(given, PaperDocument):
        corrections.record(register, scheme, PaperDocument("指令", 1, date(2023, 6, 1), "A-1", "甲", "", "04"), CLERK)
    before = register.ledger.entries()
    with pytest.raises(RefusedError) as caught:
        if isinstance(given, PaperDocument):
            corrections.record(register, scheme, given, CLERK)
        else:
            corrections.void(register, scheme, given, CLERK)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert register.ledger.entries() == before and list(verify(register)) == []
