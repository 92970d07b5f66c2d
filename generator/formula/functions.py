"""Values in formulas as Excel treats them, but exact: operators and the closed list of functions.

A number is an int or a Fraction, never a float; None is a blank cell; a list is a column
of a list. Where Excel would show an error value, CalculationError is raised.
"""

from __future__ import annotations

import math
import operator
import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from generator.formula.errors import CalculationError
from generator.spreadsheet.serials import serial
from generator.values import Value, is_number

Column = list[Value]
Number = int | Fraction
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED = frozenset((int, bool, Fraction, date))  # two of a kind are compared as they are
_CRITERION = re.compile(r"(<>|<=|>=|=|<|>)?(.*)", re.DOTALL)
_NUMERIC = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


@dataclass(slots=True)
class Argument:
    """What a function is called with: a value or a column. ``named``: it came straight from a name, so that, as with a
    cell, text in it is passed over.

    Never changed. It is not frozen, because every call of a function makes some.
    """

    value: Value | Column
    named: bool = False


class Function(NamedTuple):
    """A function of the closed list: how many arguments it takes, and what it does. ``ranges``: the places where Excel
    accepts nothing but a range. IF has no ``call``: evaluate() takes it itself, since only the branch taken is
    computed.
    """

    least: int
    most: int
    call: Callable[[Sequence[Argument]], Value] | None
    ranges: Collection[int] = ()


def scalar(value: Value | Column) -> Value:
    """The value itself. Raises CalculationError for the column of a list."""
    if isinstance(value, list):
        raise CalculationError(
            "一覧の列はそのまま計算できません（SUMなどの関数に入れてください）", code="formula.column-as-value"
        )
    return value


def number(value: Value | Column) -> Number:
    """The value in arithmetic: a blank is 0, TRUE is 1; text and dates are refused."""
    if type(value) is int:
        return value
    value = scalar(value)
    if value is None:
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, Fraction)):
        return tidy(value)
    what = f"文字「{value[:20]}」" if isinstance(value, str) else "日付"
    raise CalculationError(f"{what}は数として計算できません", code="formula.no-number")


def tidy(value: Number) -> Number:
    """A Fraction that is whole becomes an int."""
    # by its type: it is slow to ask whether an int is an instance of Fraction
    return value.numerator if type(value) is Fraction and value.denominator == 1 else value


