"""Texts of a layout: sandboxed, strict, and honest about what they read."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest

from generator.scheme import text_template

DAY = datetime.date(2023, 9, 20)


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("{{ 日 | 和暦 }}", {"日": DAY}, "令和5年9月20日"),
        ("{{ 日 | 和暦('令和　　年　　月　　日') }}", {"日": None}, "令和　　年　　月　　日"),
        ("{{ 額 | 金額 }}円", {"額": 1234567}, "1,234,567円"),
        ("({{ 額 | 万円 }})", {"額": 500000}, "(50万円)"),
        ("({{ 額 | 万円 }})", {"額": 1234500}, "(1,234,500円)"),
        ("{{ 番号 | 空欄('　　第　　号') }}", {"番号": ""}, "　　第　　号"),
        ("{{ かな | カタカナ }}", {"かな": "かぶしきがいしゃ　ゔぃ"}, "カブシキガイシャ　ヴィ"),
        ("{{ 1 | 丸数字 }}{{ 20 | 丸数字 }}{{ 21 | 丸数字 }}{{ 36 | 丸数字 }}{{ 51 | 丸数字 }}", {}, "①⑳㉑㊱(51)"),
        ("{{ 文 }}", {"文": "<b>&\"'{{ x }}"}, "<b>&\"'{{ x }}"),
        ("{{ 旗 }}", {"旗": True}, "はい"),
        ("{{ 無し }}", {"無し": None}, ""),
        ("{{ 率 | 百分率 }}", {"率": Fraction(219, 2000)}, "10.95％"),
        ("{{ 率 | 百分率 }}", {"率": Fraction(1, 3)}, "3分の1"),
        ("{{ 率 | 百分率 }}", {"率": None}, ""),
        ("{{ 個数 * 2 }}個", {"個数": 3}, "6個"),
        ("見本市", {}, "見本市"),
        ("{{ 申請.items }}", {"申請": {"items": "甲"}}, "甲"),
        ("{{ 申請.copy }}様", {"申請": {"copy": "甲"}}, "甲様"),
    ],
)
def test_filters(text: str, context: dict[str, object], expected: str) -> None:
    assert text_template.text(text).render(context) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{{ 無い }}",
        "{{ 申請.無い }}",
        "{{ 申請.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 申請.日 + 1 }}",
        "{{ 10**10**10 }}",
    ],
)
def test_what_is_undefined_or_unsafe_fails(text: str) -> None:
    compiled = text_template.text(text)
    with pytest.raises(ValueError, match="文の"):
        compiled.render({"申請": {"日": DAY}})


@pytest.mark.parametrize("text", ["{{ 日 | 和歴 }}", "{{ 日 ", "{% for %}"])
def test_syntax_errors_are_told_when_compiled(text: str) -> None:
    with pytest.raises(ValueError, match="書き方"):
        text_template.text(text)


@pytest.mark.parametrize("text", ["{{ 日 | 和歴 }}", "{{ 日 | 円 }}", "{% if 日 is 空 %}{% endif %}"])
def test_a_filter_that_is_not_there_is_told_in_japanese(text: str) -> None:
    with pytest.raises(ValueError, match=r"「(和歴|円|空)」は使えません") as caught:
        text_template.text(text)
    assert "和歴" not in text or "「和暦」ではありませんか" in str(caught.value)


@pytest.mark.parametrize("number", [1, 2, 1])
def test_the_number_of_a_row_is_the_one_given(number: int) -> None:
    assert (
        text_template.text("{{ 順番 }}／{{ 順番 | 丸数字 }}").render({"順番": number})
        == f"{number}／{'①②'[number - 1]}"
    )


def test_the_number_of_a_row_is_undefined_outside_of_rows() -> None:
    with pytest.raises(ValueError, match="文の"):
        text_template.text("{{ 順番 }}").render({"行": {}})


@pytest.mark.parametrize(
    ("value", "expected"),
    [("名前", "名前"), ("", ""), (None, ""), (DAY, "令和5年9月20日"), (False, "いいえ"), (3, "3")],
)
def test_a_text_that_is_one_name_gives_its_value(value: object, expected: str) -> None:
    assert text_template.text("{{ 申請.者.名 }}").render({"申請": {"者": {"名": value}}}) == expected


def test_a_text_cannot_grow_without_end() -> None:
    with pytest.raises(ValueError, match="長くなりすぎます"):
        text_template.text("{% for 字 in 列 %}{{ 文 }}{% endfor %}").render({"列": "字" * 1000, "文": "長" * 10_000})


def test_a_text_cannot_change_what_the_next_one_reads() -> None:
    context = {"名": "前"}
    assert text_template.text("{% set 名 = '後' %}{{ 名 }}").render(context) == "後"
    assert text_template.text("［{{ 名 }}］").render(context) == "［前］"


def test_the_paths_a_text_reads() -> None:
    text = text_template.text("{% for 者 in 申請.協働事業者 %}{{ 者.事業者名 }}{% endfor %}{{ 計算.補助率 }}")
    assert set(text.paths) == {"申請.協働事業者", "計算.補助率"}


def test_a_condition_holds_where_its_text_is_not_empty() -> None:
    assert text_template.condition("申請.日").render({"申請": {"日": DAY}})
    assert not text_template.condition("申請.日").render({"申請": {"日": None}})


@pytest.mark.parametrize("source", ["{{ 行.append(1) }}", "{{ 申請.update({'氏': 1}) }}", "{{ 申請.pop('氏名') }}"])
def test_a_text_cannot_change_what_it_reads(source: str) -> None:
    """What a case lacks is the same object in every case."""
    context = {"行": [], "申請": {"氏名": "甲"}}
    with pytest.raises(ValueError, match="組み立てられません"):
        text_template.text(source).render(context)
    assert context == {"行": [], "申請": {"氏名": "甲"}}
