"""A workbook calculated in IEEE doubles, as plainly as any program might: what Excel must come to as well.

Rounding is done without Excel's kindness towards 0.1 + 0.2, so a formula that is right here does not depend on it.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from workbooks import Address, Value, Workbook

from generator.formula.syntax import Call, Chain, Constant, Name, Negative, Node, Percent, parse

Scalar = Value | None  # None: an empty cell
_REFERENCE = re.compile(r"'((?:[^']|'')+)'!\$?([A-Z]+)\$?([0-9]+)(?::\$?([A-Z]+)\$?([0-9]+))?")
# rows whose cell equals a value and is not empty: the parser takes no products of columns in a call
_EQUAL_ROWS = re.compile(r'SUMPRODUCT\(\(([^()=]+)=([^()=]+)\)\*\(\1<>""\)(?:,([^(),]+))?\)')
_EPOCH = date(1899, 12, 30)


def _of_equal_rows(match: re.Match[str]) -> str:
    column, value, amounts = match.groups()
    return f"SUMIF({column},{value},{amounts})" if amounts else f"COUNTIF({column},{value})"


class Calculator:
    """The values of a workbook's formulas, each calculated from the inputs."""

    def __init__(self, book: Workbook):
        self._book = book
        self._known: dict[Address, Scalar] = {}
        self._busy: set[Address] = set()

    def value(self, at: Address) -> Scalar:
        content = self._book.cells.get(at)
        if content is None:
            return None
        if not content.formula:
            return content.value
        if at not in self._known:
            assert at not in self._busy, f"{at} depends on itself"
            self._busy.add(at)
            self._known[at] = self._calculated(content.formula)
        return self._known[at]

    def _calculated(self, formula: str) -> Scalar:
        references: dict[str, str] = {}

        def named(match: re.Match[str]) -> str:
            name = f"セル{len(references)}番"
            references[name] = match[0]
            return name

        root = parse("=" + _EQUAL_ROWS.sub(_of_equal_rows, _REFERENCE.sub(named, formula))).root
        return _one(_Evaluation(self, references).of(root))

    def target(self, name: str, references: dict[str, str]) -> Scalar | list[Scalar]:
        """The value or values behind a reference or a defined name."""
        match = _REFERENCE.fullmatch(references.get(name) or self._book.names[name])
        assert match is not None, f"{name} is no cell"
        sheet, column, row, last_column, last_row = match.groups()
        sheet = sheet.replace("''", "'")
        if last_row is None:
            return self.value((sheet, f"{column}{row}"))
        assert column == last_column, f"{name} is more than a column"
        return [self.value((sheet, f"{column}{n}")) for n in range(int(row), int(last_row) + 1)]


class _Evaluation:
    def __init__(self, calculator: Calculator, references: dict[str, str]):
        self.calculator, self.references = calculator, references

    def of(self, node: Node) -> Scalar | list[Scalar]:
        match node:
            case Constant(bool() | str() as value):
                return value
            case Constant(value):
                return float(value)
            case Name(name):
                return self.calculator.target(name, self.references)
            case Negative(operand):
                return -_number(self.of(operand))
            case Percent(operand):
                return _number(self.of(operand)) / 100
            case Chain(first, rest):
                result = self.of(first)
                for sign, operand in rest:
                    result = _applied(sign, _one(result), _one(self.of(operand)))
                return result
            case Call("IF", (condition, *branches)):
                chosen = 0 if _one(self.of(condition)) else 1
                return self.of(branches[chosen]) if chosen < len(branches) else False
            case Call(function, arguments):
                return _FUNCTIONS[function]([self.of(a) for a in arguments])


def _one(value: Scalar | list[Scalar]) -> Scalar:
    assert not isinstance(value, list), "a column where one value belongs"
    return value


def _number(value: Scalar | list[Scalar]) -> float:
    value = _one(value)
    assert not isinstance(value, str), f"#VALUE!: {value!r} in arithmetic"
    return float(value or 0)


def _applied(sign: str, left: Scalar, right: Scalar) -> Scalar:
    match sign:
        case "+":
            return _number(left) + _number(right)
        case "-":
            return _number(left) - _number(right)
        case "*":
            return _number(left) * _number(right)
        case "/":
            return _number(left) / _number(right)
        case "&":
            return _text(left) + _text(right)
    if left is None and right is None:
        left = right = 0.0
    blank: Callable[[Scalar], Scalar] = lambda other: "" if isinstance(other, str) else 0.0  # noqa: E731
    one, two = (blank(right) if left is None else left), (blank(left) if right is None else right)
    order = _ranked(one), _ranked(two)
    return {
        "=": order[0] == order[1],
        "<>": order[0] != order[1],
        "<": order[0] < order[1],
        "<=": order[0] <= order[1],
        ">": order[0] > order[1],
        ">=": order[0] >= order[1],
    }[sign]


