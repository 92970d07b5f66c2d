"""Whole yen and exact quantities: how clerks write them, how forms print them. Never a float."""

from __future__ import annotations

import re
from fractions import Fraction

from generator.japan.characters import HALF_WIDTH
from generator.values import OtherKindError

MOST = 999_999_999_999  # yen, or units of a quantity: twelve digits, exact in a spreadsheet too

# Besides ￥ in its three guises: a Japanese keyboard types \ where it shows ¥.
_HALF_WIDTH = {**HALF_WIDTH, 0xFFE5: "¥", 0x5C: "¥", 0xFF3C: "¥"}
_NUMBER = r"[0-9]+(?:,[0-9]+)*"
_YEN = re.compile(rf"(?:¥ *)?(?:(?P<oku>{_NUMBER}) *億 *)?(?:(?P<man>{_NUMBER}) *万 *)?(?P<one>{_NUMBER})? *円?")
_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)")
_SHORT = re.compile(r"0|[1-9][0-9]{0,11}")  # at most MOST
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")


def _cleaned(text: str) -> str:
    """Half-width and stripped; ValueError when nothing is left or a minus (△ in accounts) stands before it."""
    half = text.translate(_HALF_WIDTH).strip()
    if not half:
        raise ValueError("値がありません")
    if re.match(r"(?:¥ *)?[-△▲] *¥? *[0-9]", half):
        raise ValueError("マイナスの値は書けません")
    return half


def _integer(digits: str) -> int:
    """0 or more without leading zeros, with commas at every third digit or none."""
    if "," in digits and not _GROUPED.fullmatch(digits):
        raise ValueError("「,」の位置が正しくありません（3桁ごとに書くか、書かないでください）")
    if "," not in digits and not _PLAIN.fullmatch(digits):
        raise ValueError("数の先頭に余分な0があります")
    if len(digits) > 15:  # 999,999,999,999; int() of a very long text is slow and fails in English
        raise ValueError(f"数が大きすぎます（{MOST:,}まで）")
    return int(digits.replace(",", ""))


def parse_yen(text: str) -> int:
    """Whole yen, 0 or more: 500000, 500,000, ５００，０００円, ¥500,000, 50万円, 1億2,000万円.

    Raises ValueError, in Japanese, for a negative, fractional, badly grouped, too large or unreadable amount.
    """
    if _SHORT.fullmatch(text):  # as most are written
        return int(text)
    half = _cleaned(text)
    if re.fullmatch(r"(?:¥ *)?[0-9,]*\.[0-9]+ *[億万]? *円?", half):
        raise ValueError("小数の付いた金額は書けません")
    match = _YEN.fullmatch(half)
    parts = [(match[name], unit) for name, unit in (("oku", 10**8), ("man", 10**4), ("one", 1))] if match else []
    given = [(_integer(digits), unit) for digits, unit in parts if digits]
    # Below a larger unit a part has four digits at most: 1億20000万 is a slip of the pen.
    if not given or any(number > 9999 for number, _ in given[1:]):
        raise OtherKindError("金額として読めません")
    total = sum(number * unit for number, unit in given)
    if total > MOST:
        raise ValueError(f"数が大きすぎます（{MOST:,}まで）")
    return total


def parse_quantity(text: str) -> Fraction:
    """A number of things, 0 or more, with three decimals at most: 3, 0.5, 1,000.125. Exact.

    Raises ValueError, in Japanese, for a negative, finer, badly grouped, too large or unreadable number.
    """
    if _SHORT.fullmatch(text):
        return Fraction(int(text))
    half = _cleaned(text)
    match = re.fullmatch(rf"({_NUMBER})(?:\.([0-9]+))?", half)
    if not match:
        raise OtherKindError("数量として読めません")
    whole, decimals = _integer(match[1]), match[2] or ""
    if len(decimals) > 3:
        raise ValueError("小数は3桁までです")
    result = whole + Fraction(int(decimals or "0"), 10 ** len(decimals))
    if result > MOST:
        raise ValueError(f"数が大きすぎます（{MOST:,}まで）")
    return result


def format_yen(amount: int) -> str:
    """500,000: without a unit."""
    return f"{amount:,}"


def format_quantity(quantity: Fraction | int) -> str:
    """The exact decimal without trailing zeros: 0.5, 1,000.125. ValueError when there is none (1/3)."""
    if quantity.denominator == 1:  # the most by far
        return f"{int(quantity):,}"
    rest, places = abs(Fraction(quantity)), 0
    denominator = rest.denominator
    for prime in (2, 5):
        power = 0
        while denominator % prime == 0:
            denominator, power = denominator // prime, power + 1
        places = max(places, power)
    if denominator != 1:
        raise ValueError("小数で書き切れない数です")
    digits = str(int(rest * 10**places)).zfill(places + 1)
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    return ("-" if quantity < 0 else "") + f"{int(whole):,}" + (f".{decimals}" if decimals else "")
