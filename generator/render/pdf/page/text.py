"""Texts as operators: glyphs at the places that typesetting has decided, check boxes, the stamp."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from generator.document import Cell, Line
from generator.paper import POINTS_PER_MM, STAMP_BOX, stamp_size
from generator.render.pdf.file.syntax import number
from generator.render.pdf.fonts.embedded import BOXES, EmbeddedFaces, plain
from generator.render.pdf.page.operators import TICK, outlined_rectangle
from generator.typography.face import Face, Glyph
from generator.typography.fonts import JOINED, chain, glyphs
from generator.typography.typeset import ROOM

Box = tuple[float, float, float, float]  # left, right, top, bottom, in points

_ROOM = ROOM * POINTS_PER_MM
_JOINED = re.compile(f"[{JOINED}]")


class ContentWriter:
    """Collects the operators of one cell, stamp or chart.

    They begin and end in the same state, so they can stand anywhere in a page. ``used``: what the file has to embed, as
    texts in characters of the basic plane, by face; ``lasting``: the operators would be the same in any other file.
    """

    def __init__(self, faces: EmbeddedFaces):
        self._faces = faces
        self.operators: list[str] = []
        self.used: list[tuple[Face, str]] = []
        self.lasting = True
        self._font = ""

    def cell(self, cell: Cell, box: Box) -> None:
        """Writes a cell's lines inside its box."""
        box_left, box_right, top, bottom = box
        style = cell.style
        fonts = chain(style.font, style.bold)
        pitch = style.line * cell.size
        block = pitch * len(cell.lines)
        room = top - bottom - block
        edge = min(_ROOM, room / 2)
        above = {"top": edge, "bottom": room - edge}.get(style.valign, room / 2)
        baseline = top - above - pitch / 2 - _below_centre(fonts[0], cell.size)
        left, right = box_left + style.pad * POINTS_PER_MM, box_right - style.pad * POINTS_PER_MM
        for line in cell.lines:
            x, spacing = _across(cell, line, left, right)
            self.line(line.text, (x, baseline), cell.size, fonts, spacing, boxes=bool(cell.mark))
            baseline -= pitch

    def line(
        self,
        text: str,
        at: tuple[float, float],
        size: float,
        fonts: tuple[Face, ...],
        spacing: float = 0.0,
        boxes: bool = False,
    ) -> None:
        """Write one line.

        ``at``: where it begins and its baseline, in points. ``spacing`` is added after every glyph. ``boxes``: ☐ and ☑
        are drawn.
        """
        x, baseline = at
        if not boxes and _simple(text, fonts):
            if text:
                self._show(fonts[0], self._plain(fonts[0], text), x, baseline, size, spacing)
            return
        for run in _runs(glyphs(text, fonts), boxes):
            if boxes and run[0].text in BOXES:
                self._box(run[0], x, baseline, size, fonts)
            else:
                face = run[0].face
                self._show(face, "".join([self._code(glyph) for glyph in run]), x, baseline, size, spacing)
            x += sum(glyph.advance * size + spacing for glyph in run)

    def shapes(self, operators: Iterable[str]) -> None:
        """Draws what is no text; the operators leave the state as they found it."""
        self.operators += ["ET", *operators, "BT"]

    def _plain(self, face: Face, text: str) -> str:
        self.used.append((face, text))
        return plain(text)

    def _code(self, glyph: Glyph) -> str:
        if len(glyph.text) == 1 and glyph.text <= "\uffff":
            return self._plain(glyph.face, glyph.text)
        self.lasting = False
        return self._faces[glyph.face].own(glyph)

    def _show(self, face: Face, codes: str, x: float, baseline: float, size: float, spacing: float) -> None:
        font = f"/{face.key} {number(size)} Tf"
        if font != self._font:
            self._font = font
            self.operators.append(font)
        shown = f"1 0 0 1 {number(x)} {number(baseline)} Tm <{codes}> Tj"
        self.operators.append(f"{number(spacing)} Tc {shown} 0 Tc" if spacing else shown)

    def _box(self, glyph: Glyph, x: float, baseline: float, size: float, fonts: tuple[Face, ...]) -> None:
        """A square, ticked for ☑, which stands for the character; and the character itself invisibly, for search
        and for readers that do not know ActualText."""
        side = 0.8 * size
        left = x + (glyph.advance * size - side) / 2
        bottom = baseline + _below_centre(fonts[0], size) - side / 2
        self.operators += ["ET", f"/Span <</ActualText <FEFF{plain(glyph.text)}>>> BDC"]
        self.operators += outlined_rectangle(left, bottom, side, side, max(0.5, size * 0.06))
        if glyph.text == "☑":
            points = [(left + side * a, bottom + side * b) for a, b in TICK]
            (a, b), (c, d), (e, f) = [(number(px), number(py)) for px, py in points]
            self.operators.append(f"{number(size * 0.11)} w 1 J 1 j [] 0 d {a} {b} m {c} {d} l {e} {f} l S")
        self.operators.append("BT 3 Tr")
        self._show(fonts[0], self._plain(fonts[0], glyph.text), x, baseline, size, 0.0)
        self.operators.append("0 Tr ET EMC BT")


