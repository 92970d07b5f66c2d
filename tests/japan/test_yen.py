"""Amounts and quantities: what is read, what is refused and why, and that printing reads back."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.japan import yen

AMOUNTS = st.integers(0, yen.MOST)
NEGATIVE = "マイナスの値は書けません"
UNREADABLE = "金額として読めません"
DECIMALS = "小数の付いた金額は書けません"
COMMAS = "「,」の位置が正しくありません（3桁ごとに書くか、書かないでください）"
TOO_LARGE = "数が大きすぎます（999,999,999,999まで）"
ZEROS = "数の先頭に余分な0があります"


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500000", 500000),
        ("500,000", 500000),
        ("５００，０００円", 500000),
        ("¥500,000", 500000),
        ("￥500,000", 500000),
        ("\\500,000", 500000),
        (" 500,000 円 ", 500000),
        ("50万円", 500000),
        ("50万", 500000),
        ("５０万円", 500000),
        ("50万5,000円", 505000),
        ("1億2,000万円", 120_000_000),
        ("1億1円", 100_000_001),
        ("1,234万", 12_340_000),
        ("0", 0),
        ("0円", 0),
        ("999,999,999,999", yen.MOST),
        ("9999億9999万9999", yen.MOST),
    ],
)
def test_reads_yen(text: str, amount: int) -> None:
    assert yen.parse_yen(text) == amount


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *((text, "値がありません") for text in ("", " ", "\u3000")),
        *((text, NEGATIVE) for text in ("-1", "－500", "−1", "△500", "▲ 500", "¥-500", "-¥500", "-12.5")),
        *((text, DECIMALS) for text in ("1230.5", "1,230.50円", "１２．５", "¥0.1", "1.5万円")),
        *((text, COMMAS) for text in ("5,00,000", "5000,000", "1,23", "0,123", "1,2345", "12,34万円")),
        *((text, TOO_LARGE) for text in ("1000000000000", "1,000,000,000,000", "10000億円", "9" * 5000)),
        *((text, ZEROS) for text in ("0500", "00", "1億0001円")),
        *(
            (text, UNREADABLE)
            for text in ("12:30", "abc", "1e5", "円", "万", "¥", "5 000", "1_000", "500ドル", "1,", ",1")
        ),
        *((text, UNREADABLE) for text in ("1億20000万円", "5万10000", "1万2億", "一万円", "٣", "50万-", "1.2.3")),
    ],
)
def test_refuses_yen(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        yen.parse_yen(text)


@given(AMOUNTS, st.booleans())
def test_yen_round_trip(amount: int, wide: bool) -> None:
    printed = yen.format_yen(amount)
    assert re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})*", printed)
    assert printed.replace(",", "") == str(amount)
    for text in (printed, str(amount), f"{printed}円", f"¥{printed}"):
        assert yen.parse_yen(full_width(text) if wide else text) == amount


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 9999))
def test_units_add_up(oku: int, man: int, one: int) -> None:
    assert yen.parse_yen(f"{oku}億{man:,}万{one}円") == int(f"{oku}{man:04d}{one:04d}")


@given(st.text(alphabet="0123456789,.-億万円¥ ５，", max_size=12) | st.text(max_size=12))
def test_anything_else_is_a_japanese_message(text: str) -> None:
    for read in (yen.parse_yen, yen.parse_quantity):
        try:
            assert 0 <= read(text) <= yen.MOST
        except ValueError as error:
            assert not str(error).isascii()


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("3", Fraction(3)),
        ("0", Fraction(0)),
        ("0.5", Fraction(1, 2)),
        ("1.500", Fraction(3, 2)),
        ("０．１２５", Fraction(1, 8)),
        ("1,000.125", Fraction(8001, 8)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_reads_quantities(text: str, quantity: Fraction) -> None:
    assert yen.parse_quantity(text) == quantity


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "値がありません"),
        ("-0.5", NEGATIVE),
        ("0.1234", "小数は3桁までです"),
        ("1.0000", "小数は3桁までです"),
        ("1,00.5", COMMAS),
        ("00.5", ZEROS),
        ("999999999999.001", TOO_LARGE),
        ("9" * 5000, TOO_LARGE),
        *((text, "数量として読めません") for text in (".5", "5.", "1/2", "3台", "12:30", "1e3", "nan", "１式")),
    ],
)
def test_refuses_quantities(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        yen.parse_quantity(text)


@given(st.integers(0, yen.MOST * 1000))
def test_quantity_round_trip(thousandths: int) -> None:
    quantity = Fraction(thousandths, 1000)
    printed = yen.format_quantity(quantity)
    assert yen.parse_quantity(printed) == quantity
    assert not re.search(r"\.[0-9]*0$|\.$", printed)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_quantities_print_as_decimals_do(number: Decimal) -> None:
    printed = yen.format_quantity(Fraction(number))
    assert Decimal(printed.replace(",", "")) == number


def test_formats() -> None:
    assert yen.format_yen(500000) == "500,000"
    assert yen.format_yen(-1234) == "-1,234"
    assert [
        yen.format_quantity(q) for q in (Fraction(1, 2), Fraction(1000), 0, Fraction(8001, 8), Fraction(-1, 4))
    ] == [
        "0.5",
        "1,000",
        "0",
        "1,000.125",
        "-0.25",
    ]
    with pytest.raises(ValueError, match="小数で書き切れない"):
        yen.format_quantity(Fraction(1, 3))
