"""What a returned file says, before anyone asks whether it is right: the applicant's words and their places."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from generator.document import Token
from generator.intake.untrusted.xlsx_reader import Cell
from generator.problem import Position, Problem
from generator.scheme.schema import Item, Schema
from generator.source.encoding import control_character

_BLANK = " \t\r\n\u3000\u00a0"
_YES, _NO = frozenset("☑☒✓✔✅レ○〇◯"), frozenset("☐□")
_PATH = re.compile(r"[^\W\d]\w*(?:\[\d{1,4}\])?(?:\.[^\W\d]\w*(?:\[\d{1,4}\])?){0,20}\Z")
_STEPS = re.compile(r"[^.\[\]]+|\[\d+\]")
_PARTS = 4  # 元号, 年, 月, 日: the cells that together hold one date
_DAYS = (datetime.date(1899, 12, 30), datetime.date(1904, 1, 1))
_LEAP = 60  # Excel's 29 February 1900, which never was


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` is what the applicant wrote; None: the item has a cell and nothing was given."""

    path: str
    text: str | None
    position: Position
    defaulted: bool = False  # the cell began with a formula of ours, which the applicant replaced


@dataclass(frozen=True)
class Returned:
    """One file: for whom it was made, what was answered, what is wrong already."""

    token: Token
    answers: tuple[Answer, ...]
    problems: tuple[Problem, ...]


def canonical(path: str, schema: Schema) -> str:
    """The path as the schema now spells it (a renamed key by its present name); '' for none of a scalar."""
    if not _PATH.match(path):
        return ""
    item: Item | None = schema.root
    out = ""
    for step in _STEPS.findall(path):
        if item is None:
            return ""
        if step[0] == "[":
            out, item = out + step, item.items if item.kind == "list" else None
            continue
        name = item.aliases.get(step, step)
        item = item.properties.get(name) if item.kind == "object" else None
        out += f".{name}" if out else name
    return out if item is not None and item.kind not in ("object", "list") else ""


def steps(path: str) -> Iterator[str | int]:
    """申請.経費[2].単価 → 申請, 経費, 2, 単価."""
    for step in _STEPS.findall(path):
        yield int(step[1:-1]) if step[0] == "[" else step


def words(cell: Cell | None, item: Item, blank: str, date1904: bool = False) -> str | None:
    """What a cell says for an item, or None where nothing was given. Raises ValueError, in Japanese."""
    if cell is None or (cell.kind == "text" and (not cell.text.strip(_BLANK) or _same(cell.text, blank))):
        return None
    if cell.kind == "error":
        raise ValueError(f"セルがエラー（{cell.text[:10]}）になっています")
    if found := control_character(cell.text.replace("\n", "")):
        raise ValueError(f"使えない制御文字があります（U+{ord(found):04X}）")
    match cell.kind:
        case "flag":
            return ("はい" if cell.text == "1" else "いいえ") if item.kind == "真偽" else cell.text
        case "date":
            return cell.text[:10]
        case "number":
            return number(cell.text, item.kind, date1904)
    if item.kind == "真偽" and (mark := cell.text.strip(_BLANK)) in _YES | _NO:
        return "はい" if mark in _YES else "いいえ"
    return cell.text.rstrip("\n")


def _same(text: str, blank: str) -> bool:
    return bool(blank) and text.strip(_BLANK) == blank.strip(_BLANK)


def number(text: str, kind: str, date1904: bool) -> str:
    """A number cell as words: a serial as a date where one belongs, else the digits that Excel shows."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("数として読めません")
    if kind == "日付" and 1 <= value < 100_000:
        days = math.floor(value)
        if not date1904 and days <= _LEAP:
            days += 1
        return (_DAYS[date1904] + datetime.timedelta(days)).isoformat()
    digits = Decimal(f"{value:.15g}")  # a double has 15 digits that mean something
    if digits.adjusted() > 20:
        raise ValueError("数が大きすぎます")
    return f"{digits.normalize():f}"


def joined(answers: list[Answer], item: Item) -> tuple[Answer, str]:
    """Several cells of one path as one answer, and what is wrong with them ('' for nothing).

    The parts of a date (元号, 年, 月, 日) are put together; elsewhere a path has one input.
    """
    given = [a for a in answers if a.text is not None]
    if len(given) <= 1 or len({a.text for a in given}) == 1:
        return (given or answers)[0], ""
    first = given[0]
    if item.kind == "日付" and len(answers) == _PARTS:
        if len(given) < _PARTS:
            return Answer(first.path, None, first.position), "元号・年・月・日のどれかが書かれていません"
        texts = [str(a.text).strip(_BLANK) for a in given]
        era, year, month, day = (t.rstrip(end) for t, end in zip(texts, ("", "年", "月", "日"), strict=True))
        return Answer(first.path, f"{era}{year}.{month}.{day}", first.position), ""
    return first, "同じ項目の二つの欄に、別のことが書かれています"
