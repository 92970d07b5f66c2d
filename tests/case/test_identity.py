"""Case files are told apart by what they call themselves, and a file that cannot be read is nobody's twin."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from generator.case.identity import head, in_order, named, same_numbers
from generator.scheme.load import Schemes

SCHEMES = Schemes([Path(__file__).parents[1] / "schemes"])
HEAD = "制度: lecture\n案件番号: L-001\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "案件.yaml"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD, ("lecture", "L-001")),
        ("# 覚え書き\n\n" + HEAD, ("lecture", "L-001")),
        (HEAD.replace("\n", "\r\n"), ("lecture", "L-001")),
        ("案件番号: L-001\n申請:\n制度: lecture\n", ("lecture", "L-001")),
        ("制度: [lecture]\n案件番号: {a: 1}\n", ("", "")),
        ("申請: 一\n", ("", "")),
        ("制度: [lecture\n", ("", "")),
        ("", ("", "")),
    ],
)
def test_what_a_file_calls_itself(path: Path, text: str, told: tuple[str, str]) -> None:
    path.write_bytes(text.encode())
    assert head(path) == told


def test_a_file_that_cannot_be_read_calls_itself_nothing(path: Path) -> None:
    assert head(path) == ("", "")
    assert named(path, SCHEMES) is None
    path.write_bytes("制度: ".encode("utf-16"))
    assert head(path) == ("", "")


def test_a_case_by_its_first_two_lines(path: Path) -> None:
    path.write_text(HEAD + "申請: まだ読まない [\n", encoding="utf-8")
    case = named(path, SCHEMES)
    assert case is not None and (case.scheme.id, case.number) == ("lecture", "L-001")
    assert case.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert named(path, SCHEMES, HEAD.replace("001", "002").encode()) != case


@pytest.mark.parametrize("text", ["案件番号: L-001\n制度: lecture\n", HEAD.replace("lecture", "no-such-scheme")])
def test_a_case_that_has_to_be_read_whole(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    assert named(path, SCHEMES) is None


def test_the_second_of_two_files_with_one_number(tmp_path: Path) -> None:
    texts = (HEAD, HEAD.replace("L-001", "l-001"), HEAD.replace("lecture", "tiny"), "申請: 一\n", "申請: 一\n")
    paths = [tmp_path / f"{n}.yaml" for n in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    assert same_numbers([*paths, paths[0]]) == {paths[1]: paths[0]}


def test_numbers_in_the_order_in_which_people_count() -> None:
    numbers = ["R5-10", "R5-2", "R10-1", "r5-3", "R5-2-1", "A", "R5-2B"]
    assert sorted(numbers, key=in_order) == ["A", "R5-2", "R5-2-1", "R5-2B", "r5-3", "R5-10", "R10-1"]
