"""YAML text → nodes that keep their raw text and their place.

Read by the event stream, never by ``safe_load``: ``0120`` stays ``0120`` and ``no`` stays ``no``.
What YAML allows but a case has no use for (aliases, tags, several documents …) is a Problem, and so
are the slips that ``mistakes`` knows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from generator.problem import Position, Problem, ProblemError
from generator.source import diagnostics
from generator.source.diagnostics import Slip

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)  # the same marks; libyaml is only faster
_BYTES, _DEPTH, _NODES, _PROBLEMS = 1_000_000, 50, 200_000, 20
_EMPTY = frozenset(("", "~", "null", "Null", "NULL"))
# What a YAML stream may hold, without NEL, LS and PS, which break lines invisibly, and the marks that reverse text.
_CONTROL = re.compile(
    "[^\t\n\r\x20-\x7e\u00a0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)

_SAVE = "メモ帳なら「名前を付けて保存」で文字コードを「UTF-8」にして保存し直してください"
_ONE_CASE = "案件一つを一つのファイルに分けてください"
_UTF_16 = "文字コードが UTF-16 です。UTF-8 だけを読めます"
_SHIFT_JIS = "文字コードが Shift_JIS のようです（Windows のエディターで保存されたのでしょう）。UTF-8 だけを読めます"


@dataclass(unsafe_hash=True, slots=True)
class Scalar:
    """``text`` exactly as written (quotes and folding resolved); ``plain``: written without quotes.

    ``cut``: where a comment begins that may have been meant as a part of the text. Never changed, as a Position.
    """

    text: str
    plain: bool
    position: Position
    cut: Position | None = None

    @property
    def empty(self) -> bool:
        """Nothing was given: an unquoted blank, ``~`` or ``null``."""
        return self.plain and self.text in _EMPTY


@dataclass(frozen=True, slots=True)
class Mapping:
    """``entries``: key text → (the key where it stands, its value), in the order of the file."""

    entries: dict[str, tuple[Scalar, Node]]
    position: Position


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    position: Position


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its displayed name, its lines without ends, its root, the sha256 (hex) of its bytes."""

    name: str
    lines: tuple[str, ...]
    root: Mapping
    digest: str

    def place_of(self, node: Scalar, text: str, index: int, cluster: str) -> Position:
        """The line and column of a character of a value: the n-th such character from where the value begins."""
        nth = text[:index].count(cluster)
        for offset, line in enumerate(self.lines[node.position.line - 1 :]):
            at = node.position.column - 1 if offset == 0 else 0
            while (found := line.find(cluster, at)) >= 0:
                if nth == 0:
                    place = node.position.line + offset
                    return replace(node.position, line=place, column=found + 1, length=1, excerpt=line)
                nth, at = nth - 1, found + len(cluster)
        return node.position


def control_character(text: str) -> str:
    """The first character that a case may not hold, or ''."""
    found = _CONTROL.search(text)
    return found[0] if found else ""


def read(path: str | Path) -> Source:
    """The YAML file at ``path``, named in messages as it was given. Raises ProblemError."""
    return parse(data(path), str(path))


def data(path: str | Path) -> bytes:
    """The bytes of the YAML file at ``path``. Raises ProblemError."""
    name = str(path)
    file = Path(path)
    try:
        if file.is_dir():
            raise _refused(name, "フォルダーです。ファイルではありません", "案件の YAML ファイルを指定してください")
        if file.exists() and not file.is_file():
            raise _refused(name, "普通のファイルではありません", "案件の YAML ファイルを指定してください")
        if file.stat().st_size > _BYTES:
            raise _too_large(name)
        with file.open("rb") as stream:
            return stream.read(_BYTES + 1)  # it may have grown since
    except FileNotFoundError:
        raise _refused(name, "ファイルがありません", "ファイルの名前と場所を確かめてください") from None
    except (OSError, ValueError):  # ValueError: a NUL in the name
        hint = "読み取りの権限と、ほかのソフトで開いていないかを確かめてください"
        raise _refused(name, "ファイルを読めません", hint) from None


