"""Dates against a table written down independently of the module."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.japan import wareki

# Last day of each era as (year, month, day) and the offset from its year to the Gregorian one.
ORACLE = [
    ((1912, 7, 29), "明治", "M", 1867),
    ((1926, 12, 24), "大正", "T", 1911),
    ((1989, 1, 7), "昭和", "S", 1925),
    ((2019, 4, 30), "平成", "H", 1988),
    ((9999, 12, 31), "令和", "R", 2018),
]
DATES = st.dates(date(1873, 1, 1), date(2200, 12, 31))
SPACES = st.sampled_from(["", " ", "\u3000"])


def oracle(d: date) -> tuple[str, str, int]:
    for last, name, letter, offset in ORACLE:
        if (d.year, d.month, d.day) <= last:
            return name, letter, d.year - offset
    raise AssertionError


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(DATES)
def test_format_equals_the_table_and_reads_back(d: date) -> None:
    name, letter, year = oracle(d)
    assert wareki.era_year(d) == (name, year)
    assert wareki.era_letter(d) == letter
    assert wareki.format_date(d) == f"{name}{'元' if year == 1 else year}年{d.month}月{d.day}日"
    assert wareki.parse_date(wareki.format_date(d)) == d


@given(DATES, SPACES, st.booleans(), st.booleans())
def test_every_way_of_writing_is_the_same_date(d: date, gap: str, wide: bool, padded: bool) -> None:
    name, letter, year = oracle(d)
    month, day = (f"{d.month:02d}", f"{d.day:02d}") if padded else (str(d.month), str(d.day))
    first = "元" if year == 1 else str(year)
    spellings = [
        f"{d.year}年{gap}{month}月{gap}{day}日",
        f"{name}{gap}{year}{gap}年{gap}{month}{gap}月{gap}{day}{gap}日",
        f"{name}{first}年{month}月{day}日",
        *(f"{era}{gap}{year}{s}{month}{s}{day}" for s in "-/." for era in (letter, letter.lower(), name)),
        *(f"{d.year}{s}{month}{s}{day}" for s in "-/."),
        f"{gap}{letter}{first}.{month}.{day}{gap}",
    ]
    for text in spellings:
        assert wareki.parse_date(full_width(text) if wide else text) == d, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-06-20", date(2023, 6, 20)),
        ("2023/6/20", date(2023, 6, 20)),
        ("2023.6.20", date(2023, 6, 20)),
        ("R05-06-20", date(2023, 6, 20)),
        ("r5.6.20", date(2023, 6, 20)),
        ("Ｒ５／６／２０", date(2023, 6, 20)),
        ("令和 5 年 6 月 20 日", date(2023, 6, 20)),
        ("㋿元年５月１日", date(2019, 5, 1)),
        ("㍻31年4月30日", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治45年7月29日", date(1912, 7, 29)),
        ("明治6年1月1日", date(1873, 1, 1)),
        ("令和182年12月31日", date(2200, 12, 31)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_reads(text: str, expected: date) -> None:
    assert wareki.parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("平成32年5月9日", "平成は31年4月30日までです（その後は令和で、年数は平成の年数から30を引いた数です）"),
        ("平成31年5月1日", "平成は31年4月30日までです（その後は令和で、年数は平成の年数から30を引いた数です）"),
        ("S64.1.8", "昭和は64年1月7日までです（その後は平成で、年数は昭和の年数から63を引いた数です）"),
        ("大正15年12月25日", "大正は15年12月24日までです（その後は昭和で、年数は大正の年数から14を引いた数です）"),
        ("明治45年7月30日", "明治は45年7月29日までです（その後は大正で、年数は明治の年数から44を引いた数です）"),
        ("令和元年4月30日", "令和は元年5月1日からです（その前は平成で、年数は令和の年数に30を足した数です）"),
        ("平成元年1月7日", "平成は元年1月8日からです（その前は昭和で、年数は平成の年数に63を足した数です）"),
        ("明治5年12月2日", "明治の日付は6年1月1日（太陽暦の始まり）からです"),
        ("令和0年5月1日", "令和の年は元年からです"),
        ("2023-02-30", "暦にない日付です"),
        ("2023-02-29", "暦にない日付です"),
        ("2023-13-01", "暦にない日付です"),
        ("R5.0.1", "暦にない日付です"),
        ("1872-12-31", "日付は西暦1873年から2200年までで書いてください"),
        ("2201-01-01", "日付は西暦1873年から2200年までで書いてください"),
        ("令和183年1月1日", "日付は西暦1873年から2200年までで書いてください"),
        ("23-06-20", "西暦の年は4桁で書いてください"),
        ("元年5月1日", "西暦の年は4桁で書いてください"),
        *(
            (text, "日付として読めません")
            for text in ("", "x", "2023", "2023-6/20", "2023-06-20T00:00", "20230620", "12:30")
        ),
        *(
            (text, "日付として読めません")
            for text in ("R5.6", "令和五年六月二十日", "2023-06-²0", "K5.6.20", "2 023-6-20")
        ),
    ],
)
def test_refuses(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        wareki.parse_date(text)


@given(st.sampled_from(ORACLE), st.integers(-3, 3))
def test_around_each_boundary_only_the_right_era_is_accepted(
    row: tuple[tuple[int, int, int], str, str, int], days: int
) -> None:
    if row[1] == "令和":
        return
    d = date(*row[0]) + timedelta(days)
    right = oracle(d)
    for _, name, _, offset in ORACLE:
        if d.year - offset < 1:
            continue
        text = f"{name}{d.year - offset}年{d.month}月{d.day}日"
        if name == right[0]:
            assert wareki.parse_date(text) == d
        else:
            with pytest.raises(ValueError, match="です（"):
                wareki.parse_date(text)


@given(st.text(alphabet="0123456789元年月日令和平成RHS-/. 　", max_size=14) | st.text(max_size=12))
def test_anything_else_is_a_japanese_message(text: str) -> None:
    try:
        wareki.parse_date(text)
    except ValueError as error:
        assert str(error).isascii() is False


@given(st.integers(1, 12), st.integers(13, 28), st.integers(33, 99))
def test_a_message_does_not_repeat_a_birth_date(month: int, day: int, year: int) -> None:
    with pytest.raises(ValueError, match="平成は31年4月30日まで") as caught:
        wareki.parse_date(f"平成{year}年{month}月{day}日")
    said = str(caught.value).replace("31年4月30日", "").replace("から30を", "")
    assert not re.search("[0-9]", said)


@pytest.mark.parametrize(
    ("d", "year", "name"),
    [
        (date(2023, 6, 20), 2023, "令和5年度"),
        (date(2024, 3, 31), 2023, "令和5年度"),
        (date(2024, 4, 1), 2024, "令和6年度"),
        (date(2019, 3, 31), 2018, "平成30年度"),
        (date(2019, 4, 1), 2019, "令和元年度"),
        (date(2020, 3, 31), 2019, "令和元年度"),
        (date(1989, 1, 8), 1988, "昭和63年度"),
        (date(1989, 4, 1), 1989, "平成元年度"),
    ],
)
def test_fiscal_years(d: date, year: int, name: str) -> None:
    assert (wareki.fiscal_year(d), wareki.fiscal_year_name(d)) == (year, name)


@given(DATES)
def test_a_fiscal_year_ends_within_a_year(d: date) -> None:
    end = date(wareki.fiscal_year(d) + 1, 3, 31)
    assert d <= end < d + timedelta(366)
    assert wareki.fiscal_year(end) == wareki.fiscal_year(d) != wareki.fiscal_year(end + timedelta(1))


def test_before_the_calendar() -> None:
    for function in (wareki.format_date, wareki.era_letter, wareki.era_year, wareki.fiscal_year_name):
        with pytest.raises(ValueError, match="1873"):
            function(date(1872, 12, 31))


def test_years() -> None:
    days = [wareki.parse_date(t) for t in ("2024-03-31", "2024-04-01", "2019-04-15")]
    assert [wareki.year_name("年度", d) for d in days] == ["令和5年度", "令和6年度", "令和元年度"]
    assert [wareki.year_name("暦年", d) for d in days] == ["令和6年", "令和6年", "令和元年"]
    for text in ("令和5年度", "令和5", "R5", "2023", "２０２３年度"):
        assert wareki.parse_year("年度", text) == "令和5年度"
    assert wareki.parse_year("年度", "令和元年度") == "令和元年度" and wareki.parse_year("暦年", "R5") == "令和5年"
    with pytest.raises(ValueError, match="年として"):
        wareki.parse_year("年度", "そのうち")
