"""Forms to be filled in: what can be changed, what Excel says, what is computed while typing."""

from __future__ import annotations

import datetime
import functools
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import blanks
import kawasaki_samples
import libreoffice
import openpyxl
import pypdfium2
import pytest
import samples
import workbooks

from generator import roundtrip
from generator.case import assess
from generator.document import Cell, Document, Sheet
from generator.intake import blank_forms
from generator.japan import characters
from generator.problem import ProblemError
from generator.scheme import text_template
from generator.scheme.load import Schemes

needs_office = pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")


@functools.lru_cache(maxsize=1)
def book(document: Document) -> Any:
    return openpyxl.load_workbook(io.BytesIO(blanks.workbook(document)))


def inputs(document: Document) -> list[tuple[Sheet, Cell]]:
    return [(s, c) for s in document.sheets for c in s.cells if c.field]


def cell_of(document: Document, path: str) -> tuple[str, str]:
    """Sheet and cell of an input."""
    return next(blanks.place(s.name, c) for s, c in inputs(document) if c.field == path)


def named(document: Document, name: str) -> tuple[str, str]:
    """Sheet and cell of a defined name."""
    sheet, _, cell = dict(document.names)[name].rpartition("!")
    return sheet.strip("'"), cell.replace("$", "")


def validation(path: str, document: Document, part: str = "") -> Any:
    made = book(document)
    sheet, cell = next((s, c) for s, c in inputs(document) if c.field == path and (not part or c.input.kind == part))
    address = blanks.place(sheet.name, cell)[1]
    return next(v for v in made[sheet.name].data_validations.dataValidation if address in v.cells)


@pytest.mark.parametrize(
    ("path", "part", "kind", "formula"),
    [
        (
            "申請.補助対象経費[0].費目",
            "",
            "list",
            '"謝金,物品購入費,委託費,賃借料及び光熱水費,印刷製本費,通信費,その他"',
        ),
        ("申請.パートナー区分", "", "list", '"登録,認証"'),
        ("申請.確認事項.全部の外部委託", "", "list", '"はい,いいえ"'),
        ("申請.辞退", "", "list", '"☑,□"'),
        ("申請.事業.目指すゴール[16]", "", "list", '"' + ",".join(map(str, range(1, 18))) + '"'),
        ("申請.申請者.誓約.役員[0].生年月日", "元号", "list", '"T,S,H,R"'),
        ("申請.申請者.誓約.役員[19].生年月日", "月", "whole", "1"),
        ("申請.申請日", "", "date", "61"),
        ("申請.補助対象経費[9].単価", "", "whole", "0"),
        ("申請.補助対象経費[9].数量", "", "custom", "ROUND(D17,3)=D17"),
        ("申請.申請者.連絡担当者.電話番号", "", "custom", "LEN(E14)"),
        ("申請.申請者.連絡担当者.Eメール", "", "custom", "@"),
        ("申請.申請者.誓約.役員[0].氏名フリガナ", "", "custom", "ァアィイ"),
        ("申請.事業.背景", "", "custom", "字数_1<=400"),
        ("申請.事業.計画.寄与度", "", "custom", "字数_3<=200"),
    ],
)
def test_what_is_checked(path: str, part: str, kind: str, formula: str) -> None:
    check = validation(path, kawasaki_samples.blank(), part)
    assert check.type == kind and formula in check.formula1
    assert any("ぁ" <= c <= "ヿ" for c in check.error)


def test_missing_answers_are_marked() -> None:
    document = kawasaki_samples.blank()
    made = book(document)

    def rules_at(path: str) -> list[str]:
        sheet, address = cell_of(document, path)
        return [
            r.formula[0]
            for area, found in made[sheet].conditional_formatting._cf_rules.items()
            if address in area.cells
            for r in found
        ]

    assert rules_at("申請.申請者.所在地") == ['$E$6=""']
    (date,) = rules_at("申請.申請日")
    assert "令和　　年　　月　　日" in date  # what is pre-printed is no answer
    assert rules_at("申請.申請者.連絡担当者.ファクス番号") == []
    (first,) = rules_at("申請.補助対象経費[0].項目")
    (second,) = rules_at("申請.補助対象経費[1].項目")
    assert "AND(" not in first and second.startswith("AND(")  # a further row, only once it is begun


def test_sheets_beyond_the_form_are_hidden_and_the_rest_prints_as_the_form(tmp_path: Path) -> None:
    document = kawasaki_samples.blank()
    made = book(document)
    hidden = [s.name for s in document.sheets if s.hidden]
    assert {"第１号様式 別紙 続紙", "第２号様式 別紙 続紙", "第３号様式 続紙"} <= set(hidden)
    assert all(made[name].sheet_state == "hidden" for name in hidden)
    for sheet in document.sheets:
        if sheet.aside:
            last = openpyxl.utils.get_column_letter(len(sheet.columns))
            assert made[sheet.name].print_area.endswith(f"${last}${len(sheet.heights)}")
            assert max(c.column for c in sheet.cells) >= len(sheet.columns)


