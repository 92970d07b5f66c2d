"""Formulas that join a stage's cells, where what they need stands in another stage."""

from __future__ import annotations

import shutil
from pathlib import Path

import libreoffice
import pytest
import samples
import workbooks

from generator.document import Style
from generator.layout.formulas import linking
from generator.layout.sheets import Computed, FilledCell, SheetCell
from generator.operations.check import check_files
from generator.operations.render import case_files
from generator.problem import SchemeError
from generator.scheme.load import Schemes
from generator.scheme.references import StepReference

LECTURE = samples.SMALL / "lecture"
RULE = 'formula: "=決定.金額"'
needs_office = pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")


def invoice(folder: Path, formula: str) -> bytes:
    """The workbook of 請求, whose amount is computed so."""
    scheme = folder / "forms" / "lecture"
    shutil.copytree(LECTURE, scheme)
    rules = scheme / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    assert RULE in text
    rules.write_text(text.replace(RULE, f"formula: '{formula}'"), encoding="utf-8")
    (report,) = check_files([samples.PLAIN], Schemes([folder / "forms"]))
    assert report.assessment is not None, report.problems
    return case_files(report.assessment, ["xlsx"])["請求一式.xlsx"]


@needs_office
def test_a_column_of_another_stage_is_added_up(tmp_path: Path) -> None:
    data = invoice(tmp_path, "=SUM(申請.経費.金額)")
    book = workbooks.read(data)
    assert workbooks.circle(book) == []
    (at,) = [at for at, content in book.formulas.items() if content.formula == "SUM(申請.経費.金額)"]
    assert at[0] == "請求書"
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbooks.without_values(data))
    shown = workbooks.read_ods(libreoffice.convert(path, "ods", tmp_path / "ods").read_bytes())
    assert shown[at] == book.cells[at].value
    assert shown[at]


def test_what_no_formula_can_say_stands_as_a_value(tmp_path: Path) -> None:
    book = workbooks.read(invoice(tmp_path, "=SUMPRODUCT(申請.経費.単価,申請.経費.数量)"))
    assert workbooks.circle(book) == []
    assert not [c for at, c in book.formulas.items() if at[0] == "請求書" and "請求額" in c.formula]


@pytest.mark.parametrize(
    ("formula", "names", "own"),
    [
        ("額", {"額": "'一'!$B$3"}, True),
        ("SUM(列)", {"列": "'一'!$B$2:$B$4"}, True),
        ("$B$3+1", {}, True),
        ("SUM(列)", {"列": "'二'!$B$2:$B$4"}, False),
        ('IF(別="額",1,2)', {"額": "'一'!$B$3", "別": "'一'!$A$1"}, False),
        ("SUM(列)", {"列": "'一'!$B$1:$B$2"}, False),
    ],
)
def test_a_cell_that_refers_to_itself_is_refused(formula: str, names: dict[str, str], own: bool) -> None:
    computed = Computed("額", StepReference("", "額"))
    place = SheetCell("一", FilledCell(2, 1, 1, 1, Style(), "", "value", computed=computed))
    if not own:
        linking.refuse_own(place, formula, names)
        return
    with pytest.raises(SchemeError) as error:
        linking.refuse_own(place, formula, names)
    assert error.value.problems[0].code == "layout.refers-to-itself" and "額" in error.value.problems[0].message
