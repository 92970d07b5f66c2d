"""What a file is refused for that is none of this case's, and where it may not be filed; each with its code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import parts
import pytest

from generator import roundtrip
from generator.case.model import Case, StageRef
from generator.document import ListedCell, ReturnToken
from generator.intake import filing, which_case
from generator.problem import Problem, ProblemError, RefusedError, UnreadableError
from generator.scheme.model import Scheme
from generator.source.read import parse
from generator.storage.case_file import lock_beside

TOKEN = ReturnToken("lecture", "報告[0]", "", "", {}, "0.1", "")


def problem(kind: type[ProblemError], call: Callable[..., object], *arguments: Any) -> Problem:
    with pytest.raises(kind) as caught:
        call(*arguments)
    (only,) = caught.value.problems
    assert only.hint
    return only


@pytest.fixture
def case() -> Case:
    return parts.full(parts.PLAIN)


def refused(token: ReturnToken, case: Case, scheme: Scheme, index: int, number: str = "") -> Problem:
    stage = StageRef(scheme.stage("報告"), index)
    return problem(RefusedError, which_case.check_case, token, stage, case, scheme, number, "返送.xlsx")


def test_another_scheme(case: Case) -> None:
    other = replace(case.scheme, id="other", name="別の補助金")
    told = refused(TOKEN, case, other, 1)
    assert told.code == "intake.other-scheme" and "別の補助金" in told.message


def test_two_numbers_that_differ(case: Case) -> None:
    assert refused(TOKEN, case, case.scheme, 1, "R5-999").code == "intake.numbers-differ"


def test_an_applicant_who_is_a_person_is_not_named(case: Case) -> None:
    scheme = replace(case.scheme, party="申請.申請者.代表者")
    told = refused(replace(TOKEN, applicant="見本花子"), replace(case, scheme=scheme), scheme, 1)
    assert told.code == "intake.other-applicant"
    assert "見本花子" not in told.message and str(case.get(scheme.party)) not in told.message


def test_a_time_that_is_not_the_next(case: Case) -> None:
    assert refused(TOKEN, case, case.scheme, 0).code == "intake.stage-already-written"
    assert refused(TOKEN, case, case.scheme, 7).code == "intake.stage-too-early"


@pytest.mark.parametrize("stage", ["", "申請[1]", "報告", "報告[x]", "報告[00001]", "報告[1", "[1]", "無い"])
def test_a_stage_that_is_none(stage: str, case: Case) -> None:
    token = replace(TOKEN, stage=stage)
    assert problem(UnreadableError, which_case.stage_of, token, case.scheme, "a").code == "intake.unknown-stage"


def test_what_cannot_be_received(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "is-a-folder"), (tmp_path / "x", "no-file"), (Path("a\0b"), "no-")):
        assert problem(UnreadableError, filing.bytes_of_returned, path).code.startswith(f"intake.{code}")


def test_a_case_that_was_changed_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "案件.yaml"
    file.write_bytes(b"new")
    read = parse(b"old: 1", str(file))
    told = problem(RefusedError, filing.continue_case, None, read, tmp_path, lock_beside)
    assert told.code == "storage.case-changed"
    assert file.read_bytes() == b"new" and not (tmp_path / filing.ORIGINALS).exists()


def code_of(change: Callable[[Any], None]) -> str:
    """The code with which a workbook is refused whose page of cells was changed."""
    data = parts.saved(parts.application(), lambda book: change(book["_yoshiki"]))
    return problem(UnreadableError, parts.take, data).code


def cut(page: Any) -> None:
    """Takes the last cell of the first form out of the list and makes the token fit."""
    rows = [[cell.value or "" for cell in row[:4]] for row in page.iter_rows(min_row=roundtrip.FIRST_ROW)]
    first = next(n for n, row in enumerate(rows) if row[2] == roundtrip.END)
    page.delete_rows(roundtrip.FIRST_ROW + first)
    listed = [ListedCell(*row) for n, row in enumerate(rows) if n != first and row[0]]
    token = json.loads(page["A2"].value) | {"digest": roundtrip.digest(listed)}
    page["A2"].value = json.dumps(token, ensure_ascii=False)


def set_to(address: str, value: str) -> Callable[[Any], None]:
    return lambda page: setattr(page[address], "value", value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (set_to("B1", "2"), "intake.newer-program"),
        (set_to("B4", "x"), "intake.form-damaged"),
        (set_to("C4", "x"), "intake.form-changed"),
        (set_to("A1", "x"), "intake.no-form"),
        (set_to("A2", "{}"), "roundtrip.no-token"),
        (cut, "intake.form-damaged"),
    ],
)
def test_a_page_of_cells_that_is_not_as_it_was(change: Callable[[Any], None], code: str) -> None:
    assert code_of(change) == code


def test_an_error_in_a_cell_is_told_there() -> None:
    taken = parts.take(parts.typed(parts.application(), {"申請.講習.名称": "#REF!"}))
    assert "intake.error-value" in [p.code for p in taken.problems] and not taken.fine
