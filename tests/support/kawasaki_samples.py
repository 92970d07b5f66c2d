"""The samples of Kawasaki's scheme by their numbers, and its forms to be filled in for them."""

from __future__ import annotations

from pathlib import Path

import blanks
import samples

from generator.case.model import Case
from generator.document import Document

SCHEME = "kawasaki-sdgs-model"
SAMPLES = samples.PROGRAM / "fixtures" / SCHEME
ALL = tuple(sorted(SAMPLES.glob("*.yaml")))


def sample(number: str) -> Path:
    return SAMPLES / f"{number}.yaml"


def blank(stage: str = "申請", number: str = "", keys: tuple[str, ...] = (), index: int = 0) -> Document:
    """The forms of a stage; for a sample as it was before that stage (in a list of them the one at ``index``)."""
    return blanks.blank(SCHEME, stage, sample(number) if number else None, keys, index)


def before(number: str, stage: str, index: int = 0) -> Case:
    return blanks.before(sample(number), stage, index)


def whole(number: str) -> Case:
    return blanks.whole(sample(number))
