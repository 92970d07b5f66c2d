"""A section of a case as YAML to be written into: each key with its label, its example, its choices, what is required.

What is required stands there with nothing behind its colon. A group that may be left out is a comment: whoever needs it
takes the # away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.problem import display_width
from generator.scheme.model import Scheme, Stage
from generator.scheme.schema import Item

_STEP = "  "
_COLUMN = 40  # where the comments begin
_KINDS = {"円": "円", "日付": "日付", "数量": "数", "整数": "整数", "真偽": "はい・いいえ", "文章": "改行してよい文章"}
_REQUIRED, _LEFT_OUT = "必須", "要るときは、この行から頭の # を消す"


def case(scheme: Scheme, number: str) -> str:
    """A new case: its head and the section of its first stage."""
    head = [f"# {scheme.name}", "# 値は「: 」の後に書く。# から後は説明で、書かなくてよい項目は空けておく",
            "# 改行のある文は「: |」とだけ書き、次の行から字下げして続ける",
            f"制度: {scheme.id}", f"案件番号: {number}", ""]  # fmt: skip
    return "\n".join([*head, section(scheme, scheme.stages[0])])


def section(scheme: Scheme, stage: Stage) -> str:
    """The section of a stage; of a list with its first item."""
    return _text(_entry(stage.name, scheme.schema.root.properties[stage.name], "", True, False))


def item(scheme: Scheme, stage: Stage, column: int) -> str:
    """One more item of a stage that is a list, its dash in a column (from 0)."""
    return _text(_item(scheme.schema.root.properties[stage.name], " " * column, False))


def _text(lines: Iterator[tuple[str, str]]) -> str:
    made = []
    for line, note in lines:
        gap = " " * max(2, _COLUMN - display_width(line))
        made.append(f"{line}{gap}# {note}\n" if note else f"{line}\n")
    return "".join(made)


def _entry(key: str, at: Item, space: str, required: bool, off: bool) -> Iterator[tuple[str, str]]:
    """Each line of an item and of all that is in it, with what is said behind it. ``off``: within a comment already."""
    hidden = not (off or required) and _asks(at)
    lines = [(f"{space}{key}:", _told(key, at, required and bool(space), hidden))]
    if at.kind == "list":
        lines += _item(at, space + _STEP, off or hidden)
    for name, child in at.properties.items():
        lines += _entry(name, child, space + _STEP, name in at.required, off or hidden)
    for line, note in lines:
        yield (f"{space}# {line.removeprefix(space)}" if hidden else line), note


def _item(at: Item, space: str, off: bool) -> Iterator[tuple[str, str]]:
    """The lines of one item of a list: the first takes the dash."""
    assert at.items is not None
    lines = [("", "")]
    if at.items.properties:
        inner = space + _STEP
        lines = [
            line
            for name, child in at.items.properties.items()
            for line in _entry(name, child, inner, name in at.items.required, off)
        ]
    for n, (line, note) in enumerate(lines):
        yield (line if n else f"{space}- {line.strip()}"), note


def _asks(at: Item) -> bool:
    """Whether something would be missing in a group of which nothing is written but its keys."""
    return at.kind == "list" or bool(at.required) or any(_asks(child) for child in at.properties.values())


def _told(key: str, at: Item, required: bool, hidden: bool) -> str:
    """What is said behind a key."""
    parts = [_REQUIRED] if required else [_LEFT_OUT] if hidden else []
    parts += [part for part in (label(key, at),) if part]
    parts += way_of_writing(at)
    if at.kind == "list":
        parts.append("「- 」から次の「- 」の前までが一件")
    return "　".join(dict.fromkeys(parts))


def label(key: str, at: Item) -> str:
    """What the form calls an item; '' where that is its key."""
    return "" if at.title == key else at.title


def way_of_writing(at: Item) -> list[str]:
    """How an item is written: what the schema says of it, its choices or its kind, and how long it may be."""
    description = re.sub(r"[\r\n\t]+", " ", at.description)
    choices = "・".join(str(choice) for choice in at.choices) if at.kind != "真偽" else ""
    kind = choices or _KINDS.get(at.kind, "")
    told = at.kind in _KINDS and at.kind != "真偽" and kind[:1] in description  # (例 500000、500,000円)
    limit = f"{at.limit}字以内" if at.limit else ""
    return [part for part in dict.fromkeys((description, "" if told else kind, limit)) if part]
