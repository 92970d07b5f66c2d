"""Positions, raw texts and every refusal of the YAML reader."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.problem import Problem, ProblemError, UnreadableError, format_problem
from generator.source import events
from generator.source import read as source
from generator.source.nodes import Mapping, Node, Scalar, Sequence


def problems(data: bytes | str) -> tuple[Problem, ...]:
    with pytest.raises(UnreadableError) as caught:
        source.parse(data, "x.yaml")
    return caught.value.problems


def told(data: bytes | str) -> list[tuple[int, int, str]]:
    found = problems(data)
    for problem in found:
        assert problem.hint
        assert not problem.message.isascii()
        assert re.fullmatch(r"source(\.[a-z0-9]+(-[a-z0-9]+)*)", problem.code)
    return [(p.position.line, p.position.column, p.message) for p in found if p.position]


def scalar(node: Node) -> Scalar:
    assert isinstance(node, Scalar)
    return node


FULL_WIDTH, NO_SPACE, WIDE_GAP = "「：」が全角です", "「:」の後に半角の空白がありません", "「:」の後の空白が全角です"
TAB, WIDE_INDENT = "字下げにタブが使われています", "字下げに全角の空白が使われています"
QUOTE, UNEVEN = "引用符が閉じられていません", "字下げが前の行とそろっていません"
COLON, NO_PAIR = "「:」の位置が正しくありません", "「項目名: 値」の形になっていません"
ALIAS, ANCHOR, TAG = "別名（*）は使えません", "目印（&）は使えません", "型の指定（!）は使えません"
UNREADABLE, NOTHING = "YAML として読めません", "ファイルに何も書かれていません"
NO_ROOT = "ファイルの全体が「項目名: 値」の形になっていません"


@pytest.fixture(params=["C", "pure"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers give the same nodes, positions and Problems."""
    if request.param == "C":
        assert yaml.__with_libyaml__, "the wheel of PyYAML brings libyaml"
    else:
        monkeypatch.setattr(events, "_LOADER", yaml.Loader)


@pytest.mark.parametrize(
    ("text", "place"), [("? >", (1, 4)), ("a: 1\n? |", (2, 4)), ("a: 1\r\n? |", (2, 4)), ("? 'a'", (1, 6))]
)
def test_a_value_behind_the_end_of_the_file(text: str, place: tuple[int, int]) -> None:
    """It is there without a line of its own; a parser may count one more than there are."""
    *_, (_, value) = source.parse(text, "x.yaml").root.entries.values()
    assert (value.position.line, value.position.column) == place
    assert value.position.excerpt == text.splitlines()[-1]


def test_scalars_keep_their_text_and_place() -> None:
    text = '電話: 0120\n可否: no\n氏名: "𠮷田 😀"  # 注\n一覧: [あ, 12:30]\n𠮷: 2023-06-20\n'
    root = source.parse(text, "x.yaml").root
    assert list(root.entries) == ["電話", "可否", "氏名", "一覧", "𠮷"]
    values = {key: value for key, (_, value) in root.entries.items()}
    assert scalar(values["電話"]).text == "0120"
    assert scalar(values["可否"]).text == "no"
    name = scalar(values["氏名"])
    assert (name.text, name.plain) == ("𠮷田 😀", False)
    assert (name.position.line, name.position.column, name.position.length) == (3, 5, 6)
    assert name.position.excerpt == '氏名: "𠮷田 😀"  # 注'
    assert name.position.file == "x.yaml"
    items = values["一覧"]
    assert isinstance(items, Sequence)
    assert [(scalar(i).text, scalar(i).position.column, scalar(i).position.length) for i in items.items] == [
        ("あ", 6, 1),
        ("12:30", 9, 5),
    ]
    key, day = root.entries["𠮷"]
    assert (key.position.column, key.position.length) == (1, 1)
    assert (scalar(day).position.column, scalar(day).position.length) == (4, 10)  # code points, not UTF-16 units


