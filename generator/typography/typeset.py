"""Line breaking by the Japanese rules (禁則処理) and fitting text into a cell.

Source: JIS X 4051 and JLREQ (https://www.w3.org/TR/jlreq/), in the practice of office
documents: a character that may not begin a line takes the one before it along (追い出し);
nothing hangs out of the line and nothing is squeezed. Every width is a real glyph advance.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar

from generator.document import Line, Style
from generator.paper import MM_PER_POINT
from generator.typography import fonts
from generator.typography.face import Face

ROOM = 0.8  # mm free above the first line and below the last
STEP = 0.5  # pt, by which fitting shrinks
_MOST = 16_384  # texts that are remembered in one call
SLACK = 1e-6  # mm or em; a sum of decimals is not exact

# fmt: off
NO_START = (
    "、。，．・：；？！゛゜´｀々〻ゝゞヽヾー）］｝」』】〉》〕〗〙〟’”»…‥‐–～〜゠％‰℃"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ｡､｣･ｰﾞﾟｧｨｩｪｫｬｭｮｯ‼⁇⁈⁉"
    ",.:;?!)]}%"
)
NO_END = "（［｛「『【〈《〔〖〘〝‘“«￥＄￡№¥£$([{"
# fmt: on


def _class(characters: str) -> str:
    return "".join(re.escape(c) for c in characters)


_M = f"[{fonts.JOINED}]*"
_START, _END = f"(?:[{_class(NO_START)}]{_M})", f"(?:[{_class(NO_END)}]{_M})"
_DIGIT, _LETTER = "[0-9０-９]", "[A-Za-zＡ-Ｚａ-ｚ]"
_SIGNS = _class("/@.,;:&=?_-／＠．，－−")
_SIGN = f"(?:[−－＋±△▲]{_M}(?={_DIGIT}))"
_SIDE = f"(?:(?![{_class(NO_END)}])[!-~\\xa0À-ɏ０-９Ａ-Ｚａ-ｚ]{_M})"  # begins and ends a word
_INNER = f"(?:[!-~\\xa0À-ɏ０-９Ａ-Ｚａ-ｚ]{_M}|(?<={_DIGIT})[，．－−]{_M}(?={_DIGIT})|(?<={_LETTER})’{_M}(?={_LETTER}))"
_WORD = f"{_SIDE}(?:{_INNER}*{_SIDE})?"
_PAIR = f"(?:[—―─]{_M}){{2,}}|〳〵|〴〵"


def _unit(core: str) -> str:
    """What stays on one line: opening brackets, a core, what may not begin a line, the spaces a break swallows."""
    return f" *(?:(?:{_END}|{_SIGN}) *)*(?:{core})?(?: *{_START})* *"


# From the rule to the last resort; a unit too wide for a line is divided by the next one.
_DIVISIONS = (
    _unit(f"{_WORD}|{_PAIR}|[^ ]{_M}"),
    # a long address: after its signs, but not inside a number and not before another sign
    f".+?(?:$|(?<=[{_SIGNS}])(?![{_SIGNS} {fonts.JOINED}]|{_START})(?!(?<={_DIGIT}[.,:．，]){_DIGIT}))",
    _unit(f"[^ ]{_M}"),
    f"[^ ]{_M} *| +",
)
_LONELY = f"[^ ]{_M}{_START}* *"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """When it is first used, for start-up time: most cases have few lines to break, and these are large."""
    return re.compile(pattern, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fitted:
    """``height`` in mm is what the lines need; ``fits`` tells whether the cell had it."""

    size: float
    lines: tuple[Line, ...]
    height: float
    fits: bool = True


_advance = attrgetter("advance")
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class _Widths(dict[str, float]):
    """Text → em in one chain of faces. Sums are exact: advances are multiples of 1/2048. Of single characters the
    width is remembered, and nothing longer, for it may be what an applicant says. Threads may share it."""

    def __init__(self, faces: tuple[Face, ...]):
        super().__init__()
        self._faces = faces
        self._alone: dict[str, float] = {}  # of characters that are a cluster of their own wherever they stand

    def of(self, text: str) -> float:
        try:
            return math.fsum(map(self._alone.__getitem__, text))
        except KeyError:
            shaped = fonts.glyphs(text, self._faces)
        if fonts.stands_alone(text):
            self._alone |= {glyph.text: glyph.advance for glyph in shaped if len(glyph.text) == 1}
        return math.fsum(map(_advance, shaped))

    def __missing__(self, unit: str) -> float:
        width = self.of(unit)
        if len(unit) == 1:  # so there are no more than characters
            self[unit] = width
        return width


@lru_cache(maxsize=16)
def _widths_of(faces: tuple[Face, ...]) -> _Widths:
    return _Widths(faces)


def _widths(font: str, bold: bool) -> _Widths:
    memory = _call.get()
    if memory is None:
        return _widths_of(fonts.chain(font, bold))
    widths: _Widths | None = memory.get((font, bold))
    if widths is None:
        widths = memory[font, bold] = _widths_of(fonts.chain(font, bold))
    return widths


def remembered(most: int) -> Callable[[Callable[_Given, _Made]], Callable[_Given, _Made]]:
    """A decorator: the last ``most`` results are kept as long as the fonts stay the same. For the words of forms, which
    are the same in all cases; never for what a case says."""

    def decorate(function: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
        made: Callable[..., _Made] = lru_cache(maxsize=most)(lambda _, *given, **named: function(*given, **named))

        @wraps(function)
        def call(*given: _Given.args, **named: _Given.kwargs) -> _Made:
            return made(fonts.state(), *given, **named)

        return call

    return decorate


_call: ContextVar[dict[tuple[Any, ...], Any] | None] = ContextVar("typeset in this call", default=None)


@contextmanager
def call() -> Iterator[None]:
    """What is typeset within is remembered until the end of the outermost block, and no longer: applicants' words are
    among it. Also a decorator. Outside of any block nothing is remembered."""
    outer = _call.get()
    token = _call.set({} if outer is None else outer)
    try:
        yield
    finally:
        _call.reset(token)


def _once(make: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """A decorator: the same is made once in a `call`."""

    @wraps(make)
    def once(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        memory = _call.get()
        if memory is None:
            return make(*given, **named)
        key = (make, *given, *named.items())
        made: _Made | None = memory.get(key)
        if made is None:
            if len(memory) >= _MOST:  # a long table
                memory.clear()
            made = memory[key] = make(*given, **named)
        return made

    return once


def _units(text: str, limit: float, widths: _Widths, level: int = 0) -> Iterator[str]:
    for unit in _compiled(_DIVISIONS[level]).findall(text):
        if level + 1 < len(_DIVISIONS) and widths[unit.rstrip(" ")] > limit:
            yield from _units(unit, limit, widths, level + 1)
        elif unit:
            yield unit


def _mend_lonely(lines: list[list[str]], limit: float, widths: _Widths) -> None:
    """A last line of a single character gets company from the line before, unless that one would be half empty."""
    if len(lines) < 2 or len(lines[-2]) < 2 or not _compiled(_LONELY).fullmatch("".join(lines[-1])):
        return
    moved = lines[-2][-1]
    together = "".join((moved, *lines[-1])).rstrip(" ")
    if widths.of(together) <= limit and 2 * widths[moved] <= widths.of("".join(lines[-2])):
        lines[-1].insert(0, lines[-2].pop())


def _paragraph(text: str, limit: float, font: str, bold: bool) -> tuple[tuple[str, float], ...]:
    """Lines of a text without line ends: what stands on each and its width in em."""
    widths = _widths(font, bold)
    whole = widths.of(text)
    if whole <= limit:
        return ((text, whole),)
    lines: list[list[str]] = [[]]
    used = 0.0
    for unit in _units(text, limit, widths):
        if lines[-1] and used + widths[unit.rstrip(" ")] > limit:
            lines.append([])
            used = 0.0
        lines[-1].append(unit)
        used += widths[unit]
    _mend_lonely(lines, limit, widths)
    texts = ["".join(line).rstrip(" ") for line in lines]
    kept = "".join(lines[-1])  # no break follows: its spaces stay if there is room
    if widths.of(kept) <= limit:
        texts[-1] = kept
    return tuple((line, widths.of(line)) for line in texts)


def _paragraphs(text: str) -> list[str]:
    """A final line end closes the last paragraph and does not open an empty one."""
    return text.removesuffix("\n").split("\n") if text else []


def measure(text: str, style: Style, size: float) -> float:
    """Width in mm of the text on one line at ``size`` pt."""
    return _widths(style.font, style.bold).of(text) * size * MM_PER_POINT


@_once
def break_lines(text: str, width: float, style: Style, size: float) -> tuple[Line, ...]:
    """The lines of a text in a cell ``width`` mm wide. No character is lost but the spaces at a break;
    a line is wider than the cell's inside only when it is a single character."""
    em = size * MM_PER_POINT
    limit = (width - 2 * style.pad + SLACK) / em
    lines = []
    for paragraph in _paragraphs(text):
        broken = _paragraph(paragraph, limit, style.font, style.bold)
        lines += [Line(line, wide * em, False) for line, wide in broken[:-1]]
        lines.append(Line(broken[-1][0], broken[-1][1] * em, True))
    return tuple(lines)


