"""Line breaking by the Japanese rules (禁則処理) and fitting text into a cell.

Source: JIS X 4051 and JLREQ (https://www.w3.org/TR/jlreq/), in the practice of office
documents: a character that may not begin a line takes the one before it along (追い出し);
nothing hangs out of the line and nothing is squeezed. Every width is a real glyph advance.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from itertools import accumulate
from operator import add, attrgetter
from typing import Any, NamedTuple, ParamSpec, TypeVar

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


@lru_cache(maxsize=8)  # more than there are
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first used, for start-up time: it is large, and few cases break many lines."""
    return re.compile(pattern, re.DOTALL)


class Fitted(NamedTuple):
    """A text set in its cell. ``height`` in mm is what the lines need; ``fits`` tells whether the cell had it."""

    size: float
    lines: tuple[Line, ...]
    height: float
    fits: bool = True


_advance = attrgetter("advance")
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class _Widths(dict[str, float]):
    """Character → em in one chain of faces, of those that are a cluster of their own wherever they stand. Nothing
    longer is remembered, for it may be what an applicant says. Threads may share it."""

    def __init__(self, faces: tuple[Face, ...]):
        super().__init__()
        self._faces = faces

    def of(self, text: str) -> float:
        """The width of a text in em. Sums are exact: advances are multiples of 1/2048."""
        try:
            return math.fsum(map(self.__getitem__, text))
        except KeyError:
            shaped = fonts.glyphs(text, self._faces)
        if fonts.stands_alone(text):
            self.update({glyph.text: glyph.advance for glyph in shaped if len(glyph.text) == 1})
        return math.fsum(map(_advance, shaped))


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
        made: Callable[..., _Made] = lru_cache(maxsize=most)(
            lambda _, *arguments, **named: function(*arguments, **named)
        )

        @wraps(function)
        def call(*arguments: _Given.args, **named: _Given.kwargs) -> _Made:
            return made(fonts.state(), *arguments, **named)

        return call

    return decorate


Memory = dict[tuple[Any, ...], Any]
_call: ContextVar[Memory | None] = ContextVar("typeset in this call", default=None)


@contextmanager
def call(memory: Memory | None = None) -> Iterator[None]:
    """What is typeset within is remembered until the end of the outermost block, and no longer: applicants' words are
    among it. Also a decorator. Outside of any block nothing is remembered.

    ``memory``: what goes on from block to block, held by someone who ends with a batch.
    """
    outer = _call.get()
    token = _call.set(({} if memory is None else memory) if outer is None else outer)
    try:
        yield
    finally:
        _call.reset(token)


def _units(text: str, limit: float, widths: _Widths, level: int = 0) -> Iterator[str]:
    """What stays on one line, divided further where it is wider than ``limit`` em."""
    for unit in _compiled(_DIVISIONS[level]).findall(text):
        if level + 1 < len(_DIVISIONS) and widths.of(unit.rstrip(" ")) > limit:
            yield from _units(unit, limit, widths, level + 1)
        elif unit:
            yield unit


class _Division:
    """A text without line ends divided into what stays on one line. Lengths are em from its beginning."""

    def __init__(self, units: list[str], widths: _Widths):
        self.units = units
        alone, of = widths.get, widths.of
        wide = [of(unit) if width is None else width for unit, width in zip(units, map(alone, units), strict=True)]
        self.begins = list(accumulate(wide, initial=0.0))
        # the spaces that a break swallows do not count
        self.bare = [
            of(unit.rstrip(" ")) if unit[-1] == " " else width for unit, width in zip(units, wide, strict=True)
        ]
        self.ends = list(map(add, self.begins, self.bare))

    def lines(self, limit: float) -> list[list[str]]:
        """The units of each line, as many as it holds, and one at least."""
        lines: list[list[str]] = []
        start = 0
        while start < len(self.units):
            end = bisect_right(self.ends, self.begins[start] + limit, start + 1)
            lines.append(self.units[start:end])
            start = end
        return lines


