"""A scheme is checked across its files when it is loaded; every slip is told at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import samples
from kawasaki_samples import SCHEME

from generator.problem import Problem, ProblemError
from generator.scheme import load
from generator.scheme.roles import Role

KAWASAKI = samples.FORMS / SCHEME


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / KAWASAKI.name
    shutil.copytree(KAWASAKI, target)
    return target


def slip(folder: Path, name: str, before: str, after: str) -> Problem:
    path = next(folder.glob(name))
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{before} is no longer in {name}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ProblemError) as caught:
        load.load(folder)
    return caught.value.problems[0]


def test_a_layout_may_not_name_a_field_that_the_schema_lacks(folder: Path) -> None:
    problem = slip(folder, "01-application*", "申請.申請者.事業者名,", "申請.申請者.事業者明,")
    assert "申請.申請者.事業者明" in problem.message and "事業者名" in problem.hint
    assert problem.position and problem.position.file.endswith("01-application.2023-09-01.yaml")


def test_a_text_may_not_name_what_is_not_there(folder: Path) -> None:
    problem = slip(folder, "04-decision*", "発行日", "申請.発行した日")
    assert "申請.発行した日" in problem.message


def test_a_computed_name_must_exist(folder: Path) -> None:
    problem = slip(folder, "01-application*", "value: 補助申請額", "value: 補助申請学")
    assert "補助申請学" in problem.message


def test_a_formula_may_not_use_an_unknown_name(folder: Path) -> None:
    problem = slip(folder, "rules.yaml", "補助対象事業費*補助率", "補助対象事業日*補助率")
    assert "補助対象事業日" in problem.message and "補助対象事業費" in problem.hint


def test_a_rate_stands_only_to_the_right_of_a_product(folder: Path) -> None:
    problem = slip(folder, "rules.yaml", "補助対象事業費*補助率", "補助率*補助対象事業費")
    assert "補助率" in problem.message


def test_unknown_keys_are_told_with_the_nearest(folder: Path) -> None:
    problem = slip(folder, "scheme.yaml", "governing:", "governning:")
    assert problem.hint == "「governing」ではありませんか"


ROLES = "roles: {申請者: applicant, 市: office}"


def test_an_issuer_is_one_of_the_roles(folder: Path) -> None:
    problem = slip(folder, "scheme.yaml", "issuer: 市, series: 指令", "issuer: 県, series: 指令")
    assert "「issuer」は 申請者・市 のどれかです" in problem.message


def test_without_roles_there_is_only_the_applicant(folder: Path) -> None:
    assert "x-記入者「市」はだれか分かりません" in slip(folder, "scheme.yaml", ROLES, "").message


def test_a_role_is_one_that_the_program_knows(folder: Path) -> None:
    assert "applicant・office のどれかです" in slip(folder, "scheme.yaml", "市: office}", "市: mayor}").message


def test_whoever_acts_is_one_of_the_roles(folder: Path) -> None:
    assert "「by」は 申請者・市 のどれかです" in slip(folder, "scheme.yaml", "支払, by: 市", "支払, by: 県").message


def test_a_scheme_of_a_prefecture_calls_its_office_so(folder: Path) -> None:
    for path in (folder / "scheme.yaml", folder / "case.schema.yaml"):
        text = path.read_text(encoding="utf-8")
        for word in ("issuer: {}", "by: {}", "x-記入者: {}\n", "x-記入者: {},", "{}: office"):
            text = text.replace(word.format("市"), word.format("県"))
        path.write_text(text, encoding="utf-8")
    scheme = load.load(folder)
    assert scheme.office == "県" and scheme.form("04").issuer == "県" and scheme.form("04").role is Role.OFFICE
    approval = scheme.schema.at("変更.承認")
    assert approval is not None and approval.office


def test_columns_fill_the_paper(folder: Path) -> None:
    problem = slip(folder, "02b-budget*", "columns: [", "columns: [5, ")
    assert "mm" in problem.message


def test_a_bad_style_name_is_refused(folder: Path) -> None:
    assert "styles" in slip(folder, "07-confirmation*", "style: right", "style: rihgt").message


def test_a_template_syntax_error_is_refused(folder: Path) -> None:
    assert slip(folder, "04-decision*", "{{ 番号", "{{ 番号 |").message


def test_a_missing_layout_is_refused(folder: Path) -> None:
    next(folder.glob("06c-*")).unlink()
    with pytest.raises(ProblemError) as caught:
        load.load(folder)
    assert "06c-expenses" in caught.value.problems[0].message


def test_dated_values_are_in_order(folder: Path) -> None:
    problem = slip(folder, "rules.yaml", "{from: 2023-04-01, value: 1/2", "{from: 2021-04-01, value: 1/2")
    assert "古い順" in problem.message


def test_only_a_document_with_a_number_is_quoted(folder: Path) -> None:
    problem = slip(folder, "scheme.yaml", '指令番号: {form: "04"', '指令番号: {form: "05"')
    assert "文書番号が付きません" in problem.message and problem.position


def test_the_draft_of_a_quote_from_a_list_is_the_documents_own_date(folder: Path) -> None:
    problem = slip(folder, "scheme.yaml", '指令日: {form: "04"', '指令日: {form: "10"')
    assert "「変更」は並び" in problem.message and problem.position


@pytest.mark.parametrize(
    ("before", "after", "message", "hint"),
    [
        ("    x-kind: 円\n", "    x-kimd: 円\n", "「x-kimd」", "x-kind"),
        ("required: [制度", "requierd: [制度", "「requierd」", "required"),
        ("        minItems: 1\n", "        if: {minItems: 1}\n", "「if」", ""),
    ],
)
def test_a_key_of_the_schema_that_would_be_passed_over_is_refused(
    folder: Path, before: str, after: str, message: str, hint: str
) -> None:
    problem = slip(folder, "case.schema.yaml", before, after)
    assert message in problem.message and hint in problem.hint
    assert problem.position and after.split(":")[0] in problem.position.excerpt


def test_a_text_that_names_a_computed_amount_bare_is_told_how(folder: Path) -> None:
    problem = slip(folder, "01-application.*.yaml", "text: 事業名,", 'text: "{{ 総事業費 }}",')
    assert "「総事業費」" in problem.message and "「計算.総事業費」" in problem.hint


def test_a_script_is_one_that_inputs_can_ask_for(folder: Path) -> None:
    problem = slip(folder, "case.schema.yaml", "x-書き方: カタカナ", "x-書き方: かたかな")
    assert "x-書き方" in problem.message and "カタカナ・郵便番号" in problem.hint


def test_the_format_of_a_step_is_one_that_cells_have(folder: Path) -> None:
    problem = slip(folder, "rules.yaml", "format: 和暦", "format: 和歴")
    assert "format" in problem.message and "和暦" in problem.message


def test_a_reference_to_itself_is_refused(folder: Path) -> None:
    path = folder / "case.schema.yaml"
    text = path.read_text(encoding="utf-8").replace("$defs:\n", "$defs:\n  loop: {$ref: '#/$defs/loop'}\n")
    path.write_text(text, encoding="utf-8")
    problem = slip(folder, "case.schema.yaml", "#/$defs/decision'", "#/$defs/loop'")
    assert "自分に戻っています" in problem.message and problem.code == "scheme.circular-ref"
