"""What a schema can ask of a value, and what the rules make of what is given: on a small scheme of the tests."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from generator.case.assess import Assessment, assess, value_of_blank
from generator.case.build import build_case
from generator.problem import Problem
from generator.scheme.load import Schemes
from generator.source import read

SCHEMES = Path(__file__).parents[1] / "schemes"
CASE = (SCHEMES / "samples" / "lecture" / "L-001.yaml").read_text(encoding="utf-8")
ITEMS = """
          定員: {title: 定員, type: integer, x-kind: 整数, minimum: 2, maximum: 50}
          種別: {title: 種別, const: 講習, x-kind: 文字}
          略称: {title: 略称, type: string, minLength: 1, maxLength: 5, x-kind: 文字}
          分野: {title: 分野, type: array, maxItems: 3, uniqueItems: true, items: {type: string}}
"""
STEPS = """
  - {name: 分野の数, stage: 申請, formula: "=COUNTA(講習.分野)"}
  - {name: 割合, stage: 申請, each: 経費, formula: "=ROUND(単価/SUM(経費.単価),2)"}
  - {name: 倍, stage: 申請, each: 経費, formula: "=単価*2"}
"""


@pytest.fixture(scope="module")
def schemes(tmp_path_factory: pytest.TempPathFactory) -> Schemes:
    folder = tmp_path_factory.mktemp("forms") / "lecture"
    shutil.copytree(SCHEMES / "lecture", folder)
    for name, before, after in (
        ("case.schema.yaml", "\n          公開: ", f"{ITEMS}          公開: "),
        ("case.schema.yaml", "        required: [名称, 区分, 目的]", "        x-aliases: {催し: 名称}"),
        ("rules.yaml", "\nchecks:", f"{STEPS}checks:"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert before in text
        (folder / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    return Schemes([folder.parent])


def assessed(schemes: Schemes, text: str) -> tuple[Assessment | None, list[Problem]]:
    case, problems = build_case(read.parse(text, "案件.yaml"), schemes)
    assessment, unmet = assess(case)
    return assessment, [*problems, *unmet]


def with_line(line: str) -> str:
    return CASE.replace("    公開: はい\n", f"    公開: はい\n    {line}\n", 1)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("定員: 1", "too-small", "「1」は小さすぎます"),
        ("定員: 51", "too-large", "「51」は大きすぎます"),
        ("種別: 講演", "not-the-constant", "「講演」は書けません"),
        ('略称: ""', "empty", "空のままでは出せません"),
        ("略称: はじめての染物", "too-long", "5字までのところ、2字超えています"),
        ("分野: [布, 木, 土, 紙]", "too-many", "3件までです"),
        ("分野: [布, 布]", "twice", "同じものが二度"),
        ("催し: はじめての染物", "twice", "「催し」は「名称」と同じ項目で"),
    ],
)
def test_what_the_schema_refuses(schemes: Schemes, line: str, code: str, words: str) -> None:
    _, problems = assessed(schemes, with_line(line))
    assert [p.code for p in problems] == [f"case.{code}"]
    assert words in problems[0].message and problems[0].hint


def test_a_number_that_is_a_list_is_one_problem(schemes: Schemes) -> None:
    _, problems = assessed(schemes, CASE.replace("案件番号: L-001", "案件番号: [L-001]"))
    assert [p.code for p in problems] == ["case.not-a-value"]


def test_a_renamed_item_is_read_by_its_old_name(schemes: Schemes) -> None:
    assessment, problems = assessed(schemes, CASE.replace("    名称: ", "    催し: "))
    assert assessment is not None and not problems
    assert assessment.case.get("申請.講習.名称") == "はじめての染物"


def test_a_list_of_words_is_counted(schemes: Schemes) -> None:
    assessment, problems = assessed(schemes, with_line("分野: [布, 木]"))
    assert assessment is not None and not problems
    assert assessment.value("申請", "分野の数") == 2


def test_an_empty_row_shows_what_its_formula_gives_without_an_answer(schemes: Schemes) -> None:
    assessment, _ = assessed(schemes, CASE)
    assert assessment is not None
    book, stage = assessment.case.scheme.rulebook, assessment.case.stages[0]
    double, share = book.step("申請", "倍", "経費"), book.step("申請", "割合", "経費")
    assert double is not None and value_of_blank(double, assessment, stage) == 0
    assert share is not None and value_of_blank(share, assessment, stage) is None  # it asks for the other rows


@pytest.mark.parametrize("empty", ["決定:", "決定: ", "報告:", "決定: ~"])
def test_a_stage_with_nothing_below_is_not_taken_for_none(schemes: Schemes, empty: str) -> None:
    name = empty.partition(":")[0]
    text, count = re.subn(rf"(?ms)^{name}:.*?(?=^\S)", f"{empty}\n", CASE)
    assert count == 1
    _, problems = assessed(schemes, text)
    told = [p for p in problems if p.code == "case.empty-section"]
    assert [p.message for p in told] == [f"「{name}」に何も書かれていません"] and told[0].level == "error"
    assert text.splitlines()[told[0].position.line - 1].startswith(name)