def _ranked(value: Scalar) -> tuple[int, float, str]:
    """Excel's order: numbers, then text, then truths."""
    if isinstance(value, bool):
        return 2, float(value), ""
    return (1, 0.0, value.casefold()) if isinstance(value, str) else (0, float(value or 0), "")


def _text(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else f"{value:.15g}"


Arguments = list[Scalar | list[Scalar]]


def _numbers(arguments: Arguments) -> list[float]:
    """What SUM, MIN and MAX count: text and truths in cells are passed over."""
    flat = [v for a in arguments for v in (a if isinstance(a, list) else [a])]
    return [v for v in flat if isinstance(v, float) and not isinstance(v, bool)]


def _present(arguments: Arguments) -> float:
    return float(sum(v is not None for a in arguments for v in (a if isinstance(a, list) else [a])))


def _cut(to_whole: Callable[[float], float]) -> Callable[[Arguments], float]:
    def rounded(arguments: Arguments) -> float:
        scale = 10.0 ** _number(arguments[1])
        value = _number(arguments[0])
        return math.copysign(to_whole(abs(value) * scale) / scale, value)

    return rounded


def _sum_if(arguments: Arguments) -> float:
    where, wanted, what = arguments[0], _one(arguments[1]), arguments[-1] if len(arguments) > 2 else arguments[0]
    assert isinstance(where, list) and isinstance(what, list)
    assert not isinstance(wanted, str) or wanted[:1] not in ("<", ">", "=")
    chosen: Arguments = [
        v for key, v in zip(where, what, strict=True) if key is not None and _ranked(key) == _ranked(wanted)
    ]
    return sum(_numbers(chosen), 0.0)


def _count_if(arguments: Arguments) -> float:
    where, wanted = arguments[0], _one(arguments[1])
    assert isinstance(where, list) and (not isinstance(wanted, str) or wanted[:1] not in ("<", ">", "="))
    return float(sum(v is not None and _ranked(v) == _ranked(wanted) for v in where))


def _product(arguments: Arguments) -> float:
    columns = [a if isinstance(a, list) else [a] for a in arguments]
    return sum(
        (math.prod(_numbers([v])[0] if _numbers([v]) else 0.0 for v in row) for row in zip(*columns, strict=True)), 0.0
    )


def _day(value: Scalar | list[Scalar]) -> date:
    return _EPOCH + timedelta(days=math.floor(_number(value)))


def _serial(year: int, month: int, day: int) -> float:
    months = year * 12 + month - 1
    return float((date(months // 12, months % 12 + 1, 1) - _EPOCH).days + day - 1)


def _months_later(arguments: Arguments) -> float:
    begin = _day(arguments[0])
    months = begin.year * 12 + begin.month - 1 + math.trunc(_number(arguments[1]))
    year, month = months // 12, months % 12 + 1
    return _serial(year, month, min(begin.day, monthrange(year, month)[1]))


_FUNCTIONS: dict[str, Callable[[Arguments], Scalar]] = {
    "SUM": lambda a: sum(_numbers(a), 0.0),
    "MIN": lambda a: min(_numbers(a), default=0.0),
    "MAX": lambda a: max(_numbers(a), default=0.0),
    "ROUND": _cut(lambda v: math.floor(v + 0.5)),
    "ROUNDDOWN": _cut(math.floor),
    "ROUNDUP": _cut(math.ceil),
    "INT": lambda a: float(math.floor(_number(a[0]))),
    "ABS": lambda a: abs(_number(a[0])),
    "MOD": lambda a: math.fmod(math.fmod(_number(a[0]), _number(a[1])) + _number(a[1]), _number(a[1])),
    "AND": lambda a: all(bool(_one(v)) for v in a),
    "OR": lambda a: any(bool(_one(v)) for v in a),
    "NOT": lambda a: not _one(a[0]),
    "ISBLANK": lambda a: _one(a[0]) is None,
    "ISNUMBER": lambda a: isinstance(_one(a[0]), float),
    "COUNT": lambda a: float(len(_numbers(a))),
    "COUNTA": _present,
    "COUNTIF": _count_if,
    "SUMIF": _sum_if,
    "SUMPRODUCT": _product,
    "LEN": lambda a: float(len(_text(_one(a[0])))),
    "DATE": lambda a: _serial(*(math.trunc(_number(v)) for v in a)),
    "YEAR": lambda a: float(_day(a[0]).year),
    "MONTH": lambda a: float(_day(a[0]).month),
    "DAY": lambda a: float(_day(a[0]).day),
    "EDATE": _months_later,
}
