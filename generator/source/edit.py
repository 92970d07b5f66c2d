"""Values of a YAML file written or replaced in their place: every other byte, comments too, stays as it was.

What is made here is read again and compared before it is given out, so that a way of writing that is not foreseen is
refused and never spoilt.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as Items
from typing import Any, NamedTuple

import yaml

from generator.problem import Position, Problem, ProblemError, UnreadableError, display_width
from generator.source.encoding import decoded
from generator.source.nodes import Mapping, Node, Scalar, Sequence
from generator.source.read import parse
from generator.source.write import scalar

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_BOM = b"\xef\xbb\xbf"
_STEP = "  "
Path = tuple[str | int, ...]  # keys, and the places in lists from 0


class _Span(NamedTuple):
    """Where a node stands in the text, from ``start`` to ``end``; ``column``: of its first key or dash."""

    start: int
    end: int
    kind: str  # scalar, mapping or list
    flow: bool
    column: int
    children: dict[str | int, _Span]


def replaced(data: bytes, name: str, values: Items[tuple[Path, str]]) -> bytes:
    """The file with each value in its place, as it was or, where nothing stood, as a new line at the end of what is
    around it. '' takes the value away and leaves its key.

    Raises UnreadableError where the file cannot be read, where a path leads through what is no mapping or list or
    beyond the end of a list, and where the way in which it is written does not allow for it.
    """
    bom = _BOM if data.startswith(_BOM) else b""
    text = decoded(data, name)
    ending = "\r\n" if "\r\n" in text else "\n"
    for path, value in values:
        text = _with(text.replace("\r\n", "\n"), path, value, name)
    made = bom + text.replace("\r\n", "\n").replace("\n", ending).encode("utf-8")
    _verify(data, made, name, values)
    return made


def extended(data: bytes, name: str, section: str, text: str | Callable[[int], str]) -> bytes:
    """The file with a section more at its end, or, of a list, with an item more after its last: ``text``, for an item
    made for the column (from 0) of its dash. What stands there says the same as before.

    Raises UnreadableError where the file cannot be read or added to in that way.
    """
    before = decoded(data, name)
    ending = "\r\n" if "\r\n" in before else "\n"
    plain = before.replace("\r\n", "\n")
    if callable(text):
        listed = _spans(plain).children[section]
        if listed.kind != "list" or listed.flow or not listed.children:
            raise _refused(name, f"「{section}」は、続きを書き足せる形で書かれていません")
        end = _end(listed)
        stop = end if plain[end - 1] == "\n" else (plain.find("\n", end) + 1 or len(plain))
        while comment := re.compile(rf" {{{listed.column + 1},}}#.*(\n|\Z)").match(plain, stop):
            stop = comment.end()  # what may be written in the item before
        head = plain[:stop] if plain[stop - 1] == "\n" else f"{plain[:stop]}\n"
        made = head + text(listed.column) + plain[stop:]
    else:
        made = plain.rstrip("\n") + "\n\n" + text
    found = (_BOM if data.startswith(_BOM) else b"") + made.replace("\n", ending).encode("utf-8")
    root, old = parse(found, name).root, _plain(parse(data, name).root)
    new = _plain(root)
    if callable(text):
        new[section].pop()
    else:
        del new[section]
    if new != old:
        raise _refused(name, "この案件のファイルの書き方では、書き足せません")
    return found


def _with(text: str, path: Path, value: str, name: str) -> str:
    at, known = _spans(text), 0
    for step in path:
        child = at.children.get(step)
        if child is None:
            break
        at, known = child, known + 1
    missing = path[known:]
    if not missing:
        if at.kind != "scalar":
            raise _refused(name, "並びか項目の集まりなので、一つの値は書けません")
        return _put(text, at, value)
    empty = at.kind == "scalar" and not text[at.start : at.end].strip("~ ")
    if any(isinstance(step, int) for step in missing) or not (at.kind == "mapping" or empty):
        raise _refused(name, "その場所はありません")
    if at.flow:
        return _into_brackets(text, at, missing, value)
    if empty and known:
        return _below(text, at.end, _column_of_key(text, at) + len(_STEP), missing, value)
    return _below(text, _end(at), at.column, missing, value)


def _put(text: str, at: _Span, value: str) -> str:
    """The text with a value in place of another."""
    before, old, after = text[: at.start], text[at.start : at.end], text[at.end :]
    block = old.startswith(("|", ">"))
    if at.flow:
        new = scalar(value, "", block=False) if value else ""
    else:
        new = scalar(value, " " * (_column_of_key(text, at) + len(_STEP))) if value else ""
    if block:
        new += "\n"
    elif new.startswith("|"):  # a comment on the line stays on it, behind the sign of the block
        head, _, body = new.partition("\n")
        rest, newline, after = after.partition("\n")
        return f"{before}{'' if before.endswith(' ') else ' '}{head}{rest}\n{body}{newline or ''}{after}"
    gap = " " if new and not old and before.endswith((":", "-")) else ""
    if not old and (spaces := re.match(r" {3,}(?=#)", after)):  # the comment stays in its column while there is room
        room = len(spaces[0]) - display_width(gap + new)
        after = " " * max(2, room) + after[len(spaces[0]) :]
    return before + gap + new + after


def _below(text: str, end: int, column: int, missing: Path, value: str) -> str:
    """The text with new lines after the one in which what is before them ends."""
    stop = end if end and text[end - 1 : end] == "\n" else text.find("\n", end)
    head, tail = (text, "") if stop < 0 else (text[:stop], text[stop:])
    lines = []
    for depth, key in enumerate(missing):
        space = " " * (column + depth * len(_STEP))
        last = depth == len(missing) - 1
        lines.append(f"{space}{key}:" + (f" {scalar(value, space + _STEP)}" if last and value else ""))
    added = "\n".join(lines)
    return f"{head}{added}\n{tail}" if head.endswith("\n") else f"{head}\n{added}{tail or chr(10)}"


def _into_brackets(text: str, at: _Span, missing: Path, value: str) -> str:
    """The text with a key more in a mapping that is written in brackets."""
    inner = text[: at.end - 1].rstrip()
    inner += " " if inner.endswith(":") else ""  # {所在地:, is no key to YAML
    new = scalar(value, "", block=False)
    for key in reversed(missing[1:]):
        new = f"{{{key}: {new}}}"
    gap = "" if inner.endswith("{") else " " if inner.endswith(",") else ", "
    return f"{inner}{gap}{missing[0]}: {new}{text[at.end - 1 :]}"


def _column_of_key(text: str, at: _Span) -> int:
    """The column of the key or dash that a value belongs to."""
    line = text[text.rfind("\n", 0, at.start) + 1 : at.start]
    return len(re.sub(r"^( *(?:- +)*).*", r"\1", line))


def _end(at: _Span) -> int:
    """Where what is in a mapping ends, without the blank lines and comments after it."""
    while at.children and not at.flow:
        at = max(at.children.values(), key=lambda child: child.start)
    return at.end


def _spans(text: str) -> _Span:
    loader = _LOADER(text)
    try:
        for _ in range(2):
            loader.get_event()  # of the stream and of the document
        return _span(loader, loader.get_event())
    finally:
        loader.dispose()


def _span(loader: Any, event: Any) -> _Span:
    start, end = event.start_mark, event.end_mark
    children: dict[str | int, _Span] = {}
    if type(event) is yaml.ScalarEvent:
        return _Span(start.index, end.index, "scalar", False, start.column, {})
    flow, mapping = bool(event.flow_style), type(event) is yaml.MappingStartEvent
    count = 0
    while type(item := loader.get_event()) not in _ENDS:
        key: str | int = item.value if mapping else count
        child = _span(loader, loader.get_event() if mapping else item)
        children[key] = child._replace(flow=child.flow or flow)
        count += 1
    return _Span(start.index, item.end_mark.index, "mapping" if mapping else "list", flow, start.column, children)


def _verify(before: bytes, made: bytes, name: str, values: Items[tuple[Path, str]]) -> None:
    """Raise UnreadableError unless the file says what it said, with the values."""
    wanted = _plain(parse(before, name).root)
    for path, value in values:
        at: Any = wanted
        for step in path[:-1]:
            if isinstance(at, dict) and at.get(step, "") == "":
                at[step] = {}
            at = at[step]
        at[path[-1]] = value
    try:
        fine = _given(_plain(parse(made, name).root)) == _given(wanted)
    except ProblemError:
        fine = False
    if not fine:
        raise _refused(name, "この案件のファイルの書き方では、その値だけを書き換えられません")


def _plain(node: Node) -> Any:
    match node:
        case Scalar():
            return "" if node.empty else node.text.removesuffix("\n")
        case Mapping():
            return {key: _plain(value) for key, (_, value) in node.entries.items()}
        case Sequence():
            return [_plain(item) for item in node.items]


def _given(value: Any) -> Any:
    """The value without what is empty in it: a key with nothing after it says what no key would say."""
    if isinstance(value, dict):
        found = {key: _given(inner) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner not in ("", {})}
    return [_given(inner) for inner in value] if isinstance(value, list) else value


def _refused(name: str, message: str) -> UnreadableError:
    return UnreadableError(
        [Problem(message, Position(name, 0, 0), hint="手で書き換えてください", code="source.cannot-edit")]
    )