def height_of(lines: tuple[Line, ...], style: Style, size: float) -> float:
    """Height in mm that the lines need in a cell; no line takes the room of one."""
    return max(1, len(lines)) * size * style.line * MM_PER_POINT + 2 * ROOM


def _sizes(style: Style) -> Iterator[float]:
    size = style.size
    while size > style.smallest:
        yield size
        size -= STEP
    yield min(style.size, style.smallest)


def surely_fits(text: str, width: float, height: float, style: Style) -> bool:
    """Whether `fit` finds room for certain, told without measuring."""
    return len(text) <= surely_held(width, height, style, text.count("\n"))


@lru_cache(maxsize=4096)
def surely_held(width: float, height: float, style: Style, breaks: int = 0) -> int:
    """How many characters of a text with so many line ends `fit` finds room for, as if each were an em wide.

    Of two lines that follow each other, the first and the next one's beginning are wider than a line: so a text takes
    fewer than twice the lines that it would fill.
    """
    em = style.smallest * MM_PER_POINT
    along = (width - 2 * style.pad) / em
    lines = math.floor((height - 2 * ROOM + SLACK) / (em * style.line))
    if along < 1 or lines < 1:
        return 0
    pairs = max(0, (lines - breaks) // 2)
    return math.floor(max(pairs * along, 0 if breaks else along))


@_once
def fit(text: str, width: float, height: float | None, style: Style) -> Fitted:
    """The largest size, from the style's down to its smallest, at which the text fits a cell of ``width`` and
    ``height`` mm (None: the cell may grow). Text of an unwrapped style too wide at the smallest size is broken
    after all: nothing is ever cut."""
    inside = width - 2 * style.pad + SLACK
    paragraphs = _paragraphs(text)
    for size in _sizes(style):
        if style.wrap or size <= style.smallest:
            lines = break_lines(text, width, style, size)
        else:
            lines = tuple(Line(p, measure(p, style, size)) for p in paragraphs)
        needed = height_of(lines, style, size)
        high = height is None or needed <= height + SLACK
        wide = all(line.width <= inside for line in lines)
        if high and wide:
            break
    return Fitted(size, lines, needed, high and wide)
