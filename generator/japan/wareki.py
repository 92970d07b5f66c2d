"""Eras (元号), dates as clerks write them, and fiscal years.

Eras by hand, first days by the laws and ordinances that began them: 大正 1912-07-30, 昭和 1926-12-25,
平成 1989-01-08 (昭和64年政令第1号), 令和 2019-05-01 (平成31年政令第143号). Japan has counted by the
Gregorian calendar since 明治6年1月1日 = 1873-01-01, so nothing earlier is a date here.

No message repeats a day, month or year of the input: it may be somebody's birth date.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from generator.japan.characters import HALF_WIDTH
from generator.values import OtherKindError

FIRST_YEAR, LAST_YEAR = 1873, 2200
FIRST_DAY = date(FIRST_YEAR, 4, 1)  # of the first 年度 that has a name


class _Era(NamedTuple):
    name: str
    letter: str
    begins: date
    year: int  # the Gregorian year of its year 1


_ERAS = (
    _Era("明治", "M", date(FIRST_YEAR, 1, 1), 1868),
    _Era("大正", "T", date(1912, 7, 30), 1912),
    _Era("昭和", "S", date(1926, 12, 25), 1926),
    _Era("平成", "H", date(1989, 1, 8), 1989),
    _Era("令和", "R", date(2019, 5, 1), 2019),
)
# By the cabinet's decision of 2019-04-02 the whole fiscal year is 令和元年度; every other one is named on its 1 April.
_FISCAL_YEARS = {2019: "令和元年度"}

# Besides the squared eras.
_HALF_WIDTH = {**HALF_WIDTH, 0x337E: "明治", 0x337D: "大正", 0x337C: "昭和", 0x337B: "平成", 0x32FF: "令和"}
_DATE = re.compile(
    r"(?:(?P<era>明治|大正|昭和|平成|令和|[MTSHRmtshr]) *)?(?P<year>[0-9]{1,4}|元) *"
    r"(?:年 *(?P<m1>[0-9]{1,2}) *月 *(?P<d1>[0-9]{1,2}) *日"
    r"|(?P<sep>[-/.]) *(?P<m2>[0-9]{1,2}) *(?P=sep) *(?P<d2>[0-9]{1,2}))"
)

_ISO = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_date(text: str) -> date:
    """A date as a clerk writes it: 2023-06-20, 2023/6/20, 2023年6月20日, 令和5年6月20日, 令和元年5月1日, R5.6.20;
    full-width characters and spaces between the parts are fine.

    Raises ValueError, in Japanese, for anything else, for a day that the calendar or the era does not have,
    and outside of 1873 to 2200.
    """
    if _ISO.fullmatch(text):  # as most are written
        return _on(int(text[:4]), int(text[5:7]), int(text[8:]))
    match = _DATE.fullmatch(text.translate(_HALF_WIDTH).strip())
    if not match:
        raise OtherKindError("日付として読めません")
    month, day = int(match["m1"] or match["m2"]), int(match["d1"] or match["d2"])
    if not match["era"]:
        if len(match["year"]) != 4:
            raise ValueError("西暦の年は4桁で書いてください")
        return _on(int(match["year"]), month, day)
    era = next(e for e in _ERAS if match["era"].upper() in (e.name, e.letter))
    count = 1 if match["year"] == "元" else int(match["year"])
    if count == 0:
        raise ValueError(f"{era.name}の年は元年からです")
    if era.name == "明治" and era.year + count - 1 < FIRST_YEAR:
        raise ValueError("明治の日付は6年1月1日（太陽暦の始まり）からです")
    result = _on(era.year + count - 1, month, day)
    number = _ERAS.index(era)
    if result < era.begins:
        before = _ERAS[number - 1]
        raise ValueError(
            f"{era.name}は元年{era.begins.month}月{era.begins.day}日からです"
            f"（その前は{before.name}で、年数は{era.name}の年数に{era.year - before.year}を足した数です）"
        )
    if number + 1 < len(_ERAS) and result >= (after := _ERAS[number + 1]).begins:
        last = date.fromordinal(after.begins.toordinal() - 1)
        raise ValueError(
            f"{era.name}は{last.year - era.year + 1}年{last.month}月{last.day}日までです"
            f"（その後は{after.name}で、年数は{era.name}の年数から{after.year - era.year}を引いた数です）"
        )
    return result


def _on(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"日付は西暦{FIRST_YEAR}年から{LAST_YEAR}年までで書いてください")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("暦にない日付です") from None


def _era(d: date) -> _Era:
    for era in reversed(_ERAS):
        if d >= era.begins:
            return era
    raise ValueError(f"日付は西暦{FIRST_YEAR}年から{LAST_YEAR}年までで書いてください")


def _year(count: int) -> str:
    return "元年" if count == 1 else f"{count}年"


def era_letter(d: date) -> str:
    """M, T, S, H or R. ValueError before 1873."""
    return _era(d).letter


def era_year(d: date) -> tuple[str, int]:
    """The era's name and the year in it, counted from 1: ('令和', 5). ValueError before 1873."""
    era = _era(d)
    return era.name, d.year - era.year + 1


def format_date(d: date) -> str:
    """令和5年6月20日; the first year is 元年. ValueError before 1873."""
    name, count = era_year(d)
    return f"{name}{_year(count)}{d.month}月{d.day}日"


def fiscal_year(d: date) -> int:
    """The Gregorian year in which the fiscal year of this day (1 April to 31 March) began."""
    return d.year if d.month >= 4 else d.year - 1


def fiscal_year_name(d: date) -> str:
    """令和5年度: named by the era of its 1 April; the one begun on 2019-04-01 is 令和元年度 throughout.
    ValueError before April 1873."""
    year = fiscal_year(d)
    name, count = era_year(date(year, 4, 1))
    return _FISCAL_YEARS.get(year) or f"{name}{_year(count)}度"


def closing_day(year: str) -> date:
    """出納閉鎖 of a 年度 by its name (令和5年度): 31 May after it has ended (地方自治法第235条の5)."""
    return date(fiscal_year(parse_date(f"{year.removesuffix('度')}12月31日")) + 1, 5, 31)


def year_name(kind: str, on: date) -> str:
    """The name of a year: 令和5年度 (年度), or 令和5年 (暦年, named by its last day)."""
    if kind == "年度":
        return fiscal_year_name(on)
    return format_date(on.replace(month=12, day=31)).removesuffix("12月31日")


YEAR_HINT = "令和5年度、R5、2023 のように書いてください"


def parse_year(kind: str, text: str) -> str:
    """The year as someone types it (令和5年度, 令和5, R5, 2023) → its name; ValueError in Japanese."""
    bare = re.sub(r"\s*年?度?\s*\Z", "", text)
    try:
        return year_name(kind, parse_date(f"{bare}年12月31日"))
    except ValueError:
        raise ValueError(f"「{text[:20]}」は年として読めません") from None