def test_blocks_nest() -> None:
    text = "申請:\n  経費:\n    - 項目: 旅費\n      単価: 1,000\n    - {項目: 謝金, 単価: 5}\n"
    text += "  背景: |\n    一行\n    二行\n"
    application = source.parse(text, "x").root.entries["申請"][1]
    assert isinstance(application, Mapping)
    rows = application.entries["経費"][1]
    assert isinstance(rows, Sequence)
    first, second = rows.items
    assert isinstance(first, Mapping)
    assert isinstance(second, Mapping)
    assert (first.position.line, first.position.column) == (3, 7)
    assert scalar(first.entries["単価"][1]).text == "1,000"
    assert scalar(second.entries["単価"][1]).position.column == 20
    background = scalar(application.entries["背景"][1])
    assert (background.text, background.plain) == ("一行\n二行\n", False)
    assert (background.position.line, background.position.column, background.position.length) == (6, 7, 1)


@pytest.mark.parametrize("written", ["", " ~", " null", " Null", " NULL"])
def test_empty(written: str) -> None:
    value = scalar(source.parse(f"a:{written}\nb: x\n", "x").root.entries["a"][1])
    assert value.empty
    assert value.position.line == 1


@pytest.mark.parametrize("written", ["''", '"null"', "'~'", "なし", "nULL", "0", "no"])
def test_not_empty(written: str) -> None:
    assert not scalar(source.parse(f"a: {written}\n", "x").root.entries["a"][1]).empty


def test_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    raw = "\ufeff制度: x\r\n氏名: 太郎\r\n文: |\r\n  一\r\n  二\r\n".encode()
    read = source.parse(raw, "x")
    key, value = read.root.entries["氏名"]
    assert (key.position.line, key.position.column) == (2, 1)
    assert value.position.excerpt == "氏名: 太郎"
    assert read.root.entries["制度"][0].position.column == 1
    assert read.lines[:3] == ("制度: x", "氏名: 太郎", "文: |")
    assert scalar(read.root.entries["文"][1]).text == "一\n二\n"
    assert read.digest == hashlib.sha256(raw).hexdigest()


