"""`check` tells of texts that fit nowhere what the making of the Documents would tell, and no case colours another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import samples

from generator.case import assess
from generator.case.build import load_case
from generator.case.model import StageRef
from generator.layout import compose, overflow
from generator.operations.check import check_files
from generator.operations.render import documents_of
from generator.problem import Problem, ProblemError
from generator.scheme.schema import Item
from generator.typography import fonts

TEXTS = (
    *(kind * count for kind, count in (("永", 1), ("永", 12), ("永", 30), ("永\n", 9), ("永", 75), ("永", 170))),
    "永" * 320 + "\n永",
    "永" * 700,
    "永" * 9000,  # too long for every cell, single fields and composed texts alike
)


def filled(value: Any, item: Item, text: str) -> Any:
    """A part of a case with all that is written freely replaced by the same text."""
    if isinstance(value, dict):
        return {key: filled(v, item.properties[key], text) for key, v in value.items()}
    if isinstance(value, list):
        assert item.items is not None
        return [filled(v, item.items, text) for v in value]
    return text if item.kind in ("文字", "文章") and not item.choices and isinstance(value, str) else value


def refused(assessment: assess.Assessment, stage: StageRef) -> list[Problem]:
    try:
        compose.compose(assessment, stage)
    except ProblemError as error:
        return list(error.problems)
    return []


@pytest.mark.costly
def test_check_tells_what_compose_would(stage: samples.Stage) -> None:
    given, _ = load_case(stage.sample, samples.known())
    (ref,) = (ref for ref in given.stages if f"{ref.file}一式" == stage.document.name)
    for text in TEXTS:
        own = replace(given, data=given.data | filled(given.data, given.scheme.schema.root, text))
        assessment, _ = assess.assess(own)
        assert assessment is not None
        told = overflow.misfits(assessment, ref)
        assert told == refused(assessment, ref), f"{len(text)}字"
        assert not any("永" in problem.message for problem in told), "a name may stand there"


@pytest.mark.costly
def test_the_longest_text_fits_nowhere(sample: Path) -> None:
    """So there is something to tell."""
    given, _ = load_case(sample, samples.known())
    own = replace(given, data=given.data | filled(given.data, given.scheme.schema.root, TEXTS[-1]))
    assessment, _ = assess.assess(own)
    assert assessment is not None
    assert any(overflow.misfits(assessment, stage) for stage in own.stages)


@pytest.mark.costly
def test_a_document_hangs_on_no_case_before(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made first of all, and made after a case of another shape."""
    monkeypatch.setattr(fonts, "_library", fonts.Library(fonts._library.own))  # with it nothing is kept from before
    own, other = (check_files([path], samples.known())[0].assessment for path in (sample, samples.RICH))
    assert own is not None and other is not None
    fresh = list(documents_of(own))
    assert list(documents_of(other))
    assert list(documents_of(own)) == fresh
