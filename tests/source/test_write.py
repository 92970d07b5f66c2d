"""The YAML that is written says exactly what was given, and what was there before stays byte for byte."""

from __future__ import annotations

from pathlib import Path

import blanks
import parts
import pytest
import samples
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from generator.problem import Position, ProblemError
from generator.source import read as source
from generator.source import write
from generator.source.encoding import control_character
from generator.source.nodes import Mapping, Node, Scalar, Sequence

AT = Position("x", 1, 1)
HEAD = "制度: lecture\n案件番号: R5-900\n"


def scalar(text: str) -> Scalar:
    return Scalar(text, False, AT)


def mapping(**entries: Node) -> Mapping:
    return Mapping({k: (Scalar(k, True, AT), v) for k, v in entries.items()}, AT)


WORDS = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\r\x7f\ufeff\ufffe\uffff", exclude_categories=("Cc", "Cs", "Zl", "Zp")
    ),
    min_size=1,
).filter(lambda t: not control_character(t))
LINES = st.lists(WORDS | st.just(""), min_size=1, max_size=5).map("\n".join)


@given(LINES)
@example("はい")
@example("null")
@example("~")
@example("- a")
@example("a: b")
@example("項目：値")
@example("#a")
@example("a #b")
@example("'")
@example('"\\')
@example(" a")
@example("a ")
@example("　a　")
@example("0120")
@example("1_000")
@example("12:30")
@example("yes")
@example("\n")
@example("a\n")
@example("a\n\n")
@example("\na")
@example("a\n b\n\n  c")
@example(" a\nb")
@example("@a")
@example("`")
@example("%")
@example("|")
@example("? a")
@example("*a")
@example("&a")
@example("!a")
@example("2023-09-04")
@example("---")
@example("...")
@example("渡邉\U000e0110")
@example("a\u00a0b")
@example("が\u3099")
def test_every_text_comes_back(text: str) -> None:
    node = mapping(
        甲=scalar(text), 乙=Sequence((mapping(丙=scalar(text), 丁=scalar("x")), mapping(丙=scalar("y"))), AT)
    )
    written = write.written("R5-900", "lecture", "申請", node)
    entries = source.parse(written, "x").root.entries["申請"][1].entries
    first, listed = entries["甲"][1], entries["乙"][1]
    assert isinstance(first, Scalar) and isinstance(listed, Sequence)
    assert first.text.removesuffix("\n") == text.removesuffix("\n")
    assert not first.empty
    inner = listed.items[0].entries["丙"][1]
    assert isinstance(inner, Scalar) and inner.text.removesuffix("\n") == text.removesuffix("\n")


def test_other_readers_see_text_as_text() -> None:
    node = mapping(甲=scalar("0120"), 乙=scalar("yes"), 丙=scalar("1_000"), 丁=scalar("044-000-0000"))
    read = yaml.safe_load(write.written("R5-900", "s", "申請", node))
    assert read["申請"] == {"甲": "0120", "乙": "yes", "丙": "1_000", "丁": "044-000-0000"}


def test_notes_cannot_break_out_of_their_line() -> None:
    node = mapping(甲=scalar("a"))
    text = write.written("R5-900", "s", "申請", node, ("a\n制度: b\u2028x\x85",))
    assert text.startswith("# a") and list(source.parse(text, "x").root.entries) == ["制度", "案件番号", "申請"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_a_section_is_added_at_the_end(ending: str, last: bool) -> None:
    before = (HEAD + "申請: {甲: 1}" + ("\n" if last else "")).replace("\n", ending).encode()
    after = write.appended(before, "実績", mapping(甲=scalar("一\n二")), None, "x.yaml")
    assert after.startswith(before)
    read = source.parse(after, "x").root.entries["実績"][1]
    assert isinstance(read, Mapping) and read.entries["甲"][1].text == "一\n二"
    assert (b"\r\n" in after) == (ending == "\r\n") and after.count(b"\n") == after.count(ending.encode())


@pytest.mark.parametrize(
    "listed", ["変更:\n  - 甲: 1\n    乙: 2\n", "変更:\n- 甲: 1\n", "変更:\n    - {甲: 1}\n", "変更:\n  -\n    甲: 1\n"]
)
def test_an_item_is_added_at_the_end(listed: str) -> None:
    before = (HEAD + listed).encode()
    after = write.appended(before, "変更", mapping(甲=scalar("二"), 乙=scalar("x: y")), 1, "x.yaml")
    assert after.startswith(before)
    read = source.parse(after, "x").root.entries["変更"][1]
    assert isinstance(read, Sequence) and len(read.items) == 2
    assert read.items[1].entries["乙"][1].text == "x: y"


def test_the_first_item_makes_the_list() -> None:
    after = write.appended(HEAD.encode(), "変更", mapping(甲=scalar("一")), 0, "x.yaml")
    assert isinstance(source.parse(after, "x").root.entries["変更"][1], Sequence)


@pytest.mark.parametrize("before", [HEAD + "変更: [{甲: 1}]\n", HEAD + "変更:\n  - {甲: 1}\n実績: {甲: 1}\n"])
def test_where_it_cannot_be_added_it_is_said(before: str) -> None:
    with pytest.raises(ProblemError):
        write.appended(before.encode(), "変更", mapping(甲=scalar("二")), 1, "x.yaml")


def test_a_file_that_ends_otherwise_is_refused() -> None:
    for before in ("{制度: a, 案件番号: b}\n", HEAD + "申請: {甲: 1}\n...\n", HEAD + "申請:\n  甲: |+\n    a\n\n"):
        try:
            after = write.appended(before.encode(), "実績", mapping(甲=scalar("一")), None, "x.yaml")
        except ProblemError:
            continue
        assert after.startswith(before.encode()) and list(source.parse(after, "x").root.entries)[-1] == "実績"


@pytest.mark.parametrize("sample", samples.ALL, ids=samples.name)
def test_samples_are_written_as_they_are_read(sample: Path) -> None:
    scheme = sample.parent.name
    stage = blanks.first_stage(scheme)
    node = source.read(sample).root.entries[stage][1]
    written = write.written("R5-900", scheme, stage, node)
    assert write._plain(source.parse(written, "x").root.entries[stage][1]) == write._plain(node)
    assert parts.full(sample).number not in written


def test_what_was_not_given_is_not_written() -> None:
    blank = Scalar("", True, AT)
    item = mapping(備考=blank, 項目=scalar("机"), 内訳=mapping(単価=blank, 数量=scalar("2")))
    node = mapping(申請者=mapping(氏名=blank, 電話番号=Scalar("null", True, AT)), 経費=Sequence((item,), AT))
    text = write.written("R5-901", "lecture", "申請", node)
    assert text.endswith("申請:\n  経費:\n    - 項目: 机\n      内訳:\n        数量: 2\n")
