"""What a returned file says, before anyone asks whether it is right: the applicant's words and their places."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from generator import roundtrip
from generator.document import ReturnToken
from generator.intake.untrusted.refusal import unreadable, unreadable_for
from generator.intake.untrusted.workbook import ReadCell
from generator.problem import Position, Problem, UnreadableError
from generator.scheme.schema import Item, Schema
from generator.source.encoding import control_character
from generator.spreadsheet.serials import day_of

ADVICE = (
    "こちらが渡した用紙（yoshiki template か render で作った Excel か PDF）に書いて返してもらうか、"
    "内容を YAML に書いてください"
)
_BLANK = " \t\r\n\u3000\u00a0"
_YES, _NO = frozenset("☑☒✓✔✅レ○〇◯"), frozenset("☐□")
_PATH = re.compile(r"[^\W\d]\w*(?:\[\d{1,4}\])?(?:\.[^\W\d]\w*(?:\[\d{1,4}\])?){0,20}\Z")
_STEPS = re.compile(r"[^.\[\]]+|\[\d+\]")
_PARTS = 4  # 元号, 年, 月, 日: the cells that together hold one date


class CellError(ValueError):
    """What stands in a cell is no answer: ``problem`` tells why, without a place."""

    def __init__(self, message: str, code: str):
        super().__init__(message)
        self.problem = Problem(message, hint="書き直してください", code=code)

    def at(self, position: Position, item: Item) -> Problem:
        """The problem at the cell that holds an item."""
        return replace(self.problem, position=position, item=f"「{item.title}」")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back in one cell or field of a form. ``text`` is what the applicant wrote; None: the item has a cell
    and nothing was given.

    ``defaulted``: the cell began with a formula of ours, which the applicant replaced.
    """

    path: str
    text: str | None
    position: Position
    defaulted: bool = False


@dataclass(frozen=True)
class Returned:
    """What was answered in one file, and what is wrong with the cells alone."""

    answers: tuple[Answer, ...]
    problems: tuple[Problem, ...]


def token_of(text: str, keys: Sequence[str], file: str) -> ReturnToken:
    """The token of a file; raises UnreadableError for a broken one and for a signature of no key of ours."""
    try:
        return roundtrip.read(text, keys)
    except roundtrip.TokenError as error:
        told = replace(error.problem, message=f"用紙を受け付けられません: {error}", hint=ADVICE)
        raise unreadable_for(told, file) from None


def unknown_item(path: str, file: str) -> UnreadableError:
    """The error to raise for a form that asks for an item which the scheme does not have."""
    return unreadable(
        file, f"用紙の項目「{path[:60]}」は、今のこの制度にありません", ADVICE, code="intake.unknown-item"
    )


def canonical(path: str, schema: Schema) -> str:
    """The path as the schema now spells it (a renamed key by its present name); '' for none of a single value."""
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


def steps(path: str) -> list[str | int]:
    """The keys and indexes of a path: 申請, 経費, 2, 単価 of 申請.経費[2].単価."""
    return [int(step[1:-1]) if step[0] == "[" else step for step in _STEPS.findall(path)]


def cell_text(cell: ReadCell | None, item: Item, blank: str, date1904: bool = False) -> str | None:
    """What a cell says for an item, or None where nothing was given; raises CellError.

    ``blank``: what the form had in the cell when it was given out. ``date1904``: how the book counts days.
    """
    if cell is None or (cell.kind == "text" and (not cell.text.strip(_BLANK) or _same(cell.text, blank))):
        return None
    if cell.kind == "error":
        raise CellError(f"セルがエラー（{cell.text[:10]}）になっています", code="intake.error-value")
    if character := control_character(cell.text.replace("\n", "")):
        message = f"使えない制御文字があります（U+{ord(character):04X}）"
        raise CellError(message, code="intake.control-character")
    match cell.kind:
        case "flag":
            return ("はい" if cell.text == "1" else "いいえ") if item.kind == "真偽" else cell.text
        case "date":
            return cell.text[:10]
        case "number":
            return number_text(cell.text, item.kind, date1904)
    if item.kind == "真偽" and (mark := cell.text.strip(_BLANK)) in _YES | _NO:
        return "はい" if mark in _YES else "いいえ"
    return cell.text.rstrip("\n")


def _same(text: str, blank: str) -> bool:
    return bool(blank) and text.strip(_BLANK) == blank.strip(_BLANK)


def number_text(text: str, kind: str, date1904: bool) -> str:
    """A number in a cell as text: a day's serial as a date where the item's kind is one, else the digits Excel shows.

    Raises CellError for what is no number of a form.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CellError("数として読めません", code="intake.not-a-number")
    if kind == "日付" and 1 <= value < 100_000:
        return day_of(math.floor(value), date1904).isoformat()
    digits = Decimal(f"{value:.15g}")  # a double has 15 digits that mean something
    if digits.adjusted() > 20:
        raise CellError("数が大きすぎます", code="intake.number-too-large")
    return f"{digits.normalize():f}"


def joined(answers: list[Answer], item: Item) -> tuple[Answer, Problem | None]:
    """The answers of several cells of one path as one, and what is wrong with them.

    The parts of a date (元号, 年, 月, 日) are put together; elsewhere a path has one input.
    """
    given = [a for a in answers if a.text is not None]
    if len(given) <= 1 or len({a.text for a in given}) == 1:
        return (given or answers)[0], None
    first, label, hint = given[0], f"「{item.title}」", "一つの欄に書いてください"
    if item.kind != "日付" or len(answers) != _PARTS:
        message = "同じ項目の二つの欄に、別のことが書かれています"
        return first, Problem(message, first.position, label, hint, code="intake.cells-differ")
    if len(given) < _PARTS:
        message = "元号・年・月・日のどれかが書かれていません"
        incomplete = Problem(message, first.position, label, hint, code="intake.date-incomplete")
        return Answer(first.path, None, first.position), incomplete
    texts = [str(a.text).strip(_BLANK) for a in given]
    era, year, month, day = (t.rstrip(end) for t, end in zip(texts, ("", "年", "月", "日"), strict=True))
    return Answer(first.path, f"{era}{year}.{month}.{day}", first.position), None
