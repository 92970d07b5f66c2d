"""What a cell shows and the number format of Excel that shows the same."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest

from generator.spreadsheet.cell_format import formatted
from generator.values import Value

DAY = datetime.date(2023, 6, 20)


@pytest.mark.parametrize(
    ("value", "kind", "printed", "number_format"),
    [
        ("文", "金額", "文", ""),
        (None, "円", "", ""),
        (True, "文字", "はい", ""),
        (False, "文字", "いいえ", ""),
        (1234567, "金額", "1,234,567", "#,##0"),
        (1234567, "円", "1,234,567円", '#,##0"円"'),
        (-500, "増減", "△500円", '#,##0"円";"△"#,##0"円"'),
        (12, "文字", "12", "0"),
        (1200, "数量", "1,200", "#,##0"),
        (Fraction(1200), "数量", "1,200", "#,##0"),
        (Fraction(5, 2), "数量", "2.5", "#,##0.###"),
        (Fraction(5, 2), "円", "2.5", "#,##0.###"),
        (DAY, "和暦", "令和5年6月20日", '[$-411]ggge"年"m"月"d"日"'),
        (datetime.date(2019, 5, 1), "和暦", "令和元年5月1日", '"令和元年"m"月"d"日"'),
        (DAY, "元号", "R", "[$-411]g"),
        (DAY, "年", "5", "[$-411]e"),
        (DAY, "月", "6", "m"),
        (DAY, "日", "20", "d"),
    ],
)
def test_printed_text_and_number_format(value: Value, kind: str, printed: str, number_format: str) -> None:
    assert formatted(value, kind) == (printed, number_format)