def test_values_that_look_like_mistakes_are_fine() -> None:
    texts = {
        "時刻": "12:30",
        "住所": "https://example.jp/a:b",
        "注": "時間：10時から",
        "道": "C:\\案件",
        "比": "a:b",
        "空": "　前の空白",
    }
    text = "".join(f"{key}: {value}\n" for key, value in texts.items())
    text += "文: |\n  注：一つ\n  \t字下げ\n  　段落\n背景:\n  目的：ここから\n  普通の文が続く\n列:\n- 12:30\n- http://example.jp\n"
    root = source.parse(text, "x").root
    for key, value in texts.items():
        assert scalar(root.entries[key][1]).text == value
    assert scalar(root.entries["文"][1]).text == "注：一つ\n\t字下げ\n　段落\n"
    assert scalar(root.entries["背景"][1]).text == "目的：ここから 普通の文が続く"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\na: c\n'a': d\nb: {x: 1, x: 2}\n", [
            (2, 1, "項目「a」が二度書かれています（一度目は1行目）"),
            (3, 1, "項目「a」が二度書かれています（一度目は1行目）"),
            (4, 11, "項目「x」が二度書かれています（一度目は4行目）"),
        ]),
        ("a: &x [1]\nb: *x\n<<: *x\nc: !!str 5\n", [
            (1, 4, ANCHOR), (2, 4, ALIAS), (3, 1, "取り込み（<<）は使えません"), (3, 5, ALIAS), (4, 4, TAG),
        ]),
        ("a: *注\n", [(1, 4, ALIAS)]),
        ("a: &注 b\n", [(1, 4, ANCHOR)]),
        ("a: !注 b\n", [(1, 4, TAG)]),
        ("? [a]\n: b\n? {c: d}\n: e\n", [(1, 3, "項目名が文字ではありません"), (3, 3, "項目名が文字ではありません")]),
        (": x\n", [(1, 1, "項目名がありません")]),
        ("? \n: x\n", [(1, 2, "項目名がありません")]),
        ("a: b\n---\nc: d\n", [(2, 1, "一つのファイルに文書が二つ以上あります（---）")]),
        ("", [(1, 1, NOTHING)]),
        ("\n# 注\n", [(1, 1, NOTHING)]),
        ("---\n", [(1, 1, NOTHING)]),
        ("null\n", [(1, 1, NOTHING)]),
        ("ただの文\n", [(1, 1, NO_ROOT)]),
        ("- a\n", [(1, 1, NO_ROOT)]),
        # tabs
        ("a:\n\tb: c\n\td: e\n", [(2, 1, TAB), (3, 1, TAB)]),
        ("a: b\n\tc: d\n", [(2, 1, TAB)]),
        ("a:\n  \t- b\n", [(2, 3, TAB)]),
        # wide spaces
        ("申請者:\n　　氏名: 太郎\n　　住所: 見本\n", [(2, 1, WIDE_INDENT), (3, 1, WIDE_INDENT)]),
        ("申請者:\n　　氏名：太郎\n", [(2, 1, WIDE_INDENT), (2, 5, FULL_WIDTH)]),
        ("申請者:\n  　氏名：太郎\n", [(2, 3, WIDE_INDENT), (2, 6, FULL_WIDTH)]),
        ("背景: |\n　見本市は\n", [(2, 1, WIDE_INDENT)]),
        ("氏名　: 太郎\n", [(1, 1, "項目名の前後に全角の空白があります")]),
        # colons
        ("制度：x\n", [(1, 3, FULL_WIDTH)]),
        ("制度: x\n申請日：2023-06-20\n氏名: 太郎\n住所：見本\n", [(2, 4, FULL_WIDTH), (4, 3, FULL_WIDTH)]),
        ("申請：\n  申請日: 2023\n", [(1, 3, FULL_WIDTH)]),
        ("申請者:\n  氏名：太郎\n  住所：見本\n実績:\n  a: b\n", [(2, 5, FULL_WIDTH), (3, 5, FULL_WIDTH)]),
        ("申請者:\n  氏名: 太郎\n  住所：見本\n", [(3, 5, FULL_WIDTH)]),
        ("申請日:2023\n", [(1, 4, NO_SPACE)]),
        ("a: b\n申請日:2023\nc: d\n", [(2, 4, NO_SPACE)]),
        ("申請日:　2023\n", [(1, 4, WIDE_GAP)]),
        ("列:\n  - 項目：旅\n    単価:5\n  - 項目:　旅\n", [(2, 7, FULL_WIDTH), (3, 7, NO_SPACE), (4, 7, WIDE_GAP)]),
        ("経費:\n  - 項目：旅費\n    単価: 5\n", [(2, 7, FULL_WIDTH)]),
        ("経費: [{項目：旅費, 単価:5}]\n", [(1, 9, FULL_WIDTH), (1, 16, NO_SPACE)]),
        # a text that only looks like keys is not blamed for an error elsewhere
        ("文: |\n  注：一つ\n備考: 長い\n  注：続く\n列:\n  - |\n    注：三つ\na: b: c\n", [(8, 5, COLON)]),
        ("文: '一\n  注：一つ\n  三'\na: b: c\n", [(4, 5, COLON)]),
        # quotes
        ('a: x\nb: "開いたまま\nc: d\n', [(2, 4, QUOTE)]),
        ("a: '開いたまま\nb: 'x'\n", [(1, 4, QUOTE)]),
        ('a: "開いたまま\n---\n', [(1, 4, QUOTE)]),
        ("a: 'b' c\n", [(1, 8, "引用符の後に余分な文字があります")]),
        # the rest of what a parser can say
        ("a: @x\n", [(1, 4, "「@」で値を始めることはできません")]),
        ("a: `x`\n", [(1, 4, "「`」で値を始めることはできません")]),
        ("a: b: c\n", [(1, 5, COLON)]),
        ("a: b\n  c: d\n", [(2, 4, COLON)]),
        ("a: - b\n", [(1, 4, "「- 」の位置が正しくありません")]),
        ("a: [b, c\nd: e\n", [(1, 4, "「[」が正しく閉じられていません")]),
        ("a: {b: c\nd: e\n", [(1, 4, "「{」が正しく閉じられていません")]),
        ("a: [b]]\n", [(1, 7, "余分な「]」があります")]),
        ("a: |x\n  b\n", [(1, 4, "「|」や「>」の後に文字があります")]),
        ("a:\n    b: c\n  d: e\n", [(3, 3, UNEVEN)]),
        ("a:\n  - b\n  c: d\n", [(3, 3, UNEVEN)]),
        ("a: x\n田中 太郎\n", [(2, 1, NO_PAIR)]),
        ("%YAML 2.0\n---\na: b\n", [(1, 1, UNREADABLE)]),
        ("a: ,\n", [(1, 4, UNREADABLE)]),
        # characters
        ("a\x00: b\nc: \x07\x1b\n", [
            (1, 2, "使えない制御文字があります（U+0000）"),
            (2, 4, "使えない制御文字があります（U+0007）"),
            (2, 5, "使えない制御文字があります（U+001B）"),
        ]),
        ("a: b\u2028c\u202e\x85\n", [
            (1, 5, "使えない制御文字があります（U+2028）"),
            (1, 7, "使えない制御文字があります（U+202E）"),
            (1, 8, "使えない制御文字があります（U+0085）"),
        ]),
    ],
)  # fmt: skip
def test_refuses(text: str, expected: list[tuple[int, int, str]]) -> None:
    assert told(text) == expected