class _Paragraph:
    """A text without line ends, to be broken into lines of one width after the other."""

    def __init__(self, text: str, widths: _Widths):
        self.text, self._widths = text, widths
        self.whole = widths.of(text)  # em
        self._division: _Division | None = None  # by the rule, for lines of any width that it allows

    def lines(self, limit: float) -> tuple[tuple[str, float], ...]:
        """What stands on each line of ``limit`` em, and its width in em."""
        if self.whole <= limit:
            return ((self.text, self.whole),)
        widths = self._widths
        lines = self._divided(limit).lines(limit)
        _mend_lonely(lines, limit, widths)
        texts = ["".join(line).rstrip(" ") for line in lines]
        kept = "".join(lines[-1])  # no break follows: its spaces stay if there is room
        if widths.of(kept) <= limit:
            texts[-1] = kept
        return tuple([(line, widths.of(line)) for line in texts])

    def _divided(self, limit: float) -> _Division:
        division = self._division
        if division is None:
            units = [unit for unit in _compiled(_DIVISIONS[0]).findall(self.text) if unit]
            division = self._division = _Division(units, self._widths)
        if max(division.bare) <= limit:
            return division
        return _Division(list(_units(self.text, limit, self._widths)), self._widths)


def _mend_lonely(lines: list[list[str]], limit: float, widths: _Widths) -> None:
    """A last line of a single character gets company from the line before, unless that one would be half empty."""
    if len(lines) < 2 or len(lines[-2]) < 2 or not _compiled(_LONELY).fullmatch("".join(lines[-1])):
        return
    moved = lines[-2][-1]
    together = "".join((moved, *lines[-1])).rstrip(" ")
    if widths.of(together) <= limit and 2 * widths.of(moved) <= widths.of("".join(lines[-2])):
        lines[-1].insert(0, lines[-2].pop())


def _paragraphs(text: str, style: Style) -> list[_Paragraph]:
    """A final line end closes the last paragraph and does not open an empty one."""
    widths = _widths(style.font, style.bold)
    return [_Paragraph(paragraph, widths) for paragraph in text.removesuffix("\n").split("\n")] if text else []


def measure(text: str, style: Style, size: float) -> float:
    """Width in mm of the text on one line at ``size`` pt."""
    return _widths(style.font, style.bold).of(text) * size * MM_PER_POINT


def break_lines(text: str, width: float, style: Style, size: float) -> tuple[Line, ...]:
    """The lines of a text in a cell ``width`` mm wide. No character is lost but the spaces at a break;
    a line is wider than the cell's inside only when it is a single character."""
    return _broken(_paragraphs(text, style), width, style, size)


def _broken(paragraphs: Iterable[_Paragraph], width: float, style: Style, size: float) -> tuple[Line, ...]:
    em = size * MM_PER_POINT
    limit = (width - 2 * style.pad + SLACK) / em
    lines: list[Line] = []
    for paragraph in paragraphs:
        broken = paragraph.lines(limit)
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


def fit(text: str, width: float, height: float | None, style: Style) -> Fitted:
    """The largest size, from the style's down to its smallest, at which the text fits a cell of ``width`` and
    ``height`` mm (None: the cell may grow). Text of an unwrapped style too wide at the smallest size is broken
    after all: nothing is ever cut."""
    if not text:
        return _empty(height, style)
    memory = _call.get()
    if memory is None:
        return _fit(text, width, height, style)
    key = text, width, height, style
    fitted: Fitted | None = memory.get(key)
    if fitted is None:
        if len(memory) >= _MOST:  # a long table
            memory.clear()
        fitted = memory[key] = _fit(text, width, height, style)
    return fitted


@lru_cache(maxsize=4096)
def _empty(height: float | None, style: Style) -> Fitted:
    """`fit` for no text, which takes the room of a line."""
    for size in _sizes(style):
        needed = height_of((), style, size)
        if height is None or needed <= height + SLACK:
            return Fitted(size, (), needed)
    return Fitted(size, (), needed, fits=False)


def _fit(text: str, width: float, height: float | None, style: Style) -> Fitted:
    inside = width - 2 * style.pad + SLACK
    paragraphs = _paragraphs(text, style)
    for size in _sizes(style):
        if style.wrap or size <= style.smallest:
            lines = _broken(paragraphs, width, style, size)
        else:
            lines = tuple([Line(p.text, p.whole * size * MM_PER_POINT) for p in paragraphs])
        needed = height_of(lines, style, size)
        high = height is None or needed <= height + SLACK
        wide = all(line.width <= inside for line in lines)
        if high and wide:
            break
    return Fitted(size, lines, needed, high and wide)
