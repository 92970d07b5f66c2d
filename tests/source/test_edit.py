"""A value is replaced in its place: the difference is its line, and the file says what it said besides."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.problem import UnreadableError
from generator.source import edit
from generator.source.edit import Path, extended, replaced
from generator.source.read import parse

CASE = """\
# 案件の覚え
制度: lecture   # そのまま
案件番号: L-001

申請:
  申請日: 令和6年4月1日   # 受付は翌日
  申請者: {事業者名: 例示会, 所在地: "見本市1"}
  理由: |
    一行目
    二行目
  経費:
    - {項目: 紙, 単価: 100}   # 束
    - 項目: 糸
      単価: 200

  # 決定は来週
決定:
  決定日:                # まだ
  条件:
"""


def told(data: bytes, *values: tuple[Path, str]) -> list[str]:
    """The lines that went and the lines that came."""
    after = replaced(data, "case.yaml", values)
    lines = difflib.ndiff(data.decode().splitlines(), after.decode().splitlines())
    return sorted((line for line in lines if line[:1] in "-+"), key=lambda line: line[0] == "+")


DATE, PARTY = "-   申請日: 令和6年4月1日   # 受付は翌日", '-   申請者: {事業者名: 例示会, 所在地: "見本市1"}'
BLOCK = ["-   理由: |", "-     一行目", "-     二行目"]
EMPTY = "-   決定日:                # まだ"


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        (("案件番号",), "L-002", ["- 案件番号: L-001", "+ 案件番号: L-002"]),
        (("申請", "申請日"), "R6.5.1", [DATE, "+   申請日: R6.5.1   # 受付は翌日"]),
        (("申請", "申請日"), "", [DATE, "+   申請日:    # 受付は翌日"]),
        (("申請", "申請者", "所在地"), "市, 二", [PARTY, '+   申請者: {事業者名: 例示会, 所在地: "市, 二"}']),
        (("申請", "申請者", "電話"), "044", [PARTY, f'+{PARTY[1:-1]}, 電話: "044"}}']),
        (("申請", "申請者", "担当", "氏名"), "甲\n乙", [PARTY, f'+{PARTY[1:-1]}, 担当: {{氏名: "甲\\n乙"}}}}']),
        (("申請", "理由"), "一行", [*BLOCK, "+   理由: 一行"]),
        (("申請", "理由"), "新\n行", [*BLOCK, "+   理由: |-", "+     新", "+     行"]),
        (("申請", "経費", 0, "単価"), "1,000",
         ["-     - {項目: 紙, 単価: 100}   # 束", '+     - {項目: 紙, 単価: "1,000"}   # 束']),
        (("申請", "経費", 1, "単価"), "300", ["-       単価: 200", "+       単価: 300"]),
        (("申請", "経費", 1, "備考"), "白", ["+       備考: 白"]),
        (("申請", "辞退"), "いいえ", ["+   辞退: いいえ"]),
        (("決定", "決定日"), "R6.6.1", [EMPTY, "+   決定日: R6.6.1         # まだ"]),
        (("決定", "決定日"), "令和6年6月1日の朝から", [EMPTY, "+   決定日: 令和6年6月1日の朝から  # まだ"]),
        (("決定", "決定日"), "一\n二", [EMPTY, "+   決定日: |-                # まだ", "+     一", "+     二"]),
        (("決定", "条件", "一"), "はい", ["+     一: はい"]),
        (("決定", "審査", "結果"), "適当", ["+   審査:", "+     結果: 適当"]),
        (("支払", "支払日"), "R7.1.1", ["+ 支払:", "+   支払日: R7.1.1"]),
    ],
)  # fmt: skip
def test_no_line_but_its_own_changes(path: Path, value: str, lines: list[str]) -> None:
    assert told(CASE.encode(), (path, value)) == lines


def test_an_item_that_is_but_a_dash_takes_its_value() -> None:
    listed = "目標:   # 番号\n  - \n  -\n  - 7\n".encode()
    after = replaced(listed, "case.yaml", [(("目標", 0), "4"), (("目標", 1), "一\n二"), (("目標", 2), "")])
    assert after.decode() == "目標:   # 番号\n  - 4 \n  - |-\n    一\n    二\n  - \n"


def test_several_at_once_and_other_ends_of_lines() -> None:
    data = b"\xef\xbb\xbf" + CASE.replace("\n", "\r\n").encode()
    after = replaced(data, "case.yaml", [(("案件番号",), "L-9"), (("決定", "決定日"), "R6.6.1"), (("決定", "額"), "5")])
    assert after.startswith(b"\xef\xbb\xbf# ") and b"\n" not in after.replace(b"\r\n", b"")
    wanted = CASE.replace("L-001", "L-9").replace(EMPTY[4:], "決定日: R6.6.1         # まだ") + "  額: 5\n"
    assert after.decode("utf-8-sig").replace("\r\n", "\n") == wanted


NOWHERE = [("申請",), ("申請", "経費"), ("申請", "経費", 2, "単価"), ("申請", "申請日", "年"), ("申請", "経費", "単価")]


@pytest.mark.parametrize("path", NOWHERE)
def test_what_has_no_place_is_refused(path: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        replaced(CASE.encode(), "case.yaml", [(path, "値")])
    assert [p.code for p in caught.value.problems] == ["source.cannot-edit"]


WORDS = st.text(st.sampled_from("あ１a1 -:#,'\"{}[]|>\n\\円%@`"), max_size=12).map(str.strip)
PATHS = st.sampled_from([
    ("申請", "申請日"), ("申請", "申請者", "所在地"), ("申請", "申請者", "新"), ("申請", "理由"),
    ("申請", "経費", 0, "項目"),
    ("申請", "経費", 1, "項目"), ("申請", "経費", 1, "新"), ("決定", "決定日"), ("決定", "条件", "新"),
    ("新", "新", "新"),
])  # fmt: skip


@given(st.lists(st.tuples(PATHS, WORDS), min_size=1, max_size=4))
def test_whatever_is_written_is_read_again(values: list[tuple[Path, str]]) -> None:
    """Or is refused: never another value, never another line's."""
    try:
        after = replaced(CASE.encode(), "case.yaml", values)
    except UnreadableError:
        return
    root = parse(after, "case.yaml").root
    for path, value in dict(values).items():
        node: object = root
        for step in path:
            if node is not None and not getattr(node, "empty", False):
                node = node.entries.get(step, ("", None))[1] if isinstance(step, str) else node.items[step]  # type: ignore[attr-defined]
        assert (node.text.removesuffix("\n") if node is not None else "") == value  # type: ignore[attr-defined]
    assert all(line in after.decode() for line in ("# 案件の覚え", "# そのまま", "# 束", "  # 決定は来週"))


