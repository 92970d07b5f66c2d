"""What `check` tells of texts that fit nowhere is what the making of the Documents would tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from generator.case import assess, case
from generator.document import Style
from generator.japan import yen
from generator.layout import compose
from generator.layout.measure import capacity
from generator.operations import pipeline
from generator.problem import Problem, ProblemError
from generator.scheme.schema import Item
from generator.spreadsheet.cell_format import formatted
from generator.typography import typeset

KNOWN = pipeline.schemes(samples.FORMS)


def filled(value: Any, item: Item, text: str) -> Any:
    """A part of a case with all that is written freely replaced by the same text."""
    if isinstance(value, dict):
        return {key: filled(v, item.properties[key], text) for key, v in value.items()}
    if isinstance(value, list):
        assert item.items is not None
        return [filled(v, item.items, text) for v in value]
    return text if item.kind in ("文字", "文章") and not item.choices and isinstance(value, str) else value


def refused(assessment: assess.Assessment, stage: case.StageRef) -> list[Problem]:
    try:
        compose.compose(assessment, stage)
    except ProblemError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize("sample", samples.ALL, ids=samples.name)
def test_check_tells_what_compose_would(sample: Path) -> None:
    given, _ = case.load(sample, KNOWN)
    found = 0
    for text in ("永", "永" * 12, "永" * 30, "永\n" * 9, "永" * 75, "永" * 170, "永" * 320 + "\n永", "永" * 700):
        own = replace(given, data=given.data | filled(given.data, given.scheme.schema.root, text))
        assessment, _ = assess.assess(own)
        assert assessment is not None
        for stage in own.stages:
            told = compose.misfits(assessment, stage)
            assert told == refused(assessment, stage), f"{stage.label}: {len(text)}字"
            found += len(told)
    assert found, "the longest text fits nowhere"


LARGEST = (yen.MOST, yen.MOST - Fraction(1, 1000), date(2200, 12, 31), False, None, "", "永" * 30, "永\n永")


@pytest.mark.parametrize("holds", range(32))
def test_what_a_room_takes_has_room_there(holds: int) -> None:
    forms = (form for name in KNOWN.folders for entry in KNOWN.get(name).forms for _, form in entry.versions)
    fields = [r for form in forms for spec in capacity.of(form) or () for r in spec.cells if r.cell.kind == "field"]
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
    one = 10 * typeset.MM
    assert typeset.surely_held(5 * one + 0.01, one * style.line + 2 * typeset.ROOM, style) == 5
    assert typeset.surely_held(5 * one + 0.01, one * style.line + 2 * typeset.ROOM - 0.01, style) == 0
    assert typeset.surely_held(5 * one + 0.01, 4 * one * style.line + 2 * typeset.ROOM, style) == 10
