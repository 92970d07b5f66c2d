"""A filled PDF is read like the workbook of the same form."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace

import parts
import pdfs
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject, StreamObject

from generator import roundtrip
from generator.document import Token
from generator.problem import ProblemError


def test_a_problem_names_the_field() -> None:
    taken = parts.take(pdfs.of(parts.application(), {"申請.申請日": "来月"}), "返送.pdf")
    (problem,) = [p for p in taken.problems if p.level == "error"]
    assert problem.position and problem.position.cell == "欄「申請.申請日」"


def test_what_is_no_form_of_ours() -> None:
    token = Token("kawasaki-sdgs-model", "申請", "", "", {}, "0", "")
    assert "入力欄がありません" in parts.refused(pdfs.filled({}, roundtrip.written(token)), "a.pdf")
    assert "入力欄がありません" in parts.refused(pdfs.filled({"申請.申請日": ""}, None), "a.pdf")
    assert "加えられたり" in parts.refused(pdfs.filled({"申請.申請日": ""}, roundtrip.written(token)), "a.pdf")
    digest = roundtrip.digest(roundtrip.listed_fields(["氏名"]))
    forged = roundtrip.written(replace(token, digest=digest))
    assert "この制度にありません" in parts.refused(pdfs.filled({"氏名": "x"}, forged), "a.pdf")


def test_a_password() -> None:

    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.application())))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert parts.refused(out.getvalue(), "a.pdf") == "パスワードが掛かっています"


def test_a_field_tree_that_bites_its_tail() -> None:

    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.application())))
    fields = writer._root_object["/AcroForm"]["/Fields"]
    fields[0].get_object()[NameObject("/Kids")] = ArrayObject([fields[0]])
    out = io.BytesIO()
    writer.write(out)
    try:
        assert parts.take(out.getvalue(), "a.pdf").fine
    except ProblemError as error:
        assert error.problems


def test_a_stream_that_swells() -> None:

    writer = PdfWriter(PdfReader(io.BytesIO(pdfs.application())))
    stream = StreamObject()
    stream._data = zlib.compress(b"\0" * 300_000_000, 9)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer._root_object[NameObject("/Metadata")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    assert parts.take(out.getvalue(), "a.pdf").fine  # never looked at
