"""Days on which a city office in Japan is open, and the last day of something that falls on a closed one.

Closed are Saturdays and Sundays, national holidays (国民の祝日に関する法律, with 振替休日 and 国民の休日) and
29 December to 3 January, as 地方自治法第４条の２第２項 allows a city to set by ordinance.

>>> open_from(date(2024, 2, 10))  # a Saturday; 11 February is a holiday on a Sunday, made up for on the Monday
datetime.date(2024, 2, 13)
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import holidays

SHIFTS = ("そのまま", "前営業日", "翌営業日")
_DAY = timedelta(days=1)


@cache
def _holidays() -> holidays.HolidayBase:
    import holidays  # slow to load, and few ask for a deadline

    return holidays.country_holidays("JP")


def is_open(day: date) -> bool:
    """Whether the office works on this day. The holidays are known from 1949 to 2099; outside of these years
    only weekends and the turn of the year count."""
    turn = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not turn and day not in _holidays()


def open_from(day: date) -> date:
    """The day itself when the office is open, else the next day it is (翌営業日)."""
    while not is_open(day):
        day += _DAY
    return day


def open_until(day: date) -> date:
    """The day itself when the office is open, else the last day before it was (前営業日)."""
    while not is_open(day):
        day -= _DAY
    return day


def shifted(day: date, shift: str) -> date:
    """A deadline moved off a closed day in the way that ``shift``, one of SHIFTS, names."""
    match shift:
        case "前営業日":
            return open_until(day)
        case "翌営業日":
            return open_from(day)
    return day
