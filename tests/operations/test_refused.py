"""What a case or its scheme is at fault for is a problem of the case, whatever was asked for; nothing is written."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import offices
import pytest
from offices import CLERK, Desk, assessed

from generator.operations import bundle, corrections, issue
from generator.operations.check import check_files
from generator.operations.order import Order
from generator.operations.render import render_files
from generator.operations.settings import Settings
from generator.problem import RefusedError, UnavailableError, UnreadableError
from generator.register.office import FILE
from generator.register.register import verify
from generator.scheme.load import Schemes
from generator.storage.case_folder import MANIFEST

FORM_01 = "file: 01-application, label: 第１号様式, stage: 申請, issuer: 申請者"
FORM_04 = "stage: 決定, issuer: 市"
CONTENT = "  - [{text: 申請額, role: label"


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    return offices.copied(tmp_path / "forms")


def change(forms: Path, file: str, before: str, after: str) -> Schemes:
    """The schemes with some words of a file of the small one replaced."""
    offices.reword(forms, file, before, after)
    return Schemes([forms])


def never(forms: Path, form: str) -> Schemes:
    """The form is made only of a case with a 変更."""
    return change(forms, "scheme.yaml", form, f"{form}, when: 変更")


def test_a_case_without_a_form_is_not_bundled(desk: Desk, forms: Path) -> None:
    schemes = never(forms, FORM_01)
    path = desk.case("A-1")
    path.write_text(path.read_text(encoding="utf-8").partition("決定:")[0], encoding="utf-8")
    done = bundle.bundle(path, schemes, desk.root / "out", ())
    assert [p.code for p in done.checked.problems] == ["bundle.nothing"] and not done.checked.ok
    assert done.path is None and not (desk.root / "out").exists()


def test_a_form_that_the_case_does_not_call_for_is_not_issued(desk: Desk, forms: Path) -> None:
    schemes, register = never(forms, FORM_04), desk.register()
    case = assessed(desk.case("A-1"), schemes)
    for act in (issue.issue, issue.prospect):
        with pytest.raises(RefusedError) as refused:
            act(register, case, schemes, Order("04"), CLERK)
        assert [p.code for p in refused.value.problems] == ["issue.form-not-made"]
    assert register.ledger.entries() == () and register.archive.stagings() == ()


def test_a_case_without_the_date_that_governs_it(desk: Desk, forms: Path) -> None:
    schemes = change(forms, "case.schema.yaml", "required: [申請日, 申請者, 金額]", "required: [申請者, 金額]")
    path = desk.case("A-1")
    text = path.read_text(encoding="utf-8").partition("決定:")[0]
    path.write_text(text.replace("  申請日: 令和5年9月1日\n", ""), encoding="utf-8")
    (report,) = check_files([path], schemes)
    assert [p.code for p in report.problems] == ["case.no-governing-date"] and not report.ok and not report.failed


def test_a_text_that_cannot_be_composed_is_told_at_its_form(desk: Desk, forms: Path) -> None:
    text = '  - [{text: "{{ 申請.申請者.事業者名 | 和暦 }}", span: all}]\n'
    schemes = change(forms, "01-application.2019-04-01.yaml", CONTENT, text + CONTENT)
    (report,) = check_files([desk.case("A-1")], schemes)
    (problem,) = report.problems
    assert problem.code == "layout.text-not-composed" and not report.ok
    assert problem.position and problem.position.file.endswith("01-application.2019-04-01.yaml")


def test_nothing_is_released_where_the_scheme_knows_no_release(desk: Desk) -> None:
    path = desk.case("A-1")
    desk.issue(path)
    with pytest.raises(RefusedError) as refused:
        corrections.release(desk.register(), assessed(path, offices.known()), CLERK)
    assert [p.code for p in refused.value.problems] == ["correct.no-release"]
    assert len(desk.register().ledger.entries()) == 1


def test_what_stops_an_issue_is_told_though_it_cannot_be_tidied_up(desk: Desk) -> None:
    """Beside what was staged lies something that cannot be moved to its place."""
    first = desk.issue(desk.case("A-1")).entry
    path, remains = desk.case("A-2"), desk.root / "issued" / ".staging" / first.staging

    def stop(step: str) -> None:
        if step == "staged":
            remains.mkdir()
            raise InterruptedError("stopped")

    with pytest.raises(InterruptedError, match="stopped"):
        desk.issue(path, step=stop)
    remains.rmdir()
    assert desk.issue(path).entry.number == 2
    assert desk.register().archive.stagings() == () and list(verify(desk.register())) == []


def test_a_register_that_fails_is_told_and_nothing_is_made_again(desk: Desk) -> None:
    path, out = desk.case("A-1"), desk.root / "out"
    (before,) = render_files([path], offices.known(), out, ["pdf"], register=desk.register())
    made = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    assert before.checked.ok and made
    register = desk.register()
    with sqlite3.connect(desk.root / "register.db") as connection:
        connection.execute("ALTER TABLE yoshiki_entry RENAME TO other")
    connection.close()
    with pytest.raises(UnavailableError, match="台帳を読み書きできません"):
        list(render_files([path], offices.known(), out, ["pdf"], register=register))
    assert {file: file.read_bytes() for file in made} == made


@pytest.mark.parametrize("warnings", [[1], [{}], [{"message": "x"}], 1])
def test_what_others_wrote_into_a_manifest_is_not_believed(desk: Desk, warnings: object) -> None:
    path, out = desk.case("A-1"), desk.root / "out"
    (before,) = render_files([path], offices.known(), out, ["pdf"])
    manifest = out / "tiny" / "A-1" / MANIFEST
    written = manifest.read_bytes()
    told = json.loads(written)
    told["told"] = dict.fromkeys(told["told"], warnings)
    manifest.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    (again,) = render_files([path], offices.known(), out, ["pdf"])
    assert again.checked.ok and again.checked.problems == before.checked.problems and again.files == before.files
    assert json.loads(manifest.read_bytes()) == json.loads(written), "and it is put right"


def test_settings_that_are_gone_are_told(desk: Desk) -> None:
    schemes = Settings((offices.FORMS,), desk.root).schemes()
    assert schemes.get("tiny").id == "tiny"
    (desk.root / FILE).unlink()
    with pytest.raises(UnreadableError) as told:
        schemes.get("tiny")
    assert [p.code for p in told.value.problems] == ["register.no-settings"]
