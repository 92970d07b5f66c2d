"""Open days of a city office. The holidays stand here as the calendar of each year prints them, typed by hand."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.japan import open_days

# 祝日・振替休日・国民の休日 of 2023 to 2026 that fall on Monday to Friday, as 内閣府「国民の祝日について」 lists them
HOLIDAYS = {
    2023: "1/2 1/9 2/23 3/21 5/3 5/4 5/5 7/17 8/11 9/18 10/9 11/3 11/23",
    2024: "1/1 1/8 2/12 2/23 3/20 4/29 5/3 5/6 7/15 8/12 9/16 9/23 10/14 11/4",
    2025: "1/1 1/13 2/11 2/24 3/20 4/29 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/24",
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
}
DAYS = st.dates(date(1950, 1, 10), date(2099, 12, 20))


@pytest.mark.parametrize("year", HOLIDAYS)
def test_a_whole_year(year: int) -> None:
    closed = {date(year, *map(int, day.split("/"))) for day in HOLIDAYS[year].split()}
    closed |= {date(year, 12, day) for day in (29, 30, 31)} | {date(year, 1, day) for day in (1, 2, 3)}
    for n in range((date(year, 12, 31) - date(year, 1, 1)).days + 1):
        day = date(year, 1, 1) + timedelta(days=n)
        assert open_days.is_open(day) == (day.weekday() < 5 and day not in closed), day


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("2024-02-10", "2024-02-09", "2024-02-13"),  # Saturday; 建国記念の日 on a Sunday, made up for on the Monday
        ("2024-02-12", "2024-02-09", "2024-02-13"),  # 振替休日 itself
        ("2026-09-22", "2026-09-18", "2026-09-24"),  # 国民の休日 between 敬老の日 and 秋分の日
        ("2019-04-27", "2019-04-26", "2019-05-07"),  # the ten days around 即位の日
        ("2024-03-31", "2024-03-29", "2024-04-01"),  # a fiscal year that ends on a Sunday
        ("2023-12-29", "2023-12-28", "2024-01-04"),  # 年末年始
        ("2024-01-03", "2023-12-28", "2024-01-04"),
        ("2024-12-28", "2024-12-27", "2025-01-06"),  # Saturday, year end, and a weekend after it
        ("2023-12-28", "2023-12-28", "2023-12-28"),  # 御用納め is a working day
        ("2024-01-04", "2024-01-04", "2024-01-04"),
    ],
)
def test_moved_off_closed_days(day: str, before: str, after: str) -> None:
    given_day = date.fromisoformat(day)
    assert open_days.shifted(given_day, "前営業日") == date.fromisoformat(before)
    assert open_days.shifted(given_day, "翌営業日") == date.fromisoformat(after)
    assert open_days.shifted(given_day, "そのまま") == given_day


@given(DAYS)
def test_the_next_open_day(day: date) -> None:
    found = open_days.open_from(day)
    assert open_days.is_open(found) and found.weekday() < 5 and found >= day
    assert (found.month, found.day) not in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
    assert not any(open_days.is_open(day + timedelta(days=n)) for n in range((found - day).days))
    assert found - day <= timedelta(days=11)
    assert open_days.open_from(found) == open_days.open_until(found) == found


@given(DAYS)
def test_the_last_open_day(day: date) -> None:
    found = open_days.open_until(day)
    assert open_days.is_open(found) and found <= day
    assert not any(open_days.is_open(day - timedelta(days=n)) for n in range((day - found).days))


def test_threads_that_ask_first_are_told_the_same() -> None:
    """A year that one thread begins to look up is known to no other before it is whole."""
    days = [date(1960, 1, 2) + timedelta(days=n) for n in range(0, 40_000, 97)]
    open_days._holidays.cache_clear()
    barrier = threading.Barrier(16)

    def asked(_: int) -> list[bool]:
        barrier.wait()
        return [open_days.is_open(day) for day in days]

    with ThreadPoolExecutor(16) as pool:
        first, *others = pool.map(asked, range(16))
    assert others == [first] * 15
    assert first == [open_days.is_open(day) for day in days]
