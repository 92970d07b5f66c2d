"""What is issued is kept: render, bundle and batch copy it, whatever the case, the forms or the program are by then."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import command
import offices
import openpyxl
import pypdf
import pytest
import tagged
from offices import CLERK, Desk, assessed

from generator.operations import bundle, corrections
from generator.operations import issue as issuing
from generator.operations.corrections import PaperDocument, VoidNumber
from generator.operations.order import Issued, Order
from generator.operations.render import render_files
from generator.scheme.load import Schemes

CONFIRMED = "確定: {確定日: 令和6年3月25日, 金額: 45000}\n"
FORMS = offices.FORMS
# 確定 gets three forms: a numbered one, one that goes with it without a number, and another numbered one; 変更 two
MORE_FORMS = """\
  - {id: "07b", file: 07b-calculation, label: 計算書, stage: 確定, issuer: 市}
  - {id: "07c", file: 07c-order, label: 交付命令書, stage: 確定, issuer: 市, series: 指令,
     when: 確定.命令日, date: 確定.命令日}
  - {id: "05b", file: 05b-reason, label: 理由書, stage: 変更, issuer: 申請者}
series:
"""
MORE_ITEMS = """\
      命令日: {$ref: '#/$defs/date', title: 命令日}
      理由: {title: 理由, type: string, x-kind: 文章}
"""
CALCULATION = """\
form: 計算書
title: 見本補助金計算書
kind: form
paper: A4 portrait
margins: [20, 20, 20, 20]
columns: [60, 110]
rows:
  - [{text: "額の計算を示しました。", span: all, role: title}]
  - [{text: 理由, role: label, style: {border: all}}, {field: 確定.理由, style: {border: all}}]
"""
OLD, NEW = "しました", "したところである"


@dataclass
class Counter:
    """An office whose forms can be altered, and the clerk's commands in it."""

    desk: Desk
    forms: Path

    def known(self) -> Schemes:
        return Schemes([self.forms])

    def issue(self, path: Path, form: str, reissue: str = "") -> Issued:
        known = self.known()
        order = Order(form, reissue=bool(reissue), reason=reissue)
        return issuing.issue(self.desk.register(), assessed(path, known), known, order, CLERK)

    def kept(self, done: Issued, name: str) -> bytes:
        assert done.folder is not None
        return (done.folder / name).read_bytes()

    def alter(self, old: str = OLD, new: str = NEW) -> None:
        """The forms' wording, so that everything would be drawn otherwise now."""
        altered = 0
        for path in (self.forms / "tiny").glob("*.????-??-??.yaml"):
            text = path.read_text(encoding="utf-8")
            altered += old in text
            path.write_text(text.replace(old, new).replace("見本補助金交付", "見本補助金・交付"), encoding="utf-8")
        assert altered >= 2

    def run(self, name: str, path: Path) -> Path:
        """Run a command as the clerk does; the folder with what it made."""
        paths = ["cases", "--jobs", "1"] if name == "batch" else [path]
        said = command.run(name, *paths, "--out", "out", forms=self.forms)
        assert said.code == 0, said.output
        return self.desk.root / "out" / "tiny" / path.stem

    def workbook(self, path: Path) -> bytes:
        return (self.run("render", path) / "確定一式.xlsx").read_bytes()


