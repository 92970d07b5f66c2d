"""The files of a scheme are read key by key: what is asked for comes in its type, and a slip is told at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.problem import SchemeError
from generator.source import read
from generator.source.fields import CheckedMapping, plain

KEYS = ("名", "数", "旗", "並び", "表")


def entries(text: str) -> CheckedMapping:
    return CheckedMapping(read.parse(text, "scheme.yaml").root, KEYS, "制度")


@pytest.mark.parametrize(
    ("text", "ask", "message", "line"),
    [
        ("表: 一\n", lambda at: CheckedMapping(at.node_of("表"), KEYS, "表"), "表は「キー: 値」の並び", 1),
        ("表: 一\n", lambda at: at.text("名"), "制度に「名」がありません", 1),
        ("名:\n  - 一\n", lambda at: at.text("名"), "「名」は文字で", 2),
        ("数: 一\n", lambda at: at.number("数"), "「数」は数で", 1),
        ("数: true\n", lambda at: at.number("数"), "「数」は数で", 1),
        ("数: 1.5\n", lambda at: at.integer("数"), "「数」は整数で", 1),
        ("旗: はい\n", lambda at: at.flag("旗"), "「旗」は true か false で", 1),
        ("名: 丙\n", lambda at: at.choice("名", ("甲", "乙")), "「名」は 甲・乙 のどれか", 1),
        ("表: 一\n", lambda at: dict(at.pairs("表")), "「表」は「キー: 値」の並び", 1),
        ("並び: 一\n", lambda at: at.items("並び"), "「並び」は「- 」の並び", 1),
        ("並び:\n  - 一\n  - [二]\n", lambda at: at.texts("並び"), "「並び」は文字で", 3),
        ("名前: 一\n", lambda at: at, "制度に「名前」という項目はありません", 1),
    ],
)
def test_what_is_of_another_type_is_told_at_its_place(
    text: str, ask: Callable[[CheckedMapping], object], message: str, line: int
) -> None:
    with pytest.raises(SchemeError) as caught:
        ask(entries(text))
    [problem] = caught.value.problems
    assert message in problem.message
    assert problem.position and problem.position.line == line


def test_what_is_absent_takes_its_default() -> None:
    at = entries("名: 一\n")
    assert (at.text("表", "無し"), at.number("数", 2.5), at.integer("数", 3), at.flag("旗", True)) == (
        "無し",
        2.5,
        3,
        True,
    )
    assert (at.items("並び"), at.texts("並び"), dict(at.pairs("表"))) == ((), (), {})


def test_plain_values() -> None:
    text = 'a: 12\nb: -1.5\nc: true\nd: no\ne: "12"\nf:\ng: [1, {h: false}]\n'
    assert plain(read.parse(text, "x.yaml").root) == {
        "a": 12, "b": -1.5, "c": True, "d": "no", "e": "12", "f": None, "g": [1, {"h": False}],
    }  # fmt: skip