def test_unknown_escape() -> None:
    (found,) = told('a: "\\y"\n')
    assert (found[0], found[2]) == (1, '「"」で囲んだ中の「\\」の書き方が正しくありません')


SECRET = "秘密太郎"


@pytest.mark.parametrize(
    "text",
    [
        f"氏名: {SECRET}\n氏名: {SECRET}\n",
        f"氏名：{SECRET}\n",
        f"氏名:{SECRET}\n",
        f"氏名:　{SECRET}\n",
        f"a: {{氏名: {SECRET}, 住所：見本}}\n",
        f"a: {{氏名: {SECRET}, 住所:見本}}\n",
        f'氏名: "{SECRET}\n',
        f"氏名: *{SECRET}\n",
        f"氏名: !x {SECRET}\n",
        f"氏名: &x {SECRET}\n",
        f"氏名: @{SECRET}\n",
        f"申請者:\n\t氏名: {SECRET}\n",
        f"申請者:\n　氏名: {SECRET}\n",
        f"{SECRET}\n",
        f"- {SECRET}\n",
        f"氏名: [{SECRET}\n",
        f"氏名: {SECRET}: {SECRET}\n",
        f"氏名: {SECRET}\x07\n",
        f"a: b\n{SECRET}\n",
    ],
)
def test_no_message_shows_a_value(text: str) -> None:
    for problem in problems(text):
        assert SECRET not in format_problem(problem)
        assert SECRET not in str(problem.as_json())


def test_a_mistyped_colon_shows_its_key() -> None:
    (problem,) = problems("申請者:\n  氏名：太郎\n")
    assert format_problem(problem).splitlines()[:3] == [
        "x.yaml:2:5: 「：」が全角です",
        "    2 |   氏名：…",
        "      |       ^^",
    ]


def test_depth() -> None:
    assert source.parse("a: " + "[" * 49 + "]" * 49, "x")
    assert told("a: " + "[" * 50 + "]" * 50) == [(1, 53, "入れ子が深すぎます（50段まで）")]
    assert told("[" * 500_000)[0][2] == "入れ子が深すぎます（50段まで）"


def test_an_alias_bomb_is_refused_where_its_first_alias_stands() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    found = told(bomb)
    assert found[:2] == [(1, 4, ANCHOR), (2, 4, ANCHOR)]
    assert found[2] == (2, 8, ALIAS)
    assert len(found) == 20


