"""Each mistake in a file has its code, by which other programs know it whatever is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.problem import SchemeError, UnreadableError
from generator.source import diagnostics, fields, read

MISTAKES = {
    "": "empty",
    "- 一\n": "no-mapping",
    "a: 1\n--- \nb: 2\n": "many-documents",
    "a: 1\na: 2\n": "duplicate-key",
    "a: *b\n": "alias",
    "a: &b 1\n": "anchor",
    "a: !b 1\n": "tag",
    "<<: 1\n": "merge",
    ": 1\n": "no-key",
    "? [a]\n: 1\n": "key-no-text",
    "申請日：2023-06-20\n": "wide-colon",
    "申請日:2023-06-20\n": "no-space-after-colon",
    "申請日:\u30002023-06-20\n": "wide-space-after-colon",
    "a:\n\tb: 1\n": "tab",
    "a:\n\u3000b: 1\n": "wide-space",
    "a: \u0007\n": "control-character",
    'a: "一\n': "open-quote",
    'a: "一" 二\n': "text-after-quote",
    'a: "\\q"\n': "escape",
    "a: [一\n": "open-bracket",
    "a: {b: 1\n": "open-brace",
    "a: @一\n": "first-character",
    "a: b: 1\n": "colon",
    "a: " + "[" * 60 + "]" * 60 + "\n": "too-deep",
}


@pytest.mark.parametrize(("text", "code"), MISTAKES.items(), ids=list(MISTAKES.values()))
def test_each_mistake_has_its_code(text: str, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read.parse(text, "案件.yaml")
    assert f"source.{code}" in [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("申請日: 一".encode("utf-16"), "utf-16"),
        ("申請日: 見本市\n申請者: 見本太郎\n".encode("cp932"), "shift-jis"),
        ("申請日: ".encode() + b"\xff\n", "not-utf-8"),
        (b"a" * 1_000_001, "too-large"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, code: str, tmp_path: Path) -> None:
    file = tmp_path / "案件.yaml"
    file.write_bytes(data)
    for attempt in (lambda: read.parse(data, "案件.yaml"), lambda: read.read(file)):
        with pytest.raises(UnreadableError) as caught:
            attempt()  # type: ignore[no-untyped-call]
        assert [problem.code for problem in caught.value.problems] == [f"source.{code}"]


def test_what_is_no_file(tmp_path: Path) -> None:
    paths = {"folder": tmp_path, "missing-file": tmp_path / "none.yaml", "unreadable-file": tmp_path / "a\0"}
    for code, path in paths.items():
        with pytest.raises(UnreadableError) as caught:
            read.read(path)
        assert [problem.code for problem in caught.value.problems] == [f"source.{code}"]


def test_a_file_of_ours_is_its_authors_to_mend(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("a: [一\n", encoding="utf-8")
    with pytest.raises(SchemeError) as caught, fields.own_files():
        read.read(file)
    assert [problem.code for problem in caught.value.problems] == ["source.open-bracket"]
    with pytest.raises(SchemeError):
        fields.CheckedMapping(read.parse("b: 1\n", "x.yaml").root, ("a",), "制度")


def test_a_complaint_without_a_place_is_told_at_the_beginning() -> None:
    [slip] = diagnostics.syntax(yaml.MarkedYAMLError(), None, ("申請日",), ())
    assert (slip.line, slip.column, slip.said.code) == (0, 0, "source.not-yaml")
