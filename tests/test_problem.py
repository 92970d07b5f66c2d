"""The order of problems, and what is kept of them."""

from __future__ import annotations

import random

import pytest

from generator.problem import Position, Problem, in_order

CELL = Problem("セル", Position("様式.xlsx", 20_001, 3, cell="「第２号様式」C1"))
NOWHERE = Problem("場所なし")
FIRST, SECOND, LATER = (
    Problem("一", Position("案件.yaml", 2, 1)),
    Problem("二", Position("案件.yaml", 2, 9)),
    Problem("三", Position("案件.yaml", 11, 1)),
)


def test_problems_are_read_cell_by_cell_and_line_by_line() -> None:
    expected = [CELL, NOWHERE, FIRST, SECOND, LATER]
    for seed in range(10):
        shuffled = random.Random(seed).sample(expected, len(expected))
        assert in_order(shuffled) == expected


def test_problems_of_one_place_stay_as_they_were_found() -> None:
    both = [Problem(message, Position("案件.yaml", 5, 1)) for message in ("乙", "甲")]
    assert in_order(both) == both and in_order(both[::-1]) == both[::-1]


def test_what_is_kept_is_again_the_problem_under_another_name_of_its_file() -> None:
    problem = Problem(
        "読めません", Position("a.yaml", 3, 7, 2, "  単価: x"), "「単価」", "直す", "第5条", code="case.amount"
    )
    again = Problem.restored(problem.kept(), "b.yaml")
    assert (again.position and again.position.file) == "b.yaml"
    assert again.kept() == problem.kept() and again.code == "case.amount"


def test_nothing_personal_is_kept() -> None:
    problem = Problem("読めません", Position("a.yaml", 3, 7, 2, "  生年月日: 昭和99年"), private=True)
    assert "昭和" not in str(problem.kept())


@pytest.mark.parametrize("kept", [{}, {"message": "x"}, {"position": None, "message": "x", "more": 1}])
def test_anything_else_is_no_problem_that_was_kept(kept: dict[str, object]) -> None:
    with pytest.raises((TypeError, KeyError)):
        Problem.restored(kept, "a.yaml")