def test_number_of_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound that is told, and where a smaller one lies to the node: all those take long in pure Python."""
    message = "項目が多すぎます（200,000個まで）"
    assert events._NODES == 200_000
    monkeypatch.setattr(events, "_NODES", 2_000)  # with the mapping, its key and the list
    assert source.parse("a: [" + ",".join("0" * 1_997) + "]", "x.yaml")
    assert told("a: [" + ",".join("0" * 1_998) + "]")[0][2] == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("制度: テスト\n".encode("utf-16"), "文字コードが UTF-16 です。UTF-8 だけを読めます"),
        ("制度: テスト\n".encode("utf-16-be"), "文字コードが UTF-16 です。UTF-8 だけを読めます"),
        ("一: 全角　空白\n一覧: 一\n二: x\n".encode("utf-16-le"), "文字コードが UTF-16 です。UTF-8 だけを読めます"),
        (
            "制度: 申請\n氏名: 髙橋\n".encode("cp932"),
            "文字コードが Shift_JIS のようです（Windows のエディターで保存されたのでしょう）。UTF-8 だけを読めます",
        ),
        (b"a: b\n" * 200_001, "ファイルが大きすぎます（1MB まで）"),
    ],
)
def test_encodings_and_size(data: bytes, message: str) -> None:
    (problem,) = problems(data)
    assert problem.message == message
    assert format_problem(problem).startswith(f"x.yaml: {message}")
    assert problem.hint


def test_damaged_utf8_is_pointed_at() -> None:
    whole = "制度: テスト\n氏名: 見本太郎\n".encode()
    assert told(whole.replace("本".encode(), "本".encode()[:2])) == [(2, 6, "UTF-8 として読めない文字があります")]
    assert told(b"\xef\xbb\xbfa: \xff\n") == [(1, 4, "UTF-8 として読めない文字があります")]
    assert told("a: \ud800\n") == [(1, 4, "UTF-8 として読めない文字があります")]


def test_just_one_megabyte_is_read() -> None:
    text = "a: |\n" + "  " + "x" * (1_000_000 - 8) + "\n"
    assert len(text) == 1_000_000
    assert source.parse(text, "x")
    assert told(text + "\n")[0][2] == "ファイルが大きすぎます（1MB まで）"


def test_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("案件.yaml").write_bytes("制度: x\n".encode())
    read = source.read("案件.yaml")
    assert read.name == "案件.yaml"
    assert read.root.entries["制度"][0].position.file == "案件.yaml"
    assert source.read(tmp_path / "案件.yaml").digest == read.digest


def refusal(path: str | Path) -> str:
    with pytest.raises(ProblemError) as caught:
        source.read(path)
    (problem,) = caught.value.problems
    assert problem.hint
    assert problem.position
    assert (problem.position.file, problem.position.line) == (str(path), 0)
    return problem.message


def test_read_refuses(tmp_path: Path) -> None:
    assert refusal(tmp_path / "ない.yaml") == "ファイルがありません"
    assert refusal(tmp_path) == "フォルダーです。ファイルではありません"
    assert refusal("a\0b") == "ファイルを読めません"
    large = tmp_path / "large.yaml"
    with large.open("wb") as stream:
        stream.truncate(10**12)  # sparse: reading it would not end
    assert refusal(large) == "ファイルが大きすぎます（1MB まで）"


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in the file system there")
def test_read_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == "普通のファイルではありません"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may read everything")
def test_read_without_permission(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: b", encoding="utf-8")
    (tmp_path / "x.yaml").chmod(0)
    assert refusal(tmp_path / "x.yaml") == "ファイルを読めません"


YAMLISH = st.text(alphabet="ab氏：:- \n\t　'\"|>[]{},#&*!%@?<~0\r\u2028\x00𠮷\ufeff", max_size=60)


@given(YAMLISH | st.text(max_size=60) | st.binary(max_size=80))
def test_anything_gives_nodes_or_problems(data: str | bytes) -> None:
    try:
        read = source.parse(data, "x")
    except ProblemError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.position
            assert problem.hint
            assert format_problem(problem)
    else:
        text = data if isinstance(data, str) else data.decode()
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert list(read.lines) == lines


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=30), min_size=1, max_size=6))
def test_what_yaml_writes_is_read_unchanged(data: dict[str, str]) -> None:
    written = yaml.safe_dump(data, allow_unicode=False, default_style='"', sort_keys=False, width=10**6)
    read = source.parse(written, "x")
    assert {key: scalar(value).text for key, (_, value) in read.root.entries.items()} == data
    for key, (node, _) in read.root.entries.items():
        at = node.position
        assert yaml.safe_load(read.lines[at.line - 1][at.column - 1 : at.column - 1 + at.length]) == key
