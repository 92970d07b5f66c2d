"""Serial numbers of days."""

from __future__ import annotations

from datetime import date

import pytest
from openpyxl.utils.datetime import to_excel

from generator.spreadsheet.serials import FIRST_DAY, day_of, serial


@pytest.mark.parametrize("day", [FIRST_DAY, date(1989, 1, 8), date(2023, 9, 1), date(2199, 12, 31)])
def test_a_day_comes_back_by_the_number_that_excel_gives_it(day: date) -> None:
    assert serial(day) == to_excel(day)
    assert day_of(serial(day)) == day


def test_days_before_the_leap_day_that_never_was() -> None:
    assert day_of(59) == date(1900, 2, 28) and day_of(1) == date(1900, 1, 1)


def test_a_workbook_that_counts_from_1904() -> None:
    assert day_of(0, from_1904=True) == date(1904, 1, 1)
    assert day_of(43_343, from_1904=True) == date(2022, 9, 1)