def test_the_first_of_a_list_that_must_be_is_marked() -> None:
    document = kawasaki_samples.blank()
    asked = {c.field: c.input.missing for _, c in inputs(document) if c.input}
    assert "AND(" not in asked["申請.協働事業者[0].事業者名"] and asked["申請.協働事業者[0].事業者名"]
    assert asked["申請.協働事業者[1].事業者名"].startswith("AND(")
    assert asked["申請.その他収入[0].項目"].startswith("AND(")


@needs_office
def test_printed_blank(tmp_path: Path) -> None:
    """Continuation sheets, counts and the further questions stay off the paper; the form itself is all there."""
    path = tmp_path / "blank.xlsx"
    path.write_bytes(blanks.workbook(kawasaki_samples.blank()))
    pdf = pypdfium2.PdfDocument(libreoffice.convert(path, "pdf", tmp_path / "pdf"))
    pages = [page.get_textpage().get_text_bounded() for page in pdf]
    text = "\n".join(pages)
    assert "続紙\r\n" not in text and "／400字" not in text and "申請の、様式に欄のない項目" not in text
    for words in (
        "交付申請書",
        "協働する事業者・団体等の概要",
        "事業計画書（全項目必須）",
        "概算内訳書",
        "誓　　約　　書",
    ):
        assert sum(words in page for page in pages if "必須 字数" not in page and "シート" not in page) == 1, words


@pytest.fixture(scope="module")
def typed_into(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[workbooks.Address, workbooks.Value]]:
    """What LibreOffice computes in the blank application: of a sample's answers, and of texts up to their limits."""
    document = kawasaki_samples.blank()
    kana = cell_of(document, "申請.申請者.事業者名ふりがな")
    answers = {
        "answers.xlsx": blanks.answers(document, kawasaki_samples.whole("R5-002")) | {kana: None},
        "texts.xlsx": {kana: KANA} | {place_of_text(name): text for name, text in TEXTS.items()},
    }
    given = {name: blanks.filled(blanks.workbook(document), typed) for name, typed in answers.items()}
    made = libreoffice.converted(given, "ods", tmp_path_factory.mktemp("typed"))
    return {name: workbooks.read_ods(data) for name, data in made.items()}


def text_of(name: str) -> tuple[Sheet, Cell]:
    return next((s, c) for s, c in inputs(kawasaki_samples.blank()) if c.field == f"申請.事業.計画.{name}")


def place_of_text(name: str) -> tuple[str, str]:
    sheet, cell = text_of(name)
    return blanks.place(sheet.name, cell)


@needs_office
@pytest.mark.xdist_group("typed into the blank application")
def test_amounts_and_counts_follow_what_is_typed(
    typed_into: Mapping[str, Mapping[workbooks.Address, workbooks.Value]],
) -> None:
    """What every scheme is tried for, and what is Kawasaki's own: its sums, the goals, the pages of the pledge."""
    document, case = kawasaki_samples.blank(), kawasaki_samples.whole("R5-002")
    shown = typed_into["answers.xlsx"]
    assessment, _ = assess.assess(case)
    assert assessment is not None
    steps = [name for (stage, name) in assessment.values if stage == "申請" and "[" not in name]
    assert {"補助対象事業費", "補助申請額", "自己負担", "収入合計", "支出合計", "収支"} <= set(steps)
    for name in steps:
        assert shown[named(document, name)] == assessment.value("申請", name), name
    assert not [at for at, value in shown.items() if isinstance(value, str) and value.startswith(("#", "Err:"))]
    goals = next(blanks.place("第２号様式", c) for s in document.sheets if s.name == "第２号様式" for c in s.cells
                 if "COUNTA" in c.formula)  # fmt: skip
    given = case.get("申請.事業.目指すゴール")
    assert [int(line.split("　")[0]) for line in re.split("[\n、]", str(shown[goals]))] == given
    background = case.get("申請.事業.背景")
    sheet, address = cell_of(document, "申請.事業.背景")
    counted = "E" + address[1:]
    assert shown[sheet, counted] == len(background.replace("\n", ""))
    pages = next(blanks.place("第３号様式", c) for s in document.sheets if s.name == "第３号様式" for c in s.cells
                 if "COUNTA" in c.formula)  # fmt: skip
    assert len(case.get("申請.申請者.誓約.役員")) > 10 and shown[pages] == "ﾍﾟｰｼﾞ 全　2　枚中　1　枚目"
    assert shown.get(katakana_of(document), "") == ""


def katakana_of(document: Document) -> tuple[str, str]:
    """Where the pledge has the name that is given in hiragana on the first form."""
    pledge = next(s for s in document.sheets if s.name == "第３号様式")
    return next(blanks.place(pledge.name, c) for c in pledge.cells if "_xlfn.UNICHAR" in c.formula)


