"""What is refused: exactly one problem, with its code and a way out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.problem import Problem, ProblemError


def told(kind: type[ProblemError], call: Callable[[], object]) -> Problem:
    """The problem of an error of just this class that the call raises."""
    with pytest.raises(ProblemError) as caught:
        call()
    assert type(caught.value) is kind
    (only,) = caught.value.problems
    assert only.code and only.hint, only
    return only
