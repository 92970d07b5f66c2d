"""A sheet is laid out once for each shape it takes; a case then fills in its words.

The shape is the paper, the grid, how each cell looks and which of them have words. What hangs on it alone (borders,
fills, structure) is ready before the case, and so are the words that the form prints itself. All of it is compared with
the document at hand, so the same document gives the same bytes whatever was drawn before. Nothing that a case says
stays here: what a sheet looks like with its words is held by `Drawings`, which live no longer than their maker's call.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from generator.document import Cell, Sheet, Style
from generator.render.cache import Cache
from generator.render.deflate import deflate
from generator.render.pdf import chart as charts
from generator.render.pdf.face import Cuts, EmbeddedFaces
from generator.render.pdf.grid import grid_of
from generator.render.pdf.page import Paper, papers
from generator.render.pdf.reading import Reading, Turn
from generator.render.pdf.text import Box, Pen, stamp
from generator.typography.face import Face

_MOST = 100  # shapes kept
_LATIN_BREAK = re.compile(r"[!-~]\n[!-~]")  # without the break two words would be read as one


@dataclass(frozen=True, slots=True)
class _Written:
    """A cell and what came of writing it."""

    cell: Cell
    operators: str
    used: tuple[tuple[Face, str], ...]
    lossy: bool  # the lines as drawn lack the space at which they were broken
    lasting: bool


class _Slot:
    """Where a cell with words stands on a page."""

    def __init__(self, turn: Turn, box: Box):
        self.turn, self._box = turn, box
        self._last: _Written | None = None

    def written(self, cell: Cell, faces: EmbeddedFaces) -> _Written:
        last = self._last
        if last is not None and last.cell is cell:  # what a form says by itself is one object in all documents
            return last
        pen = Pen(faces)
        pen.cell(cell, self._box)
        texts: dict[Face, str] = {}
        for face, text in pen.used:
            texts[face] = texts.get(face, "") + text
        operators = self.turn.before + "\n".join(pen.operators)
        made = _Written(cell, operators, tuple(texts.items()), _lossy(cell), pen.lasting)
        if cell.own and pen.lasting:
            self._last = made
        return made


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sheet ready for a file."""

    reading: Reading
    contents: tuple[bytes, ...]  # of each page, deflated
    told: Mapping[int, str]  # the texts of elements of which the drawn lines are not the whole
    used: tuple[tuple[Face, frozenset[str]], ...]  # what the file has to embed, in characters of the basic plane
    lasting: bool  # it would be the same in any other file


class Shape:
    """A sheet ready but for its words."""

    def __init__(self, sheet: Sheet, reading: Reading):
        self._reading = reading
        parts = zip(papers(sheet), reading.pages, sheet.pages(), strict=True)
        self._pages = [_Page(paper, turns, rows) for paper, turns, rows in parts]

    def draw(self, sheet: Sheet, faces: EmbeddedFaces) -> Drawn:
        """With the words of ``sheet``."""
        ink = _Ink(faces)
        contents = tuple([deflate(page.draw(sheet, ink)) for page in self._pages])
        told = {element: self._reading.words(sheet, element) for element in sorted(ink.lossy)}
        used = tuple([(face, frozenset("".join(texts))) for face, texts in ink.used.items()])
        return Drawn(self._reading, contents, told, used, ink.lasting)


class _Ink:
    """What the pages of a sheet bring with them besides their contents."""

    def __init__(self, faces: EmbeddedFaces):
        self.faces = faces
        self.used: dict[Face, list[str]] = {}
        self.lossy: set[int] = set()
        self.lasting = True

    def add(self, used: Iterable[tuple[Face, str]], lasting: bool) -> None:
        for face, text in used:
            if face not in self.used:
                self.used[face] = []
            self.used[face].append(text)
        self.lasting = self.lasting and lasting


