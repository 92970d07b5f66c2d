"""A filled PDF is read like the workbook of the same form."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace

import parts
import pdfs
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from generator import roundtrip
from generator.document import ReturnToken
from generator.problem import ProblemError


def test_a_problem_names_the_field() -> None:
    taken = parts.take(pdfs.of(parts.application(), {"申請.申請日": "来月"}), "返送.pdf")
    (problem,) = [p for p in taken.problems if p.level == "error"]
    assert problem.position and problem.position.cell == "欄「申請.申請日」"


def test_what_is_no_form_of_ours() -> None:
    token = ReturnToken("lecture", "申請", "", "", {}, "0", "")
    assert "入力欄がありません" in parts.refused(pdfs.filled({}, roundtrip.written(token)), "a.pdf")
    assert "入力欄がありません" in parts.refused(pdfs.filled({"申請.申請日": ""}, None), "a.pdf")
    assert "加えられたり" in parts.refused(pdfs.filled({"申請.申請日": ""}, roundtrip.written(token)), "a.pdf")
    digest = roundtrip.digest(roundtrip.listed_fields(["氏名"]))
    forged = roundtrip.written(replace(token, digest=digest))
    assert "この制度にありません" in parts.refused(pdfs.filled({"氏名": "x"}, forged), "a.pdf")


def test_what_no_case_can_hold_is_told_at_its_field() -> None:
    taken = parts.take(pdfs.of(parts.application(), {"申請.講習.名称": "見本\x0b事業"}), "返送.pdf")
    assert not taken.fine
    assert {p.position.cell for p in taken.problems if p.position} == {"欄「申請.講習.名称」"}


def test_more_than_a_form_has_is_not_read() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.application())))
    for _ in range(200):
        writer.add_blank_page(width=595, height=842)
    assert parts.refused(bytes_of(writer), "a.pdf") == "PDF のページが多すぎます"
    assert parts.refused(b"%PDF-1.7\n" + b"1 0 obj\n" * 20_001, "a.pdf") == "PDF の中身が多すぎます"
    long = pdfs.of(parts.application(), {"申請.講習.名称": "あ" * 32_768})
    assert parts.refused(long, "a.pdf") == "PDF として読めません"


def test_fields_under_the_nodes_of_their_names() -> None:
    """Programs may keep 申請.申請日 as the field 申請日 below a node 申請."""
    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.application())))
    form = writer._root_object["/AcroForm"]
    node = DictionaryObject({NameObject("/T"): TextStringObject("申請"), NameObject("/Kids"): form["/Fields"]})
    reference = writer._add_object(node)
    for field in form["/Fields"]:
        name = field.get_object()["/T"]
        assert name.startswith("申請.")
        field.get_object()[NameObject("/T")] = TextStringObject(name.removeprefix("申請."))
        field.get_object()[NameObject("/Parent")] = reference
    form[NameObject("/Fields")] = ArrayObject([reference])
    taken = parts.take(bytes_of(writer), "a.pdf")
    assert taken.fine and taken.case.data == parts.take(pdfs.application(), "a.pdf").case.data


def bytes_of(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_password() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.application())))
    writer.encrypt("secret", algorithm="RC4-128")
    assert parts.refused(bytes_of(writer), "a.pdf") == "パスワードが掛かっています"


def test_a_field_tree_that_bites_its_tail() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.application())))
    fields = writer._root_object["/AcroForm"]["/Fields"]
    fields[0].get_object()[NameObject("/Kids")] = ArrayObject([fields[0]])
    try:
        assert parts.take(bytes_of(writer), "a.pdf").fine
    except ProblemError as error:
        assert error.problems


def test_a_stream_that_swells() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.application())))
    stream = StreamObject()
    stream._data = zlib.compress(b"\0" * 300_000_000, 9)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer._root_object[NameObject("/Metadata")] = writer._add_object(stream)
    assert parts.take(bytes_of(writer), "a.pdf").fine  # never looked at
