"""The sample cases of all schemes with what is made of them, each made once in a test process.

A scheme is tested by being there: its folder in ``forms/``, its samples in ``fixtures/<scheme>/``. The tests of the
engine have small schemes of their own in ``tests/schemes/``, with samples in ``tests/schemes/samples/<scheme>/``.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from generator.document import Document
from generator.operations.check import check_files
from generator.operations.render import documents_of, files_of
from generator.problem import format_problem
from generator.render import renderer
from generator.scheme.load import Schemes

PROGRAM = Path(__file__).resolve().parents[2]
ROOT = Path(os.environ.get("YOSHIKI_TEST_TREE") or PROGRAM)  # another tree: forms/ and fixtures/ of its own
FORMS = ROOT / "forms"
_ONE = os.environ.get("YOSHIKI_TEST_SCHEME", "*")  # only this scheme is asked for
SCHEMES = tuple(sorted(path.parent.name for path in FORMS.glob(f"{_ONE}/scheme.yaml")))
ALL = tuple(sorted((ROOT / "fixtures").glob(f"{_ONE}/*.yaml")))

SMALL = PROGRAM / "tests" / "schemes"  # schemes of the tests alone
PLAIN = SMALL / "samples" / "lecture" / "L-001.yaml"
RICH = SMALL / "samples" / "lecture" / "L-002.yaml"  # rare characters, lists longer than the form, a stage twice


def name(sample: Path) -> str:
    """scheme/number: what a sample is called in tests, and its folder among the goldens."""
    return f"{sample.parent.name}/{sample.stem}"


@functools.cache
def known() -> Schemes:
    """The schemes of the tree and the small ones."""
    return Schemes([FORMS, SMALL])


@functools.cache
def documents(sample: Path) -> tuple[Document, ...]:
    """The Document of each stage of a sample; AssertionError when the sample has a problem."""
    (checked,) = check_files([sample], known())
    told = "\n".join(format_problem(p) for p in checked.problems)
    assert checked.assessment is not None and checked.ok, f"{sample}\n{told}"
    made = tuple(documents_of(checked.assessment))
    assert made, f"{sample}: no stage"
    return made


@functools.cache
def forms(sample: Path) -> frozenset[str]:
    """The forms that are made of a sample: their ids."""
    return frozenset(form for n in range(len(documents(sample))) for form in Stage(sample, n).forms)


@dataclass(frozen=True)
class Stage:
    """One of the Documents of a sample; ``index``: which of them."""

    sample: Path
    index: int

    def __str__(self) -> str:
        return f"{name(self.sample)}-{self.index}"

    @property
    def document(self) -> Document:
        return documents(self.sample)[self.index]

    @property
    def forms(self) -> frozenset[str]:
        """The forms that are made: their ids."""
        return frozenset(s.form for s in self.document.sheets if s.printed)

    def files(self, kind: str) -> dict[str, bytes]:
        """The files in one format: 申請一式.pdf, 01-application.pdf, …"""
        own = {self.document.name, *(s.file for s in self.document.sheets)}
        return {file: data for file, data in files(self.sample, kind).items() if Path(file).stem in own}


@functools.cache
def stages(few: bool) -> tuple[Stage, ...]:
    """Each stage of each sample; or a few that between them have every form of each scheme."""
    every = [Stage(sample, n) for sample in (chosen() if few else ALL) for n in range(len(documents(sample)))]
    if not few:
        return tuple(every)
    return tuple(s for of in SCHEMES for s in fewest({s: s.forms for s in every if s.sample.parent.name == of}))


@functools.cache
def chosen() -> tuple[Path, ...]:
    """A few samples of each scheme that between them have every form any of its samples has."""
    return tuple(s for scheme in SCHEMES for s in fewest({s: forms(s) for s in ALL if s.parent.name == scheme}))


_Thing = TypeVar("_Thing")


def fewest(held: Mapping[_Thing, Iterable[str]]) -> list[_Thing]:
    """Those of the keys that together hold all that is held, in their order; what adds most is taken first."""
    taken: set[_Thing] = set()
    lacking = {thing for things in held.values() for thing in things}
    while lacking:
        best = max(held, key=lambda key: len(lacking.intersection(held[key])))
        taken.add(best)
        lacking.difference_update(held[best])
    return [key for key in held if key in taken]


@functools.cache
def files(sample: Path, kind: str) -> Mapping[str, bytes]:
    """The files of a sample in one format: 申請一式.pdf, 01-application.pdf, …"""
    made: dict[str, bytes] = {}
    for document in documents(sample):
        for file, data in files_of(document, [kind], ()):
            assert file not in made, f"{sample}: two files {file}"
            made[file] = data
    return made


def alone(document: Document) -> dict[str, bytes]:
    """The PDF of each form of a stage, in a file of its own."""
    return {f"{s.file}.pdf": renderer("pdf")(document.only(s.file)) for s in document.sheets if s.printed}