def write_stamp(writer: ContentWriter, text: str, right: float, middle: float, room: float) -> None:
    """Writes the stamp, which ends at ``right``, centred on ``middle``, no higher than ``room`` (points)."""
    size, fonts, width = _stamped(text, room)
    at = right - width + 0.3 * size, middle - _below_centre(fonts[0], size)
    writer.line(text, at, size, fonts)


def outline_of_stamp(text: str, right: float, middle: float, room: float) -> list[str]:
    """Operators that draw the box around the stamp."""
    size, _, width = _stamped(text, room)
    height = STAMP_BOX * size
    return outlined_rectangle(right - width, middle - height / 2, width, height, 1.25)


def _stamped(text: str, room: float) -> tuple[float, tuple[Face, ...], float]:
    """Size, fonts and width of the stamp."""
    size = stamp_size(room)
    fonts = chain("gothic", True)
    return size, fonts, sum(glyph.advance for glyph in glyphs(text, fonts)) * size + 0.6 * size


@lru_cache(maxsize=64)
def _simple_characters(fonts: tuple[Face, ...]) -> set[str]:
    """What `_simple` has come across so far."""
    return set()


def _simple(text: str, fonts: tuple[Face, ...]) -> bool:
    """Every character of the text is one of the basic plane, and a glyph of the first face."""
    simple = _simple_characters(fonts)
    if not simple.issuperset(text):
        simple.update(c for c in set(text) - simple if _alone(c, fonts))
    return simple.issuperset(text)


def _alone(character: str, fonts: tuple[Face, ...]) -> bool:
    if character > "\uffff" or _JOINED.match(character):
        return False
    line = glyphs(character, fonts)  # none for a line end
    return bool(line) and line[0].face is fonts[0] and line[0].advance > 0


def _below_centre(face: Face, size: float) -> float:
    """How far the baseline lies below the middle of the em box, in points."""
    return (face.ascent + face.descent) / 2 / face.units_per_em * size


def _across(cell: Cell, line: Line, left: float, right: float) -> tuple[float, float]:
    """Where the line begins and the space added after each of its glyphs, in points."""
    room = right - left - line.width * POINTS_PER_MM
    align = cell.style.align
    if align == "right":
        return left + room, 0.0
    if align == "center":
        return left + room / 2, 0.0
    if align == "justify" and not line.last and room > 0:
        count = sum(1 for glyph in glyphs(line.text, chain(cell.style.font, cell.style.bold)) if glyph.advance)
        return left, room / (count - 1) if count > 1 else 0.0
    return left, 0.0


def _runs(line: Iterable[Glyph], boxes: bool) -> Iterator[list[Glyph]]:
    """The glyphs in stretches of one face; a check box stands alone."""
    run: list[Glyph] = []
    for glyph in line:
        alone = boxes and (glyph.text in BOXES or (run and run[0].text in BOXES))
        if run and (alone or glyph.face is not run[0].face):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run
