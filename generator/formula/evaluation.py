"""The exact value of a formula, over Japanese names.

>>> formula = parse("=MIN(ROUNDDOWN(補助対象事業費*補助率,0),補助限度額)")
>>> evaluate(formula, {"補助対象事業費": 777_777, "補助率": Fraction(1, 2), "補助限度額": 500_000}.__getitem__)
388888
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any

from generator.formula.errors import CalculationError
from generator.formula.functions import (
    FUNCTIONS,
    Argument,
    Column,
    add,
    compare,
    divide,
    multiply,
    number,
    scalar,
    text,
    tidy,
    truth,
)
from generator.formula.syntax import Call, Chain, Constant, Formula, Name, Negative, Node, Percent, parse
from generator.values import Value

Lookup = Callable[[str], Value | Column]


def evaluate(formula: Formula, lookup: Lookup) -> Value:
    """The formula's exact value. ``lookup`` gives a name's value, None for a blank cell, a list
    for the column of a list. Raises CalculationError where Excel would show an error; what
    ``lookup`` raises passes through."""
    return scalar(_code(formula.text)(lookup))


_Code = Callable[[Lookup], Value | Column]


@lru_cache(maxsize=4096)  # the formulas of the schemes at hand, which tell all of themselves by their text
def _code(text: str) -> _Code:
    return _compiled(parse(text).root)


def _compiled(node: Node) -> _Code:
    """The tree as nested functions: thousands of cases are computed by the same few formulas."""
    match node:
        case Constant(value):
            return lambda _: value
        case Name(name):
            return _name(name)
        case Negative(operand):
            negated = _compiled(operand)
            return lambda lookup: tidy(-number(negated(lookup)))
        case Percent(operand):
            whole = _compiled(operand)
            return lambda lookup: divide(whole(lookup), 100)
        case Chain(first, rest):
            return _chain(_compiled(first), tuple((_OPERATORS[o], _compiled(operand)) for o, operand in rest))
        case Call("IF", (condition, *branches)):
            return _if(_compiled(condition), tuple(map(_compiled, branches)))
        case _:
            call = FUNCTIONS[node.function].call
            assert call is not None  # only IF has none
            return _call(call, tuple((_compiled(a), isinstance(a, Name)) for a in node.arguments))


def _name(name: str) -> _Code:
    def value(lookup: Lookup) -> Value | Column:
        operand = lookup(name)
        return operand if type(operand) in _EXACT else _known(name, operand)

    return value


def _chain(first: _Code, rest: tuple[tuple[Callable[[Any, Any], Value], _Code], ...]) -> _Code:
    if len(rest) == 1:  # nearly all
        apply, second = rest[0]
        return lambda lookup: apply(first(lookup), second(lookup))

    def value(lookup: Lookup) -> Value | Column:
        result = first(lookup)
        for apply, operand in rest:
            result = apply(result, operand(lookup))
        return result

    return value


def _if(condition: _Code, branches: tuple[_Code, ...]) -> _Code:
    """Lazy: an error in the branch not taken does not count."""

    def value(lookup: Lookup) -> Value | Column:
        chosen = 0 if truth(condition(lookup)) else 1
        return branches[chosen](lookup) if chosen < len(branches) else False

    return value


def _call(call: Callable[[Sequence[Argument]], Value], arguments: tuple[tuple[_Code, bool], ...]) -> _Code:
    if len(arguments) == 1:
        [(only, bare)] = arguments
        return lambda lookup: call((Argument(only(lookup), bare),))
    return lambda lookup: call([Argument(code(lookup), named) for code, named in arguments])


_EXACT = frozenset((int, bool, Fraction, str, date, type(None)))  # Fraction is slow to ask isinstance about
_OPERATORS: dict[str, Callable[[Any, Any], Value]] = {
    "+": lambda left, right: add(left, right, 1),
    "-": lambda left, right: add(left, right, -1),
    "*": multiply,
    "/": divide,
    "&": lambda left, right: text(left) + text(right),
    **{sign: partial(compare, sign) for sign in ("=", "<>", "<", "<=", ">", ">=")},
}


def _known(name: str, value: Value | Column) -> Value | Column:
    """Guards the one door through which a float could come in."""
    for item in value if isinstance(value, list) else (value,):
        if type(item) not in _EXACT and not isinstance(item, (int, Fraction, str, date)):
            raise CalculationError(f"「{name}」は式に使えない種類の値です", code="formula.kind-of-value")
    return value
