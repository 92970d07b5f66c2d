"""Addresses and literals as a spreadsheet writes them, held against openpyxl's own."""

from __future__ import annotations

import pytest
from openpyxl.utils import get_column_letter, quote_sheetname

from generator.spreadsheet import addresses, literals


@pytest.mark.parametrize("column", [0, 25, 26, 51, 52, 701, 702, 16_383])
def test_the_letters_of_a_column(column: int) -> None:
    assert addresses.column_letters(column) == get_column_letter(column + 1)


def test_cells_and_areas() -> None:
    assert addresses.cell_address(11, 4) == "E12"
    assert addresses.absolute_address(11, 4) == "$E$12"
    assert addresses.area_address(11, 4, 2, 2) == "E12:F13"
    assert addresses.absolute_area(11, 4, 2, 2) == "$E$12:$F$13"
    assert addresses.area_address(0, 26, 1, 1) == "AA1"
    assert addresses.absolute_area(0, 26, 1, 1) == "$AA$1"


@pytest.mark.parametrize("name", ["第１号様式", "a'b", "''"])
def test_the_name_of_a_sheet(name: str) -> None:
    assert addresses.sheet_prefix(name) == f"{quote_sheetname(name)}!"


def test_a_text_with_quotation_marks() -> None:
    assert literals.text_literal('「"」') == '"「""」"'


def test_a_text_of_any_length_and_many_lines() -> None:
    assert literals.text_expression("") == '""'
    assert literals.text_expression('一\n"') == '"一"&CHAR(10)&""""'
    pieces = literals.text_expression("長" * 600).split("&")
    assert [len(piece) - 2 for piece in pieces] == [250, 250, 100]
