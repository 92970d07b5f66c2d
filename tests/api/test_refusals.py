"""What the face is asked for and cannot give is told by a Problem with a code and a way out, never by a bare error."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import offices
import pytest
from offices import CLERK, Desk
from refusals import told

from generator.api import (
    Applicant,
    BatchOptions,
    BulkOrder,
    Case,
    Clerk,
    Order,
    PaperDocument,
    ProblemError,
    RefusedError,
    Settings,
    UnavailableError,
    UnreadableError,
    VoidNumber,
    Workspace,
    draw,
)

DAY = CLERK.today
SPOILED = VoidNumber("指令", "令和7年度", 1, "書き損じ")
PAPER = PaperDocument("指令", 1, DAY, "", "株式会社見本", "通知書")


@pytest.fixture
def case(space: Workspace, desk: Desk) -> Case:
    return space.read_file(desk.case("A-1"))


def test_a_format_that_there_is_not(space: Workspace, case: Case, tmp_path: Path) -> None:
    (document, *_) = space.documents(case)
    asked: list[Callable[[], object]] = [
        lambda: space.render(case, ("doc",)),
        lambda: space.render(case, ("pdf", "PDF")),
        lambda: list(space.render_files([Path(case.source.name)], tmp_path / "out", ("doc",))),
        lambda: space.fillable("tiny", "申請", DAY, formats=("docx",)),
        lambda: space.batch([Path(case.source.name)], BatchOptions(str(tmp_path / "out"), DAY, ("doc",))),
        lambda: draw(document, "doc"),
    ]
    for call in asked:
        assert told(RefusedError, call).code == "render.unknown-format"
    assert "pdf・xlsx・docx" in told(RefusedError, asked[0]).hint
    assert "xlsx・pdf " in told(RefusedError, asked[3]).hint
    assert not (tmp_path / "out").exists()


def test_a_form_or_stage_that_there_is_not(space: Workspace, case: Case, tmp_path: Path) -> None:
    asked: list[Callable[[], object]] = [
        lambda: space.render(case, (), ("99",)),
        lambda: space.render(case, ("pdf",), ("04", "無い段階")),
        lambda: list(space.render_files([Path(case.source.name)], tmp_path / "out", ("pdf",), ("99",))),
    ]
    for call in asked:
        problem = told(RefusedError, call)
        assert problem.code == "render.unknown-form" and "04" in problem.hint and "決定" in problem.hint
    options = BatchOptions(str(tmp_path / "out"), DAY, stage="04")
    problem = told(RefusedError, lambda: space.batch([Path(case.source.name)], options))
    assert problem.code == "batch.unknown-stage" and "決定" in problem.hint
    assert not (tmp_path / "out").exists()
    assert space.render(case, ("pdf",), ("決定",)).keys() == {"04-decision.pdf"}


def test_a_form_of_another_scheme_is_none_of_this_case(case: Case, desk: Desk) -> None:
    both = Workspace(Settings((offices.FORMS,)))
    others = {form.id for scheme in both.schemes() for form in scheme.forms} - {f.id for f in case.scheme.forms}
    assert others
    for name in others:
        assert told(RefusedError, partial(both.render, case, (), (name,))).code == "render.unknown-form"


@pytest.mark.parametrize("stage", ["無い段階", "決定", ""])
def test_a_stage_in_which_the_applicant_writes_nothing(space: Workspace, case: Case, stage: str) -> None:
    for prefilled in (None, case, Applicant(b"{}")):
        problem = told(RefusedError, partial(space.fillable, "tiny", stage, DAY, prefilled))
        assert problem.code == "fillable.unknown-stage" and "申請" in problem.hint


def test_a_scheme_that_is_not_at_hand(space: Workspace) -> None:
    asked: list[Callable[[], object]] = [
        lambda: space.fillable("tinny", "申請", DAY),
        lambda: space.fillable_stages("tinny"),
        lambda: space.office().void("tinny", SPOILED, CLERK),
        lambda: space.office().record("tinny", PAPER, CLERK),
    ]
    for call in asked:
        problem = told(UnreadableError, call)
        assert problem.code == "scheme.unknown-scheme" and "tiny" in problem.hint


def test_a_form_that_takes_no_number(space: Workspace, case: Case) -> None:
    assert told(RefusedError, lambda: space.issue(case, Order("99"), CLERK)).code == "issue.unknown-form"
    order = BulkOrder("99")
    problem = told(RefusedError, lambda: space.office().examine([Path(case.source.name)], order, CLERK))
    assert problem.code == "issue.unknown-form" and "04" in problem.hint


def test_a_series_that_the_scheme_has_not(space: Workspace) -> None:
    problem = told(RefusedError, lambda: space.office().void("tiny", VoidNumber("無い", "R7", 1, "理由"), CLERK))
    assert problem.code == "correct.unknown-series"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": 0}, "correct.no-number"),
        ({"number": 2}, "correct.gap"),
        ({"form": "04"}, "correct.no-case"),
        ({"title": " "}, "correct.no-title"),
        ({"form": "99", "case_number": "A-1"}, "issue.unknown-form"),
        ({"form": "04", "case_number": "A-1", "nth": 0}, "correct.no-such-time"),
        ({"amount": -1}, "correct.negative-amount"),
        ({"amount": 10**30}, "correct.amount-too-large"),
        ({"number": 10**30}, "correct.no-number"),
        ({"date": date(1, 1, 1)}, "correct.no-date"),
        ({"date": date(1873, 3, 31)}, "correct.no-date"),
        ({"applicant": " "}, "correct.no-applicant"),
        ({"case_number": "../x"}, "correct.case-number"),
        ({"case_number": "NUL"}, "correct.case-number"),
        ({"applicant": "株式会社\n見本"}, "register.text"),
        ({"title": "通知\0書"}, "register.text"),
        ({"note": "\ud800"}, "register.text"),
        ({"title": "あ" * 501}, "register.text-too-long"),
    ],
)
def test_a_number_on_paper_that_cannot_be(space: Workspace, change: dict[str, Any], code: str) -> None:
    problem = told(RefusedError, lambda: space.office().record("tiny", replace(PAPER, **change), CLERK))
    assert problem.code == code
    assert space.office().ledger().entries == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"year": "いつか"}, "correct.no-year"),
        ({"reason": " "}, "correct.no-reason"),
        ({"number": 0}, "correct.no-number"),
        ({"number": 10**30}, "correct.no-number"),
        ({"reason": "書き\u2028損じ"}, "register.text"),
        ({"reason": "書" * 501}, "register.text-too-long"),
    ],
)
def test_a_number_that_cannot_be_void(space: Workspace, change: dict[str, Any], code: str) -> None:
    problem = told(RefusedError, lambda: space.office().void("tiny", replace(SPOILED, **change), CLERK))
    assert problem.code == code


@pytest.mark.parametrize(
    ("order", "clerk", "code"),
    [
        (Order("04", date=date(1, 1, 1)), CLERK, "issue.no-date"),
        (Order("04"), replace(CLERK, who="\ud800"), "register.text"),
        (Order("04"), replace(CLERK, now=""), "register.no-moment"),
        (Order("04"), replace(CLERK, now="きのう"), "register.no-moment"),
        (Order("04"), replace(CLERK, now="2025-02-30T00:00:00Z"), "register.no-moment"),
        (Order("04"), replace(CLERK, now="2025-13-45T99:99:99Z"), "register.no-moment"),
        (Order("04"), replace(CLERK, who="　"), "register.no-clerk"),
    ],
)
def test_what_the_register_cannot_hold_is_not_issued(
    space: Workspace, case: Case, order: Order, clerk: Clerk, code: str
) -> None:
    assert told(RefusedError, lambda: space.issue(case, order, clerk)).code == code
    assert space.office().ledger().entries == ()


def test_the_longest_texts_of_the_register_are_exported(space: Workspace) -> None:
    paper = replace(PAPER, title="件" * 500, applicant="相" * 500, note="備" * 500)
    space.office().record("tiny", paper, CLERK)
    document = space.office().ledger().document(space.schemes(), DAY)
    for format_ in ("xlsx", "pdf"):
        assert draw(document, format_)


def test_a_report_in_a_format_that_there_is_not(space: Workspace, case: Case, tmp_path: Path) -> None:
    for name in ("report.docx", "report", "report.txt"):
        options = BatchOptions(str(tmp_path / "out"), DAY, report=tmp_path / name)
        problem = told(RefusedError, partial(space.batch, [Path(case.source.name)], options))
        assert problem.code == "render.unknown-format" and "xlsx・pdf" in problem.hint
    assert not (tmp_path / "out").exists()


def test_a_scheme_that_breaks_while_a_case_is_open_is_not_the_case_to_blame(desk: Desk, tmp_path: Path) -> None:
    forms = shutil.copytree(offices.FORMS, tmp_path / "forms")
    own = Workspace(Settings((forms,), desk.root))
    case = own.read_file(desk.case("A-1"))
    (forms / "tiny" / "rules.yaml").write_text("x: [", encoding="utf-8")
    for call in (lambda: own.render(case), lambda: own.documents(case), lambda: own.issue(case, Order("04"), CLERK)):
        with pytest.raises(UnavailableError):
            call()


def test_the_folder_of_an_office_that_is_not_there(tmp_path: Path, case: Case, desk: Desk) -> None:
    lost = Workspace(Settings((offices.FORMS,), tmp_path / "nowhere"))
    asked: list[Callable[[], object]] = [
        lost.office,
        lost.signs,
        lost.create_register,
        lambda: lost.check(case),
        lambda: lost.check_files([Path(case.source.name)]),
        lambda: lost.render(case),
        lambda: lost.status(case, DAY),
        lambda: lost.overview([desk.root], DAY),
        lambda: lost.cases([desk.root]),
        lambda: lost.issue(case, Order("04"), CLERK),
        lambda: lost.batch([Path(case.source.name)], BatchOptions(str(tmp_path / "out"), DAY)),
    ]
    for call in asked:
        problem = told(UnreadableError, call)
        assert problem.code == "register.no-settings" and problem.position
        assert problem.position.file == str(tmp_path / "nowhere" / "yoshiki.toml")


def test_an_office_without_its_register(space: Workspace, desk: Desk, case: Case) -> None:
    (desk.root / "register.db").unlink()
    for call in (space.office, lambda: space.check(case), lambda: space.issue(case, Order("04"), CLERK)):
        assert told(UnavailableError, call).code == "register.file-missing"
    space.create_register()
    assert space.office().ledger().entries == ()
    with pytest.raises(RefusedError):
        space.create_register()


def test_an_office_without_its_key(space: Workspace, desk: Desk, case: Case) -> None:
    (desk.root / "register.key").unlink()
    for call in (space.office, space.signs, lambda: space.check(case)):
        assert told(UnavailableError, call).code == "register.key-unreadable"


def test_no_office_at_all(case: Case) -> None:
    alone = Workspace(Settings((offices.FORMS,)))
    for call in (alone.office, alone.create_register, lambda: alone.issue(case, Order("04"), CLERK)):
        assert told(RefusedError, call).code == "issue.no-office"
    assert not alone.signs()


def test_files_that_are_not_there(space: Workspace, tmp_path: Path) -> None:
    for call in (lambda: space.read_file(tmp_path / "x.yaml"), lambda: Applicant.of_file(tmp_path / "x.yaml")):
        assert told(UnreadableError, call).code == "source.missing-file"
    assert told(UnreadableError, lambda: space.receive_file(tmp_path / "x.xlsx")).code == "intake.no-file"


def test_a_folder_that_is_in_use_becomes_no_office(space: Workspace, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    assert told(RefusedError, lambda: space.create_office(tmp_path)).code == "register.folder-not-empty"


def test_a_case_of_another_scheme_fills_in_nothing(case: Case) -> None:
    both = Workspace(Settings((offices.FORMS,)))
    other = next(scheme.id for scheme in both.schemes() if scheme.id != "tiny")
    assert told(RefusedError, lambda: both.fillable(other, "申請", DAY, case)).code == "fillable.other-scheme"


def test_what_was_received_with_problems_is_neither_filed_nor_written(space: Workspace, tmp_path: Path) -> None:
    blanks = space.fillable("tiny", "申請", date(2025, 6, 2), formats=("xlsx",))
    ((name, data),) = blanks.items()
    received = space.receive(data, name)
    for call in (lambda: space.file_received(received, tmp_path / "filed"), lambda: space.written(received)):
        with pytest.raises(RefusedError) as caught:
            call()
        assert caught.value.problems == received.problems
    assert not (tmp_path / "filed").exists()


def test_a_document_of_which_nothing_is_made_for_word(space: Workspace, case: Case) -> None:
    asked = [space.documents(case)[0], space.office().ledger().document((), DAY)]
    for document in asked:
        assert told(RefusedError, partial(draw, document, "docx")).code == "render.nothing-for-word"
        assert draw(document, "xlsx") and draw(document, "pdf")


@pytest.mark.parametrize("ledger", ["mysql://a/b", "nix/dir/x.db", "postgresql://nobody@127.0.0.1:9/none"])
@pytest.mark.parametrize("there", [False, True])
def test_an_office_without_a_register_is_none(tmp_path: Path, ledger: str, there: bool) -> None:
    folder = tmp_path / "new"
    if there:
        folder.mkdir()
    with pytest.raises(ProblemError):
        Workspace(Settings((offices.FORMS,))).create_office(folder, ledger)
    assert folder.exists() is there and not (there and list(folder.iterdir()))
    Workspace(Settings((offices.FORMS,))).create_office(folder)
    assert Workspace(Settings((offices.FORMS,), folder)).office().ledger().entries == ()


def test_what_a_batch_could_not_begin_with_is_told_beforehand(space: Workspace, case: Case, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    out = str(tmp_path / "out")
    asked = {
        "storage.no-folder": (BatchOptions(str(file), DAY), BatchOptions(str(file / "below"), DAY)),
        "render.unknown-format": (BatchOptions(out, DAY, ("doc",)), BatchOptions(out, DAY, report=file)),
        "batch.unknown-stage": (BatchOptions(out, DAY, stage="無い段階"),),
        "batch.no-year": (BatchOptions(out, DAY, year="いつか"),),
    }
    for code, several in asked.items():
        for options in several:
            assert told(RefusedError, partial(space.ready, options)).code == code
            assert told(RefusedError, partial(space.batch, [Path(case.source.name)], options)).code == code
    space.ready(BatchOptions(out, DAY))
    assert not (tmp_path / "out").exists()
