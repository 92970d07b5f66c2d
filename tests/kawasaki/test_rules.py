"""Amounts and requirements of the shipped scheme, on cases changed one item at a time."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st
from kawasaki_samples import sample

from generator.case import assess
from generator.case.assess import Assessment
from generator.case.build import build_case
from generator.case.model import INVALID
from generator.problem import Problem
from generator.source import read

SCHEMES = samples.known()
MINIMAL = sample("R5-006").read_text(encoding="utf-8")
SAMPLE = sample("R5-001").read_text(encoding="utf-8")


def assessed(text: str) -> tuple[Assessment | None, tuple[Problem, ...]]:
    case, problems = build_case(read.parse(text, "case.yaml"), SCHEMES)
    assessment, unmet = assess.assess(case)
    return assessment, (*problems, *unmet)


def changed(*pairs: tuple[str, str]) -> tuple[Assessment, tuple[Problem, ...]]:
    text = SAMPLE
    for before, after in pairs:
        assert before in text, f"{before} is no longer in the sample"
        text = text.replace(before, after, 1)
    assessment, problems = assessed(text)
    assert assessment is not None
    return assessment, problems


def test_the_sample_is_fine() -> None:
    _, problems = assessed(SAMPLE)
    assert problems == ()


def test_every_line_names_its_article_and_repeats_its_inputs() -> None:
    assessment, _ = assessed(SAMPLE)
    assert assessment is not None
    for line in assessment.lines:
        assert line.step.basis, line.step.name
        assert set(line.told) == set(line.step.formula.names if line.step.formula else ())


def test_an_unreadable_amount_is_not_computed_with() -> None:
    """One bad figure is one problem: no total is built on it, and no check blames the applicant for it."""
    assessment, problems = changed(("単価: 30000", "単価: 三万"))
    assert assessment.value("申請", "補助対象事業費") is INVALID
    assert [p.message for p in problems if p.level == "error"] == [problems[0].message]


@pytest.mark.parametrize("form", ["令和5年9月20日", "R5.9.20", "2023-09-20", "令和５年９月２０日"])
def test_any_way_of_writing_a_date_is_the_same_date(form: str) -> None:
    text = re.sub(r"申請日: .*", f"申請日: {form}", SAMPLE, count=1)
    assessment, _ = assessed(text)
    assert assessment is not None and assessment.governing.isoformat() == "2023-09-20"


@given(price=st.integers(1, 3_000_000), thousandths=st.integers(1, 5_000_000))
def test_the_amount_applied_for_is_floored_and_capped(price: int, thousandths: int) -> None:
    """第６条: half of the eligible cost, cut off to the yen, at most 500,000."""
    quantity = Fraction(thousandths, 1000)
    text = re.sub(r"    - \{項目: .*費目.*\n", "", MINIMAL)
    row = f"    - {{項目: 見本, 費目: 印刷製本費, 単価: {price}, 数量: {float(quantity):.3f}, 単位: 式}}\n"
    assessment, _ = assessed(text.replace("補助対象経費:\n", "補助対象経費:\n" + row))
    assert assessment is not None
    cost = int(price * quantity)
    assert assessment.value("申請", "補助対象事業費") == cost
    assert assessment.value("申請", "補助申請額") == min(cost // 2, 500_000)


@pytest.mark.parametrize(
    ("applied", "rate", "limit"),
    [("2022-11-22", Fraction(2, 3), 1_000_000), ("2023-03-31", Fraction(2, 3), 1_000_000),
     ("2023-04-01", Fraction(1, 2), 500_000), ("2023-08-31", Fraction(1, 2), 500_000),
     ("2023-09-01", Fraction(1, 2), 500_000)],
)  # fmt: skip
def test_the_text_in_force_on_the_day_of_application_governs(applied: str, rate: Fraction, limit: int) -> None:
    assessment, _ = assessed(re.sub(r"申請日: .*", f"申請日: {applied}", MINIMAL, count=1))
    assert assessment is not None
    assert assessment.parameters["補助率"].value == rate
    assert assessment.parameters["補助限度額"].value == limit


def test_a_day_before_the_scheme_has_no_text() -> None:
    assessment, problems = assessed(re.sub(r"申請日: .*", "申請日: 2022-11-21", MINIMAL, count=1))
    assert assessment is None
    assert "令和4年11月22日" in problems[0].message
