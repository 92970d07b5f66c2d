"""The values that rules compute with, each in force from a day on: of rules.yaml, and of an office."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from generator.japan import wareki, yen
from generator.source import nodes
from generator.source.fields import CheckedMapping, fail, items, text_of
from generator.values import Value

KEYS = ("from", "value", "basis", "remark")
_RATIO = re.compile(r"([0-9]+)/([1-9][0-9]*)\Z")
_PERCENT = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,6}))?[%％]\Z")


class Dated(NamedTuple):
    """A value and its 根拠, in force from a date until the next one begins."""

    begins: datetime.date
    value: Value | tuple[str, ...]
    basis: str
    remark: str


Values = Mapping[str, tuple[Dated, ...]]  # parameter → its values, the oldest first


def load(at: CheckedMapping) -> dict[str, tuple[Dated, ...]]:
    """The parameters of rules.yaml; raises SchemeError at the first slip."""
    values: dict[str, tuple[Dated, ...]] = {}
    for name, node in at.pairs("parameters"):
        told = f"パラメータ「{name}」"
        dated = tuple(_dated(CheckedMapping(entry, KEYS, told)) for entry in items(node, told))
        if [d.begins for d in dated] != sorted({d.begins for d in dated}):
            fail(node, f"パラメータ「{name}」は from の古い順に並べてください", code="scheme.order")
        values[name] = dated
    return values


def _dated(at: CheckedMapping) -> Dated:
    return Dated(date_of(at, "from"), _value(at.node_of("value")), at.text("basis"), at.text("remark", ""))


def date_of(at: CheckedMapping, key: str) -> datetime.date:
    """A date of a scheme's file; raises SchemeError."""
    try:
        return wareki.parse_date(at.text(key))
    except ValueError as error:
        fail(at.node_of(key), str(error), code="scheme.not-a-date")


def _value(node: nodes.Node) -> Value | tuple[str, ...]:
    if isinstance(node, nodes.Sequence):
        return tuple(text_of(n, "語") for n in node.items)
    assert isinstance(node, nodes.Scalar)
    return None if node.empty else value_of(node.text)


def value_of(text: str) -> Value:
    """The value that is written: a ratio (1/2, 10.95%), an amount in yen, a date, or else a text."""
    ratio = _RATIO.match(text)
    if ratio:
        return Fraction(int(ratio[1]), int(ratio[2]))
    percent = _PERCENT.match(text)
    if percent:
        return Fraction(f"{percent[1]}.{percent[2] or 0}") / 100
    for read in (yen.parse_yen, wareki.parse_date):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def rates(values: Mapping[str, Sequence[Dated]]) -> set[str]:
    """The names of the parameters that are ratios."""
    return {name for name, dated in values.items() for d in dated if isinstance(d.value, Fraction)}


def merged(values: Values, own: Values) -> Values:
    """The values of a scheme and of an office: each from its day on, the office's in the place of one of that day.

    Raises KeyError for a parameter that the scheme has not.
    """
    together = dict(values)
    for name, dated in own.items():
        by_day = {d.begins: d for d in (*values[name], *dated)}
        together[name] = tuple(by_day[day] for day in sorted(by_day))
    return together
