"""The types of values: what an answer, a computed amount or a cell of a workbook may hold.

Numbers are exact: whole ones are int, others Fraction, never float. None is a blank.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TypeGuard

Value = int | Fraction | str | bool | date | None


def is_amount(value: object) -> TypeGuard[int]:
    """Whether the value is a whole number, as every amount in yen is; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[int | Fraction]:
    """Whether the value is an exact number, whole or not; True and False are none."""
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


class OtherKindError(ValueError):
    """A text is nothing like a value of the kind asked for; any other ValueError says what in it is wrong."""
