"""What stands on the pages of a PDF and where, read by PDFium: characters, lines of text, overlaps."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import pypdfium2
from pypdfium2 import raw

_MM = 25.4 / 72
_GAP = 0.45  # of the type size; what is further apart is another piece of text
_INVISIBLE = re.compile("[\\s\u200b-\u200f\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character on a page. Millimetres from the upper left corner; ``x`` and ``y`` are on the baseline,
    ``box`` is the ink: left, top, right, bottom. ``size`` in points."""

    text: str
    x: float
    y: float
    size: float
    box: tuple[float, float, float, float]

    @property
    def centre(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True)
class Page:
    width: float  # mm
    height: float
    glyphs: tuple[Glyph, ...]  # in the order of the file, spaces included

    @property
    def text(self) -> str:
        return visible("".join(g.text for g in self.glyphs))


def visible(text: str) -> str:
    """The text without blanks and without variation selectors, which not every program passes on."""
    return _INVISIBLE.sub("", text)


def read(data: bytes) -> list[Page]:
    """The pages of a PDF."""
    pdf = pypdfium2.PdfDocument(data)
    try:
        return [_page(pdf[number]) for number in range(len(pdf))]
    finally:
        pdf.close()


def _page(page: pypdfium2.PdfPage) -> Page:
    width, height = page.get_size()
    text = page.get_textpage()
    glyphs = []
    high = ""  # PDFium gives 𠮷 in two halves
    for n in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, n)
        if raw.FPDFText_IsGenerated(text, n) or code in (0, 0xFFFE):
            continue
        if 0xD800 <= code < 0xDC00:
            high = chr(code)
            continue
        character = "-" if code == 2 else chr(code)  # PDFium calls a hyphen that ends a line 2
        if 0xDC00 <= code < 0xE000:
            character, high = (high + character).encode("utf-16-le", "surrogatepass").decode("utf-16-le"), ""
        x, y = _doubles(partial(raw.FPDFText_GetCharOrigin, text, n), 2)
        left, right, bottom, top = _doubles(partial(raw.FPDFText_GetCharBox, text, n), 4)
        size = raw.FPDFText_GetFontSize(text, n) * _scale(text, n)
        box = left * _MM, (height - top) * _MM, right * _MM, (height - bottom) * _MM
        glyphs.append(Glyph(character, x * _MM, (height - y) * _MM, size, box))
    return Page(width * _MM, height * _MM, tuple(glyphs))


def _doubles(call: partial[int], count: int) -> tuple[float, ...]:
    numbers = [ctypes.c_double() for _ in range(count)]
    if not call(*map(ctypes.byref, numbers)):
        return (0.0,) * count
    return tuple(n.value for n in numbers)


def _scale(text: pypdfium2.PdfTextPage, n: int) -> float:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, n, ctypes.byref(matrix))
    return math.hypot(matrix.c, matrix.d)


def lines(page: Page) -> Iterator[tuple[Glyph, str]]:
    """Pieces of text as they were drawn: the first glyph and the whole piece."""
    first: Glyph | None = None
    before: Glyph | None = None
    piece = ""
    for glyph in page.glyphs:
        if (
            first is None
            or before is None
            or abs(glyph.y - before.y) > 0.05
            or abs(glyph.size - before.size) > 0.05
            or not 0 <= glyph.x - before.x < (1 + _GAP) * glyph.size * _MM
        ):
            if first is not None:
                yield first, piece
            first, piece = glyph, ""
        piece += glyph.text
        before = glyph
    if first is not None:
        yield first, piece


def in_reading_order(glyphs: Iterable[Glyph]) -> str:
    """The visible text of glyphs that belong together: line by line, each from the left."""
    ordered = sorted(glyphs, key=lambda g: g.y)
    text, line = "", list[Glyph]()
    for glyph in ordered:
        if line and glyph.y - line[0].y > 0.35 * line[0].size * _MM:
            text += "".join(g.text for g in sorted(line, key=lambda g: g.x))
            line = []
        line.append(glyph)
    return visible(text + "".join(g.text for g in sorted(line, key=lambda g: g.x)))


def overlaps(page: Page, share: float = 0.25) -> list[str]:
    """Pairs of characters of which one covers more than ``share`` of the other: nobody could read them."""
    cells: dict[tuple[int, int], list[Glyph]] = {}
    found = []
    for glyph in page.glyphs:
        left, top, right, bottom = glyph.box
        if not visible(glyph.text) or right - left < 0.01 or bottom - top < 0.01:
            continue
        near: dict[int, Glyph] = {}
        for column in range(int(left // 5), int(right // 5) + 1):
            for row in range(int(top // 5), int(bottom // 5) + 1):
                near |= {id(g): g for g in cells.setdefault((column, row), [])}
                cells[column, row].append(glyph)
        for other in near.values():
            wide = min(right, other.box[2]) - max(left, other.box[0])
            high = min(bottom, other.box[3]) - max(top, other.box[1])
            least = min((right - left) * (bottom - top), (other.box[2] - other.box[0]) * (other.box[3] - other.box[1]))
            if wide > 0 and high > 0 and wide * high > share * least:
                found.append(f"{other.text}{glyph.text} at {left:.1f},{top:.1f}")
    return found
