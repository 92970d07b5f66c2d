"""What a case gives to the year's report, as far as it is known; and which earlier stages count."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.case.assess import assess
from generator.case.build import build_case
from generator.case.figures import Figures, figures
from generator.case.model import Case
from generator.scheme.load import Schemes
from generator.source import read

SCHEMES = Path(__file__).parents[1] / "schemes"
CASE = (SCHEMES / "samples" / "lecture" / "L-001.yaml").read_text(encoding="utf-8")
ANNUAL = """
    - {label: 一人当たり, value: "=申請.補助額/決定.金額", date: 決定.決定日}
  expenses:
    - {label: 支出, of: 申請.経費, category: 項目, amount: 金額}
    - {label: 単価, of: 申請.経費, category: 項目, amount: 単価}
"""


@pytest.fixture(scope="module")
def schemes(tmp_path_factory: pytest.TempPathFactory) -> Schemes:
    folder = tmp_path_factory.mktemp("forms") / "lecture"
    shutil.copytree(SCHEMES / "lecture", folder)
    path = folder / "scheme.yaml"
    text = path.read_text(encoding="utf-8").rstrip() + ANNUAL
    text = text.replace("list: true, date: 報告日}", "list: true, date: 報告日, counts: 受講者数}")
    path.write_text(text, encoding="utf-8")
    return Schemes([folder.parent])


def case_of(schemes: Schemes, text: str) -> Case:
    return build_case(read.parse(text, "案件.yaml"), schemes)[0]


def told(schemes: Schemes, *pairs: tuple[str, str]) -> Figures:
    text = CASE
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    case = case_of(schemes, text)
    return figures(case, assess(case)[0])


def test_what_a_whole_case_gives(schemes: Schemes) -> None:
    given = told(schemes, ("金額: 36500", "金額: 36562"))
    assert given.year == "令和6年度"
    assert given.amounts == (("申請額", 36562, "2024-04-08"), ("一人当たり", 1, "2024-05-01"))
    assert given.expenses == (
        ("支出", "講師への謝金", 60000), ("支出", "染料", 13125),
        ("単価", "講師への謝金", 30000), ("単価", "染料", 1250),
    )  # fmt: skip


def test_rows_of_one_category_are_added_up(schemes: Schemes) -> None:
    assert told(schemes, ("項目: 染料", "項目: 講師への謝金")).expenses == (
        ("支出", "講師への謝金", 73125), ("単価", "講師への謝金", 31250),
    )  # fmt: skip


def test_what_cannot_be_computed_is_left_out(schemes: Schemes) -> None:
    given = told(schemes, ("金額: 36500", "金額: 0"), ("単価: 1250", "単価: 千円"))
    assert given.amounts == (("申請額", None, ""), ("一人当たり", None, ""))
    assert given.expenses == (("支出", "講師への謝金", 60000), ("単価", "講師への謝金", 30000))
    divided = told(schemes, ("金額: 36500", "金額: 0"))
    assert divided.amounts == (("申請額", 36562, "2024-04-08"), ("一人当たり", None, ""))


def test_a_case_without_its_date_gives_no_year(schemes: Schemes) -> None:
    given = told(schemes, ("申請日: 令和6年4月8日", "申請日: いつか"))
    assert given.year == "" and all(amount is None for _, amount, _ in given.amounts)


def test_only_stages_that_count_are_earlier_ones(schemes: Schemes) -> None:
    case = case_of(schemes, CASE)
    assert [ref.key for ref in case.earlier(None)] == ["請求", "報告[0]", "決定", "申請"]
    case = case_of(schemes, CASE.replace("    受講者数: 18\n", ""))
    assert [ref.key for ref in case.earlier(None)] == ["請求", "決定", "申請"]
    assert [ref.key for ref in case.earlier(case.stages[1])] == ["申請"]
