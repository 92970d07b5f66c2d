"""Kawasaki's samples have expected results: without their folder nobody would compare anything."""

from __future__ import annotations

import goldens
from kawasaki_samples import ALL


def test_every_sample_is_compared_with_what_was_expected() -> None:
    compared = goldens.samples_of(regenerate=False)
    assert ALL and [sample for sample in ALL if sample not in compared] == []