def decimal_text(value: Number) -> str:
    """The number in decimal notation; CalculationError when it never ends (1/3)."""
    places = 0
    scaled = Fraction(value)
    while scaled.denominator != 1:
        places, scaled = places + 1, scaled * 10
        if places > 15:
            raise CalculationError(f"「{value}」は小数で書き表せません", code="formula.endless-decimal")
    digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def text(value: Value | Column) -> str:
    """The value as the operator & joins it. A date is refused: Excel would print its serial number."""
    value = scalar(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        raise CalculationError("日付は文字としてつなげません", code="formula.date-as-text")
    return value if isinstance(value, str) else decimal_text(value)


def truth(value: Value | Column) -> bool:
    """The value as a condition: a blank and 0 are false. Raises CalculationError for text and dates."""
    value = scalar(value)
    if isinstance(value, (str, date)):
        raise CalculationError("条件が「はい・いいえ」になりません", code="formula.no-condition")
    return bool(value)


def add(left: Value | Column, right: Value | Column, sign: int) -> Value:
    """left + right or left - right (sign -1); dates move by days, two dates give the days between."""
    left, right = scalar(left), scalar(right)
    if isinstance(left, date) and isinstance(right, date):
        if sign < 0:
            return (left - right).days
        raise CalculationError("日付どうしは足せません", code="formula.sum-of-dates")
    if isinstance(left, date):
        return _moved(left, sign * _integer(number(right)))
    if isinstance(right, date):
        if sign < 0:
            raise CalculationError("数から日付は引けません", code="formula.number-minus-date")
        return _moved(right, _integer(number(left)))
    return tidy(number(left) + sign * number(right))


def multiply(left: Value | Column, right: Value | Column) -> Value:
    """left × right, exact. Raises CalculationError for text and dates."""
    return tidy(number(left) * number(right))


def divide(left: Value | Column, right: Value | Column) -> Value:
    """left ÷ right, exact. Raises CalculationError for text and dates, and for a divisor of 0."""
    divisor = number(right)
    if divisor == 0:
        raise CalculationError("0で割っています", code="formula.division-by-zero")
    return tidy(Fraction(number(left)) / divisor)


def compare(sign: str, left: Value | Column, right: Value | Column) -> bool:
    """Text ignoring case; a blank equals 0, "" and FALSE; values of different kinds are only ever unequal."""
    kind = type(left)
    if kind is type(right) and kind in _ORDERED:
        return _COMPARE[sign](left, right)
    left, right = scalar(left), scalar(right)
    a, b = _key(left, right), _key(right, left)
    if type(a) is not type(b):
        if sign in ("=", "<>"):
            return sign == "<>"
        raise CalculationError(
            "種類の違う値（数・文字・日付・真偽）の大小は比べられません", code="formula.mixed-comparison"
        )
    return _COMPARE[sign](a, b)


def _key(value: Value, other: Value) -> Fraction | str | bool:
    """What the value is compared by: a date by its serial day, a blank as the zero of the other's kind."""
    if value is None:
        value = "" if isinstance(other, str) else False if isinstance(other, bool) else 0
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.lower()
    return Fraction(serial(value)) if isinstance(value, date) else Fraction(value)


def _moved(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise CalculationError("日付が範囲を超えています", code="formula.date-out-of-range") from error


def _integer(value: Number) -> int:
    if value != int(value):
        raise CalculationError("日付に足し引きできるのは整数の日数だけです", code="formula.part-of-a-day")
    return int(value)


def _day(argument: Argument) -> date:
    value = scalar(argument.value)
    if not isinstance(value, date):
        raise CalculationError(
            "日付でない値があります" if value is not None else "日付が空欄です", code="formula.no-date"
        )
    return value


def _items(arguments: Sequence[Argument]) -> Iterator[Number | date]:
    """What SUM, MIN, MAX and COUNT see: from names only numbers and dates, of the rest everything."""
    for argument in arguments:
        if isinstance(argument.value, list) or argument.named:
            column = argument.value if isinstance(argument.value, list) else [argument.value]
            for value in column:
                if isinstance(value, date) or is_number(value):
                    yield value
        else:
            yield argument.value if isinstance(argument.value, date) else number(argument.value)


def _sum(arguments: Sequence[Argument]) -> Value:
    return tidy(sum((number(item) for item in _items(arguments)), 0))


def _extreme(best: Callable[[list[Any]], Value]) -> Callable[[Sequence[Argument]], Value]:
    def call(arguments: Sequence[Argument]) -> Value:
        items = list(_items(arguments))
        if len({isinstance(item, date) for item in items}) > 1:
            raise CalculationError("日付と数は一緒に比べられません", code="formula.mixed-comparison")
        return best(items) if items else 0

    return call


def _rounding(step: Callable[[Fraction], int]) -> Callable[[Sequence[Argument]], Value]:
    def call(arguments: Sequence[Argument]) -> Value:
        value, places = number(arguments[0].value), math.trunc(number(arguments[1].value))
        if abs(places) > 15:
            raise CalculationError("端数処理の桁数は-15から15までです", code="formula.digits")
        if type(value) is int and places >= 0:
            return value
        sign = -1 if value < 0 else 1
        if places == 0:
            return sign * step(sign * Fraction(value))
        scale = Fraction(10**places) if places >= 0 else Fraction(1, 10**-places)
        return tidy(sign * step(sign * value * scale) / scale)

    return call


def _absolute(arguments: Sequence[Argument]) -> Value:
    value = number(arguments[0].value)
    return -value if value < 0 else value


def _modulo(arguments: Sequence[Argument]) -> Value:
    value, divisor = (number(argument.value) for argument in arguments)
    if divisor == 0:
        raise CalculationError("0で割っています", code="formula.division-by-zero")
    return tidy(value % divisor)


def _truths(arguments: Sequence[Argument]) -> list[bool]:
    # Not lazy: Excel computes every argument, and an error in one is an error.
    truths = []
    for argument in arguments:
        if isinstance(argument.value, list):
            truths += [bool(v) for v in argument.value if isinstance(v, (int, Fraction))]
        elif not (argument.named and isinstance(argument.value, (str, type(None)))):
            truths.append(truth(argument.value))
    if not truths:
        raise CalculationError("ANDやORに条件がありません", code="formula.no-condition")
    return truths


def _present(arguments: Sequence[Argument]) -> int:
    columns = (a.value if isinstance(a.value, list) else [a.value] for a in arguments)
    return sum(value is not None for column in columns for value in column)


def _counted(arguments: Sequence[Argument]) -> int:
    columns = (a.value if isinstance(a.value, list) else [a.value] for a in arguments)
    return sum(_is_numeric(value) for column in columns for value in column)


def _is_numeric(value: Value) -> bool:
    return isinstance(value, date) or is_number(value)


def _columns(arguments: Sequence[Argument]) -> list[Column]:
    columns = [a.value if isinstance(a.value, list) else [a.value] for a in arguments]
    if len({len(column) for column in columns}) > 1:
        raise CalculationError("一覧の列の長さがそろっていません", code="formula.unequal-columns")
    return columns


def _matching(argument: Argument) -> Callable[[Value], bool]:
    """The test that SUMIF and COUNTIF make of a criterion: 5, "=人件費", ">=100", ""; of a name, its very value."""
    criterion = scalar(argument.value)
    if argument.named or not isinstance(criterion, str):
        wanted = 0 if criterion is None else criterion
        return lambda item: item not in (None, "") and compare("=", item, wanted)
    match = _CRITERION.fullmatch(criterion)
    sign, rest = (match.group(1) or "=", match.group(2)) if match else ("=", criterion)
    if any(wild in rest for wild in "*?~"):
        raise CalculationError("SUMIFやCOUNTIFの条件に「*」「?」「~」は使えません", code="formula.wildcard")
    if _NUMERIC.fullmatch(rest):
        bound = Fraction(rest)
        return lambda item: compare(sign, item, bound) if _is_numeric(item) else sign == "<>"
    if sign not in ("=", "<>"):
        raise CalculationError("SUMIFやCOUNTIFの大小の条件は数に限ります", code="formula.comparison-criterion")

    def matches(item: Value) -> bool:
        given = item.lower() if isinstance(item, str) else "" if item is None else None
        return (given == rest.lower()) == (sign == "=")  # an empty criterion finds blank cells

    return matches


def _sum_if(arguments: Sequence[Argument]) -> Value:
    matches = _matching(arguments[1])
    column, amounts = _columns([arguments[0], arguments[-1 if len(arguments) == 3 else 0]])
    return _sum([Argument([amount for item, amount in zip(column, amounts, strict=True) if matches(item)])])


def _count_if(arguments: Sequence[Argument]) -> Value:
    matches = _matching(arguments[1])
    return sum(matches(item) for item in _columns(arguments[:1])[0])


def _sum_product(arguments: Sequence[Argument]) -> Value:
    total: Number = 0
    for row in zip(*_columns(arguments), strict=True):
        product: Number = 1
        for value in row:
            product *= number(value) if _is_numeric(value) else 0
        total += product
    return tidy(total)


def _date(arguments: Sequence[Argument]) -> Value:
    year, month, day = (math.trunc(number(argument.value)) for argument in arguments)
    if year < 1900:  # Excel would make 1905 of 5
        raise CalculationError("DATEの年は西暦4桁にしてください", code="formula.two-digit-year")
    return _moved(_month(year, month), day - 1)


def _month(year: int, month: int) -> date:
    try:
        return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    except (ValueError, OverflowError) as error:
        raise CalculationError("日付が範囲を超えています", code="formula.date-out-of-range") from error


def _months_later(arguments: Sequence[Argument], end: bool) -> date:
    day = _day(arguments[0])
    first = _month(day.year, day.month + math.trunc(number(arguments[1].value)))
    last = monthrange(first.year, first.month)[1]
    return first.replace(day=last if end else min(day.day, last))


MANY = 255
FUNCTIONS: dict[str, Function] = {
    "SUM": Function(1, MANY, _sum),
    "MIN": Function(1, MANY, _extreme(min)),
    "MAX": Function(1, MANY, _extreme(max)),
    "ROUND": Function(2, 2, _rounding(lambda x: math.floor(x + Fraction(1, 2)))),
    "ROUNDDOWN": Function(2, 2, _rounding(math.floor)),
    "ROUNDUP": Function(2, 2, _rounding(math.ceil)),
    "INT": Function(1, 1, lambda a: math.floor(number(a[0].value))),
    "ABS": Function(1, 1, _absolute),
    "MOD": Function(2, 2, _modulo),
    "IF": Function(2, 3, None),
    "AND": Function(1, MANY, lambda a: all(_truths(a))),
    "OR": Function(1, MANY, lambda a: any(_truths(a))),
    "NOT": Function(1, 1, lambda a: not truth(a[0].value)),
    "ISBLANK": Function(1, 1, lambda a: scalar(a[0].value) is None),
    "ISNUMBER": Function(1, 1, lambda a: _is_numeric(scalar(a[0].value))),
    "COUNT": Function(1, MANY, _counted),
    "COUNTA": Function(1, MANY, _present),
    "COUNTIF": Function(2, 2, _count_if, ranges=(0,)),
    "SUMIF": Function(2, 3, _sum_if, ranges=(0, 2)),
    "SUMPRODUCT": Function(1, MANY, _sum_product, ranges=range(MANY)),
    "LEN": Function(1, 1, lambda a: len(text(a[0].value))),
    "DATE": Function(3, 3, _date),
    "YEAR": Function(1, 1, lambda a: _day(a[0]).year),
    "MONTH": Function(1, 1, lambda a: _day(a[0]).month),
    "DAY": Function(1, 1, lambda a: _day(a[0]).day),
    "EDATE": Function(2, 2, lambda a: _months_later(a, end=False)),
    "EOMONTH": Function(2, 2, lambda a: _months_later(a, end=True)),
}
