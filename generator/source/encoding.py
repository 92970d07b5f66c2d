"""The bytes of a file become text: UTF-8 and nothing else, without characters that no case may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.problem import Position, Problem, UnreadableError

LONGEST = 1_000_000  # bytes of a file
# What a YAML stream may not hold, NEL, LS and PS, which break lines invisibly, and the marks that reverse text: the few
# that are refused, not all others, because `re` goes through each character of a class when it compiles.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_SAVE = "メモ帳なら「名前を付けて保存」で文字コードを「UTF-8」にして保存し直してください"
_UTF_16 = "文字コードが UTF-16 です。UTF-8 だけを読めます"
_SHIFT_JIS = "文字コードが Shift_JIS のようです（Windows のエディターで保存されたのでしょう）。UTF-8 だけを読めます"


def unreadable(name: str, message: str, hint: str, line: int = 0, column: int = 0, *, code: str) -> UnreadableError:
    """The error for a file that cannot be read, to be raised; a line from 1 where one of its lines is the reason."""
    return UnreadableError([Problem(message, Position(name, line, column), hint=hint, code=code)])


def too_large(name: str) -> UnreadableError:
    """The error for a file of more than LONGEST bytes, to be raised."""
    return unreadable(
        name, "ファイルが大きすぎます（1MB まで）", "案件一つを一つのファイルに分けてください", code="source.too-large"
    )


def control_character(text: str) -> str:
    """The first character that a case may not hold, or ''."""
    match = _CONTROL.search(text)
    return match[0] if match else ""


def control_characters(line: str) -> Iterator[tuple[int, str]]:
    """Where the characters stand in a line (from 0) that a case may not hold."""
    for match in _CONTROL.finditer(line):
        yield match.start(), match[0]


def lines_of(text: str) -> tuple[str, ...]:
    """The lines without their ends, as YAML and editors count them."""
    return tuple(re.split("\r\n|\r|\n", text) if "\r" in text else text.split("\n"))


def decoded(raw: bytes, name: str) -> str:
    """The text without its BOM. Raises UnreadableError, which tells the likely encoding."""
    body = raw.removeprefix(b"\xef\xbb\xbf")
    # In UTF-16 nearly every ASCII character has its NUL on the same side; 一 and the wide space have it on the other.
    few, many = sorted((body[0::2].count(0), body[1::2].count(0)))
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or many > 4 * few + len(body) // 100 + 1:
        raise unreadable(name, _UTF_16, _SAVE, code="source.utf-16")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = error.start
    if many:
        raise unreadable(name, _UTF_16, _SAVE, code="source.utf-16")
    loose = body.decode("utf-8", "replace")
    # Damaged UTF-8 often decodes as Shift_JIS by chance; but then most of it is still good UTF-8.
    if loose.count("\ufffd") > sum(c > "\x7f" and c != "\ufffd" for c in loose) and _is_shift_jis(body):
        raise unreadable(name, _SHIFT_JIS, _SAVE, code="source.shift-jis")
    start = max(body.rfind(b"\n", 0, bad), body.rfind(b"\r", 0, bad)) + 1
    before = body[:start]
    line = before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1
    column = len(body[start:bad].decode("utf-8")) + 1
    raise unreadable(name, "UTF-8 として読めない文字があります", _SAVE, line, column, code="source.not-utf-8")


def _is_shift_jis(body: bytes) -> bool:
    try:
        text = body.decode("cp932")
    except UnicodeDecodeError:
        return False
    return not re.search("[\x80-\xa0\uf8f0-\uf8f3]", text)  # what Python makes of bytes that no editor writes
