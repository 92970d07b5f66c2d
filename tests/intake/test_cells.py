"""What people type into cells: numbers, dates, marks, nothing; and what is said of each slip."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any

import parts
import pytest

from generator.intake.returned import Answer, CellError, cell_text, joined, number_text
from generator.intake.untrusted import xlsx_reader
from generator.intake.untrusted.workbook import ReadCell
from generator.problem import Position, Problem, format_problem
from generator.scheme.schema import Item

YEN, DAY, LINE, FLAG = (Item("x", "項目", kind) for kind in ("円", "日付", "文字", "真偽"))


def only(problems: tuple[Problem, ...], path_title: str) -> Problem:
    (found,) = [p for p in problems if path_title in p.item]
    return found


@pytest.mark.parametrize(
    ("typed", "value"),
    [(date(2023, 9, 4), date(2023, 9, 4)), ("R5.9.4", date(2023, 9, 4)), ("令和５年９月４日", date(2023, 9, 4))],
)
def test_dates_as_numbers_and_as_text(typed: Any, value: date) -> None:
    taken = parts.take(parts.typed(parts.application(), {"申請.申請日": typed}))
    assert taken.case.get("申請.申請日") == value


@pytest.mark.parametrize("typed", [18000, 18000.0, "18,000円", "１８０００", "1万8,000"])
def test_yen_as_numbers_and_as_text(typed: Any) -> None:
    taken = parts.take(parts.typed(parts.application(), {"申請.経費[0].単価": typed}))
    assert taken.case.get("申請.経費[0].単価") == 18000


def test_the_words_are_not_touched() -> None:
    said = "  が\u3099か\u3099 ㈱㌔ 塚\ufa10 =SUM(A1) #注 - ：: \"'  "
    taken = parts.take(parts.typed(parts.application(), {"申請.講習.名称": said.replace("=", "＝")}))
    assert taken.case.get("申請.講習.名称") == said.replace("=", "＝")


def test_the_letters_of_a_date_in_four_cells() -> None:
    at = parts.take(parts.application()).stage  # the workbook is a good one
    assert at.key == "申請"
    cells = [Answer("a", t, somewhere()) for t in ("H", "2年", "３", "4日")]
    answer, wrong = joined(cells, DAY)
    assert (answer.text, wrong) == ("H2.３.4", None)
    answer, wrong = joined([cells[0], cells[1], Answer("a", None, somewhere()), cells[3]], DAY)
    assert answer.text is None and wrong and wrong.code == "intake.date-incomplete"
    assert wrong.message == "元号・年・月・日のどれかが書かれていません"
    answer, wrong = joined([Answer("a", "H2.3.4", somewhere()), *[Answer("a", None, somewhere())] * 3], DAY)
    assert (answer.text, wrong) == ("H2.3.4", None)
    answer, wrong = joined([Answer("a", "甲", somewhere()), Answer("a", "乙", somewhere())], LINE)
    assert wrong and wrong.code == "intake.cells-differ"
    assert wrong.message == "同じ項目の二つの欄に、別のことが書かれています"


def somewhere() -> Position:
    return Position("x.xlsx", 1, 1, cell="「様式」A1")


@pytest.mark.parametrize(
    ("text", "kind", "date1904", "expected"),
    [
        ("45173", "日付", False, "2023-09-04"),
        ("43711", "日付", True, "2023-09-04"),
        ("45173.75", "日付", False, "2023-09-04"),
        ("59", "日付", False, "1900-02-28"),
        ("61", "日付", False, "1900-03-01"),
        ("20230904", "日付", False, "20230904"),
        ("0.30000000000000004", "数量", False, "0.3"),
        ("12.345000000000001", "数量", False, "12.345"),
        ("449999.99999999994", "円", False, "450000"),
        ("1.5E+6", "円", False, "1500000"),
        ("-0", "円", False, "-0"),
        ("440000000", "電話番号", False, "440000000"),
    ],
)
def test_numbers(text: str, kind: str, date1904: bool, expected: str) -> None:
    assert number_text(text, kind, date1904) == expected


@pytest.mark.parametrize("text", ["nan", "inf", "1e308", "x", ""])
def test_no_numbers(text: str) -> None:
    with pytest.raises(CellError, match=r"数"):
        number_text(text, "円", False)


@pytest.mark.parametrize(
    ("cell", "item", "blank", "expected"),
    [
        (None, LINE, "", None),
        (ReadCell("text", " 　\n"), LINE, "", None),
        (ReadCell("text", "令和　　年　　月　　日"), DAY, "令和　　年　　月　　日", None),
        (ReadCell("text", "令和　　年　　月　　日 "), DAY, "令和　　年　　月　　日", None),
        (ReadCell("text", "☑"), FLAG, "☐", "はい"),
        (ReadCell("text", "☐"), FLAG, "☐", None),
        (ReadCell("text", "☐"), FLAG, "", "いいえ"),
        (ReadCell("text", "レ"), FLAG, "☐", "はい"),
        (ReadCell("flag", "1"), FLAG, "", "はい"),
        (ReadCell("flag", "0"), FLAG, "", "いいえ"),
        (ReadCell("date", "2023-09-04T00:00:00"), DAY, "", "2023-09-04"),
        (ReadCell("text", "はい"), FLAG, "", "はい"),
    ],
)
def test_words(cell: ReadCell | None, item: Item, blank: str, expected: str | None) -> None:
    assert cell_text(cell, item, blank) == expected


def test_words_that_are_none() -> None:
    with pytest.raises(CellError, match="#REF!"):
        cell_text(ReadCell("error", "#REF!"), YEN, "")
    with pytest.raises(CellError, match=r"U\+000B"):
        cell_text(ReadCell("text", "あ\x0bい"), LINE, "")


def test_problems_name_sheet_and_cell_all_at_once() -> None:
    values = {
        "申請.申請日": "来月",
        "申請.経費[0].単価": 12.5,
        "申請.申請者.代表者": None,
        "申請.講習.目的": "あ" * 121,
    }
    data = parts.application()
    places = {path: "「{}」{}".format(*parts.cell_of(data, path)) for path in values}
    taken = parts.take(parts.typed(data, values), "返送.xlsx")
    told = [format_problem(p) for p in taken.problems if p.level == "error"]
    assert not taken.fine
    for path in values:
        assert any(t.startswith(f"返送.xlsx {places[path]}: ") and "直し方" in t for t in told), (path, told)
    mail = only(taken.problems, "代表者")
    assert mail.message == "必須の項目ですが、書かれていません" and "この欄に書いてください" in mail.hint
    assert "YAML" not in "".join(told) and "「- 」" not in "".join(told)
    taken = parts.take(parts.typed(data, {"申請.経費[0].項目": "機材"}), "返送.xlsx")
    at = "「{}」{}".format(*parts.cell_of(data, "申請.経費[0].項目"))
    assert [p.position.cell for p in taken.problems if p.position] == [at]


def test_json_tells_the_cell() -> None:
    taken = parts.take(parts.typed(parts.application(), {"申請.申請日": "来月"}))
    told = next(p.as_json() for p in taken.problems if p.level == "error")
    assert told["cell"] == "「{}」{}".format(*parts.cell_of(parts.application(), "申請.申請日"))
    assert told["line"] is None and told["column"] is None


def test_empty_rows_are_dropped() -> None:
    data = parts.application(parts.RICH)
    rows = len(parts.full(parts.RICH).get("申請.経費"))
    keys = [k for k in parts.full(parts.RICH).get("申請.経費[1]")]
    everything = ("項目", "単価", "数量")
    assert set(keys) <= set(everything)
    taken = parts.take(parts.typed(data, {f"申請.経費[1].{key}": None for key in everything}))
    left = taken.case.get("申請.経費")
    assert len(left) == rows - 1
    assert left[1] == parts.full(parts.RICH).get("申請.経費[2]")


def test_a_row_half_empty_is_told_at_its_cell() -> None:
    data = parts.application()
    taken = parts.take(parts.typed(data, {"申請.経費[1].単価": "　"}))
    missing = only(taken.problems, "単価")
    assert missing.position and missing.position.cell == "「{}」{}".format(*parts.cell_of(data, "申請.経費[1].単価"))


def test_an_overwritten_total_is_told_and_not_believed() -> None:
    data = parts.application()
    sheet, address = parts.computed(data, "補助額")
    ours = parts.take(data).assessment
    assert ours is not None

    def change(book: Any) -> None:
        book[sheet][address].value = 499_999

    taken = parts.take(parts.saved(data, change))
    (told,) = taken.problems
    assert told.position and told.position.cell == f"「{sheet}」{address}"
    assert told.level == "warning" and told.item == "「補助額」" and "直接書き換えられています" in told.message
    assert taken.assessment is not None and taken.assessment.values == ours.values

    def other(book: Any) -> None:
        book[sheet][address].value = "=1+1"

    assert "別の計算式" in parts.take(parts.saved(data, other)).problems[0].message

    def none(book: Any) -> None:
        book[sheet][address].value = None

    assert "消されています" in parts.take(parts.saved(data, none)).problems[0].message


def test_a_formula_in_an_input() -> None:
    data = parts.application()
    sheet, address = parts.cell_of(data, "申請.経費[0].単価")

    def part(name: str, text: bytes) -> bytes:
        new = f'<c r="{address}"><f>9000*2</f><v>18000</v></c>'.encode()
        return re.sub(rb'<c r="%s"[^>]*>.*?</c>' % address.encode(), new, text) if name == target else text

    number_of = [s.name for s in xlsx_reader.read(data, "x").sheets].index(sheet) + 1
    target = f"xl/worksheets/sheet{number_of}.xml"
    taken = parts.take(parts.rezipped(data, part))
    assert taken.case.get("申請.経費[0].単価") == 18000
    assert [p.message for p in taken.problems] == ["計算式が書かれています。今の値（18000）を読み取りました"]
    without = parts.typed(data, {"申請.経費[0].単価": "=9000*2"})  # openpyxl writes no value
    assert "その値が入っていません" in parts.take(without).problems[0].message


def test_readings_beside_a_text_are_no_part_of_it() -> None:
    name = parts.full(parts.PLAIN).get("申請.申請者.事業者名")

    def rich(part: bytes) -> bytes:
        text = re.sub("&#([0-9]+);", lambda m: chr(int(m[1])), part.decode("utf-8"))
        runs = name.replace("株式会社", "株式会社</t></r><r><t>", 1)
        reading = '<rPh sb="0" eb="4"><t>カブシキガイシャ</t></rPh><phoneticPr fontId="1"/>'
        changed, count = re.subn(f"<t[^>]*>{name}</t>", f"<r><t>{runs}</t></r>{reading}", text)
        assert count and runs != name
        return changed.encode()

    taken = parts.take(parts.shared(parts.application(), rich))
    assert taken.fine and taken.case.get("申請.申請者.事業者名") == name


def test_shared_formulas_are_followed() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*$C$1</f><v>2</v></c></row>'
        b'<row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row></sheetData></worksheet>'
    )
    book = xlsx_reader.read(
        parts.rezipped(parts.application(), lambda n, p: sheet if n == "xl/worksheets/sheet1.xml" else p), "x.xlsx"
    )
    assert [book.sheets[0].cells[a].formula for a in ("B1", "B2")] == ["A1*$C$1", "A2*$C$1"]


def test_rows_put_in_are_noticed() -> None:
    def change(book: Any) -> None:
        name = book.defined_names["_様式末_2"]
        head, _, row = name.attr_text.rpartition("$")
        name.attr_text = f"{head}${int(row) + 1}"

    assert "行や列が加えられたり" in parts.refused(parts.saved(parts.application(), change))


def test_quantities_are_exact() -> None:
    taken = parts.take(parts.typed(parts.application(), {"申請.経費[0].数量": 0.1 + 0.2}))
    assert taken.case.get("申請.経費[0].数量") == Fraction(3, 10)
