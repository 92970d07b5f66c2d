"""A case's YAML written by hand: so plain that a clerk would have written it, and never a word changed.

Every text that is made here is read again and compared before it is given out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.problem import Position, Problem, ProblemError, UnreadableError
from generator.source.nodes import Mapping, Node, Scalar, Sequence
from generator.source.read import parse

_STEP = "  "
# Plain text that no YAML reader takes for anything else: no sign of YAML, no full-width colon, no space at an end.
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`~=<.+：\u3000][^\n\t:#\[\]{},：\"'\u00a0]*\Z")
_NUMBERLIKE = re.compile(
    r"[-+.]?[0-9][0-9_,]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?\Z|0[xob][0-9a-fA-F_]+\Z|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"|(?i:true|false|yes|no|on|off|y|n|null|[-+]?\.?nan|[-+]?\.?inf)\Z"
)
_DIGITS = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\Z|[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\u00a0": "\\_"}


def given(node: Node) -> bool:
    """Whether anything was given there."""
    match node:
        case Scalar():
            return not node.empty
        case Mapping():
            return any(given(child) for _, child in node.entries.values())
        case _:
            return any(given(child) for child in node.items)


def written(number: str, scheme: str, section: str, node: Node, notes: tuple[str, ...] = ()) -> str:
    """A new case file. ``notes`` become comments at its head."""
    head = [f"# {re.sub(r'[^ -~一-鿿぀-ヿ０-ｚ、。「」・（）]', '', note)[:150]}\n" for note in notes]
    text = "".join([*head, f"制度: {scheme}\n", f"案件番号: {number}\n", "\n", *_entry(section, node, 0)])
    _verify(text, section, node)
    return text


def appended(before: bytes, section: str, node: Node, number: int | None, name: str) -> bytes:
    """The file with the section (or its next item, counted from 0) added at the end; what was there is untouched.

    Raises UnreadableError where it cannot be added in that way.
    """
    ending = "\r\n" if b"\r\n" in before else "\n"
    text = "" if before.endswith((b"\n", b"\r")) else "\n"
    if number:
        parsed = parse(before, name)
        last = list(parsed.root.entries)[-1]
        listed = parsed.root.entries[section][1] if section in parsed.root.entries else None
        if last != section or not isinstance(listed, Sequence) or not listed.items:
            message = f"「{section}」がファイルの最後にないため、続きを書き足せません"
            raise _cannot_append(message, name)
        # an item stands at the column of the mapping's first key; its dash is two before
        column = listed.items[0].position.column - 1
        dash = parsed.lines[listed.items[0].position.line - 1].find("-")
        indent = " " * (dash if 0 <= dash < column else max(0, column - 2))
        text += "".join(_item(node, indent))
    else:
        text += "\n" + "".join(_entry(section, Sequence((node,), node.position) if number == 0 else node, 0))
    whole = before + text.replace("\n", ending).encode("utf-8")
    _verify(whole, section, node, -1 if number is not None else None, name)
    return whole


def _verify(text: str | bytes, section: str, node: Node, at: int | None = None, name: str = "") -> None:
    try:
        again = parse(text, name or "案件").root.entries[section][1]
        if at is not None:
            again = again.items[at] if isinstance(again, Sequence) else again
        fine = _plain(again) == _plain(node)
    except (ProblemError, KeyError):
        fine = False
    if not fine:
        message = "この案件のファイルの書き方では、終わりに書き足せません"
        raise _cannot_append(message, name)


def _cannot_append(message: str, name: str) -> UnreadableError:
    place = Position(name, 0, 0) if name else None
    return UnreadableError([Problem(message, place, hint="手で書き足してください", code="source.cannot-append")])


def _plain(node: Node) -> object:
    match node:
        case Scalar():
            return node.text.removesuffix("\n")
        case Mapping():
            return {k: _plain(v) for k, (_, v) in node.entries.items() if given(v)}
        case _:
            return [_plain(v) for v in node.items]


def _entry(key: str, node: Node, depth: int, indent: str = "") -> Iterator[str]:
    space = indent + _STEP * depth
    match node:
        case Scalar():
            yield f"{space}{key}: {scalar(node.text, space + _STEP)}\n"
        case Mapping():
            yield f"{space}{key}:\n"
            for name, (_, child) in node.entries.items():
                if given(child):
                    yield from _entry(name, child, depth + 1, indent)
        case _:
            yield f"{space}{key}:\n"
            for child in node.items:
                yield from _item(child, space + _STEP)


def _item(node: Node, space: str) -> Iterator[str]:
    """One item of a list; its first line takes the dash."""
    if isinstance(node, Scalar):
        yield f"{space}- {scalar(node.text, space + _STEP)}\n"
        return
    assert isinstance(node, Mapping)
    first = True
    for name, (_, child) in node.entries.items():
        if not given(child):
            continue
        for line in _entry(name, child, 0, space + _STEP):
            yield f"{space}- {line[len(space) + 2 :]}" if first else line
            first = False


def scalar(text: str, space: str, block: bool = True) -> str:
    """A value as YAML: plain where that is safe, else quoted; several lines as a literal block, indented by ``space``.

    ``block``: False inside of brackets, where everything stands on one line.
    """
    if _DIGITS.match(text):
        return text
    if block and "\n" in text and _blocky(text):
        return "|-\n" + "\n".join(space + line if line else "" for line in text.split("\n"))
    if _PLAIN.match(text) and not _NUMBERLIKE.match(text) and text == text.strip() and not text.endswith(":"):
        return text
    return '"' + "".join(_ESCAPES.get(c, c) for c in text) + '"'


def _blocky(text: str) -> bool:
    lines = text.split("\n")
    return bool(lines[0].strip() and lines[-1]) and text[0] not in " \t" and not {"\t", "\u00a0"} & set(text)