@pytest.fixture
def counter(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    forms = tmp_path / "forms"
    shutil.copytree(FORMS, forms)
    tiny = forms / "tiny"
    scheme = (tiny / "scheme.yaml").read_text(encoding="utf-8")
    (tiny / "scheme.yaml").write_text(scheme.replace("series:\n", MORE_FORMS, 1), encoding="utf-8")
    schema = (tiny / "case.schema.yaml").read_text(encoding="utf-8")
    (tiny / "case.schema.yaml").write_text(schema.replace("$defs:\n", MORE_ITEMS + "$defs:\n"), encoding="utf-8")
    (tiny / "07b-calculation.2019-04-01.yaml").write_text(CALCULATION, encoding="utf-8")
    reason = CALCULATION.replace("確定.理由", "変更.内容")
    (tiny / "05b-reason.2019-04-01.yaml").write_text(reason, encoding="utf-8")
    letter = (tiny / "07-confirmation.2019-04-01.yaml").read_text(encoding="utf-8")
    (tiny / "07c-order.2019-04-01.yaml").write_text(letter.replace("第７号様式", "命令書"), encoding="utf-8")
    monkeypatch.chdir(desk.root)
    return Counter(desk, forms)


def texts(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def streams(data: bytes) -> list[bytes]:
    """The contents of each page, as they lie in the file."""
    return [page["/Contents"].get_object()._data for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def words(data: bytes) -> set[object]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize("name", ["render", "batch"])
def test_copied_though_it_would_be_drawn_otherwise(counter: Counter, name: str) -> None:
    path = counter.desk.case("A-1", more=CONFIRMED)
    decision, confirmation = counter.issue(path, "04"), counter.issue(path, "07")
    counter.alter()
    folder = counter.run(name, path)
    made = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert made["04-decision.pdf"] == made["決定一式.pdf"] == counter.kept(decision, "04-decision.pdf")
    assert made["決定一式.xlsx"] == counter.kept(decision, "決定一式.xlsx")
    issued = counter.kept(confirmation, "07-confirmation.pdf")
    assert made["07-confirmation.pdf"] == issued
    assert made["確定一式.xlsx"] == counter.kept(confirmation, "確定一式.xlsx")
    assert OLD in texts(issued)[0]
    # the stage in one file: what was issued as it was, what was not as it is
    whole = made["確定一式.pdf"]
    assert texts(whole) == [*texts(issued), *texts(made["07b-calculation.pdf"])]
    assert streams(whole)[0] == streams(issued)[0]
    assert NEW in texts(whole)[1]
    assert "見本補助金・交付申請書" in texts(made["01-application.pdf"])[0]


def test_bundled_as_it_was_issued(counter: Counter) -> None:
    path = counter.desk.case("A-1", more=CONFIRMED)
    decision, confirmation = counter.issue(path, "04"), counter.issue(path, "07")
    counter.alter()
    whole = (counter.run("bundle", path) / bundle.FILE).read_bytes()
    told = texts(whole)
    assert len(told) == 4 and "見本補助金・交付申請書" in told[0] and NEW in told[3]
    issued = [counter.kept(decision, "04-decision.pdf"), counter.kept(confirmation, "07-confirmation.pdf")]
    assert told[1:3] == [texts(one)[0] for one in issued]
    assert streams(whole)[1:3] == [streams(one)[0] for one in issued]
    reader = pypdf.PdfReader(io.BytesIO(whole))
    inside = {name: data[0] for name, data in reader.attachments.items()}
    assert inside["04-decision.pdf"] == issued[0] and inside["07-confirmation.pdf"] == issued[1]
    assert inside["決定一式.xlsx"] == counter.kept(decision, "決定一式.xlsx")
    assert inside["確定一式.xlsx"] == counter.kept(confirmation, "確定一式.xlsx")
    assert sorted(inside) == sorted({*inside}) and len(inside) == 1 + 3 + 2
    assert reader.page_labels == ["01-1", "04-1", "07-1", "07b-1"]
    titles = [mark.title for group in reader.outline if isinstance(group, list) for mark in group]
    assert titles[1] == "第４号様式　見本補助金交付決定通知書"  # as it was called
    # and it is read aloud as it was
    parts = tagged.read(whole).kids
    for part, one in zip(parts[1:], issued, strict=True):
        assert repr(part.kids[0]) == repr(tagged.read(one).kids[0])


def test_evidence_comes_behind_what_was_issued(counter: Counter) -> None:
    path = counter.desk.case("A-1", more=CONFIRMED)
    decision = counter.issue(path, "04")
    counter.alter()
    receipt = pypdf.PdfWriter()
    receipt.add_blank_page(300, 400)
    receipt.write("領収書.pdf")
    said = command.run("bundle", path, "--with", "領収書.pdf", "--out", "out", forms=counter.forms)
    assert said.code == 0, said.output
    whole = (counter.desk.root / "out" / "tiny" / "A-1" / bundle.FILE).read_bytes()
    told = texts(whole)
    assert len(told) == 5 and told[1] == texts(counter.kept(decision, "04-decision.pdf"))[0] and told[4] == ""
    assert pypdf.PdfReader(io.BytesIO(whole)).page_labels[-1] == "添付1-1"


def test_the_same_bundle_again(counter: Counter) -> None:
    path = counter.desk.case("A-1", more=CONFIRMED)
    counter.issue(path, "04")
    counter.issue(path, "07")
    one = (counter.run("bundle", path) / bundle.FILE).read_bytes()
    assert (counter.run("bundle", path) / bundle.FILE).read_bytes() == one


def test_a_workbook_with_a_draft_in_it_is_made_anew(counter: Counter) -> None:
    path = counter.desk.case("A-1", more=CONFIRMED.replace("}", ", 命令日: 令和6年3月26日}"))
    counter.issue(path, "04")
    first = counter.issue(path, "07")
    counter.alter()
    book = counter.workbook(path)
    assert book != counter.kept(first, "確定一式.xlsx")  # 交付命令書 is a draft still
    assert "見総企第1号" in words(book) and "見本市指令総企第2号" not in words(book)
    second = counter.issue(path, "07c")
    counter.alter(NEW, OLD)
    assert counter.workbook(path) == counter.kept(second, "確定一式.xlsx")
    assert {"見総企第1号", "見本市指令総企第2号"} <= words(counter.kept(second, "確定一式.xlsx"))


def test_the_workbook_of_a_reissue(counter: Counter) -> None:
    path = counter.desk.case("A-1", more=CONFIRMED.replace("}", ", 命令日: 令和6年3月26日}"))
    counter.issue(path, "04")
    counter.issue(path, "07")
    counter.issue(path, "07c")
    again = counter.issue(path, "07", reissue="訂正")
    assert again.entry.revision == 2
    counter.alter()
    assert counter.workbook(path) == counter.kept(again, "確定一式.xlsx")
    folder = counter.run("render", path)
    assert (folder / "07-confirmation.pdf").read_bytes() == counter.kept(again, "07-confirmation.pdf")


def test_a_void_document_is_a_draft_again(counter: Counter) -> None:
    path = counter.desk.case("A-1", more=CONFIRMED)
    counter.issue(path, "04")
    done = counter.issue(path, "07")
    corrections.void(
        counter.desk.register(), counter.known().get("tiny"), VoidNumber("通知", "令和6年", 1, "書き損じ"), CLERK
    )
    counter.alter()
    folder = counter.run("render", path)
    assert (folder / "確定一式.xlsx").read_bytes() != counter.kept(done, "確定一式.xlsx")
    assert "案" in texts((folder / "07-confirmation.pdf").read_bytes())[0]
    assert OLD not in texts((folder / "確定一式.pdf").read_bytes())[0]


def test_a_document_on_paper_has_nothing_to_copy(counter: Counter) -> None:
    """Its number stands in all that is made anew; the workbook issued before it did not know of it."""
    path = counter.desk.case("A-1", more=CONFIRMED.replace("}", ", 命令日: 令和6年3月26日}"))
    counter.issue(path, "04")
    done = counter.issue(path, "07")
    paper = PaperDocument("指令", 2, date(2024, 3, 27), "A-1", "株式会社見本", "", form="07c")
    corrections.record(counter.desk.register(), counter.known().get("tiny"), paper, CLERK)
    folder = counter.run("render", path)
    book = (folder / "確定一式.xlsx").read_bytes()
    assert book != counter.kept(done, "確定一式.xlsx") and "見本市指令総企第2号" in words(book)
    told = texts((folder / "確定一式.pdf").read_bytes())
    assert "見本市指令総企第2号" in told[2] and not any("案" in text for text in told)


def edit_reason(path: Path) -> None:
    """On the form without a number only."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("金額: 45000", "金額: 45000, 理由: 追加"), encoding="utf-8")


def edit_nothing(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "# メモ\n", encoding="utf-8")


def edit_later(path: Path) -> None:
    """In what comes after the first 変更."""
    text = path.read_text(encoding="utf-8")
    second = "  - {申請日: 令和5年12月1日, 内容: 二つ目}\n確定:"
    path.write_text(text.replace("確定:", second).replace("金額: 45000", "金額: 44000, 理由: 追加"), encoding="utf-8")


CHANGED = "変更:\n  - {申請日: 令和5年11月1日, 承認日: 令和5年11月9日, 内容: 一つ目}\n"


@pytest.mark.parametrize(
    ("edit", "form", "same"),
    [(edit_reason, "07", False), (edit_nothing, "07", True), (edit_later, "05", True)],
    ids=["shown", "nothing", "later"],
)
def test_an_edit_that_no_issued_document_shows(
    counter: Counter, edit: Callable[[Path], None], form: str, same: bool
) -> None:
    """The workbook is as issued as long as nothing has changed that the stage's other forms could show."""
    path = counter.desk.case("A-1", more=CHANGED + CONFIRMED)
    counter.issue(path, "04")
    done = counter.issue(path, form)
    edit(path)
    counter.alter()
    folder = counter.run("render", path)
    (name,) = [one for one in done.entry.hashes if one.endswith(".xlsx")]
    assert ((folder / name).read_bytes() == counter.kept(done, name)) == same
    if not same:
        assert "追加" in words((folder / name).read_bytes())
        assert "追加" in texts((folder / "確定一式.pdf").read_bytes())[1]


def test_the_workbook_of_a_stage_that_was_taken_out_again(counter: Counter) -> None:
    """Nothing before the stage has changed, so it is the one that was issued."""
    path = counter.desk.case("A-1", more=CONFIRMED)
    counter.issue(path, "04")
    done = counter.issue(path, "07")
    case = assessed(counter.desk.case("A-1"), counter.known()).case
    files = counter.desk.register().issued_files(case)
    assert files["確定一式.xlsx"] == counter.kept(done, "確定一式.xlsx")


def test_an_altered_workbook_is_not_copied(counter: Counter) -> None:
    path = counter.desk.case("A-1", more=CONFIRMED)
    done = counter.issue(path, "04")
    assert done.folder is not None
    book = done.folder / "決定一式.xlsx"
    book.chmod(0o600)
    book.write_bytes(book.read_bytes() + b" ")
    (rendered,) = render_files([path], counter.known(), counter.desk.root / "out", register=counter.desk.register())
    assert not rendered.checked.ok and "変えられています" in rendered.checked.problems[-1].message
