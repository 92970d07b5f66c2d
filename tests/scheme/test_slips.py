"""A slip in a scheme's files is told when the scheme is loaded, with its code and at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.problem import SchemeError
from generator.scheme.load import load
from generator.scheme.references import ColumnReference

SCHEMES = Path(__file__).parents[1] / "schemes"
MAIN, RULES, SCHEMA = "scheme.yaml", "rules.yaml", "case.schema.yaml"
COSTS = "01b-costs.*"
WORDS = "  語群:\n    - {from: 2020-04-01, value: [甲, 乙], basis: 第３条}\nsteps:\n"
STEP = '  - {name: 合計, stage: 申請, formula: "=SUM(経費.金額)"'
CHECK = "  - {name: 決定額, stage: 決定, at: 金額, "
SPACE = "rows:\n"
HISTORY = "history:\n  - {of: 申請.申請者, stage: 報告, value: 変更後, before: 変更前}\n"
AGAINST = "against: {as: 前, of: 申請.経費, match: 項目}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SCHEMES / "lecture", tmp_path / "lecture"))


def changed(folder: Path, name: str, before: str, after: str) -> None:
    path = next(folder.glob(name))
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{before} is no longer in {name}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def deep(levels: int) -> str:
    return "{type: object, properties: {中: " * levels + "{type: string}" + "}}" * levels


@pytest.mark.parametrize(
    ("name", "before", "after", "code"),
    [
        (MAIN, "scheme: lecture", "scheme: lectures", "folder-name"),
        (MAIN, "begins: 2020-04-01", "begins: 2020-04-31", "not-a-date"),
        (MAIN, "governing: 申請.申請日", "governing: 申請.日", "unknown-item"),
        (MAIN, "party: 申請.申請者.事業者名", "party: 申請.事業者名", "unknown-item"),
        (MAIN, "date: 決定.決定日}", "date: 決定.日}", "unknown-item"),
        (MAIN, '{id: "01b", file', '{id: "01", file', "twice"),
        (MAIN, "issuer: 申請者, word: true}", 'issuer: 申請者, word: true, requires: ["02"]}', "misplaced-key"),
        (MAIN, "series: 指令, word: true}", 'series: 指令, word: true, requires: ["03"]}', "unknown-form"),
        (MAIN, "stages:", f"{HISTORY.replace('申請.申請者', '申請.申請日')}stages:", "unknown-item"),
        (MAIN, "stages:", f"{HISTORY.replace('value: 変更後', 'value: 内容')}stages:", "unknown-item"),
        (MAIN, "stages:", f"{HISTORY}stages:", "unknown-item"),
        (MAIN, "series: 指令, word: true}", 'series: 指令, word: true, requires: [{form: "02", when: "=日"}]}',
         "unknown-name"),
        (MAIN, "file: 01b-costs", "file: ../01b-costs", "file-name"),
        (MAIN, "file: 01b-costs", "file: 01c-costs", "no-layout"),
        (MAIN, '指令番号: {form: "02"', '指令番号: {form: "01"', "quote-without-number"),
        (MAIN, "draft: 決定.決定日", "draft: 決定.日", "unknown-item"),
        (MAIN, "第{番号}号", "第号", "number-pattern"),
        (MAIN, "第{番号}号", "第{番号}号{枝番}", "number-pattern"),
        (MAIN, "when: 報告.講師", "when: 報告.講師 ==", "text"),
        (MAIN, "value: 申請.補助額, date: 申請.申請日", "value: 申請.補助額, date: 申請.講習", "not-a-date"),
        (MAIN, "annual:\n  amounts:\n", "annual:\n  expenses:\n    - {label: 経費, of: 申請.経費, category: 費目, "
         "amount: 金額}\n  amounts:\n", "unknown-item"),
        (RULES, "from: 2020-04-01, value: 1/2", "from: 2020-04-31, value: 1/2", "not-a-date"),
        (RULES, "SUM(経費.金額)", "SUM(経費.金)", "unknown-name"),
        (RULES, "SUM(経費.金額)", "SUM(経費.金額", None),
        (RULES, STEP, '  - {name: 補助額, stage: 申請, formula: "=1"}\n' + STEP, "twice"),
        (RULES, STEP, STEP + ", reason: 申請日", "unknown-item"),
        (RULES, STEP, STEP + ", reason: 理由", "unknown-item"),
        (RULES, "steps:\n", "known:\n  - {stage: 決定, at: 額, formula: \"=1\"}\nsteps:\n", "unknown-item"),
        (RULES, "steps:\n", "known:\n  - {stage: 決定, at: 金額, formula: \"=無い名\"}\nsteps:\n", "unknown-name"),
        (RULES, CHECK + 'formula: "=金額<=申請.補助額",', CHECK, "either-or"),
        (RULES, CHECK, CHECK.replace("stage: 決定", "stage: 決裁"), "unknown-stage"),
        (RULES, CHECK, CHECK.replace("at: 金額", "at: 金"), "unknown-item"),
        (SCHEMA, "type: object\n", "type: オブジェクト\n", "json-schema"),
        (SCHEMA, "$ref: '#/$defs/date', title: 決定日", "$ref: '#', title: 決定日", "unknown-ref"),
        (SCHEMA, "受講者数: {", "受講者・数: {", "item-name"),
        (SCHEMA, "x-kind: 整数", "x-kind: 整", "kind"),
        (SCHEMA, "受講者数: {title: 受講者数, type: integer, x-kind: 整数}", f"受講者数: {deep(19)}", "too-deep"),
        (SCHEMA, "受講者数: {title: 受講者数, type: integer, x-kind: 整数}", "受講者数: {type: array}", "no-items"),
        (COSTS, "base: {font: mincho", "base: {fond: mincho", "unknown-style-key"),
        (COSTS, "base: {font: mincho", "base: {font: ming", "style"),
        (COSTS, "money: {border: all", "money: {weight: bold, border: all", "style"),
        (COSTS, "money: {border: all", "money: {border: around", "style"),
        (COSTS, "  money: {border: all, align: right}", "  money: right", "style"),
        (COSTS, SPACE, SPACE + "  - [{text: 甲, field: 申請.申請日}]\n", "either-or"),
        (COSTS, SPACE, SPACE + "  - [{text: 甲, span: 0}]\n", "span"),
        (COSTS, SPACE, SPACE + "  - {height: 10}\n", "either-or"),
        (COSTS, SPACE, SPACE + "  - {rows: [[{text: 甲}], [{text: 乙}]], height: [5, 6, 7]}\n", "heights"),
        (COSTS, SPACE, SPACE + f"  - {{row: [{{text: 甲}}], {AGAINST}}}\n", "misplaced-key"),
        (COSTS, SPACE, SPACE + "  - {row: [{text: 甲}], when: 申請 ==}\n", "text"),
        (COSTS, SPACE, SPACE + "  - [{text: 甲}, {text: 乙}, {text: 丙}, {text: 丁}, {text: 戊}]\n", "too-many-cells"),
        (COSTS, SPACE, SPACE + '  - [{text: "{{ 計算.合計 }}{{ 計算.総計 }}"}]\n', "unknown-step"),
        (COSTS, SPACE, SPACE + '  - [{text: "{{ 合計 }}"}]\n', "unknown-item"),
        (COSTS, SPACE, SPACE + "  - [{field: 申請.講習}]\n", "not-a-value"),
        (COSTS, SPACE, SPACE + "  - [{value: 総計}]\n", "unknown-step"),
        (COSTS, "margins: [20, 20, 20, 20]", "margins: [20, 20, 20, -20]", "not-a-length"),
        (COSTS, "margins: [20, 20, 20, 20]", "margins: [20, 20, 20]", "margins"),
        (COSTS, "repeat: 申請.経費", "repeat: 申請.講習", "not-a-list"),
        (COSTS, "least: 4,", "least: 4, against: {as: 前, of: 前.費用, match: 項目},", "unknown-item"),
        (COSTS, "least: 4,", "least: 4, against: {as: 前, of: 申請.講習, match: 項目},", "unknown-item"),
        (COSTS, "least: 4, row: [{field: 行.項目", f"least: 4, {AGAINST}, row: [{{value: 前.総額", "unknown-step"),
        (COSTS, "{value: 合計,", "{value: 経費.金額,", "not-a-value"),
        (COSTS, "{value: 行.金額,", "{value: 行.単価,", "not-a-value"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_code(folder: Path, name: str, before: str, after: str, code: str | None) -> None:
    changed(folder, name, before, after)
    with pytest.raises(SchemeError) as caught:
        load(folder)
    [problem] = caught.value.problems
    assert problem.code == (f"scheme.{code}" if code else "formula.unclosed")
    assert problem.position and Path(problem.position.file).match(name)


def test_words_are_no_values_of_a_formula(folder: Path) -> None:
    changed(folder, RULES, "steps:\n", WORDS)
    scheme = load(folder)
    assert [dated.value for dated in scheme.rulebook.parameters["語群"]] == [("甲", "乙")]
    changed(folder, RULES, "MIN(ROUNDDOWN(合計*補助率,0),限度額)", "COUNTA(語群)")
    with pytest.raises(SchemeError) as caught:
        load(folder)
    assert [p.code for p in caught.value.problems] == ["scheme.list-in-formula"]


DATE = "{field: 申請.申請日, format: 和暦, blank: 令和　　年　　月　　日, span: all, style: right}"
PARTS = ", ".join(f"{{field: 申請.申請日, format: {part}}}" for part in ("元号", "年", "月", "日"))
ITEM = "{field: 行.項目, style: {border: all}}"


@pytest.mark.parametrize(
    ("formula", "layout", "code"),
    [
        ("=COUNT(経費.金額)", None, "workbook-column"),  # of rows that nobody filled in a workbook has amounts as well
        ("=MIN(SUM(経費.金額),講習.公開)", None, "workbook-flag"),
        ("=IF(申請日>0,SUM(経費.金額),0)", ("01-application.*", DATE, PARTS), "workbook-date"),
        ("=COUNTA(経費.項目)", (COSTS, ITEM, ITEM.replace("style:", "blank: （項目）, style:")), "workbook-printed"),
    ],
)
def test_what_a_workbook_would_compute_in_another_way(
    folder: Path, formula: str, layout: tuple[str, str, str] | None, code: str
) -> None:
    if layout:
        changed(folder, *layout)
        load(folder)
    changed(folder, RULES, "=SUM(経費.金額)", formula)
    with pytest.raises(SchemeError) as caught:
        load(folder)
    assert [p.code for p in caught.value.problems] == [f"scheme.{code}"]


def test_a_formula_counts_a_list_of_texts(folder: Path) -> None:
    listed = "目標: {title: 目標, type: array, items: {title: 目標, type: integer, x-kind: 整数}}"
    changed(folder, SCHEMA, "          名称: {$ref", f"          {listed}\n          名称: {{$ref")
    changed(folder, RULES, "=SUM(経費.金額)", "=SUM(経費.金額)+0*COUNT(講習.目標)")
    references = load(folder).rulebook.step("申請", "合計").references
    assert references["講習.目標"] == ColumnReference("申請", "講習.目標")


def test_a_file_of_the_scheme_that_is_not_there(folder: Path) -> None:
    (folder / RULES).unlink()
    with pytest.raises(SchemeError) as caught:
        load(folder)
    assert [p.code for p in caught.value.problems] == ["source.missing-file"]


def test_rows_that_only_lay_out(folder: Path) -> None:
    rows = "  - {space: 5}\n  - [{text: 甲, style: {border: none}}]\n  - {page: true, when: 申請.講習}\n"
    changed(folder, COSTS, SPACE, SPACE + rows)
    _, form = load(folder).form("01b").versions[0]
    space, plain, page = form.rows[:3]
    assert space.heights == (5,) and not page.rows and page.new_page and page.when is not None
    style = plain.rows[0][0].style
    assert (style.left, style.top, style.right, style.bottom) == ("", "", "", "")


def test_the_lists_beside_a_list(folder: Path) -> None:
    before = "repeat: 申請.経費, least: 4,"
    changed(folder, COSTS, before, f"{before} {AGAINST},")
    form = load(folder).form("01b").versions[0][1]
    assert [row.against.of for row in form.rows if row.against] == ["申請.経費"]


def test_documents_that_rest_on_each_other(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SCHEMES / "tiny", tmp_path / "tiny"))
    changed(folder, MAIN, "series: 指令, word: true}", 'series: 指令, requires: ["07"]}')
    changed(folder, MAIN, "series: 通知}", 'series: 通知, requires: ["04"]}')
    with pytest.raises(SchemeError) as error:
        load(folder)
    (problem,) = error.value.problems
    assert problem.code == "scheme.circular-requires" and "第" not in problem.message and "04" in problem.message
    changed(folder, MAIN, 'requires: ["07"]}', 'requires: [{form: "07", when: "=確定.金額=0"}]}')
    assert load(folder).id == "tiny"  # who writes a condition says when


CHANGED = """        変更後:
          type: object
          properties: {事業者名: {title: 事業者名, type: string%s}}
"""


@pytest.mark.parametrize(
    ("before", "more", "code"),
    [
        ("変更前", "", ""),
        ("変更前", ", x-kind: 円", "unknown-item"),
        ("申請", "", "twice"),
        ("計算", "", "twice"),
        ("指令日", "", "twice"),
    ],
)
def test_what_changes_is_read_as_what_it_changes(folder: Path, before: str, more: str, code: str) -> None:
    changed(folder, SCHEMA, "        内容: {title: 行ったこと", CHANGED % more + "        内容: {title: 行ったこと")
    changed(folder, MAIN, "stages:", HISTORY.replace("変更前", before) + "stages:")
    if not code:
        assert [a.value for a in load(folder).history] == ["変更後"]
        return
    with pytest.raises(SchemeError) as caught:
        load(folder)
    (problem,) = caught.value.problems
    assert problem.code == f"scheme.{code}" and problem.position
