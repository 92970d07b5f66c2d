"""Tokens: what they say, who signed them, and whose file it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import parts
import pytest
import samples

from generator import roundtrip
from generator.document import ReturnToken
from generator.intake.returned import canonical
from generator.render import renderer
from generator.roundtrip import TokenError, neutral

OLD, NEW, OTHER = "o" * 43, "n" * 43, "x" * 43
TOKEN = ReturnToken("lecture", "申請", "L-001", "株式会社見本", {"01": "2020-04-01"}, "0.1", "d")


def test_there_and_back() -> None:
    plain, under_key = roundtrip.sealed(TOKEN, ()), roundtrip.sealed(TOKEN, (), (NEW,))
    assert roundtrip.read(roundtrip.written(plain)) == plain and not plain.signature
    assert roundtrip.read(roundtrip.written(under_key), (NEW,)) == under_key and under_key.signature
    assert under_key == roundtrip.sealed(TOKEN, (), (NEW, OLD))  # the newest signs, no clock
    assert roundtrip.sealed(under_key, ()) == plain


def test_an_older_key_still_verifies() -> None:
    old = roundtrip.sealed(TOKEN, (), (OLD,))
    assert roundtrip.read(roundtrip.written(old), (NEW, OLD)) == old


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", "x.y", "." * 50, '{"scheme": 1}', "A" * 40_000])
def test_no_tokens(text: str) -> None:
    for keys in ((), (NEW,)):
        with pytest.raises(TokenError, match=r"署名|印") as caught:
            roundtrip.read(text, keys)
        expected = "no-token" if text.startswith("{") else "signature" if keys else "no-key"
        if len(text) <= 32_767 or not keys:
            assert caught.value.problem.code == f"roundtrip.{expected}"


def test_signatures() -> None:
    data = parts.signed((OLD,))
    assert parts.take(data, keys=(NEW, OLD)).signed
    assert parts.take(data, keys=(NEW, OLD)).fine
    assert "署名が正しくありません" in parts.refused(data, keys=(OTHER,))
    assert "鍵がありません" in parts.refused(data)
    unsigned = parts.take(parts.signed(), keys=(NEW,))
    assert unsigned.fine and not unsigned.signed
    assert [p.message for p in unsigned.problems] == ["用紙に署名がありません"]


def test_whose_file_it_is() -> None:
    assert parts.refused(parts.application(), number="R5-009") == (
        "案件 L-001 の用紙です。案件 R5-009 のものではありません"
    )
    assert parts.take(parts.application(), number="l-001").fine
    assert "その制度はここにありません" in parts.refused(parts.signed(scheme="another"))
    assert "版で作られた用紙です" in parts.refused(parts.signed(forms={"01": "2031-04-01"}))
    assert "段階が分かりません" in parts.refused(parts.signed(stage="申請[1]"))
    assert "段階が分かりません" in parts.refused(parts.signed(stage="報告[x]"))
    assert "段階が分かりません" in parts.refused(parts.signed(stage="報告"))


def test_another_applicant() -> None:
    report = parts.returnable(parts.PLAIN)["請求一式.xlsx"]
    document = next(d for d in samples.documents(parts.PLAIN) if d.name == "請求一式")
    assert document.token is not None
    other = renderer("xlsx")(roundtrip.sealed_document(document, replace(document.token, applicant="別の会社")))
    base = parts.before(parts.PLAIN, "請求")
    assert parts.take(report, into=base).fine
    assert parts.refused(other, into=base).startswith("別の申請者（別の会社）のために作られた用紙です")
    assert parts.refused(report, into=parts.before(parts.RICH, "請求")).startswith("案件 L-001 の用紙です")


def test_a_blank_form_takes_its_number_from_whoever_takes_it_in() -> None:
    blank = parts.signed(number="")
    assert parts.take(blank, number="R5-777").case.number == "R5-777"
    taken = parts.take(blank)
    assert taken.provisional and taken.case.number == f"uketsuke-{taken.digest[:8]}"


def test_another_name_than_the_form_was_made_for_is_told() -> None:
    taken = parts.take(parts.signed(applicant="前の名前"))
    assert [p.level for p in taken.problems] == ["warning"] and "前の名前" in taken.problems[0].message


def test_older_paths_are_read_under_their_present_names() -> None:
    schema = parts.schemes().get("lecture").schema
    root = schema.root
    renamed = replace(root.properties["申請"], aliases={"旧申請日": "申請日"})
    older = replace(schema, root=replace(root, properties={**root.properties, "申請": renamed}))
    assert canonical("申請.旧申請日", older) == "申請.申請日"
    assert canonical("申請.経費[3].単価", schema) == "申請.経費[3].単価"
    for wrong in (
        "",
        "申請",
        "申請.経費",
        "申請.経費.単価",
        "申請.申請日[0]",
        "a.b",
        "申請..申請日",
        "申請.申請日\n",
    ):
        assert canonical(wrong, schema) == "", wrong


def test_formulas_compare_whatever_program_wrote_them() -> None:
    marks = {"第２号様式 別紙": "_様式_4", "A's": "_様式_1"}
    ours = neutral("ROUNDDOWN(ROUND('第２号様式 別紙'!$C$9*'A''s'!D9,3),0)&\" a'b! \"", marks)
    assert ours == 'ROUNDDOWN(ROUND(_様式_4!C9*_様式_1!D9,3),0)&" a\'b! "'
    assert neutral("= rounddown( 合計 * 1/2 , 0 )", {}) == "ROUNDDOWN(合計*1/2,0)"
    assert neutral("Sheet1!A1", {"Sheet1": "_様式_1"}) == "_様式_1!A1"


def test_the_token_is_in_the_golden_workbook(tmp_path: Path) -> None:
    token = samples.documents(parts.PLAIN)[0].token
    assert (token.scheme, token.stage, token.number, token.signature) == ("lecture", "申請", "L-001", "")
    assert token.applicant == parts.full(parts.PLAIN).get("申請.申請者.事業者名")
    assert token.forms["01b"] == "2020-04-01"
