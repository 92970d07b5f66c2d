"""Today is Japan's, or what YOSHIKI_TODAY says."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from generator.cli import clock
from generator.problem import ProblemError


@pytest.mark.parametrize("given", ["2024-03-31", "令和6年3月31日"])
def test_the_variable_gives_the_day(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOSHIKI_TODAY", given)
    assert clock.today() == date(2024, 3, 31)


def test_japan_is_ahead_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YOSHIKI_TODAY")
    before = datetime.now(timezone.utc)  # noqa: UP017 - plainly another zone than the one tested
    today = clock.today()
    assert today in {(before + timedelta(hours=9)).date(), (before + timedelta(hours=9, minutes=5)).date()}


@pytest.mark.parametrize("given", ["2024-02-30", "昨日"])
def test_anything_else_is_told(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOSHIKI_TODAY", given)
    with pytest.raises(ProblemError) as caught:
        clock.today()
    assert "YOSHIKI_TODAY" in caught.value.problems[0].message
