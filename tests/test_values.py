"""What counts as an amount and as a number: True is 1 to Python, and neither to a form."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from generator.values import is_amount, is_number


@pytest.mark.parametrize(
    ("value", "amount", "number"),
    [
        (0, True, True),
        (-5, True, True),
        (Fraction(1, 2), False, True),
        (True, False, False),
        (1.0, False, False),
        ("1", False, False),
        (None, False, False),
        (date(2024, 4, 1), False, False),
        ([1], False, False),
    ],
)
def test_amounts_and_numbers(value: object, amount: bool, number: bool) -> None:
    assert (is_amount(value), is_number(value)) == (amount, number)