TEXTS = {
    "寄与度": "𠮷" * 200,
    "新規性独創性": "邉\U000e0100" * 100 + "\n" * 3 + "辺\ufe00" * 100,
    "協働性": "𠮷\U000e0101\n" * 201,
    "包摂性": "字" * 200,
    "統合性": "字" * 201,
    "波及性": "一行\n\n二行",
}
KANA = "かぶしきがいしゃミホン・さゝき　ABC商会"


@needs_office
@pytest.mark.xdist_group("typed into the blank application")
def test_characters_are_counted_and_turned_into_katakana(
    typed_into: Mapping[str, Mapping[workbooks.Address, workbooks.Value]],
) -> None:
    """At the limit of the counts and beyond, and with what is no character of its own."""
    document, shown, shown_at = kawasaki_samples.blank(), typed_into["texts.xlsx"], {}
    for name in TEXTS:
        sheet, cell = text_of(name)
        assert cell.input is not None
        count = next(c for c in sheet.cells if c.formula == cell.input.count)
        shown_at[name] = blanks.place(sheet.name, count)
    assert {name: shown[at] for name, at in shown_at.items()} == {n: characters.count(t) for n, t in TEXTS.items()}
    assert [characters.count(TEXTS[n]) for n in ("新規性独創性", "協働性")] == [200, 201]
    assert shown[katakana_of(document)] == text_template.text("{{ x | カタカナ }}").render({"x": KANA})


def test_what_is_known_is_written_in() -> None:
    document = kawasaki_samples.blank("実績", "R5-001")
    texts = {c.text for s in document.sheets for c in s.cells}
    assert {"株式会社見本染工", "代表取締役　見本　太郎", "471,175"} <= texts
    assert all(c.field.startswith("実績.") for _, c in inputs(document))
    change = kawasaki_samples.blank("変更", "R5-009")
    assert {c.field.partition(".")[0] for _, c in inputs(change)} == {"変更[0]"}


def test_the_token_tells_for_whom_it_was_made() -> None:
    new, old = "n" * 43, "o" * 43
    plain = kawasaki_samples.blank("実績", "R5-001")
    token = plain.token
    assert roundtrip.read(roundtrip.written(token)) == token and not token.signature
    assert (token.scheme, token.stage, token.number, token.applicant) == (
        kawasaki_samples.SCHEME,
        "実績",
        "R5-001",
        "株式会社見本染工",
    )
    assert token.forms["06"] == "2023-09-01"
    assert token.digest == roundtrip.digest(roundtrip.listed(plain))
    under_key = kawasaki_samples.blank("実績", "R5-001", (new, old))
    text = roundtrip.written(under_key.token)
    assert roundtrip.read(text, (new,)) == under_key.token != token
    assert replace(under_key.token, signature="") == token
    older = roundtrip.written(kawasaki_samples.blank("実績", "R5-001", (old,)).token)
    assert replace(roundtrip.read(older, (new, old)), signature="") == token
    with pytest.raises(ValueError, match="署名"):
        roundtrip.read(text, (old,))
    changed = text[:-3] + ("aaa" if not text.endswith("aaa") else "bbb")
    with pytest.raises(ValueError, match="署名"):
        roundtrip.read(changed, (new, old))


def test_a_stage_out_of_turn_is_refused() -> None:
    scheme = Schemes([samples.FORMS]).get(kawasaki_samples.SCHEME)
    with pytest.raises(ProblemError) as refused:
        blank_forms.compose(blank_forms.blank(scheme), "実績", blanks.TODAY)
    assert "決定" in refused.value.problems[0].message or "申請" in refused.value.problems[0].message
    with pytest.raises(ProblemError) as refused:
        blank_forms.compose(kawasaki_samples.whole("R5-001"), "実績", blanks.TODAY)
    assert "もう" in refused.value.problems[0].message


def test_the_day_decides_the_amounts_of_a_case_without_a_date() -> None:
    scheme = Schemes([samples.FORMS]).get(kawasaki_samples.SCHEME)
    trial = blank_forms.compose(blank_forms.blank(scheme), "申請", datetime.date(2022, 12, 1))
    texts = "".join(c.text for s in trial.sheets for c in s.cells)
    assert "最大100万円" in texts and "参考" in texts


def test_no_trace_of_the_clock() -> None:
    data = blanks.workbook(kawasaki_samples.blank())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {i.date_time for i in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("stage", "number"), [("申請", ""), ("変更", "R5-009"), ("実績", "R5-001"), ("財産処分", "R5-009")]
)
def test_every_input_says_how_to_answer(stage: str, number: str) -> None:
    cells = [cell for _, cell in inputs(kawasaki_samples.blank(stage, number))]
    assert cells and [cell.field for cell in cells if cell.input is None or not cell.input.prompt] == []
