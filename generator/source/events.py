"""The events of the YAML parser become nodes, and what is wrong with them becomes problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from generator.problem import Position, Problem, Wording
from generator.source import diagnostics
from generator.source.diagnostics import Slip
from generator.source.encoding import control_character, control_characters
from generator.source.nodes import Mapping, Node, Scalar, Sequence

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)  # the same marks; libyaml is only faster
_DEPTH, _NODES, _PROBLEMS = 50, 200_000, 20
_ONE_CASE = "案件一つを一つのファイルに分けてください"
_NOTHING = Wording("ファイルに何も書かれていません", "「項目名: 値」の形で書いてください", code="source.empty")
_NO_MAPPING = Wording(
    "ファイルの全体が「項目名: 値」の形になっていません", diagnostics.KEY_HINT, code="source.no-mapping"
)
_MANY_DOCUMENTS = Wording("一つのファイルに文書が二つ以上あります（---）", _ONE_CASE, code="source.many-documents")
_TOO_DEEP = Wording(f"入れ子が深すぎます（{_DEPTH}段まで）", "構造を簡単にしてください", code="source.too-deep")
_TOO_MANY = Wording(f"項目が多すぎます（{_NODES:,}個まで）", _ONE_CASE, code="source.too-many")
_KEY_NO_TEXT = Wording(
    "項目名が文字ではありません", "項目名は文字だけで書いてください（例 申請日:）", code="source.key-no-text"
)
_KEY_SPACE = Wording("項目名の前後に全角の空白があります", "全角の空白を消してください", code="source.key-space")
_MERGE = Wording("取り込み（<<）は使えません", "取り込む内容をそのまま書いてください", code="source.merge")


class _Stop(Exception):
    """Enough is known; reading on would only cost time."""


class Builder:
    """Events → nodes. Goes on after a Problem, so that one run shows as many as it can."""

    def __init__(self, name: str, lines: tuple[str, ...]):
        self.name, self.lines = name, lines
        self.problems: dict[tuple[int, int, str], Problem] = {}
        self.event: Callable[[], Any] = lambda: None  # the parser's next one
        self.last: Any = None  # the latest event before a syntax error
        self.inside: set[int] = set()  # lines that continue a scalar (from 0)
        self.hashed = {n for n, line in enumerate(lines) if "#" in line}  # lines (from 0) that may have a comment
        self.nodes = 0

    def root(self, text: str) -> Mapping | None:
        """The root mapping, or None with the reason among the problems."""
        try:
            self._control(text)
            loader = _LOADER(text)
            self.event = loader.get_event
            try:
                return self._document()
            except yaml.MarkedYAMLError as error:
                for slip in diagnostics.syntax(error, self.last, self.lines, self.inside):
                    self.add(slip)
            finally:
                loader.dispose()
        except _Stop:
            pass
        return None

    def add(self, slip: Slip) -> None:
        """Values may be personal: unless the slip brings its own excerpt, only the key is shown."""
        line, column = slip.line, slip.column
        shown = self.lines[line] if slip.shown is None else slip.shown
        position = Position(self.name, line + 1, column + 1, max(1, slip.length), shown)
        message, hint, code = slip.said
        problem = Problem(message, position, hint=hint, private=slip.shown is None, code=code)
        self.problems.setdefault((line, column, message), problem)
        if len(self.problems) >= _PROBLEMS:
            raise _Stop

    def _at(self, at: Position, said: Wording) -> None:
        self.add(Slip(at.line - 1, at.column - 1, said, at.length))

    def _control(self, text: str) -> None:
        if not control_character(text):
            return
        for number, line in enumerate(self.lines):
            for column, character in control_characters(line):
                message = f"使えない制御文字があります（U+{ord(character):04X}）"
                said = Wording(message, "その文字を消して書き直してください", code="source.control-character")
                self.add(Slip(number, column, said, shown=""))
        raise _Stop

    def _next(self) -> Any:
        event = self.last = self.event()
        return event

    def _position(self, event: Any) -> Position:
        start, end, lines = event.start_mark, event.end_mark, self.lines
        first, column = start.line, start.column
        if first >= len(lines):  # libyaml counts a line more when the last one has no end
            line = lines[-1]
            return Position(self.name, len(lines), len(line) + 1, 1, line)
        line = lines[first]
        length = (end.column if end.line == first else len(line.rstrip())) - column
        return Position(self.name, first + 1, column + 1, length if length > 0 else 1, line)

    def _document(self) -> Mapping | None:
        self._next()  # the stream
        if isinstance(event := self._next(), yaml.StreamEndEvent):
            return self._nothing()
        node = self._node(self._next(), 1, flow=False, alone=True)
        self._next()  # the document's end
        if not isinstance(event := self._next(), yaml.StreamEndEvent):
            self._at(self._position(event), _MANY_DOCUMENTS)
        if isinstance(node, Mapping):
            return node
        if isinstance(node, Scalar) and node.empty:
            return self._nothing()
        if not self.problems:
            self._at(node.position, _NO_MAPPING)
        return None

    def _nothing(self) -> Mapping | None:
        if not self.problems:
            self.add(Slip(0, 0, _NOTHING, shown=""))
        return None

    def _node(self, event: Any, depth: int, flow: bool, alone: bool) -> Node:
        """``alone``: a value that could have been meant as a key (no key need stand before it)."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self._scalar(event, depth, alone and not flow)
        at = self._position(event)
        self.nodes += 1
        self._enough(at, depth)
        if kind is yaml.AliasEvent:  # never followed, so nothing can expand
            self._at(at, diagnostics.ALIAS)
            return Scalar("", True, at)
        self._marked(event, at)
        if kind is yaml.MappingStartEvent:
            return self._mapping(depth, bool(event.flow_style), at)
        items = []
        while type(item := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._node(item, depth + 1, bool(event.flow_style), alone=True))
        return Sequence(tuple(items), at)

    def _scalar(self, event: Any, depth: int, alone: bool) -> Scalar:
        """The scalar of an event, in one piece, as most events are scalars.

        ``alone``: outside of brackets, see `_node`.
        """
        start, end, text = event.start_mark, event.end_mark, event.value
        first, last = start.line, end.line
        if first == last and first < len(self.lines):
            column, line = start.column, self.lines[first]
            at = Position(self.name, first + 1, column + 1, end.column - column or 1, line)
        else:
            at = self._position(event)
            self.inside.update(range(at.line, last + (end.column > 0)))
        self.nodes += 1
        if depth > _DEPTH or self.nodes > _NODES:
            self._enough(at, depth)
        if event.anchor is not None or event.tag is not None:
            self._marked(event, at)
        if event.style:
            return Scalar(text, False, at)
        if alone and text and not at.excerpt[: at.column - 1].strip(" -"):
            self._swallowed(event)
        return Scalar(text, True, at, self._cut(end) if last in self.hashed else None)

    def _marked(self, event: Any, at: Position) -> None:
        if event.anchor is not None:
            self._at(at, diagnostics.ANCHOR)
        if event.tag is not None:
            self._at(at, diagnostics.TAG)

    def _enough(self, at: Position, depth: int) -> None:
        """Refuse what is nested too deep or goes on for too long."""
        if depth > _DEPTH:
            self._at(at, _TOO_DEEP)
            raise _Stop
        if self.nodes > _NODES:
            self._at(at, _TOO_MANY)
            raise _Stop

    def _cut(self, end: Any) -> Position | None:
        line = self.lines[end.line]
        span = diagnostics.cut(line, end.column)
        return Position(self.name, end.line + 1, span[0] + 1, span[1], line) if span else None

    def _mapping(self, depth: int, flow: bool, at: Position) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._node(event, depth + 1, flow, alone=False)
            value = self._node(after := self._next(), depth + 1, flow, alone=True)
            if not isinstance(key, Scalar):
                self._at(key.position, _KEY_NO_TEXT)
                continue
            if flow and key.plain and isinstance(value, Scalar) and after.start_mark.index == event.end_mark.index:
                for slip in diagnostics.colon(self.lines, event.start_mark.line, event.start_mark.column):
                    self.add(slip)  # {単価:5} is a key 単価:5 without a value
            if key.plain and not key.text.isalnum():  # nearly all are
                self._key(key)
            if key.text in entries:
                first = entries[key.text][0].position.line
                message = f"項目「{key.text[:30]}」が二度書かれています（一度目は{first}行目）"
                self._at(key.position, Wording(message, "どちらか一方を消してください", code="source.duplicate-key"))
                continue
            entries[key.text] = (key, value)
        return Mapping(entries, at)

    def _key(self, key: Scalar) -> None:
        """What is wrong with a key without quotes."""
        at = key.position
        if key.text == "<<":
            self._at(at, _MERGE)
        elif not key.text:
            self._at(at, diagnostics.NO_KEY)
        elif key.text != key.text.strip(diagnostics.WIDE):
            begins = not at.excerpt[: at.column - 1].strip(" ")
            slips = diagnostics.indentation(self.lines, at.line - 1) if begins else []
            for slip in slips:
                self.add(slip)
            if not slips:
                self._at(at, _KEY_SPACE)

    def _swallowed(self, event: Any) -> None:
        """A mapping whose every colon was mistyped is one long scalar to YAML: each of its lines tells."""
        first, last = event.start_mark.line, event.end_mark.line
        rows = [n for n in range(first, min(last + 1, len(self.lines))) if self.lines[n].strip()]
        if all(diagnostics.colon(self.lines, n) for n in rows):
            for slip in (
                s for n in rows for s in diagnostics.indentation(self.lines, n) + diagnostics.colon(self.lines, n)
            ):
                self.add(slip)
