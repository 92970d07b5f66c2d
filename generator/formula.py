"""Excel-syntax formulas over Japanese names: parse, evaluate exactly, rewrite for a workbook.

>>> formula = parse("=MIN(ROUNDDOWN(補助対象事業費*補助率,0),補助限度額)")
>>> evaluate(formula, {"補助対象事業費": 777_777, "補助率": Fraction(1, 2), "補助限度額": 500_000}.__getitem__)
388888
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from generator.document import Value
from generator.formula_excel import check_rates, to_excel
from generator.formula_functions import (
    FUNCTIONS,
    Argument,
    Column,
    FormulaError,
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
from generator.formula_syntax import Call, Chain, Constant, Formula, Name, Negative, Node, Percent, is_condition, parse

__all__ = ["FUNCTIONS", "Formula", "FormulaError", "check_rates", "evaluate", "is_condition", "parse", "to_excel"]

Lookup = Callable[[str], Value | Column]


def evaluate(formula: Formula, lookup: Lookup) -> Value:
    """The formula's exact value. ``lookup`` gives a name's value, None for a blank cell, a list
    for the column of a list. Raises FormulaError where Excel would show an error; what
    ``lookup`` raises passes through."""
    return scalar(_value(formula.root, lookup))


def _value(node: Node, lookup: Lookup) -> Value | Column:
    match node:
        case Constant(value):
            return value
        case Name(name):
            return _known(name, lookup(name))
        case Negative(operand):
            return tidy(-number(_value(operand, lookup)))
        case Percent(operand):
            return divide(_value(operand, lookup), 100)
        case Chain(first, rest):
            result = _value(first, lookup)
            for operator, operand in rest:
                result = _apply(operator, result, _value(operand, lookup))
            return result
        case Call("IF", (condition, *branches)):  # lazy: an error in the branch not taken does not count
            chosen = 0 if truth(_value(condition, lookup)) else 1
            return _value(branches[chosen], lookup) if chosen < len(branches) else False
        case Call(function, arguments):
            given = [Argument(_value(a, lookup), isinstance(a, Name)) for a in arguments]
            call = FUNCTIONS[function].call
            assert call is not None  # only IF has none
            return call(given)


def _apply(operator: str, left: Value | Column, right: Value | Column) -> Value:
    match operator:
        case "+":
            return add(left, right, 1)
        case "-":
            return add(left, right, -1)
        case "*":
            return multiply(left, right)
        case "/":
            return divide(left, right)
        case "&":
            return text(left) + text(right)
    return compare(operator, left, right)


def _known(name: str, value: Value | Column) -> Value | Column:
    """Guards the one door through which a float could come in."""
    for item in value if isinstance(value, list) else (value,):
        if item is not None and not isinstance(item, (int, Fraction, str, date)):
            raise FormulaError(f"「{name}」は式に使えない種類の値です")
    return value
