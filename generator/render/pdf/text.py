"""Text of a page: glyphs at the places typesetting decided, check boxes, the stamp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from generator.document import Cell, Line
from generator.fonts import Face, Glyph, chain, glyphs
from generator.render.pdf.element import Element
from generator.render.pdf.face import EmbeddedFaces
from generator.render.pdf.grid import Placed
from generator.render.pdf.objects import MM, frame, number
from generator.typeset import ROOM

_BOXES = "☐☑"
_SQUARE = "□"  # in every face, and has ink: PDFium does not extract glyphs without
_ROOM = ROOM * MM


@dataclass(slots=True)
class TextLayer:
    """Collects the operators of one page's texts, and drawings that are no text (the frame of the stamp)."""

    faces: EmbeddedFaces
    marks: list[Element] = field(default_factory=list)  # to which the marked contents 0, 1, 2, … belong
    drawings: list[str] = field(default_factory=list)
    _operators: list[str] = field(default_factory=list)
    _state: dict[str, str] = field(default_factory=dict)
    _open: bool = False
    _owner: Element | None = None

    def mark(self, owner: Element | None) -> None:
        """What is drawn from here on belongs to this element; None: to none, it only repeats what stands elsewhere."""
        if self._open and self._owner is owner:
            return
        self._end()
        if owner is None:
            self._operators.append("/Artifact <</Type /Pagination>> BDC")
        else:
            self._operators.append(f"/{owner.tag} <</MCID {len(self.marks)}>> BDC")
            self.marks.append(owner)
        self._operators.append("BT")
        self._open, self._owner = True, owner

    def _end(self) -> None:
        if self._open:
            self._operators += ["ET", "EMC"]
        self._open = False

    def cell(self, at: Placed, owner: Element | None) -> None:
        """Draws a cell's lines inside its box, as a part of ``owner``."""
        cell = at.cell
        if not any(line.text for line in cell.lines):
            return
        self.mark(owner)
        style = cell.style
        fonts = chain(style.font, style.bold)
        pitch = style.line * cell.size
        block = pitch * len(cell.lines)
        room = at.top - at.bottom - block
        edge = min(_ROOM, room / 2)
        above = {"top": edge, "bottom": room - edge}.get(style.valign, room / 2)
        baseline = at.top - above - pitch / 2 - _below_centre(fonts[0], cell.size)
        left, right = at.left + style.pad * MM, at.right - style.pad * MM
        for line in cell.lines:
            x, spacing = _across(cell, line, left, right)
            self.line(line.text, x, baseline, cell.size, fonts, spacing, boxes=bool(cell.mark))
            baseline -= pitch

    def line(
        self,
        text: str,
        x: float,
        baseline: float,
        size: float,
        fonts: tuple[Face, ...],
        spacing: float = 0.0,
        boxes: bool = False,
    ) -> None:
        """Draws one line from x (points) on; ``spacing`` is added after every glyph; ``boxes``: ☐ and ☑ are drawn."""
        for run in _runs(glyphs(text, fonts), boxes):
            if boxes and run[0].text in _BOXES:
                self._box(run[0], x, baseline, size, fonts)
            else:
                self._show(run, x, baseline, size, spacing)
            x += sum(glyph.advance * size + spacing for glyph in run)

    def _show(self, run: list[Glyph], x: float, baseline: float, size: float, spacing: float, mode: int = 0) -> None:
        face = self.faces.of(run[0])
        self._set("Tf", f"/{face.name} {number(size)}")
        self._set("Tc", number(spacing), initial="0")
        self._set("Tr", str(mode), initial="0")
        self._operators.append(f"1 0 0 1 {number(x)} {number(baseline)} Tm <{face.encode(run)}> Tj")

    def _set(self, operator: str, operand: str, initial: str = "") -> None:
        if self._state.get(operator, initial) != operand:
            self._state[operator] = operand
            self._operators.append(f"{operand} {operator}")

    def _box(self, glyph: Glyph, x: float, baseline: float, size: float, fonts: tuple[Face, ...]) -> None:
        """A square, ticked for ☑, which stands for the character; and the character itself invisibly, for search
        and for readers that do not know ActualText."""
        side = 0.8 * size
        left = x + (glyph.advance * size - side) / 2
        bottom = baseline + _below_centre(fonts[0], size) - side / 2
        stands_for = glyph.text.encode("utf-16-be").hex().upper()
        self._operators += ["ET", f"/Span <</ActualText <FEFF{stands_for}>>> BDC"]
        self._operators += frame(left, bottom, side, side, max(0.5, size * 0.06))
        if glyph.text == "☑":
            points = [(left + side * a, bottom + side * b) for a, b in ((0.16, 0.52), (0.42, 0.2), (0.88, 0.84))]
            (a, b), (c, d), (e, f) = [(number(px), number(py)) for px, py in points]
            self._operators.append(f"{number(size * 0.11)} w 1 J 1 j [] 0 d {a} {b} m {c} {d} l {e} {f} l S")
        (ink,) = glyphs(_SQUARE, fonts)
        self._operators.append("BT")
        self._show([replace(ink, text=glyph.text)], x, baseline, size, 0.0, mode=3)
        self._operators += ["ET", "EMC", "BT"]

    def shapes(self, operators: Iterable[str]) -> None:
        """Draws what is no text, as a part of the element marked last; operators leave the state as they found it."""
        self._operators += ["ET", *operators, "BT"]

    def content(self) -> list[str]:
        """All operators of the texts; the page is finished with them."""
        self._end()
        return self._operators


def _below_centre(face: Face, size: float) -> float:
    """How far the baseline lies below the middle of the em box, in points."""
    return (face.ascent + face.descent) / 2 / face.units_per_em * size


def _across(cell: Cell, line: Line, left: float, right: float) -> tuple[float, float]:
    """Where the line begins and the space added after each of its glyphs, in points."""
    room = right - left - line.width * MM
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
        alone = boxes and (glyph.text in _BOXES or (run and run[0].text in _BOXES))
        if run and (alone or glyph.face is not run[0].face):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def stamp(layer: TextLayer, text: str, right: float, middle: float, room: float, owner: Element | None) -> None:
    """Draws the stamp boxed, ending at ``right``, centred on ``middle``, no higher than ``room`` (points)."""
    layer.mark(owner)
    size = min(20.0, room / 1.4)
    fonts = chain("gothic", True)
    width = sum(glyph.advance for glyph in glyphs(text, fonts)) * size + 0.6 * size
    height = 1.4 * size
    layer.drawings += frame(right - width, middle - height / 2, width, height, 1.25)
    layer.line(text, right - width + 0.3 * size, middle - _below_centre(fonts[0], size), size, fonts)
