"""The answers of a form as one section of a case's file, each at the place where it was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from generator.case.model import StageRef
from generator.intake.returned import Answer, steps
from generator.problem import Position
from generator.scheme.model import Scheme
from generator.scheme.schema import Item
from generator.source import write
from generator.source.nodes import Mapping, Node, Scalar, Sequence, Source


@dataclass(frozen=True)
class Target:
    """The stage of a case for which a file is read; ``number``: the 案件番号.

    ``digest``: the SHA-256 (hex) of the file. ``into``: the case that the section continues; None for a new one.
    """

    scheme: Scheme
    stage: StageRef
    number: str
    file: str
    digest: str
    into: Source | None = None

    def case_file(self, section: Node) -> Source:
        """The file of the case with the section in it; each part keeps its own places."""
        nowhere = Position(self.file, 0, 0)
        if self.into is not None:
            entries = dict(self.into.root.entries)
        else:
            head = {"制度": self.scheme.id, "案件番号": self.number}
            entries = {key: (Scalar(key, True, nowhere), Scalar(text, False, nowhere)) for key, text in head.items()}
        name, value = self.stage.stage.name, section
        if self.stage.index is not None:
            before = entries.get(name)
            items = before[1].items if before and isinstance(before[1], Sequence) else ()
            value = Sequence((*items, section), before[1].position if before else section.position)
        entries[name] = (Scalar(name, True, section.position), value)
        lines = self.into.lines if self.into is not None else ()
        return Source(self.into.name if self.into else self.file, lines, Mapping(entries, nowhere), self.digest)


def section_of(target: Target, answers: Iterable[Answer]) -> Node:
    """The section of the target's stage that these answers, all of that stage, make."""
    tree: dict[Any, Any] = {}
    skipped = len(steps(target.stage.key))
    for answer in answers:
        at = tree
        *outer, last = steps(answer.path)[skipped:]
        for step in outer:
            at = at.setdefault(step, {})
        at[last] = answer
    item = target.scheme.schema.at(target.stage.key)
    assert item is not None  # a stage of the scheme has its section in the schema
    return _node(item, tree, _first(tree) or Position(target.file, 0, 0))


def _node(item: Item, tree: Any, around: Position) -> Node:
    """The answers below an item as nodes in the schema's order; what nobody filled in is left out where it may be."""
    if isinstance(tree, Answer):
        return Scalar("", True, tree.position) if tree.text is None else Scalar(tree.text, False, tree.position)
    position = _first(tree) or around
    if item.kind == "list":
        assert item.items is not None  # a list has items
        rows = [_node(item.items, tree[n], position) for n in sorted(tree)]
        filled = tuple(row for row in rows if write.given(row))
        return Sequence(filled, position) if filled else Scalar("", True, position)
    entries: dict[str, tuple[Scalar, Node]] = {}
    for key, below in item.properties.items():
        if key not in tree:
            continue
        child = _node(below, tree[key], position)
        if below.kind == "object" and key not in item.required and not write.given(child):
            continue
        entries[key] = (Scalar(key, True, child.position), child)
    return Mapping(entries, position)


def _first(tree: Any) -> Position | None:
    """Where the first of the answers stands."""
    if isinstance(tree, Answer):
        return tree.position
    positions = [p for p in map(_first, tree.values()) if p is not None]
    return min(positions, key=lambda p: (p.line, p.column), default=None)
