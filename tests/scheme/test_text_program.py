"""A text that is put together without Jinja says what Jinja says, or leaves it to Jinja."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.scheme import text_filters, text_language, text_template
from generator.scheme.text_program import prepared

DAY = datetime.date(2023, 9, 20)


def both(source: str, context: dict[str, Any]) -> tuple[str | None, str | None]:
    """What the program of a text makes of it and what Jinja does; None for no program, or no text."""
    program = text_template.text(source).program
    try:
        said = text_language.render(source, context)
    except ValueError:
        said = None
    return prepared(program)(context) if program is not None else None, said


@pytest.mark.parametrize(
    ("source", "context", "expected"),
    [
        ("{{ 申請.者.名 | 空欄('（なし）') }}　様", {"申請": {"者": {"名": None}}}, "（なし）　様"),
        ("{{ 申請.items }}", {"申請": {"items": "甲"}}, "甲"),
        ("{{ (順番 - 1) % 10 + 2 * 3 }}", {"順番": 13}, "8"),
        ("{{ 額 + 1 }}", {"額": Fraction(1, 2)}, "3/2"),
        ("{{ '１２３４'[事由 - 1] }}{{ ['甲', '乙'][0] }}", {"事由": 2}, "２甲"),
        ("{% if 日 %}{{ 日 }}に{% elif 旗 %}旗{% else %}{{ 旗 }}{% endif %}", {"日": None, "旗": False}, "いいえ"),
        ("{% if 額 > 1 and not 旗 or 名 == '甲' %}１{% endif %}", {"額": 2, "旗": None, "名": ""}, "１"),
        ("{% for 字 in 列 %}{{ 字 }}{% if 字 != 列[1] %}、{% endif %}{% endfor %}", {"列": ["甲", "乙"]}, "甲、乙"),
        ("{% for 名 in 列 %}{{ 名 }}{% endfor %}{{ 名 }}", {"列": ["甲"], "名": "乙"}, "甲乙"),
        ("{{ 名 }}{% set 名 = 列 | length %}{{ 名 }}", {"列": (1, 2), "名": "乙"}, "乙2"),
        ("{{ 列 | join('、') }}{{ '甲乙' | join }}", {"列": [1, "乙", None]}, "1、乙、None甲乙"),
        ("{{ 番 if 番 > 9 else '０１２'[番] }}", {"番": 1}, "１"),
        ("甲\n{#- 注 -#}\n乙\n", {}, "甲乙\n"),
    ],
)
def test_a_program_says_what_jinja_says(source: str, context: dict[str, Any], expected: str) -> None:
    before = repr(context)
    assert both(source, context) == (expected, expected)
    assert repr(context) == before


@pytest.mark.parametrize(
    ("source", "context"),
    [
        ("{{ 無い }}", {}),
        ("{{ 申請.無い }}", {"申請": {}}),
        ("{{ 申請.__class__ }}", {"申請": {}}),
        ("{{ 名.無い }}", {"名": "甲"}),
        ("{{ 名 + 1 }}", {"名": "甲"}),
        ("{{ 名 * 3 }}", {"名": "甲"}),
        ("{{ 額 % 0 }}", {"額": 1}),
        ("{{ 列[2] }}", {"列": [1]}),
        ("{% if 0 %}{{ 1[1] and 名 }}{% endif %}", {"名": "甲"}),
        ("{{ 日 | カタカナ }}", {"日": DAY}),
        ("{{ 額 | 和暦 }}", {"額": 5}),
        ("{{ 額 | join('、') }}", {"額": 5}),
        ("{% if 名 < 1 %}{% endif %}", {"名": "甲"}),
        ("{% for 字 in 額 %}{% endfor %}", {"額": 1}),
    ],
)
def test_what_fails_is_told_by_jinja(source: str, context: dict[str, Any]) -> None:
    assert both(source, context) == (None, None)
    with pytest.raises(ValueError, match="組み立てられません"):
        text_template.text(source).render(context)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ [{'名': '甲'}] | join('、', '名') }}", "甲"),
        ("{{ 列 | join(d='、') }}", "甲、乙"),
        ("{% for 字 in 列 %}{{ loop.index }}{% endfor %}", "12"),
        ("{% for 字 in 列 if 字 == '乙' %}{{ 字 }}{% endfor %}", "乙"),
        ("{% for 字 in 列 %}{% set 前 = 字 %}{{ 前 }}{% else %}無{% endfor %}", "甲乙"),
        ("{% if 旗 %}{% set 名 = '丙' %}{% endif %}{{ 名 }}", "丙"),
        ("{{ 名 is defined }}{{ 名.replace('丁', '戊') }}", "はい戊"),
        ("{{ 列[-1:] | length }}{{ '甲' in 列 }}{{ 名 ~ 1 }}", "1はい丁1"),
    ],
)
def test_what_no_program_can_say_jinja_says(source: str, expected: str) -> None:
    assert text_template.text(source).program is None
    assert text_template.text(source).render({"列": ["甲", "乙"], "旗": True, "名": "丁"}) == expected


_NAMES = ("名", "額", "日", "旗", "列", "組", "無い", "組.名", "組.額", "組.items", "組.無い", "名.額")
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 99),
    st.sampled_from((Fraction(1, 2), DAY, "", "甲乙丙", "ひらがな", 1.5)),
    st.lists(st.sampled_from((1, 0, "甲", None, DAY)), max_size=3),
)
_LITERALS = st.sampled_from(("1", "0", "12", "'甲'", "''", "none", "true", "1.5", "[1, '甲']", "[]"))
_EXPRESSIONS = st.recursive(
    st.sampled_from(_NAMES) | _LITERALS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("+", "-", "*", "%", "==", "!=", "<", ">=", "and", "or")), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.tuples(inner, st.sampled_from(sorted(text_filters.FILTERS))).map(lambda parts: f"({' | '.join(parts)})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]} | 空欄({parts[1]}))"),
        st.tuples(inner, inner, inner).map(lambda parts: "({} if {} else {})".format(*parts)),
        st.tuples(inner, inner).map(lambda parts: f"{parts[0]}[{parts[1]}]"),
        inner.map(lambda part: f"(not {part})"),
    ),
    max_leaves=6,
)
_TEXTS = st.recursive(
    st.sampled_from(("文", " ", "\n")) | _EXPRESSIONS.map(lambda part: f"{{{{ {part} }}}}"),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.tuples(_EXPRESSIONS, inner).map(lambda parts: "{{%- if {} %}}{}{{% endif -%}}".format(*parts)),
        st.tuples(_EXPRESSIONS, inner, inner).map(
            lambda parts: "{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format(*parts)
        ),
        st.tuples(st.sampled_from(("名", "額")), _EXPRESSIONS, inner).map(
            lambda parts: "{{% for {} in {} %}}{}{{% endfor %}}".format(*parts)
        ),
        st.tuples(st.sampled_from(("名", "列")), _EXPRESSIONS, inner).map(
            lambda parts: "{{% set {} = {} %}}{}".format(*parts)
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(_TEXTS, st.dictionaries(st.sampled_from(("名", "額", "日", "旗", "列")), _VALUES), _VALUES)
def test_a_program_never_says_anything_else(source: str, context: dict[str, Any], value: Any) -> None:
    context["組"] = {"名": value, "額": 3, "items": "甲"}
    made, said = both(source, context)
    assert made in (None, said)
