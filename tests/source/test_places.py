"""Where a character of a value stands in its file."""

from __future__ import annotations

import pytest

from generator.source import read
from generator.source.nodes import Scalar


@pytest.mark.parametrize(
    ("text", "index", "place"),
    [
        ("a: 甲乙甲\n", 0, (1, 4)),
        ("a: 甲乙甲\n", 2, (1, 6)),
        ("a: |\n  乙\n  甲乙\n  甲\n", 2, (3, 3)),
        ("a: |\n  乙\n  甲乙\n  甲\n", 5, (4, 3)),
        ('a: "\\u7532"\n', 0, (1, 4)),  # written as an escape: the value's own place
    ],
)
def test_a_character_is_found_where_it_was_written(text: str, index: int, place: tuple[int, int]) -> None:
    source = read.parse(text, "案件.yaml")
    node = source.root.entries["a"][1]
    assert isinstance(node, Scalar) and node.text[index] == "甲"
    position = source.place_of(node, node.text, index, "甲")
    assert (position.line, position.column) == place
