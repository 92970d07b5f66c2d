"""A formula as a workbook carries it: names become references, and doubles give the exact yen.

Excel computes in doubles. What keeps the yen right, for amounts up to 999,999,999,999:

* A rate becomes ``*p/q``. Whole n: n*p is exact below 2^53, the one division is rounded
  correctly and n*p/q misses a whole number by 1/q or not at all, so cutting off is exact.
* Anything else that may carry decimals gets a ROUND inside the function that cuts it off.
  Its digits follow the grid the exact value lies on: fewer digits would bump a value up to the
  next yen, more would not mend the error, which grows with the amount (a fixed six digits
  fails above 2^31 yen; three digits for yen × quantity hold to 10^12).
* A division by something that may carry decimals is done between whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from math import lcm
from types import MappingProxyType
from typing import NamedTuple

from generator.formula.errors import FormulaSyntaxError
from generator.formula.functions import FUNCTIONS, decimal_text
from generator.formula.syntax import LEVELS, Call, Chain, Constant, Formula, Name, Negative, Node, Percent, parts
from generator.spreadsheet.literals import text_literal

ColumnAreas = Callable[[tuple[str, ...]], list[tuple[str, ...]]]  # names → pieces, in each a range for each name
QUANTITY_DECIMALS = 3  # that a name may carry
MOST_DIGITS = 6  # of the ROUND inside
_EXACT_RATE = 9007  # times 10^12 stays below 2^53
_PERCENT, _SIGN = 5, 6  # the levels above LEVELS
_STEPS = frozenset({"ROUND", "ROUNDDOWN", "ROUNDUP", "INT", "MOD"})  # jump at a threshold
BY_ROW = frozenset({"SUMIF", "COUNTIF", "SUMPRODUCT"})  # look at the rows of ranges, each in one piece
_COMPUTING = frozenset({"SUM", "SUMIF", "SUMPRODUCT", "MOD"})
_CHOOSING = frozenset({"MIN", "MAX", "ABS", "IF"})  # of all others the result is whole, or no number


def to_excel(
    formula: Formula,
    reference: Callable[[str], str],
    rates: Mapping[str, Fraction] = MappingProxyType({}),
    whole: Collection[str] | None = None,
    areas: ColumnAreas | None = None,
) -> str:
    """The formula for a workbook, without '='.

    ``reference`` gives the cell, range or defined name of a name. A name in ``rates`` is written
    out as a fraction (``*2/3``) and may stand only as the right factor of '*'; FormulaSyntaxError otherwise.
    ``whole`` lists the names that are never but whole (yen): needless ROUNDs are then left out. Without it any
    name may have three decimals, and where names are multiplied one of them is taken to be whole yen.
    ``areas`` cuts columns that do not stand in one piece each (see ``BY_ROW``) where any of them is cut.
    """
    check_rates(formula, rates)
    return _Writer(reference, rates, whole, areas).text(formula.root)


def check_rates(formula: Formula, rate_names: Collection[str]) -> None:
    """FormulaSyntaxError where a rate stands anywhere but as the right factor of '*'."""

    def visit(node: Node) -> None:
        if isinstance(node, Name) and node.name in rate_names:
            raise FormulaSyntaxError(
                f"率「{node.name}」は「金額*{node.name}」の形（掛け算の右側）でだけ使えます",
                code="formula.place-of-rate",
            )
        factors = node.rest if isinstance(node, Chain) else ()
        allowed = [part for sign, part in factors if sign == "*" and isinstance(part, Name)]
        for part in parts(node):
            if not any(part is factor for factor in allowed):
                visit(part)

    visit(formula.root)


class _Shape(NamedTuple):
    """What is known of a part: how true its double is, and the grid of its exact values.

    ``error``: 0 a whole number, exact; 1 the double nearest to the exact value; 2 more roundings.
    The value is a multiple of 1 / (1000^names * 10^decimals * share).
    """

    error: int = 0
    names: int = 0
    decimals: int = 0
    share: int = 1

    def joined(self, other: _Shape) -> _Shape:
        """The common grid of two terms, with the worse error."""
        return _Shape(
            max(self.error, other.error),
            max(self.names, other.names),
            max(self.decimals, other.decimals),
            lcm(self.share, other.share),
        )

    def added(self, other: _Shape) -> _Shape:
        shape = self.joined(other)
        return _Shape(2 if shape.error else 0, shape.names, shape.decimals, shape.share)

    def times(self, other: _Shape) -> _Shape:
        error = 2 if self.error or other.error else 0
        return _Shape(error, self.names + other.names, self.decimals + other.decimals, self.share * other.share)

    def by(self, rate: Fraction) -> _Shape:
        """The value after it was multiplied: ``*p/q``."""
        exact = not self.error and max(abs(rate.numerator), rate.denominator) <= _EXACT_RATE
        error = int(rate.denominator > 1) if exact else 2
        return _Shape(error, self.names, self.decimals, self.share * rate.denominator)


class _Writer:
    def __init__(
        self,
        reference: Callable[[str], str],
        rates: Mapping[str, Fraction],
        whole: Collection[str] | None,
        areas: ColumnAreas | None = None,
    ) -> None:
        self.reference = reference
        self.rates = rates
        self.whole = whole
        self.areas = areas

    def text(self, node: Node, least: int = 0, careful: bool = False) -> str:
        """The node, in parentheses when it binds looser than ``least``. ``careful``: inside a threshold."""
        match node:
            case Constant(bool() as flag):
                return "TRUE" if flag else "FALSE"
            case Constant(str() as words):
                return text_literal(words)
            case Constant(int() | Fraction() as value):
                return decimal_text(value)
            case Name(name):
                return self.reference(name)
            case Negative(operand):
                level, written = _SIGN, "-" + self.text(operand, _SIGN, careful)
            case Percent(operand):
                level, written = _PERCENT, self.text(operand, _SIGN, careful) + "%"
            case Chain(first, rest):
                level = LEVELS[rest[0][0]]
                written = self.comparison(first, rest) if level == 1 else self.chain(first, rest, level, careful)
            case Call(function, arguments) if function in BY_ROW:
                pieces = self.by_row(function, arguments, careful)
                level, written = LEVELS["+"] if len(pieces) > 1 else least, "+".join(pieces)
            case Call(function, arguments):  # pragma: no branch (there is nothing else)
                return f"{function}({','.join(self.arguments(function, arguments, careful))})"
        return f"({written})" if level < least else written

    def by_row(self, function: str, arguments: tuple[Node, ...], careful: bool) -> list[str]:
        """The call once for each piece of its columns, to be added."""
        places = [n for n in range(len(arguments)) if n in FUNCTIONS[function].ranges]
        names = tuple(a.name for n in places if isinstance(a := arguments[n], Name))
        pieces = self.areas(names) if self.areas is not None else []
        if len(pieces) < 2:
            return [self.row_call(function, arguments, self.arguments(function, arguments, careful))]
        written = []
        for piece in pieces:
            texts = self.arguments(function, arguments, careful)
            for place, area in zip(places, piece, strict=True):
                texts[place] = area
            written.append(self.row_call(function, arguments, texts))
        return written

    def row_call(self, function: str, arguments: tuple[Node, ...], texts: list[str]) -> str:
        """The call. A criterion that is a value is compared with "=": Excel would look for "3" in numbers too, take
        "3.0" for it, and read ">3" and "*" as conditions; LibreOffice would not."""
        if function == "SUMPRODUCT" or not isinstance(arguments[1], Name):
            return f"{function}({','.join(texts)})"
        column, value = texts[0], texts[1]
        amounts = texts[2] if len(texts) > 2 else column
        asked = f'({column}={value})*({column}<>"")'
        return f"SUMPRODUCT({asked},{amounts})" if function == "SUMIF" else f"SUMPRODUCT({asked})"

    def chain(self, first: Node, rest: tuple[tuple[str, Node], ...], level: int, careful: bool) -> str:
        written, shape = self.text(first, level, careful), self.shape(first)
        for sign, operand in rest:
            if sign == "/" and careful and not isinstance(operand, Constant):
                divisor = self.shape(operand)
                right = self.text(operand, level + 1, careful)
                if shape.error or divisor.error:
                    places = max(self.decimals(shape), self.decimals(divisor))
                    scale = 10**places * lcm(shape.share, divisor.share)
                    written, right = f"ROUND({written}*{scale},0)", f"ROUND({right}*{scale},0)"
                written += "/" + right
            elif sign == "*" and isinstance(operand, Name) and operand.name in self.rates:
                rate = self.rates[operand.name]
                written += f"*{rate.numerator}" + (f"/{rate.denominator}" if rate.denominator > 1 else "")
            else:
                written += sign + self.text(operand, level + 1, careful)
            shape = self.factor(shape, sign, operand) if level == 4 else shape
        return written

    def comparison(self, first: Node, rest: tuple[tuple[str, Node], ...]) -> str:
        sides = (first, *(operand for _, operand in rest))
        shapes = [self.shape(side) for side in sides]
        digits = max(self.digits(shape) for shape in shapes)
        # Sums of names that may well be yen stay as they are written.
        plain = _Shape(2, 1) if self.whole is None else None
        texts = [
            f"ROUND({self.text(side, careful=True)},{digits})"
            if shape.error == 2 and shape != plain
            else self.text(side, 2, careful=True)
            for side, shape in zip(sides, shapes, strict=True)
        ]
        return texts[0] + "".join(sign + text for (sign, _), text in zip(rest, texts[1:], strict=True))

    def arguments(self, function: str, arguments: tuple[Node, ...], careful: bool) -> list[str]:
        if function not in _STEPS:
            return [self.text(argument, careful=careful) for argument in arguments]
        places = _places(arguments) if function.startswith("ROUND") else 0
        stepping = arguments if function == "MOD" else arguments[:1]
        written = []
        for argument in stepping:
            shape, inner = self.shape(argument), self.text(argument, careful=True)
            digits = self.digits(shape, max(places, 0))
            if shape.error == 2 and not (function == "ROUND" and places >= self.digits(shape)):
                inner = f"ROUND({inner},{digits})"
            written.append(inner)
        return written + [self.text(argument) for argument in arguments[len(stepping) :]]

    def decimals(self, shape: _Shape) -> int:
        names = shape.names
        if self.whole is None and names > 1:
            names -= 1  # the yen among the factors
        return min(QUANTITY_DECIMALS * names + shape.decimals, MOST_DIGITS)

    def digits(self, shape: _Shape, places: int = 0) -> int:
        """How many digits tell every value of the grid, and every threshold at ``places``, apart."""
        extra = 0
        while 10**extra < shape.share:
            extra += 1
        return max(min(max(self.decimals(shape), places) + extra, MOST_DIGITS), places)

    def shape(self, node: Node) -> _Shape:
        match node:
            case Constant(Fraction() as value):
                return _Shape(1, decimals=len(decimal_text(value).partition(".")[2]))
            case Name(name) if self.whole is None or name not in self.whole:
                return _Shape(1, names=1)
            case Negative(operand):
                return self.shape(operand)
            case Percent(operand):
                shape = self.shape(operand)
                return _Shape(min(shape.error + 1, 2), shape.names, shape.decimals + 2, shape.share)
            case Chain(first, rest) if LEVELS[rest[0][0]] >= 3:
                shape = self.shape(first)
                for sign, operand in rest:
                    shape = self.factor(shape, sign, operand) if sign in "*/" else shape.added(self.shape(operand))
                return shape
            case Call(function, arguments):
                return self.result(function, arguments)
        return _Shape()

    def factor(self, shape: _Shape, sign: str, operand: Node) -> _Shape:
        if sign == "*":
            if isinstance(operand, Name) and operand.name in self.rates:
                return shape.by(self.rates[operand.name])
            return shape.times(self.shape(operand))
        if isinstance(operand, Constant) and isinstance(operand.value, (int, Fraction)):
            exact = not shape.error and isinstance(operand.value, int)
            share = shape.share * max(1, operand.value.numerator)
            return _Shape(1 if exact else 2, shape.names, shape.decimals, share)
        return _Shape(1, decimals=MOST_DIGITS)  # any grid; but see chain(): whole by whole, one rounding

    def result(self, function: str, arguments: tuple[Node, ...]) -> _Shape:
        if function in ("ROUND", "ROUNDDOWN", "ROUNDUP"):
            places = _places(arguments)
            return _Shape(1, decimals=places) if places > 0 else _Shape()
        if function not in _COMPUTING | _CHOOSING:
            return _Shape()
        if function == "IF":
            arguments = arguments[1:]
        elif function == "SUMIF":
            arguments = arguments[-1:] if len(arguments) == 3 else arguments[:1]
        shapes = [self.shape(argument) for argument in arguments]
        shape = shapes[0]
        for other in shapes[1:]:
            shape = shape.times(other) if function == "SUMPRODUCT" else shape.joined(other)
        return shape.added(_Shape()) if function in _COMPUTING else shape


def _places(arguments: tuple[Node, ...]) -> int:
    """The digits a rounding keeps, as far as they are written out."""
    match arguments[1]:
        case Constant(int() as places):
            return int(places)
        case Negative(Constant()):
            return 0
    return MOST_DIGITS
