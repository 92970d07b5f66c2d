"""A case rendered to a workbook and taken in again is the same case, whatever program saved the workbook."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import libreoffice
import openpyxl
import pytest
import samples

from generator.case import case as cases
from generator.problem import format_problem
from tests.intake import parts

EACH = pytest.mark.parametrize("sample", samples.ALL, ids=samples.name)


def back(sample: Path, data: bytes, name: str) -> None:
    key = parts.key_of(data)
    taken = parts.take(data, name, into=parts.before(sample, key))
    told = "\n".join(format_problem(p) for p in taken.problems)
    assert taken.fine, told
    assert not [p for p in taken.problems if p.position and p.position.cell and "計算" in p.message], told
    assert taken.case.get(key) == parts.expected(sample, key)


@EACH
def test_as_it_was_made(sample: Path) -> None:
    files = parts.returnable(sample)
    assert parts.APPLICATION in files
    for name, data in files.items():
        back(sample, data, name)


@EACH
def test_the_written_case_is_the_same(sample: Path, tmp_path: Path) -> None:
    taken = parts.take(parts.application(sample))
    file = tmp_path / "case.yaml"
    file.write_text(taken.text(), encoding="utf-8")
    read, problems = cases.load(file, parts.schemes())
    assert not [p for p in problems if p.level == "error"]
    assert read.number == parts.full(sample).number
    assert read.data["申請"] == parts.full(sample).data["申請"]


@pytest.mark.skipif(not libreoffice.available(), reason="LibreOffice is not installed")
@EACH
def test_through_libreoffice(sample: Path, run_folder: Path) -> None:
    folder = run_folder / "intake" / samples.name(sample).replace("/", "-")
    files = parts.returnable(sample)
    between = samples.converted(files, "ods", folder / "ods")
    saved = samples.converted({f"{Path(n).stem}.ods": d for n, d in between.items()}, "xlsx", folder / "xlsx")
    for name, data in saved.items():
        back(sample, data, f"{Path(name).stem}.xlsx")


@EACH
def test_strict_format(sample: Path) -> None:
    for name, data in parts.returnable(sample).items():
        back(sample, parts.strict(data), name)


@pytest.mark.filterwarnings("ignore:Defined names for sheet")
def test_strict_format_is_none_that_openpyxl_reads() -> None:
    # The reason for a reader of our own; if this fails, openpyxl has learnt it.
    assert not openpyxl.load_workbook(io.BytesIO(parts.strict(parts.application()))).sheetnames


@EACH
def test_texts_shared_as_excel_writes_them(sample: Path) -> None:
    back(sample, parts.strict(parts.shared(parts.application(sample))), parts.APPLICATION)


def test_saved_by_another_program() -> None:
    back(parts.RICH, parts.saved(parts.application(parts.RICH), lambda book: None), parts.APPLICATION)


def test_sheets_renamed_and_reordered() -> None:
    def change(book: Any) -> None:
        for number, sheet in enumerate(book.worksheets[:-1]):
            old = sheet.title
            sheet.title = f"わたしの's {number}"
            for other in book.worksheets:
                for row in other.iter_rows():
                    for cell in row:
                        if cell.data_type == "f":
                            cell.value = cell.value.replace(f"'{old}'!", f"'わたしの''s {number}'!")
            for name in book.defined_names.values():
                name.attr_text = name.attr_text.replace(f"'{old}'!", f"'わたしの''s {number}'!")
            sheet.print_title_rows = None
            sheet.print_area = None
        book.move_sheet(book.worksheets[3], -3)

    back(parts.PLAIN, parts.saved(parts.application(), change), parts.APPLICATION)


def test_the_hidden_sheet_is_hidden() -> None:
    book = openpyxl.load_workbook(io.BytesIO(parts.application()))
    assert book.worksheets[-1].title == "_yoshiki" and book.worksheets[-1].sheet_state == "veryHidden"
    assert all(name.hidden for key, name in book.defined_names.items() if key.startswith("_様式"))
