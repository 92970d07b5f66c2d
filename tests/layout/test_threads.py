"""Documents composed by many threads at once are those composed by one: what is kept in memory is shared safely."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import samples

from generator.case import assess
from generator.case.build import load_case
from generator.document import Document
from generator.layout import compose, overflow
from generator.problem import Problem
from generator.scheme.load import Schemes
from generator.typography import fonts

THREADS = 16
CASES = (samples.PLAIN, samples.RICH, *samples.ALL)[: THREADS // 2]  # each by two threads


def assessed(schemes: Schemes) -> list[assess.Assessment]:
    made = [assess.assess(load_case(path, schemes)[0])[0] for path in CASES]
    return [assessment for assessment in made if assessment]


def composed(assessment: assess.Assessment) -> tuple[list[Document], list[Problem]]:
    """The Documents of all stages of a case, and what does not fit in them."""
    stages = assessment.case.stages
    misfits = [problem for stage in stages for problem in overflow.misfits(assessment, stage)]
    return [compose.compose(assessment, stage) for stage in stages], misfits


def test_sixteen_threads_compose_equal_and_different_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [composed(assessment) for assessment in assessed(Schemes([samples.FORMS, samples.SMALL]))]
    # forms loaded anew and fonts found anew: nothing that was kept for the others is asked for
    monkeypatch.setattr(fonts, "_library", fonts.Library(fonts._library.own))
    assessments = assessed(Schemes([samples.FORMS, samples.SMALL]))
    start = Barrier(THREADS)

    def work(number: int) -> tuple[list[Document], list[Problem]]:
        start.wait()
        return composed(assessments[number // 2 % len(assessments)])

    with ThreadPoolExecutor(THREADS) as threads:
        together = list(threads.map(work, range(THREADS)))
    assert len(assessments) > 1
    assert together == [alone[number // 2 % len(alone)] for number in range(THREADS)]