def test_a_list_goes_on_where_it_ends_and_a_section_at_the_end() -> None:
    listed = "変更:\n  - 日: R6.7.1\n    # 承認:\n    #   日:\n\n# 覚え\n支払:\n  日: R6.8.1\n".encode()
    after = extended(listed, "case.yaml", "変更", lambda column: f"{' ' * column}- 日:\n").decode()
    assert after == "変更:\n  - 日: R6.7.1\n    # 承認:\n    #   日:\n  - 日:\n\n# 覚え\n支払:\n  日: R6.8.1\n"
    assert extended(listed, "case.yaml", "決定", "決定:\n  日:\n") == listed + "\n決定:\n  日:\n".encode()
    for other in ("変更: []\n", "変更: [{日: R6.7.1}]\n", "変更:\n  日: R6.7.1\n"):
        with pytest.raises(UnreadableError):
            extended(other.encode(), "case.yaml", "変更", lambda column: "- 日:\n")


@pytest.mark.parametrize("wrong", ["申請: [", "申請: 甲\n"])
def test_what_would_say_something_else_is_never_given_out(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the places of a value ever mistaken."""
    monkeypatch.setattr(edit, "_with", lambda *_: wrong)
    with pytest.raises(UnreadableError) as caught:
        replaced(CASE.encode(), "case.yaml", [(("案件番号",), "L-2")])
    assert [p.code for p in caught.value.problems] == ["source.cannot-edit"]
    with pytest.raises(UnreadableError):
        extended(CASE.encode(), "case.yaml", "支払", "支払:\n  日: R7.1.1\n申: 1\n")
