"""A text put together without Jinja, which costs a command much of its start: what most texts of a layout consist of.

`text_language` makes a program, nested tuples that are kept with the scheme, of a text in which nothing else occurs.
What the program says is what Jinja says; where a value is not what the program expects, it says nothing, and Jinja
puts the text together or tells what is wrong with it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from generator.scheme.text_filters import FILTERS, shown

Program = tuple[Any, ...]  # of statements, each a tuple that begins with what it is, as each expression in it does
_Names = dict[str, Any]
_Write = Callable[[_Names, list[str]], None]
_Value = Callable[[_Names], Any]

_FAILURES = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
_NUMBERS, _ROWS = frozenset((int, Fraction)), frozenset((list, tuple, str))  # no subclass, which has ways of its own
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}
_COMPUTED: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "mod": operator.mod,
}
COMPARISONS = frozenset(_COMPARED)


def prepared(program: Program) -> Callable[[_Names], str | None]:
    """The function that makes the text of the values that names have; of it comes None where it is for Jinja to say."""
    write = _body(program)
    names_some = any(kind == "set" for kind, *_ in program)

    def made(names: _Names) -> str | None:
        out: list[str] = []
        try:
            write(dict(names) if names_some else names, out)
        except _FAILURES:
            return None
        return "".join(out)

    return made


def _body(program: Program) -> _Write:
    writes = [_STATEMENTS[kind](*parts) for kind, *parts in program]
    if len(writes) == 1:
        return writes[0]

    def write(names: _Names, out: list[str]) -> None:
        for each in writes:
            each(names, out)

    return write


def _words(words: str) -> _Write:
    return lambda _, out: out.append(words)


def _printed(expression: Program) -> _Write:
    value = _value(expression)
    return lambda names, out: out.append(str(shown(value(names))))


def _if(*branches: tuple[Program, Program]) -> _Write:
    cases = [(_value(condition), _body(body)) for condition, body in branches]

    def write(names: _Names, out: list[str]) -> None:
        chosen = next(body for condition, body in cases if condition(names))  # the last one holds in any case
        chosen(names, out)

    return write


def _for(name: str, rows: Program, program: Program) -> _Write:
    listed, body = _value(rows), _body(program)

    def write(names: _Names, out: list[str]) -> None:
        inner = dict(names)
        for inner[name] in _of(_ROWS, listed(names)):
            body(inner, out)

    return write


def _set(name: str, expression: Program) -> _Write:
    value = _value(expression)

    def write(names: _Names, _: list[str]) -> None:
        names[name] = value(names)

    return write


def _value(expression: Program) -> _Value:
    kind, *parts = expression
    return _EXPRESSIONS[kind](*parts)


def _of(classes: frozenset[type], value: Any) -> Any:
    if type(value) not in classes:
        raise TypeError
    return value


def _path(name: str, *steps: str) -> _Value:
    def value(names: _Names) -> Any:
        at = names[name]
        for step in steps:
            if type(at) is not dict:
                raise TypeError
            at = at[step]
        return at

    return value if steps else operator.itemgetter(name)


def _constant(constant: Any) -> _Value:
    return lambda _: constant


def _filter(name: str, expression: Program, *arguments: Program) -> _Value:
    function, value, given = FILTERS[name], _value(expression), [_value(argument) for argument in arguments]
    return lambda names: function(value(names), *[argument(names) for argument in given])


def _item(rows: Program, number: Program) -> _Value:
    of, at = _value(rows), _value(number)
    return lambda names: _of(_ROWS, of(names))[_of(_NUMBERS, at(names))]


def _list(*expressions: Program) -> _Value:
    items = [_value(expression) for expression in expressions]
    return lambda names: [item(names) for item in items]


def _choice(*expressions: Program) -> _Value:
    condition, yes, no = map(_value, expressions)
    return lambda names: yes(names) if condition(names) else no(names)


def _compare(sign: str, *sides: Program) -> _Value:
    compared, (left, right) = _COMPARED[sign], map(_value, sides)
    return lambda names: compared(left(names), right(names))


def _compute(sign: str, *sides: Program) -> _Value:
    computed, (left, right) = _COMPUTED[sign], map(_value, sides)
    return lambda names: computed(_of(_NUMBERS, left(names)), _of(_NUMBERS, right(names)))


def _and(*sides: Program) -> _Value:
    left, right = map(_value, sides)
    return lambda names: left(names) and right(names)


def _or(*sides: Program) -> _Value:
    left, right = map(_value, sides)
    return lambda names: left(names) or right(names)


def _not(expression: Program) -> _Value:
    value = _value(expression)
    return lambda names: not value(names)


_STATEMENTS: dict[str, Callable[..., _Write]] = {
    "words": _words, "value": _printed, "if": _if, "for": _for, "set": _set,
}  # fmt: skip
_EXPRESSIONS: dict[str, Callable[..., _Value]] = {
    "path": _path, "constant": _constant, "filter": _filter, "item": _item, "list": _list, "choice": _choice,
    "compare": _compare, "compute": _compute, "and": _and, "or": _or, "not": _not,
}  # fmt: skip
