"""The articles of the Kawasaki ordinance that act on a case: what each lets pass, what it stops, and what it says.

Every case here is a sample with a few items changed, read and assessed as `yoshiki check` does it.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import workbooks
import yaml
from command import run
from doubles import Calculator
from hypothesis import given
from hypothesis import strategies as st
from kawasaki_samples import SAMPLES, SCHEME
from samples import FORMS

from generator.case.assess import Assessment
from generator.document import Document
from generator.operations.check import Report, check_files
from generator.operations.render import documents_of
from generator.operations.settings import Settings
from generator.problem import Problem
from generator.render import renderer
from generator.scheme.load import Schemes

GONE = object()  # in place of a value: the item is taken out

WITHDRAWN, REPAID, CHANGED, DECLINED, STOPPED = "R5-007", "R5-008", "R5-009", "R5-010", "R5-004"
CHARGE = {"加算金割合": "10.95%", "加算金の年日数": "365", "加算金の端数処理": "切捨て", "加算金の端数単位": "1"}


@functools.cache
def schemes() -> Schemes:
    return Schemes([FORMS])


@functools.cache
def sample(name: str) -> str:
    return (SAMPLES / f"{name}.yaml").read_text(encoding="utf-8")


def written(folder: Path, name: str, changes: Mapping[str, Any]) -> Path:
    """The sample as a file, with items set or (GONE) taken out; a part of a path that is a number counts a list."""
    data = yaml.safe_load(sample(name))
    for path, value in changes.items():
        *heads, last = [int(p) if p.isdecimal() else p for p in path.split(".")]
        at = data
        for head in heads:
            at = at[head] if isinstance(head, int) else at.setdefault(head, {})
        if value is GONE:
            del at[last]
        else:
            at[last] = value
    file = folder / "case.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Report]:
    def check(name: str, changes: Mapping[str, Any], known: Schemes | None = None) -> Report:
        (one,) = check_files([written(tmp_path, name, changes)], known or schemes(), fit=False)
        return one

    return check


@pytest.fixture
def errors(checked: Callable[..., Report]) -> Callable[..., list[Problem]]:
    def found(name: str, changes: Mapping[str, Any], known: Schemes | None = None) -> list[Problem]:
        return [p for p in checked(name, changes, known).problems if p.level == "error"]

    return found


def assessed(one: Report) -> Assessment:
    assert one.assessment is not None, one.problems
    return one.assessment


def only(problems: list[Problem], message: str, article: str) -> None:
    """One problem, with these words, under this article, and with a remedy."""
    (problem,) = problems
    assert message in problem.message
    assert problem.basis == article
    assert problem.hint


def documents(one: Report) -> dict[str, Document]:
    return {d.name: d for d in documents_of(assessed(one))}


def forms(one: Report) -> set[str]:
    return {s.form for d in documents(one).values() for s in d.sheets if s.printed}


def words(document: Document, form: str) -> list[str]:
    return [c.text for s in document.sheets if s.form == form for c in s.cells if c.text]


# ---- 第８条と辞退（第１号様式） ----


@pytest.mark.parametrize(
    ("decided", "form"), [("499999", False), ("500000", True)], ids=["a yen below", "the amount applied for"]
)
def test_one_who_would_decline_gets_no_decision_below_what_was_asked(
    checked: Callable[..., Report], decided: str, form: bool
) -> None:
    one = checked(DECLINED, {"決定.補助金交付限度額": decided, "決定.認定した対象事業費": GONE})
    assert one.ok
    assert ("04" in forms(one)) is form


@pytest.mark.parametrize("answer", ["いいえ", GONE], ids=["no", "left out"])
def test_one_who_would_not_decline_gets_the_decision(checked: Callable[..., Report], answer: object) -> None:
    one = checked(DECLINED, {"申請.辞退": answer})
    assert one.ok and "04" in forms(one)


LATER: dict[str, Any] = {
    "取下げ": {"取下げ日": "令和5年11月1日", "理由": "理由"},
    "変更": [{"申請日": "令和5年11月20日", "種別": "変更", "変更内容": "内容", "理由": "理由"}],
    "遂行状況": [{"報告日": "令和5年11月20日", "遂行状況": "状況", "今後の予定": "予定"}],
    "財産": {
        "作成日": "令和6年3月1日",
        "取得財産": [{"名称": "箱", "数量": 1, "取得日": "令和6年2月1日", "取得価格": 1000}],
    },
    "取消": {"取消日": "令和6年3月1日", "事由": 1, "理由": "理由", "範囲": "全部"},
}


@pytest.mark.parametrize("section", LATER)
def test_nothing_follows_a_declined_decision(errors: Callable[..., list[Problem]], section: str) -> None:
    changes = {section: LATER[section], "決定.通知受領日": "令和5年10月27日"}
    only(errors(DECLINED, changes), "辞退として終わっています", "第１号様式")


def test_conditions_of_the_mayor_follow_the_printed_ones(checked: Callable[..., Report]) -> None:
    one = checked(WITHDRAWN, {"決定.追加条件": ["報告会に出席すること。"]})
    told = words(documents(one)["決定一式"], "04")
    assert told[told.index("⑸") + 1] == "報告会に出席すること。"


def test_no_decision_without_the_finding_of_the_committee(errors: Callable[..., list[Problem]]) -> None:
    (problem,) = errors(CHANGED, {"決定.審査.審査結果": "不適当"})
    assert "適当と認められていない" in problem.message and problem.basis == "要綱第８条第１項"
    (problem,) = errors(CHANGED, {"決定.審査": GONE})
    assert "審査" in problem.item


# ---- 第９条 取下げ ----


@pytest.mark.parametrize(
    ("decided", "received", "last", "after"),
    [
        ("令和5年10月12日", "令和5年10月16日", "令和5年11月15日", "令和5年11月16日"),
        ("令和5年10月12日", "令和5年10月31日", "令和5年11月30日", "令和5年12月1日"),
        ("令和6年1月29日", "令和6年1月30日", "令和6年2月29日", "令和6年3月1日"),  # of a leap year
        ("令和6年1月29日", "令和6年1月31日", "令和6年3月1日", "令和6年3月2日"),
        ("令和5年12月4日", "令和5年12月5日", "令和6年1月4日", "令和6年1月5日"),
    ],
)
def test_thirty_days_to_withdraw(
    errors: Callable[..., list[Problem]], decided: str, received: str, last: str, after: str
) -> None:
    dates = {"決定.決定日": decided, "決定.通知受領日": received}
    assert errors(WITHDRAWN, {**dates, "取下げ.取下げ日": last}) == []
    problems = errors(WITHDRAWN, {**dates, "取下げ.取下げ日": after})
    only(problems, f"期限を1日過ぎています（期限は{last}）", "要綱第９条第１項")


def test_a_withdrawal_needs_the_day_the_notice_came(errors: Callable[..., list[Problem]]) -> None:
    only(errors(WITHDRAWN, {"決定.通知受領日": GONE}), "通知を受けた日が書かれていない", "要綱第９条第１項")
    only(errors(WITHDRAWN, {"取下げ.取下げ日": "令和5年10月15日"}), "より前です", "要綱第９条第１項")


def test_nothing_follows_a_withdrawal(errors: Callable[..., list[Problem]]) -> None:
    problems = errors(REPAID, {"取下げ": {"取下げ日": "令和5年10月20日", "理由": "不服"}})
    assert {p.basis for p in problems} == {"要綱第９条第２項"}
    assert [p.item for p in problems] == [f"「{s}」" for s in ("実績", "確定", "請求", "支払", "取消", "返還")]


def test_the_letter_of_withdrawal_quotes_the_decision(checked: Callable[..., Report]) -> None:
    told = "".join(words(documents(checked(WITHDRAWN, {}))["取下げ一式"], "08"))
    assert "交付要綱第９条第１項の規定により" in told and "令和5年10月12日付け" in told and "180,000" in told


# ---- 第１０条 変更・中止 ----


def test_each_change_rests_on_the_one_approved_before(checked: Callable[..., Report]) -> None:
    one = assessed(checked(CHANGED, {}))
    values = {
        name: [one.value(f"変更[{n}]", name) for n in (0, 1)] for name in ("変更前事業費", "変更後事業費", "交付限度額")
    }
    assert values == {
        "変更前事業費": [992_000, 909_100],
        "変更後事業費": [909_100, 810_700],
        "交付限度額": [454_550, 405_350],
    }
    assert one.value("実績", "補助対象事業費") == 810_700
    assert one.value("実績", "交付限度額") == 405_350


def test_a_change_not_approved_counts_for_nothing(checked: Callable[..., Report]) -> None:
    one = checked(CHANGED, {"変更.0.承認": GONE})
    assert assessed(one).value("変更[1]", "変更前事業費") == 992_000
    made = documents(one)
    assert "10" not in {s.form for s in made["変更一式"].sheets}
    assert "10" in {s.form for s in made["変更2一式"].sheets}
    before = words(made["変更2一式"], "05b")
    assert "340,000" in before, "beside it stands what was applied for at first"


def test_the_comparison_sets_the_same_items_side_by_side(checked: Callable[..., Report]) -> None:
    (sheet,) = (s for s in documents(checked(CHANGED, {}))["変更一式"].sheets if s.form == "05b")
    rows: dict[int, list[str]] = {}
    for cell in sheet.cells:
        rows.setdefault(cell.row, []).append(cell.text)
    listed = list(rows.values())
    assert ["雨水の桶", "68,000", "5", "基", "340,000", "雨水の桶", "68,000", "4", "基", "272,000"] in listed
    assert ["", "", "", "", "", "花壇の土の入替え", "57,750", "2", "校", "115,500"] in listed
    assert ["補助対象事業費", "992,000円", "909,100円", "△82,900円"] in listed
    assert ["補助金", "496,000円", "454,550円", "△41,450円"] in listed
    (second,) = (s for s in documents(checked(CHANGED, {}))["変更2一式"].sheets if s.form == "05b")
    last = max(c.row for c in second.cells if c.text == "記録帳の印刷")
    assert [c.text for c in second.cells if c.row == last] == ["記録帳の印刷", "180", "480", "部", "86,400"] + [""] * 5


def test_items_of_the_same_name_are_each_set_beside_one(checked: Callable[..., Report]) -> None:
    twice = {"項目": "苗木", "費目": "物品購入費", "単価": 880, "数量": 10}
    one = checked(CHANGED, {"変更.0.補助対象経費.5": twice})
    (sheet,) = (s for s in documents(one)["変更一式"].sheets if s.form == "05b")
    names = [(c.column, c.text) for c in sheet.cells if c.text == "苗木"]
    assert names == [(0, "苗木"), (6, "苗木"), (6, "苗木")]


@pytest.mark.parametrize(("cost", "limit"), [(909_101, 454_550), (909_099, 454_549), (1_000_001, 496_000), (1, 0)])
def test_half_of_a_changed_plan_is_cut_to_the_yen_and_no_more_than_before(
    checked: Callable[..., Report], cost: int, limit: int
) -> None:
    plan = [{"項目": "委託", "費目": "委託費", "単価": cost, "数量": 1}]
    one = assessed(checked(CHANGED, {"変更.0.補助対象経費": plan}))
    assert one.value("変更[0]", "交付限度額") == limit


def test_a_change_may_ask_for_more_up_to_the_maximum(errors: Callable[..., list[Problem]]) -> None:
    plan = [{"項目": "機材", "費目": "物品購入費", "単価": 1_200_000, "数量": 1}]
    changes = {"変更.0.補助対象経費": plan, "変更.1.承認": GONE}
    assert errors(CHANGED, {**changes, "変更.0.補助金申請額": 500_000}) == []
    problems = errors(CHANGED, {**changes, "変更.0.補助金申請額": 500_001})
    assert {p.basis for p in problems} == {"要綱第６条第１項・第２項"}
    assert any("上限を1円超えています（上限は500,000円）" in p.message for p in problems)
    asked = {**changes, "変更.0.承認.補助金交付限度額": 497_000, "変更.0.承認.補助対象事業費": 1_200_000}
    only(errors(CHANGED, asked), "申請された額を1,000円超えています", "要綱第８条第１項・第１０条")


def test_a_changed_plan_is_held_to_what_an_application_is(errors: Callable[..., list[Problem]]) -> None:
    plan = [{"項目": "保険", "費目": "その他", "単価": 100_000, "数量": 1}]
    problems = errors(CHANGED, {"変更.1.補助対象経費": plan})
    assert "要綱第５条第７号" in [p.basis for p in problems]


def test_a_stopped_project_is_neither_reported_nor_confirmed(errors: Callable[..., list[Problem]]) -> None:
    report = yaml.safe_load(sample(REPAID))["実績"]
    only(errors(STOPPED, {"実績": report}), "中止が承認されています", "要綱第１０条")
    assert errors(STOPPED, {"実績": report, "変更.0.承認": GONE, "実績.支出明細.0.支払日": "令和5年11月30日"}) == []


def test_nothing_is_changed_after_a_stop(errors: Callable[..., list[Problem]]) -> None:
    again = {"申請日": "令和5年9月5日", "種別": "変更", "変更内容": "内容", "理由": "理由"}
    stopped = yaml.safe_load(sample(STOPPED))["変更"]
    only(errors(STOPPED, {"変更": [*stopped, again]}), "中止が承認されています", "要綱第１０条")


@pytest.mark.parametrize(("approved", "fine"), [("令和5年11月6日", True), ("令和5年11月5日", False)])
def test_approval_comes_after_the_application(errors: Callable[..., list[Problem]], approved: str, fine: bool) -> None:
    problems = errors(CHANGED, {"変更.0.承認.承認日": approved})
    assert [p.basis for p in problems] == ([] if fine else ["要綱第１０条"])


def test_a_change_comes_before_the_report(errors: Callable[..., list[Problem]]) -> None:
    late = {"変更.1.申請日": "令和6年3月9日", "変更.1.承認.承認日": "令和6年3月9日"}
    only(errors(CHANGED, late), "実績報告の日より後です", "要綱第１０条・第１２条")


def test_a_change_is_approved_before_the_amount_is_confirmed(errors: Callable[..., list[Problem]]) -> None:
    confirmed = "令和6年3月19日"
    assert errors(CHANGED, {"変更.1.承認.承認日": confirmed, "確定.確定日": confirmed}) == []
    late = errors(CHANGED, {"変更.1.承認.承認日": "令和6年3月20日", "確定.確定日": confirmed})
    only(late, "額の確定の日より後です", "要綱第１０条・第１３条")


def test_a_change_is_not_approved_after_the_whole_is_cancelled(errors: Callable[..., list[Problem]]) -> None:
    late = {"取消": {"取消日": "令和5年11月30日", "事由": 4, "理由": "義務に反した。", "範囲": "全部"}}
    gone = dict.fromkeys(("遂行状況", "実績", "確定", "請求", "支払", "財産", "財産処分", "引継"), GONE)
    one = {**late, **gone, "変更.1.申請日": "令和5年11月29日"}
    assert errors(CHANGED, {**one, "変更.1.承認.承認日": "令和5年11月30日"}) == []
    problems = errors(CHANGED, {**one, "変更.1.承認.承認日": "令和5年12月1日"})
    only(problems, "交付決定の全部が取り消された後の日付です", "要綱第１５条")


# ---- 第１１条 遂行状況 ----


@pytest.mark.parametrize(
    ("changes", "articles"),
    [
        ({"遂行状況.0.報告日": "令和5年12月1日"}, []),
        ({"遂行状況.0.報告日": "令和5年11月30日"}, ["要綱第１１条"]),
        ({"遂行状況.0.報告日": "令和6年3月8日"}, []),
        ({"遂行状況.0.報告日": "令和6年3月9日"}, ["要綱第１１条・第１２条"]),
    ],
)
def test_a_report_on_progress(
    errors: Callable[..., list[Problem]], changes: dict[str, Any], articles: list[str]
) -> None:
    assert [p.basis for p in errors(CHANGED, changes)] == articles


# ---- 第１２条・第１３条 ----


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("令和5年10月4日", "2024-03-31"),
        ("令和6年3月31日", "2024-03-31"),
        ("令和6年4月1日", "2025-03-31"),
        ("令和6年2月29日", "2024-03-31"),
    ],
)
def test_the_report_is_due_when_the_fiscal_year_ends(checked: Callable[..., Report], decided: str, due: str) -> None:
    one = assessed(checked(REPAID, {"決定.決定日": decided}))
    assert one.value("決定", "実績報告期限") == datetime.date.fromisoformat(due)


@pytest.mark.parametrize(("reported", "late"), [("令和6年3月31日", False), ("令和6年4月1日", True)])
def test_a_report_after_the_fiscal_year(errors: Callable[..., list[Problem]], reported: str, late: bool) -> None:
    later = {"実績.報告日": reported, "確定.確定日": "令和6年4月2日", "請求.請求日": "令和6年4月3日"}
    paid = {"支払.支払日": "令和6年4月10日", "支払.受領日": "令和6年4月10日"}
    problems = errors(REPAID, {**later, **paid})
    assert [p.basis for p in problems] == (["要綱第１２条"] if late else [])


@pytest.mark.parametrize(
    ("last", "confirmed"),
    [(176_000, 488_650), (176_001, 488_650), (175_999, 488_649), (177_102, 489_200)],
)
def test_the_confirmed_amount_comes_from_the_payments(
    checked: Callable[..., Report], last: int, confirmed: int
) -> None:
    one = checked(REPAID, {"実績.支出明細.4.金額": last})
    assert assessed(one).value("確定", "補助金交付確定額") == confirmed


def test_amounts_before_and_after_stand_side_by_side(checked: Callable[..., Report]) -> None:
    told = words(documents(checked(CHANGED, {}))["確定一式"], "07b")
    start = told.index("補助対象事業費")
    assert told[start : start + 6] == ["補助対象事業費", "992,000", "992,000", "810,700", "808,700", "2,000"]
    start = told.index("補助金")
    assert told[start : start + 6] == ["補助金", "496,000", "496,000", "405,350", "404,350", "1,000"]


# ---- 第１４条 請求と支払 ----


def test_no_claim_before_the_amount_is_confirmed(errors: Callable[..., list[Problem]]) -> None:
    (problem,) = errors(REPAID, {"確定": GONE})
    assert "「確定」がないのに「請求」が書かれています" in problem.message
    only(errors(REPAID, {"請求.請求日": "令和6年3月10日"}), "額の確定の日より前です", "要綱第１４条第１項")
    assert errors(REPAID, {"請求.請求日": "令和6年3月11日"}) == []


def test_the_claim_is_for_the_confirmed_amount(checked: Callable[..., Report]) -> None:
    one = checked(REPAID, {})
    assert assessed(one).value("請求", "請求額") == assessed(one).value("確定", "補助金交付確定額") == 488_650
    assert "488,650" in words(documents(one)["請求一式"], "12")


@pytest.mark.parametrize(("paid", "fine"), [(488_650, True), (488_651, False)])
def test_no_more_is_paid_than_was_confirmed(errors: Callable[..., list[Problem]], paid: int, fine: bool) -> None:
    problems = errors(REPAID, {"支払.金額": paid, "返還": GONE})
    if fine:
        assert problems == []
    else:
        only(problems, "請求額を1円超えています", "要綱第１３条第１項・第１４条")


def test_what_concerns_the_account_is_not_shown(errors: Callable[..., list[Problem]]) -> None:
    (problem,) = errors(REPAID, {"請求.振込先.口座番号": "12-34567"})
    assert problem.private and "34567" not in problem.message


# ---- 第１５条 取消し ----


@pytest.mark.parametrize("ground", [1, 2, 3, 4])
def test_the_grounds_are_those_of_the_ordinance(checked: Callable[..., Report], ground: int) -> None:
    texts = ["偽り、その他不正", "他の用途に使用", "要件を欠くことになった", "これに付した条件"]
    told = "".join(words(documents(checked(REPAID, {"取消.事由": ground}))["取消一式"], "13"))
    assert [t in told for t in texts] == [n == ground for n in (1, 2, 3, 4)]
    assert f"要綱第１５条第{'１２３４'[ground - 1]}号" in told


def test_there_are_no_other_grounds(errors: Callable[..., list[Problem]]) -> None:
    (problem,) = errors(REPAID, {"取消.事由": 5})
    assert "「5」は選べません" in problem.message and "1から4まで" in problem.hint and problem.basis == "要綱第１５条"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"取消.取消額": GONE}, "取消額が書かれていません"),
        ({"取消.取消額": 0}, "取消額が書かれていません"),
        ({"取消.取消額": 488_651, "返還.返還額": 488_650}, "取消前の額を1円超えています"),
        ({"取消.範囲": "全部"}, "取消前の額（488,650円）と違います"),
        ({"取消.取消日": "令和5年10月3日"}, "取消日が決定日より前です"),
    ],
)
def test_how_much_is_cancelled(errors: Callable[..., list[Problem]], changes: dict[str, Any], message: str) -> None:
    problems = [p for p in errors(REPAID, changes) if message in p.message]
    assert [p.basis for p in problems] == ["要綱第１５条"]


def test_after_the_whole_is_cancelled_nothing_is_issued(errors: Callable[..., list[Problem]]) -> None:
    whole = {"取消.範囲": "全部", "取消.取消額": GONE, "返還": GONE}
    assert errors(REPAID, whole) == []
    problems = errors(REPAID, {**whole, "取消.取消日": "令和6年3月10日"})
    assert [p.basis for p in problems] == ["要綱第１５条"] * 3
    assert [p.message for p in problems] == ["交付決定の全部が取り消された後の日付です"] * 3
    assert len(errors(REPAID, {**whole, "取消.取消日": "令和6年3月11日"})) == 2, "what bears the same day still stands"


@pytest.mark.parametrize(
    ("on", "limit", "confirmed", "claimed"),
    [
        ("令和6年3月5日", 447_950, 447_950, 447_950),  # before the amount is confirmed
        ("令和6年3月11日", 447_950, 447_950, 447_950),
        ("令和6年3月12日", 489_200, 488_650, 447_400),  # confirmed, not yet claimed
        ("令和6年3月16日", 489_200, 488_650, 488_650),
    ],
)
def test_a_part_cancelled_before_it_is_paid_is_not_paid(
    checked: Callable[..., Report], on: str, limit: int, confirmed: int, claimed: int
) -> None:
    one = assessed(checked(REPAID, {"取消.取消日": on}))
    assert one.value("確定", "交付限度額") == limit
    assert one.value("確定", "補助金交付確定額") == confirmed
    assert one.value("請求", "請求額") == claimed


def test_nothing_is_returned_of_a_part_that_was_never_paid(errors: Callable[..., list[Problem]]) -> None:
    changes = {"取消.取消日": "令和6年3月5日", "支払.金額": 447_950}
    only(errors(REPAID, changes), "返還を命ずる額が０円です", "要綱第１５条")
    assert errors(REPAID, {**changes, "返還": GONE}) == []


@pytest.mark.parametrize(("day", "fine"), [("令和6年3月28日", True), ("令和6年3月29日", False)])
def test_requirements_count_until_the_grant_is_received(
    errors: Callable[..., list[Problem]], day: str, fine: bool
) -> None:
    problems = errors(REPAID, {"取消.事由": 3, "取消.事由の生じた日": day})
    assert [p.basis for p in problems] == ([] if fine else ["要綱第１５条第３号"])


# ---- 第１５条・第１６条 返還と加算金 ----


@pytest.fixture(scope="session")
def charging(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Schemes]:
    """The scheme in an office that looked the rules up: with the values of 加算金, which we do not have."""

    @functools.cache
    def known(**values: str) -> Schemes:
        office = tmp_path_factory.mktemp("office")
        rows = (
            f'"{name}" = [{{"から" = "令和4年11月22日", "値" = "{value}", "根拠" = "規則第１６条第１項"}}]\n'
            for name, value in {**CHARGE, **values}.items()
        )
        (office / "yoshiki.toml").write_text(f'["定め"."{SCHEME}"]\n{"".join(rows)}', encoding="utf-8")
        return Settings((FORMS,), office).schemes()

    return known


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"返還.返還額": 41_251}, "返還額が上限を1円超えています"),
        ({"返還.返還額": 488_651}, "返還額が上限を"),
        ({"返還.返還額": 0}, "返還を命ずる額が０円です"),
        ({"返還.納付期限": "令和6年9月16日"}, "納付期限が命令日より前です"),
        ({"返還.命令日": "令和6年9月16日"}, "命令日が、取消日又は補助金の受領日より前です"),
        ({"支払": GONE}, "支払われていないため"),
    ],
)
def test_what_may_be_ordered_back(errors: Callable[..., list[Problem]], changes: dict[str, Any], message: str) -> None:
    problems = errors(REPAID, changes)
    assert [p.basis for p in problems if message in p.message] == ["要綱第１５条"], problems


def test_an_order_for_less_stands(errors: Callable[..., list[Problem]], checked: Callable[..., Report]) -> None:
    assert errors(REPAID, {"返還.返還額": 30_000}) == []
    assert (
        assessed(checked(REPAID, {"取消.範囲": "全部", "取消.取消額": GONE})).value("返還", "返還を命ずる額") == 488_650
    )


def test_no_order_without_a_cancellation(errors: Callable[..., list[Problem]]) -> None:
    (problem,) = errors(REPAID, {"取消": GONE})
    assert "「取消」がないのに「返還」が書かれています" in problem.message


def by_day(paid: list[tuple[datetime.date, int]], received: datetime.date, base: int) -> Fraction:
    """第１６条 word for word: each day the rest of the amount, until the day of payment."""
    total, day, rest = Fraction(0), received, sum(amount for _, amount in paid)
    assert rest <= base
    while rest:
        total += rest
        rest -= sum(amount for on, amount in paid if on == day)
        day += datetime.timedelta(days=1)
    return total * Fraction(1095, 10000) / 365


PAYMENTS = st.lists(
    st.tuples(st.dates(datetime.date(2024, 3, 28), datetime.date(2028, 3, 31)), st.integers(1, 13_000)),
    min_size=1,
    max_size=3,
)


@given(paid=PAYMENTS)
def test_the_charge_falls_with_each_payment(
    paid: list[tuple[datetime.date, int]],
    charging: Callable[..., Schemes],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    listed = [{"納付日": on.isoformat(), "金額": amount} for on, amount in paid]
    file = written(tmp_path_factory.mktemp("case"), REPAID, {"返還.納付": listed})
    (one,) = check_files([file], charging(), fit=False)
    assert one.ok, one.problems
    exact = by_day(paid, datetime.date(2024, 3, 28), 41_250)
    assert assessed(one).value("返還", "加算金") == exact.numerator // exact.denominator


@pytest.mark.parametrize(
    ("day", "days"),
    [("令和6年3月28日", 1), ("令和6年3月29日", 2), ("令和7年3月27日", 365), ("令和7年3月28日", 366)],
)
def test_both_days_are_counted(
    checked: Callable[..., Report], charging: Callable[..., Schemes], day: str, days: int
) -> None:
    paid = {"返還.納付": [{"納付日": day, "金額": 41_250}]}
    one = assessed(checked(REPAID, paid, charging()))
    assert one.value("返還", "納付[0].日数") == days
    assert one.value("返還", "加算金") == 41_250 * days * 1095 // (10_000 * 365)


@pytest.mark.parametrize(
    ("values", "charge"),
    [
        ({}, 2487),  # 41,250 × 201 × 10.95% ÷ 365 = 2487.375
        ({"加算金の端数処理": "切上げ"}, 2488),
        ({"加算金の端数処理": "四捨五入"}, 2487),
        ({"加算金の端数単位": "100"}, 2400),
        ({"加算金の端数単位": "100", "加算金の端数処理": "切上げ"}, 2500),
        ({"加算金の端数単位": "10", "加算金の端数処理": "四捨五入"}, 2490),
        ({"加算金の年日数": "366"}, 2480),
        ({"加算金割合": "219/4000"}, 1243),
    ],
)
def test_the_office_says_how_it_is_rounded(
    checked: Callable[..., Report], charging: Callable[..., Schemes], values: dict[str, str], charge: int
) -> None:
    paid = {"返還.納付": [{"納付日": "令和6年10月14日", "金額": 41_250}]}
    one = checked(REPAID, paid, charging(**values))
    assert one.ok, one.problems
    assert assessed(one).value("返還", "加算金") == charge


def test_only_the_charge_waits_for_what_the_office_has_not_set(
    checked: Callable[..., Report], charging: Callable[..., Schemes]
) -> None:
    paid = {"返還.納付": [{"納付日": "令和6年10月14日", "金額": 41_250}]}
    waiting, ready = checked(REPAID, paid), checked(REPAID, paid, charging())
    assert waiting.ok and ready.ok and not ready.problems
    (warning,) = waiting.problems
    assert (warning.code, warning.level) == ("case.no-value-in-force", "warning")
    assert f'["定め"."{SCHEME}"]' in warning.hint and all(name in warning.message for name in CHARGE)
    assert warning.basis == "要綱第１６条・規則第１６条第１項" and checked(REPAID, {}).problems == ()
    made, less = (
        {n: [s.form for s in d.sheets if s.printed] for n, d in documents(r).items()} for r in (ready, waiting)
    )
    assert made["返還一式"] == ["14", "14b"] and less == {**made, "返還一式": ["14"]}
    assert waiting.case and ready.case and waiting.case.scheme.digest != ready.case.scheme.digest


def test_an_unknown_way_of_rounding_is_refused(
    errors: Callable[..., list[Problem]], charging: Callable[..., Schemes]
) -> None:
    paid = {"返還.納付": [{"納付日": "令和6年10月14日", "金額": 41_250}]}
    problems = errors(REPAID, paid, charging(加算金の端数処理="適当"))
    only(problems, "切捨て・切上げ・四捨五入のどれか", "要綱第１６条")


def test_the_workbook_computes_the_charge_too(checked: Callable[..., Report], charging: Callable[..., Schemes]) -> None:
    for amounts in ([41_250], [1, 41_249], [13_337, 20_000, 7_913]):
        paid = [{"納付日": f"令和6年10月{n + 1}日", "金額": amount} for n, amount in enumerate(amounts)]
        one = checked(REPAID, {"返還.納付": paid}, charging())
        document = documents(one)["返還一式"]
        assert "14b" in {s.form for s in document.sheets}
        book = workbooks.read(renderer("xlsx")(document))
        calculator = Calculator(book)
        charged = [at for at, c in book.formulas.items() if "ROUNDDOWN" in c.formula]
        assert charged
        for at, content in book.formulas.items():
            assert calculator.value(at) == content.value, (at, content)


def test_no_sheet_of_the_charge_before_anything_is_paid_back(checked: Callable[..., Report]) -> None:
    made = documents(checked(REPAID, {}))["返還一式"]
    assert {s.form for s in made.sheets if s.printed} == {"14"}
    assert "規則（平成１３年川崎市規則第７号）第１６条第１項に定める割合" in "".join(words(made, "14"))


@pytest.mark.parametrize(
    ("paid", "message"),
    [
        ([("令和6年10月1日", 41_250), ("令和6年10月2日", 1)], "返還を命ずる額を1円超えています"),
        ([("令和6年3月27日", 100)], "納付日が補助金の受領日より前です"),
    ],
)
def test_what_is_paid_back(
    errors: Callable[..., list[Problem]],
    charging: Callable[..., Schemes],
    paid: list[tuple[str, int]],
    message: str,
) -> None:
    listed = {"返還.納付": [{"納付日": on, "金額": amount} for on, amount in paid]}
    only(errors(REPAID, listed, charging()), message, "要綱第１６条")


# ---- 第１７条 財産 ----


@pytest.mark.parametrize(
    ("changes", "fine"),
    [
        ({}, True),
        ({"財産処分.0.処分日": "令和7年6月16日"}, True),
        ({"財産処分.0.処分日": "令和7年6月15日"}, False),
        ({"財産処分.0.承認": GONE}, False),
        ({"財産処分.0.承認": GONE, "財産処分.0.処分日": GONE}, True),
        ({"財産処分.0.承認.承認日": "令和7年6月1日", "財産処分.0.処分日": GONE}, False),
    ],
)
def test_property_is_disposed_of_with_approval(
    errors: Callable[..., list[Problem]], changes: dict[str, Any], fine: bool
) -> None:
    assert [p.basis for p in errors(CHANGED, changes)] == ([] if fine else ["要綱第１７条"])


def test_the_ways_of_disposal_are_those_of_the_ordinance(errors: Callable[..., list[Problem]]) -> None:
    (problem,) = errors(CHANGED, {"財産処分.0.処分の方法": "廃棄"})
    assert problem.basis == "要綱第１７条" and "譲渡" in problem.hint


# ---- 第１８条 帳簿と引継ぎ ----


@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("令和6年3月28日", "2028-03-31"),
        ("令和6年3月31日", "2028-03-31"),
        ("令和6年4月1日", "2029-03-31"),
        ("令和6年2月29日", "2028-03-31"),
        ("令和6年12月31日", "2029-03-31"),
    ],
)
def test_books_are_kept_for_five_fiscal_years(checked: Callable[..., Report], received: str, until: str) -> None:
    one = assessed(checked(REPAID, {"支払.受領日": received}))
    assert one.value("支払", "帳簿保管期限") == datetime.date.fromisoformat(until)


@pytest.mark.parametrize(("day", "warned"), [("令和10年3月31日", False), ("令和10年4月1日", True)])
def test_books_are_handed_over_while_they_must_be_kept(checked: Callable[..., Report], day: str, warned: bool) -> None:
    one = checked(CHANGED, {"引継.引継日": day})
    assert one.ok
    found = [p.basis for p in one.problems if "保管期間" in p.message]
    assert found == (["要綱第１８条"] if warned else [])


def test_nothing_is_handed_over_before_anything_was_received(errors: Callable[..., list[Problem]]) -> None:
    (problem,) = errors(CHANGED, {"支払": GONE})
    assert "「支払」がないのに「引継」が書かれています" in problem.message


# ---- through the command ----


def test_explain_names_each_article(tmp_path: Path) -> None:
    said = run("explain", "--json", written(tmp_path, REPAID, {}))
    assert said.code == 0
    told = {(line["段階"], line["項目"]): line for line in json.loads(said.out)["計算"]}
    for key, result, article in (
        (("決定", "取下げ期限"), "令和5年11月5日", "要綱第９条第１項"),
        (("決定", "実績報告期限"), "令和6年3月31日", "要綱第１２条"),
        (("確定", "補助金交付確定額"), "488,650", "要綱第６条・第１３条第１項・第２項"),
        (("請求", "請求額"), "488,650", "要綱第１４条第１項"),
        (("支払", "帳簿保管期限"), "令和10年3月31日", "要綱第１８条第１項"),
        (("取消", "取消後の額"), "447,400", "要綱第１５条"),
        (("返還", "返還を命ずる額"), "41,250", "要綱第１５条"),
    ):
        assert (told[key]["結果"], told[key]["根拠"]) == (result, article)
    assert "（当方の解釈）" in told["決定", "取下げ期限"]["備考"]


def test_check_tells_the_place_the_article_and_the_remedy(tmp_path: Path) -> None:
    said = run("check", written(tmp_path, WITHDRAWN, {"取下げ.取下げ日": "令和5年11月16日"}))
    assert said.code == 1
    assert "取下げの期限を1日過ぎています" in said.err and "根拠: 要綱第９条第１項" in said.err
    assert "取下げ日: 令和5年11月16日" in said.err and "直し方" in said.err


def test_a_form_the_ordinance_does_not_prescribe_says_so(checked: Callable[..., Report]) -> None:
    seen = set()
    for name in (WITHDRAWN, REPAID, CHANGED):
        for document in documents(checked(name, {})).values():
            for sheet in (s for s in document.sheets if s.printed):
                marked = any("様式の定めなし・参考様式" in c.text for c in sheet.cells)
                assert marked is not sheet.name.startswith("第"), sheet.name
                seen.add(sheet.form)
    assert seen >= {"05b", "06c", "07b", "08", "09", "10", "12", "13", "14", "15", "15b", "16"}


def test_every_rule_names_its_ground() -> None:
    book = schemes().get(SCHEME).rulebook
    assert all(rule.basis for rule in (*book.steps, *book.checks))
    assert all(check.hint for check in book.checks)
