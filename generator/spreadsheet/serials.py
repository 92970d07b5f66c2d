"""Days as a workbook counts them: serial numbers, from 1 on."""

from __future__ import annotations

from datetime import date, timedelta

FIRST_DAY = date(1900, 3, 1)  # the serials before it differ between spreadsheets: Excel counts a 29 February 1900
_DAY_0, _DAY_0_FROM_1904 = date(1899, 12, 30), date(1904, 1, 1)


def serial(day: date) -> int:
    """The serial number of a day; that of Excel from `FIRST_DAY` on."""
    return (day - _DAY_0).days


def day_of(number: int, from_1904: bool = False) -> date:
    """The day that Excel shows for a serial number, in a workbook that counts ``from_1904`` where it says so."""
    if from_1904:
        return _DAY_0_FROM_1904 + timedelta(number)
    return _DAY_0 + timedelta(number + (number < serial(FIRST_DAY)))
