"""Out and back: a form filled in as an applicant would is taken in as the case it was filled in from."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import blanks
import kawasaki_samples
import libreoffice
import parts
import pytest
import samples

from generator import roundtrip
from generator.intake import take_in
from generator.problem import format_problem
from generator.render import renderer
from generator.scheme.load import Schemes

PLAIN = kawasaki_samples.sample("R5-001")


def told(taken: take_in.Received) -> str:
    return "\n".join(format_problem(p) for p in taken.problems)


def test_the_sample_that_overflows_used_the_continuation_sheets() -> None:
    document, case = kawasaki_samples.blank(), kawasaki_samples.whole("R5-002")
    used = {sheet for sheet, _ in blanks.answers(document, case)}
    assert {s for s in used if "続紙" in s} == {"第１号様式 別紙 続紙", "第２号様式 別紙 続紙", "第３号様式 続紙"}
    assert any("協働" in s for s in used)


def test_an_empty_form_names_what_is_missing() -> None:
    taken = take_in.take(blanks.workbook(kawasaki_samples.blank()), "白紙.xlsx", Schemes([samples.FORMS]))
    places = [p.position.cell for p in taken.problems if p.position]
    assert "「第１号様式」A3" in places and "「第２号様式」C5" in places
    assert not [p for p in taken.problems if "計算" in p.message and p.level == "warning"]


def test_half_a_date_is_told(tmp_path: Path) -> None:
    document, case = kawasaki_samples.blank(), kawasaki_samples.whole("R5-001")
    given = blanks.answers(document, case)
    del given["第３号様式", "F15"]
    taken = take_in.take(blanks.filled(blanks.workbook(document), given), "x.xlsx", Schemes([samples.FORMS]))
    assert [p for p in taken.problems if "元号・年・月・日" in p.message]


@pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")
def test_an_application_saved_by_libreoffice_comes_back(tmp_path: Path) -> None:
    document, case = kawasaki_samples.blank(), kawasaki_samples.whole("R5-002")
    path = tmp_path / "記入済み.xlsx"
    path.write_bytes(blanks.filled(blanks.workbook(document), blanks.answers(document, case)))
    saved = libreoffice.convert(path, "xlsx", tmp_path / "saved")
    taken = take_in.take(saved.read_bytes(), saved.name, Schemes([samples.FORMS]))
    assert not [p for p in taken.problems if p.level == "error"], told(taken)
    assert taken.case.get("申請") == case.get("申請")
    assert not [p for p in taken.problems if "計算で決まる欄" in p.message], told(taken)


def test_a_birth_date_in_its_first_cell() -> None:
    path = "申請.申請者.誓約.役員[0].生年月日"
    taken = parts.take(parts.typed(parts.application(PLAIN), {path: "H2.3.4"}))
    assert taken.case.get(path) == datetime.date(1990, 3, 4)


def test_what_only_balances_was_not_given() -> None:
    """A template may offer 自己負担額 with a default formula; the formula, or the same amount typed, says nothing."""
    document = samples.documents(PLAIN)[0]
    path = "申請.自己負担額"

    def offered(value: int | None) -> bytes:
        sheets = tuple(
            replace(
                s,
                cells=tuple(c._replace(formula="自己負担*1", value=balance) if c.field == path else c for c in s.cells),
            )
            for s in document.sheets
        )
        data = renderer("xlsx")(roundtrip.sealed_document(replace(document, sheets=sheets), document.token))
        return data if value is None else parts.typed(data, {path: value})

    assessment = parts.take(parts.application(PLAIN)).assessment
    assert assessment is not None
    balance = assessment.value("申請", "自己負担")
    assert parts.full(PLAIN).get(path) is None
    for untouched in (None, balance):
        taken = parts.take(offered(untouched))
        assert taken.fine and taken.case.get(path) is None
    taken = parts.take(offered(balance + 5))
    assert taken.case.get(path) == balance + 5
