"""What comes back of a small scheme's form: texts without room, no date to go by, parts that nobody filled in."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import offices
import parts
import pytest

from generator.api import Applicant, Settings, Workspace
from generator.intake.take_in import Received
from generator.problem import RefusedError, SchemeError, UnreadableError

_SMALL = Path(__file__).parents[1] / "schemes" / "tiny"
_DAY = date(2024, 6, 3)
_NAME, _PERSON, _AMOUNT = "申請.申請者.事業者名", "申請.申請者.代表者", "申請.金額"
_CELL = "  - [{text: 申請額, role: label"


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    return offices.copied(tmp_path / "forms")


def returned(forms: Path, **values: object) -> Received:
    """The form of the application filled in: with a date where it has a place for one."""
    given = {_NAME: "株式会社見本", _PERSON: "見本　太郎", _AMOUNT: 100_000, **values}
    return Workspace(Settings(forms=(forms,))).receive(parts.typed(blank(forms), given), "申請様式.xlsx")


def blank(forms: Path) -> bytes:
    ((_, data),) = Workspace(Settings(forms=(forms,))).fillable("tiny", "申請", _DAY, formats=("xlsx",)).items()
    return data


def dated(forms: Path) -> None:
    """The form asks for the date of the application as well."""
    day = "  - [{text: 申請日, role: label}, {field: 申請.申請日, format: 和暦}]\n"
    offices.reword(forms, "01-application.2019-04-01.yaml", _CELL, day + _CELL)


def test_a_form_is_taken_in(forms: Path) -> None:
    dated(forms)
    received = returned(forms, **{"申請.申請日": "令和6年6月3日"})
    assert received.fine and received.problems == ()
    assert received.case.get("申請.申請日") == _DAY and received.amounts == {"上限額": "50,000"}


def test_a_text_that_no_size_finds_room_for(forms: Path) -> None:
    dated(forms)
    received = returned(forms, **{"申請.申請日": "令和6年6月3日", _NAME: "見本" * 2000})
    (problem,) = received.problems
    assert problem.code == "layout.text-fits-nowhere" and not received.fine
    assert problem.position and problem.position.cell.endswith(parts.cell_of(blank(forms), _NAME)[1])
    assert "見本見本" not in problem.message


def test_no_date_to_go_by(forms: Path) -> None:
    """A scheme may leave open whether the date that governs is written."""
    offices.reword(forms, "case.schema.yaml", "required: [申請日, 申請者, 金額]", "required: [申請者, 金額]")
    received = returned(forms)
    (problem,) = received.problems
    assert problem.code == "case.no-governing-date" and problem.item and not received.fine


def with_telephone(forms: Path) -> None:
    """The form asks for a telephone number, in a part of the case that may be left out."""
    contact = "連絡先: {title: 連絡先, type: object, properties: {電話: {title: 電話, type: string, x-kind: 文字}}}"
    item = "      金額: {$ref: '#/$defs/yen', title: 申請額}"
    offices.reword(forms, "case.schema.yaml", item, f"      {contact}\n{item}")
    phone = "  - [{text: 電話, role: label}, {field: 申請.連絡先.電話}]\n"
    offices.reword(forms, "01-application.2019-04-01.yaml", _CELL, phone + _CELL)


def test_a_part_that_nobody_filled_in_is_left_out(forms: Path) -> None:
    dated(forms)
    with_telephone(forms)
    without = returned(forms, **{"申請.申請日": "令和6年6月3日"})
    assert without.fine and "連絡先" not in without.case.data["申請"] and "連絡先" not in without.written().decode()
    given = returned(forms, **{"申請.申請日": "令和6年6月3日", "申請.連絡先.電話": "044-000-0000"})
    assert given.case.get("申請.連絡先.電話") == "044-000-0000"


def test_a_form_with_an_item_that_the_scheme_no_longer_has(forms: Path, tmp_path: Path) -> None:
    shutil.copytree(forms, tmp_path / "before")
    with_telephone(tmp_path / "before")
    with pytest.raises(UnreadableError, match="この制度にありません"):
        Workspace(Settings(forms=(forms,))).receive(blank(tmp_path / "before"), "申請様式.xlsx")


def test_a_scheme_that_does_not_say_who_the_applicant_is(forms: Path) -> None:
    offices.reword(forms, "scheme.yaml", "party: 申請.申請者.事業者名\n", "")
    applicant = Applicant("事業者名: 株式会社見本\n".encode(), "申請者.yaml")
    with pytest.raises(SchemeError) as caught:
        Workspace(Settings(forms=(forms,))).fillable("tiny", "申請", _DAY, prefilled=applicant)
    assert [p.code for p in caught.value.problems] == ["intake.no-party"]


def test_no_form_is_given_out_before_the_scheme_begins(forms: Path) -> None:
    with pytest.raises(RefusedError) as caught:
        Workspace(Settings(forms=(forms,))).fillable("tiny", "申請", date(2019, 3, 31))
    assert [p.code for p in caught.value.problems] == ["case.before-the-scheme"]