class _Page:
    def __init__(self, paper: Paper, turns: tuple[Turn, ...], rows: tuple[int, ...]):
        self._paper, self._rows = paper, rows
        self._stamp = turns[0].before if turns and turns[0].cell is turns[0].chart is None else ""
        self._charts = [(turn.chart, turn.before) for turn in turns if turn.chart is not None]
        self._slots = [(turn.cell, _Slot(turn, paper.boxes[turn.cell])) for turn in turns if turn.cell is not None]

    def draw(self, sheet: Sheet, ink: _Ink) -> bytes:
        operators = [self._paper.artifacts] if self._paper.artifacts else []
        if sheet.stamp:
            pen = Pen(ink.faces)
            stamp(pen, sheet.stamp, *self._paper.stamp)
            ink.add(pen.used, pen.lasting)
            operators.append(self._stamp + "\n".join(pen.operators))
        for cell, slot in self._slots:
            written = slot.written(sheet.cells[cell], ink.faces)
            operators.append(written.operators)
            ink.add(written.used, written.lasting)
            if written.lossy and slot.turn.owner is not None:
                ink.lossy.add(slot.turn.owner)
        for chart, before in self._charts:
            pen = Pen(ink.faces)
            charts.draw(pen, sheet.charts[chart], grid_of(sheet, self._rows))
            operators.append(before + "\n".join(pen.operators))
            ink.add(pen.used, pen.lasting)
        if self._slots or self._charts or sheet.stamp:
            operators.append("ET\nEMC")
        operators.append("")
        return "\n".join(operators).encode("ascii")


def _lossy(cell: Cell) -> bool:
    if len(cell.lines) == 1 and cell.lines[0].text == cell.text:
        return False
    drawn = "".join(line.text for line in cell.lines)
    return cell.text.replace("\n", "") != drawn or _LATIN_BREAK.search(cell.text) is not None


_shapes: Cache[Shape] = Cache(_MOST)
_readings: Cache[Reading] = Cache(_MOST)


class Drawings:
    """Sheets as they were drawn, for all files that are made of one Document.

    A sheet goes into the file of its form and into that of its stage, and is drawn once for both. Whoever makes the
    files holds this as long as it makes them, and no longer: it holds the applicant's words. One thread uses it.
    """

    def __init__(self) -> None:
        self._drawn: dict[int, tuple[Sheet, Drawn]] = {}
        self._cuts: Cuts = {}

    def faces(self) -> EmbeddedFaces:
        """The fonts of one more file."""
        return EmbeddedFaces(self._cuts)

    def draw(self, sheet: Sheet, faces: EmbeddedFaces) -> Drawn:
        """The sheet drawn, and ``faces`` told of the characters that it needs."""
        before = self._drawn.get(id(sheet))
        made = before[1] if before else shape(sheet).draw(sheet, faces)
        if made.lasting and not before and sheet.kind != "table":  # a table is met once, and may be long
            self._drawn[id(sheet)] = sheet, made  # as long as it is held, its id is no other's
        for face, characters in made.used:
            faces[face].characters |= characters
        return made


def shape(sheet: Sheet) -> Shape:
    """The shape of the sheet, as met before or laid out now; of a table always now: it may be long, and is met once."""
    if sheet.kind == "table":
        return Shape(sheet, Reading(sheet))
    return _shapes.get(_seen(sheet), lambda: Shape(sheet, _readings.get(_read(sheet), lambda: Reading(sheet))))


def _seen(sheet: Sheet) -> Hashable:
    """All that a shape hangs on."""
    order: dict[Style, int] = {}
    styles: dict[int, int] = {}  # by identity first: to compare styles takes longer
    for cell in sheet.cells:
        if id(cell.style) not in styles:
            styles[id(cell.style)] = order.setdefault(cell.style, len(order))
    cells = tuple([
        (*c[:4], styles[id(c.style)], c.role, not c.text, not c.lines)
        for c in sheet.cells
    ])  # fmt: skip
    return sheet.frame, sheet.title or sheet.name, tuple(order), cells


def _read(sheet: Sheet) -> Hashable:
    """All that a reading hangs on."""
    cells = tuple([
        (c.row, c.column, c.rows, c.columns, c.style.bordered, c.role, not c.text, not c.lines) for c in sheet.cells
    ])  # fmt: skip
    place = (len(sheet.heights), sheet.breaks, sheet.repeated, sheet.headed, bool(sheet.stamp))
    return place, sheet.title or sheet.name, cells
