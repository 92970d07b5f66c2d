"""The annual report of made-up cases: months, order, what is wrong, and the axis of its charts."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
import samples

from generator.case.figures import Figures
from generator.render import renderer
from generator.render.pdf.page.chart import ticks
from generator.reports import annual
from generator.reports.outcome import MADE, PROBLEMS, Outcome

SCHEME = "tiny"


def workbook(*outcomes: Outcome) -> Any:
    """The report as openpyxl reads it."""
    document = annual.report(outcomes, {SCHEME: samples.known().get(SCHEME)}, date(2024, 6, 3), None)
    return openpyxl.load_workbook(io.BytesIO(renderer("xlsx")(document)), data_only=True)


def table(book: Any, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet below its heading."""
    heads, *rows = book[sheet].iter_rows(min_row=3, values_only=True)
    return [dict(zip((h for h in heads if h), row, strict=False)) for row in rows]


def test_what_is_paid_after_march_and_what_comes_years_later() -> None:
    amounts = (("決定額", 7, "2024-05-31"), ("確定額", 5, "2026-01-05"), ("申請額", 3, "2023-04-01"))
    one = Outcome("a", MADE, SCHEME, "R5-1", figures=Figures("令和5年度", amounts))
    months = {r["月"]: r for r in table(workbook(one), "月別 令和5年度")}
    assert (months["翌年5月"]["決定額"], months["その他の月"]["確定額"], months["4月"]["申請額"]) == (7, 5, 3)


def test_the_order_is_that_of_the_numbers() -> None:
    found = [Outcome(n, MADE, SCHEME, n, figures=Figures("令和5年度")) for n in ("R5-10", "R5-9", "R5-100")]
    listed = table(workbook(*found), "一覧 令和5年度")
    assert [r["案件番号"] for r in listed[:-1]] == ["R5-9", "R5-10", "R5-100"]


def test_what_is_wrong_is_told_though_nothing_is_known_of_the_case() -> None:
    bad = Outcome("cases/x.yaml", PROBLEMS, problems=("x.yaml:1:1: 読めません",))
    book = workbook(bad)
    assert book["要確認"]["A3"].value == "x.yaml"
    assert any("1件" in str(row[0]) for row in book["予算の執行"].iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("most", "wanted"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (500_000, [0, 100_000, 200_000, 300_000, 400_000, 500_000]),
        (500_001, [0, 200_000, 400_000, 600_000]),
    ],
)
def test_the_values_beside_the_axis_are_round(most: int, wanted: list[int]) -> None:
    assert ticks(most) == wanted
