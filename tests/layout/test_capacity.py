"""What surely has room in a cell does have room there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from generator.document import Style
from generator.japan import yen
from generator.layout.measure import capacity
from generator.paper import MM_PER_POINT
from generator.spreadsheet.cell_format import formatted
from generator.typography import typeset

KNOWN = samples.known()


LARGEST = (yen.MOST, yen.MOST - Fraction(1, 1000), date(2200, 12, 31), False, None, "", "永" * 30, "永\n永")


@pytest.mark.parametrize("holds", range(32))
def test_what_a_room_takes_has_room_there(holds: int) -> None:
    forms = (form for name in KNOWN.folders for entry in KNOWN.get(name).forms for _, form in entry.versions)
    fields = [
        r
        for form in forms
        for spec in capacity.row_capacities(form) or ()
        for r in spec.cells
        if r.cell.kind == "field"
    ]
    assert fields
    for room in {room.cell.format: replace(room, holds=holds, spare=not room.cell.blank) for room in fields}.values():
        for value in LARGEST:
            whole: Any = value
            for step in reversed(room.steps):
                whole = {step: whole}
            assert not room.takes(whole) or room.has_room(formatted(value, room.cell.format)[0])


@given(
    st.text("永あA1（。 \n", min_size=1, max_size=300),
    st.floats(2, 120),
    st.floats(3, 140),
    st.sampled_from([Style(), Style(size=9, smallest=7), Style(wrap=False, pad=0.5), Style(font="gothic", line=1.2)]),
)
def test_what_surely_fits_does_fit(text: str, width: float, height: float, style: Style) -> None:
    if typeset.surely_fits(text, width, height, style):
        assert typeset.fit(text, width, height, style).fits


def test_a_single_line_surely_fits_where_it_is_as_long_as_its_cell() -> None:
    style = Style(size=10, smallest=10, pad=0)
    one = 10 * MM_PER_POINT
    assert typeset.surely_held(5 * one + 0.01, one * style.line + 2 * typeset.ROOM, style) == 5
    assert typeset.surely_held(5 * one + 0.01, one * style.line + 2 * typeset.ROOM - 0.01, style) == 0
    assert typeset.surely_held(5 * one + 0.01, 4 * one * style.line + 2 * typeset.ROOM, style) == 10