def parse(data: bytes | str, name: str) -> Source:
    """YAML from memory; ``name`` is what messages call it. Raises ProblemError with every Problem found."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > _BYTES:
        raise _too_large(name)
    text = _decoded(raw, name)
    lines = tuple(re.split("\r\n|\r|\n", text) if "\r" in text else text.split("\n"))
    reader = _Reader(name, lines)
    root = reader.root(text)
    if reader.problems or root is None:
        raise ProblemError(sorted(reader.problems.values(), key=_place))
    return Source(name, lines, root, hashlib.sha256(raw).hexdigest())


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.position.line, problem.position.column) if problem.position else (0, 0)


def _refused(name: str, message: str, hint: str, line: int = 0, column: int = 0) -> ProblemError:
    return ProblemError([Problem(message, Position(name, line, column), hint=hint)])


def _too_large(name: str) -> ProblemError:
    return _refused(name, "ファイルが大きすぎます（1MB まで）", _ONE_CASE)


def _decoded(raw: bytes, name: str) -> str:
    """Text without its BOM, or a ProblemError that tells the likely encoding."""
    body = raw.removeprefix(b"\xef\xbb\xbf")
    # In UTF-16 nearly every ASCII character has its NUL on the same side; 一 and the wide space have it on the other.
    few, many = sorted((body[0::2].count(0), body[1::2].count(0)))
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or many > 4 * few + len(body) // 100 + 1:
        raise _refused(name, _UTF_16, _SAVE)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = error.start
    if many:
        raise _refused(name, _UTF_16, _SAVE)
    loose = body.decode("utf-8", "replace")
    # Damaged UTF-8 often decodes as Shift_JIS by chance; but then most of it is still good UTF-8.
    if loose.count("\ufffd") > sum(c > "\x7f" and c != "\ufffd" for c in loose) and _is_shift_jis(body):
        raise _refused(name, _SHIFT_JIS, _SAVE)
    start = max(body.rfind(b"\n", 0, bad), body.rfind(b"\r", 0, bad)) + 1
    before = body[:start]
    line = before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1
    column = len(body[start:bad].decode("utf-8")) + 1
    raise _refused(name, "UTF-8 として読めない文字があります", _SAVE, line, column)


def _is_shift_jis(body: bytes) -> bool:
    try:
        text = body.decode("cp932")
    except UnicodeDecodeError:
        return False
    return not re.search("[\x80-\xa0\uf8f0-\uf8f3]", text)  # what Python makes of bytes that no editor writes


class _Stop(Exception):
    """Enough is known; reading on would only cost time."""


class _Reader:
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
        found = Problem(slip.message, position, hint=slip.hint, private=slip.shown is None)
        self.problems.setdefault((line, column, slip.message), found)
        if len(self.problems) >= _PROBLEMS:
            raise _Stop

    def _at(self, at: Position, message: str, hint: str) -> None:
        self.add(Slip(at.line - 1, at.column - 1, message, hint, at.length))

    def _control(self, text: str) -> None:
        if not control_character(text):
            return
        for number, line in enumerate(self.lines):
            for found in _CONTROL.finditer(line):
                message = f"使えない制御文字があります（U+{ord(found[0]):04X}）"
                self.add(Slip(number, found.start(), message, "その文字を消して書き直してください", shown=""))
        if self.problems:
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
            self._at(self._position(event), "一つのファイルに文書が二つ以上あります（---）", _ONE_CASE)
        if isinstance(node, Mapping):
            return node
        if isinstance(node, Scalar) and node.empty:
            return self._nothing()
        if not self.problems:
            self._at(node.position, "ファイルの全体が「項目名: 値」の形になっていません", diagnostics.KEY_HINT)
        return None

    def _nothing(self) -> Mapping | None:
        if not self.problems:
            self.add(Slip(0, 0, "ファイルに何も書かれていません", "「項目名: 値」の形で書いてください", shown=""))
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
            self._at(at, *diagnostics.ALIAS)
            return Scalar("", True, at)
        self._marked(event, at)
        if kind is yaml.MappingStartEvent:
            return self._mapping(depth, bool(event.flow_style), at)
        items = []
        while type(item := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._node(item, depth + 1, bool(event.flow_style), alone=True))
        return Sequence(tuple(items), at)

    def _scalar(self, event: Any, depth: int, alone: bool) -> Scalar:
        """In one piece, as most events are scalars. ``alone``: outside of brackets, see `_node`."""
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
            self._at(at, *diagnostics.ANCHOR)
        if event.tag is not None:
            self._at(at, *diagnostics.TAG)

    def _enough(self, at: Position, depth: int) -> None:
        """Refuse what is nested too deep or goes on for too long."""
        if depth > _DEPTH:
            self._at(at, f"入れ子が深すぎます（{_DEPTH}段まで）", "構造を簡単にしてください")
            raise _Stop
        if self.nodes > _NODES:
            self._at(at, f"項目が多すぎます（{_NODES:,}個まで）", _ONE_CASE)
            raise _Stop

    def _cut(self, end: Any) -> Position | None:
        line = self.lines[end.line]
        found = diagnostics.cut(line, end.column)
        return Position(self.name, end.line + 1, found[0] + 1, found[1], line) if found else None

    def _mapping(self, depth: int, flow: bool, at: Position) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._node(event, depth + 1, flow, alone=False)
            value = self._node(after := self._next(), depth + 1, flow, alone=True)
            if not isinstance(key, Scalar):
                self._at(key.position, "項目名が文字ではありません", "項目名は文字だけで書いてください（例 申請日:）")
                continue
            if flow and key.plain and isinstance(value, Scalar) and after.start_mark.index == event.end_mark.index:
                for slip in diagnostics.colon(self.lines, event.start_mark.line, event.start_mark.column):
                    self.add(slip)  # {単価:5} is a key 単価:5 without a value
            if key.plain and not key.text.isalnum():  # nearly all are
                self._key(key)
            if key.text in entries:
                first = entries[key.text][0].position.line
                message = f"項目「{key.text[:30]}」が二度書かれています（一度目は{first}行目）"
                self._at(key.position, message, "どちらか一方を消してください")
                continue
            entries[key.text] = (key, value)
        return Mapping(entries, at)

    def _key(self, key: Scalar) -> None:
        """What is wrong with a key without quotes."""
        at = key.position
        if key.text == "<<":
            self._at(at, "取り込み（<<）は使えません", "取り込む内容をそのまま書いてください")
        elif not key.text:
            self._at(at, *diagnostics.NO_KEY)
        elif key.text != key.text.strip(diagnostics.WIDE):
            begins = not at.excerpt[: at.column - 1].strip(" ")
            slips = diagnostics.indentation(self.lines, at.line - 1) if begins else []
            for slip in slips:
                self.add(slip)
            if not slips:
                self._at(at, "項目名の前後に全角の空白があります", "全角の空白を消してください")

    def _swallowed(self, event: Any) -> None:
        """A mapping whose every colon was mistyped is one long scalar to YAML: each of its lines tells."""
        first, last = event.start_mark.line, event.end_mark.line
        rows = [n for n in range(first, min(last + 1, len(self.lines))) if self.lines[n].strip()]
        if all(diagnostics.colon(self.lines, n) for n in rows):
            for slip in (
                s for n in rows for s in diagnostics.indentation(self.lines, n) + diagnostics.colon(self.lines, n)
            ):
                self.add(slip)
