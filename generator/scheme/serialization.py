"""A loaded Scheme as bytes and back: ten times faster than reading its YAML and checking it all again.

A line of JSON with every text and number once, then a table of what is made of them, as indices into line and table:
so what was one object is one object again.
Nothing but the closed list of classes below can come out of it, whatever is in the file.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from generator.document import Style
from generator.formula import syntax
from generator.problem import Position
from generator.scheme import duties, form, model, parameters, references, roles, rules, schema, text_template

_CLASSES: tuple[type, ...] = (
    Style, syntax.Formula, syntax.Constant, syntax.Name, syntax.Negative, syntax.Percent, syntax.Chain, syntax.Call,
    duties.Move, duties.Amount, duties.Repayment, duties.Budget, duties.Figure, duties.Expense, duties.Annual,
    duties.Procedure,
    form.CellSpec, form.Against, form.RowSpec, form.Paging, form.Form, text_template.Text,
    model.Stage, model.CopySpec, model.Requirement, model.FormSpec, model.Quote, model.Amendment, model.Series,
    model.Remark, model.Scheme,
    parameters.Dated, rules.Rule, rules.Step, rules.BannedWords, rules.Check, rules.Known, rules.RuleBook,
    references.FieldReference, references.ItemReference, references.StepReference, references.ItemStepReference,
    references.ColumnReference, references.ParameterReference, references.PreviousReference,
    schema.Item, schema.Schema,
)  # fmt: skip
_TUPLE, _DICT, _DATE, _FRACTION, _POSITION, _ROLE, _FIRST = range(7)  # what a node is; from _FIRST on a class
_TAGS = {cls: _FIRST + n for n, cls in enumerate(_CLASSES)}
_FIELDS: dict[type, tuple[str, ...]] = {
    cls: getattr(cls, "_fields", None) or tuple(f.name for f in fields(cls) if f.init) for cls in (*_CLASSES, Position)
}


def serialize(scheme: model.Scheme, folder: Path) -> bytes:
    """The scheme as bytes; places in the files of ``folder`` are kept by the names of the files alone.

    Raises TypeError for a value of a kind that is not kept.
    """
    encoder = _Encoder(folder)
    root = encoder.index(scheme)
    first = len(encoder.scalars)  # scalars stand before nodes in the table
    numbers = array("I", [first - root - 1])
    for tag, parts in encoder.nodes:
        numbers.extend((tag, len(parts), *(n if n >= 0 else first - n - 1 for n in parts)))
    if sys.byteorder == "big":  # pragma: no cover (computers of the other byte order)
        numbers.byteswap()
    return json.dumps(encoder.scalars, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + numbers.tobytes()


def deserialize(data: bytes, folder: Path) -> model.Scheme:
    """What `serialize` gave, its files in ``folder`` by now.

    Raises ValueError, TypeError, LookupError or AttributeError for anything else.
    """
    scalars, _, nodes = data.partition(b"\n")
    table: list[Any] = json.loads(scalars)
    numbers = array("I", nodes)
    if sys.byteorder == "big":  # pragma: no cover (computers of the other byte order)
        numbers.byteswap()
    files: dict[str, str] = {}

    def position(file: str, *rest: Any) -> Position:
        if file not in files:
            files[file] = str(folder / file)
        return Position(files[file], *rest)

    makers: list[Callable[..., Any]] = [
        lambda *parts: parts,
        lambda *parts: dict(zip(parts[::2], parts[1::2], strict=True)),
        date.fromisoformat,
        Fraction,
        position,
        roles.Role,
        *_CLASSES,
    ]
    value, at, end = table.__getitem__, 1, len(numbers)
    while at < end:
        begin = at + 2
        at = begin + numbers[begin - 1]
        table.append(makers[numbers[begin - 2]](*map(value, numbers[begin:at])))
    scheme = table[numbers[0]]
    if not isinstance(scheme, model.Scheme):
        raise TypeError("no scheme")
    return scheme


class _Encoder:
    """Fills the table. An index counts up from 0 for scalars, down from -1 for nodes."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.scalars: list[Any] = []
        self.nodes: list[tuple[int, list[int]]] = []
        self.known: dict[Any, int] = {}

    def index(self, value: Any) -> int:
        cls = type(value)
        # equal values are one, where that makes no difference to anyone; others are told apart by identity
        plain = not value or cls in (str, int, float, bool, date, Fraction, Position, Style, roles.Role)
        key = (cls, id(value) if not plain else value if value or cls is not dict else None)
        if key not in self.known:
            self.known[key] = self.add(value, cls)
        return self.known[key]

    def add(self, value: Any, cls: type) -> int:
        if value is None or cls in (str, int, float, bool):
            return self.scalar(value)
        tag, parts = self.parts(value, cls)
        self.nodes.append((tag, parts))
        return -len(self.nodes)

    def scalar(self, value: Any) -> int:
        self.scalars.append(value)
        return len(self.scalars) - 1

    def parts(self, value: Any, cls: type) -> tuple[int, list[int]]:
        match value:
            case tuple() if cls is tuple:  # and no NamedTuple
                return _TUPLE, [self.index(v) for v in value]
            case dict():
                return _DICT, [self.index(v) for pair in value.items() for v in pair]
            case date():
                return _DATE, [self.index(value.isoformat())]
            case Fraction():
                return _FRACTION, [self.index(value.numerator), self.index(value.denominator)]
            case roles.Role():
                return _ROLE, [self.index(value.value)]
            case Position():
                file = Path(value.file).relative_to(self.folder).as_posix()
                rest = (getattr(value, name) for name in _FIELDS[Position] if name != "file")
                return _POSITION, [self.index(file), *(self.index(v) for v in rest)]
            case schema.Schema():  # the JSON Schema is JSON already
                return _TAGS[cls], [self.scalar(value.raw), self.index(value.root)]
        if cls not in _TAGS:
            raise TypeError(f"{cls.__name__} is not kept")
        return _TAGS[cls], [self.index(getattr(value, name)) for name in _FIELDS[cls]]
