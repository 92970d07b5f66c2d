"""The amounts of every workbook, calculated by others: by LibreOffice from nothing, and in plain doubles.

LibreOffice shows what a file remembers unless it is made to forget, and a conversion from xlsx to xlsx would echo
it; so the remembered values are taken out, and the result is read from an ods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import libreoffice
import pytest
import samples
import workbooks
from doubles import Calculator
from workbooks import Address, Value, Workbook

needs_office = pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")


def differences(book: Workbook, calculated: Mapping[Address, Value]) -> list[str]:
    """The formulas whose remembered value is not the calculated one. A number and its text are not equal."""
    wrong = []
    for at, content in book.formulas.items():
        value = calculated.get(at, "")
        if type(value) is not type(content.value) or value != content.value:
            wrong.append(f"{at[0]}!{at[1]} ={content.formula}: {content.value!r}, calculated {value!r}")
    return wrong


def recalculated(files: Mapping[str, bytes], folder: Path) -> dict[str, dict[Address, Value]]:
    forgetful = {name: workbooks.without_values(data) for name, data in files.items()}
    for name, data in forgetful.items():
        remembered = [at for at, content in workbooks.read(data).formulas.items() if content.value != ""]
        assert not remembered, f"{name} still remembers {remembered}"
    return {name: workbooks.read_ods(data) for name, data in libreoffice.converted(forgetful, "ods", folder).items()}


@pytest.fixture(scope="session")
def calculated(
    stages: Sequence[samples.Stage], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[Address, Value]]:
    """By LibreOffice, of each stage."""
    given = {f"{stage}.xlsx": workbook(stage) for stage in stages}
    assert any(workbooks.read(data).formulas for data in given.values())
    return recalculated(given, tmp_path_factory.mktemp("calculated"))


def workbook(stage: samples.Stage) -> bytes:
    return stage.files("xlsx")[f"{stage.document.name}.xlsx"]


@pytest.mark.costly
@needs_office
def test_libreoffice_comes_to_the_same_values(
    stage: samples.Stage, calculated: Mapping[str, Mapping[Address, Value]]
) -> None:
    wrong = differences(workbooks.read(workbook(stage)), calculated[f"{stage}.xlsx"])
    assert not wrong, "\n".join(wrong)


def test_plain_doubles_come_to_the_same_values(sample: Path) -> None:
    for name, data in samples.files(sample, "xlsx").items():
        book = workbooks.read(data)
        calculator = Calculator(book)
        values = {at: calculator.value(at) for at in book.formulas}
        wrong = differences(book, {at: "" if value is None else value for at, value in values.items()})
        assert not wrong, f"{name}\n" + "\n".join(wrong)


def test_no_formula_leads_back_to_itself(sample: Path) -> None:
    for data in samples.files(sample, "xlsx").values():
        assert workbooks.circle(workbooks.read(data)) == []


def test_formulas_and_names_are_those_of_the_document(sample: Path) -> None:
    for document in samples.documents(sample):
        book = workbooks.read(samples.files(sample, "xlsx")[f"{document.name}.xlsx"])
        assert dict(document.names).items() <= book.names.items()
        made = {at: content.formula for at, content in book.formulas.items()}
        assert made == {
            (sheet.name, f"{workbooks.letters(cell.column)}{cell.row + 1}"): cell.formula
            for sheet in document.sheets
            for cell in sheet.cells
            if cell.formula
        }


# --- controls ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def budget() -> tuple[bytes, Address, Address]:
    """A workbook, a unit price in it, and an amount that depends on it."""
    sample = samples.PLAIN
    document = samples.documents(sample)[0]
    data = samples.files(sample, "xlsx")[f"{document.name}.xlsx"]
    price = next(
        (sheet.name, f"{workbooks.letters(cell.column)}{cell.row + 1}")
        for sheet in document.sheets
        for cell in sheet.cells
        if cell.field.endswith("経費[0].単価")
    )
    formulas = workbooks.read(data).formulas
    total = next(at for at, c in formulas.items() if isinstance(c.value, float) and c.formula.startswith("SUM("))
    return data, price, total


@pytest.fixture(scope="module")
def spoilt(budget: tuple[bytes, Address, Address]) -> dict[str, bytes]:
    """The workbook with a value that is wrong, and with another price."""
    data, price, total = budget
    return {
        "wrong.xlsx": workbooks.with_value(data, total, "123456789"),
        "changed.xlsx": workbooks.with_value(data, price, "7654321"),
    }


@pytest.fixture(scope="module")
def spoilt_calculated(
    spoilt: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[Address, Value]]:
    return recalculated(spoilt, tmp_path_factory.mktemp("spoilt"))


@needs_office
@pytest.mark.xdist_group("spoilt workbooks")
def test_one_wrong_value_is_seen(
    budget: tuple[bytes, Address, Address],
    spoilt: Mapping[str, bytes],
    spoilt_calculated: Mapping[str, Mapping[Address, Value]],
) -> None:
    data, _, total = budget
    wrong, calculated = spoilt["wrong.xlsx"], spoilt_calculated["wrong.xlsx"]
    assert differences(workbooks.read(data), calculated) == []
    (told,) = differences(workbooks.read(wrong), calculated)
    assert told.startswith(f"{total[0]}!{total[1]} ") and "123456789" in told


@needs_office
@pytest.mark.xdist_group("spoilt workbooks")
def test_another_price_gives_other_amounts(
    budget: tuple[bytes, Address, Address],
    spoilt: Mapping[str, bytes],
    spoilt_calculated: Mapping[str, Mapping[Address, Value]],
) -> None:
    """LibreOffice does calculate, and so do the doubles."""
    data, _, total = budget
    changed, calculated = spoilt["changed.xlsx"], spoilt_calculated["changed.xlsx"]
    assert len(differences(workbooks.read(data), calculated)) >= 2
    calculator = Calculator(workbooks.read(changed))
    assert calculator.value(total) == calculated[total] != workbooks.read(data).cells[total].value


def test_a_circle_is_seen(budget: tuple[bytes, Address, Address]) -> None:
    """A cell of the sum made to hang on the sum, by its name and by a range."""
    data, price, total = budget
    book = workbooks.read(data)
    for formula in ("0+合計", f"SUM('{total[0]}'!$A$1:$Z$99)"):
        cells = book.cells | {price: workbooks.Content(0.0, formula)}
        found = workbooks.circle(workbooks.Workbook(book.sheets, cells, book.names))
        assert {price, total} <= set(found)
    assert workbooks.circle(book) == []


def test_doubles_see_a_wrong_value(budget: tuple[bytes, Address, Address]) -> None:
    data, _, total = budget
    book = workbooks.read(workbooks.with_value(data, total, "123456789"))
    assert Calculator(book).value(total) == workbooks.read(data).cells[total].value != book.cells[total].value
