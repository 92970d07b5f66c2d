"""How a value is printed in a cell, and the Excel number format that shows the same."""

from __future__ import annotations

import datetime
from fractions import Fraction

from generator.japan import wareki, yen
from generator.values import Value

DATE = '[$-411]ggge"年"m"月"d"日"'
CELL_FORMATS = ("文字", "金額", "円", "増減", "数量", "和暦", "元号", "年", "月", "日")
DATE_PARTS = ("元号", "年", "月", "日")  # a date spread over four cells
_BLANK = {"円": "#,##0", "日付": DATE, "文字": "@", "電話番号": "@", "Eメール": "@"}


def formatted(value: Value, kind: str) -> tuple[str, str]:
    """The printed text of a value and the Excel number format that shows the same."""
    if isinstance(value, str):  # the most by far
        return value, ""
    match value:
        case None:
            return "", ""
        case bool():
            return ("はい" if value else "いいえ"), ""
        case datetime.date():
            return _date(value, kind)
        case _:
            if kind == "数量":
                whole = isinstance(value, int) or value.denominator == 1
                return yen.format_quantity(value), "#,##0" if whole else "#,##0.###"
            if isinstance(value, Fraction):
                return yen.format_quantity(value), "#,##0.###"
            if kind == "増減":  # as Japanese accounts write what becomes less
                return f"{'△' * (value < 0)}{yen.format_yen(abs(value))}円", '#,##0"円";"△"#,##0"円"'
            if kind == "円":
                return f"{yen.format_yen(value)}円", '#,##0"円"'
            return (yen.format_yen(value), "#,##0") if kind == "金額" else (str(value), "0")


def _date(value: datetime.date, kind: str) -> tuple[str, str]:
    era, year = wareki.era_year(value)
    match kind:
        case "元号":
            return wareki.era_letter(value), "[$-411]g"
        case "年":
            return str(year), "[$-411]e"
        case "月":
            return str(value.month), "m"
        case "日":
            return str(value.day), "d"
    # a spreadsheet writes 令和1年; the year of accession is written out
    return wareki.format_date(value), f'"{era}元年"m"月"d"日"' if year == 1 else DATE


def awaiting(kind: str, shape: str) -> str:
    """The number format of an input that is still empty: an item's kind, and the format the layout gives it."""
    if shape in DATE_PARTS:
        return ""
    return '#,##0"円"' if shape == "円" else _BLANK.get(kind, "")
