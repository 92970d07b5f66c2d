"""The filters that a text may put behind a value, and what is printed of a value without one."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from generator.formula.functions import decimal_text
from generator.japan import wareki, yen

_KATAKANA = {c: c + 0x60 for c in range(0x3041, 0x3097)} | {0x309D: 0x30FD, 0x309E: 0x30FE}


def _era_date(value: datetime.date | None, blank: str = "") -> str:
    return blank if value is None else wareki.format_date(value)


def _amount(value: int | None, blank: str = "") -> str:
    return blank if value is None else yen.format_yen(value)


def _ten_thousands(value: int) -> str:
    """500000 → 50万円; what is no multiple of a 万 is written out (1234500 → 1,234,500円)."""
    return f"{yen.format_yen(value // 10_000)}万円" if value % 10_000 == 0 else f"{yen.format_yen(value)}円"


def _blank(value: object, blank: str = "") -> object:
    return blank if value is None or value == "" else value


def _katakana(value: str | None) -> str:
    return (value or "").translate(_KATAKANA)


def _circled(value: int) -> str:
    """1 → ①, to ㊿; beyond it in parentheses."""
    for first, last, start in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= value <= last:
            return chr(start + value - first)
    return f"({value})"


def _ratio(value: Fraction | int | None) -> str:
    """1/2 → 2分の1, as an ordinance writes it."""
    return "" if value is None else f"{Fraction(value).denominator}分の{Fraction(value).numerator}"


def _percentage(value: Fraction | int | None) -> str:
    """219/2000 → 10.95％; what no decimal can write stays a fraction."""
    if value is None:
        return ""
    try:
        return f"{decimal_text(Fraction(value) * 100)}％"
    except ValueError:
        return _ratio(value)


def _quantity(value: Fraction | int | None) -> str:
    return "" if value is None else yen.format_quantity(Fraction(value))


def _era_letter(value: datetime.date | None) -> str:
    return "" if value is None else wareki.era_letter(value)


def _short_date(value: datetime.date | None) -> str:
    return "" if value is None else f"{wareki.era_year(value)[1]}.{value.month}.{value.day}"


def _join(values: Iterable[Any], between: Any = "") -> str:
    return str(between).join(map(str, values))


def shown(value: object) -> object:
    """What is printed of a value that no filter has made a text of."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, datetime.date):
        return wareki.format_date(value)
    return value


FILTERS: dict[str, Callable[..., Any]] = {
    "和暦": _era_date,
    "金額": _amount,
    "万円": _ten_thousands,
    "率": _ratio,
    "百分率": _percentage,
    "数量": _quantity,
    "空欄": _blank,
    "カタカナ": _katakana,
    "丸数字": _circled,
    "元号": _era_letter,
    "年月日": _short_date,
    "join": _join,
    "length": len,
}
