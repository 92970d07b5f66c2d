"""A case rendered to a workbook and taken in again is the same case, whatever program saved the workbook."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import parts
import pytest

from generator.problem import format_problem


def back(sample: Path, data: bytes, name: str) -> None:
    key = parts.key_of(data)
    taken = parts.take(data, name, into=parts.before(sample, key))
    told = "\n".join(format_problem(p) for p in taken.problems)
    assert taken.fine, told
    assert not [p for p in taken.problems if p.position and p.position.cell and "計算" in p.message], told
    assert taken.case.get(key) == parts.expected(sample, key)


@pytest.mark.filterwarnings("ignore:Defined names for sheet")
def test_strict_format_is_none_that_openpyxl_reads() -> None:
    # The reason for a reader of our own; if this fails, openpyxl has learnt it.
    assert not openpyxl.load_workbook(io.BytesIO(parts.strict(parts.application()))).sheetnames


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
        book.move_sheet(book.worksheets[1], -1)

    back(parts.PLAIN, parts.saved(parts.application(), change), parts.APPLICATION)


def test_the_hidden_sheet_is_hidden() -> None:
    book = openpyxl.load_workbook(io.BytesIO(parts.application()))
    assert book.worksheets[-1].title == "_yoshiki" and book.worksheets[-1].sheet_state == "veryHidden"
    assert all(name.hidden for key, name in book.defined_names.items() if key.startswith("_様式"))
