"""Sheets are prepared once for all documents that look alike; a case then fills in its words.

A `PreparedSheet` depends on the paper, the grid, how each cell looks and which of them have words, never on the words
themselves. It is ready before the case: page geometry, borders, fills, structure, and the operators of the words that
the form prints itself, which are the same objects in every Document and so are not even compared. The key under which
it is kept names all of that, so the same document gives the same bytes whatever was drawn before. Nothing that a case
says stays here: what a sheet looks like with its words is held by `Drawings`, which live no longer than their maker's
call. Tables may have thousands of rows and are met once: nothing of them is kept.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from generator.document import Cell, Sheet, Style
from generator.render.cache import Cache
from generator.render.deflate import deflate
from generator.render.pdf.fonts.embedded import EmbeddedFaces, Subsets
from generator.render.pdf.page.chart import draw_chart
from generator.render.pdf.page.empty_page import EmptyPage, empty_pages
from generator.render.pdf.page.grid import grid_of
from generator.render.pdf.page.text import Box, ContentWriter, write_stamp
from generator.render.pdf.structure.reading_order import ContentItem, ReadingOrder
from generator.typography.face import Face
from generator.typography.fonts import state

_MOST = 100  # sheets kept
_LATIN_BREAK = re.compile(r"[!-~]\n[!-~]")  # without the break two words would be read as one


@dataclass(frozen=True, slots=True)
class _Written:
    """A cell and what came of writing it."""

    cell: Cell
    operators: str
    used: tuple[tuple[Face, str], ...]
    lossy: bool  # the lines as drawn lack the space at which they were broken
    lasting: bool


class _BoxedCell:
    """Where a cell with words stands on a page."""

    def __init__(self, item: ContentItem, box: Box):
        self.item, self._box = item, box
        self._last: _Written | None = None

    def written(self, cell: Cell, faces: EmbeddedFaces) -> _Written:
        last = self._last
        if last is not None and last.cell is cell:  # what a form says by itself is one object in all documents
            return last
        writer = ContentWriter(faces)
        writer.cell(cell, self._box)
        texts: dict[Face, str] = {}
        for face, text in writer.used:
            texts[face] = texts.get(face, "") + text
        operators = self.item.before + "\n".join(writer.operators)
        written = _Written(cell, operators, tuple(texts.items()), _lossy(cell), writer.lasting)
        if cell.own and writer.lasting:
            self._last = written
        return written


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    """A sheet with its words, ready to be put into a file."""

    order: ReadingOrder
    contents: tuple[bytes, ...]  # of each page, deflated
    actual_texts: Mapping[int, str]  # the texts of elements of which the drawn lines are not the whole
    used: tuple[tuple[Face, frozenset[str]], ...]  # what the file has to embed, in characters of the basic plane
    lasting: bool  # it would be the same in any other file


class PreparedSheet:
    """A sheet that is ready but for its words. Threads may share it."""

    def __init__(self, sheet: Sheet, order: ReadingOrder):
        self._order = order
        parts = zip(empty_pages(sheet), order.pages, sheet.pages(), strict=True)
        self._pages = [_PreparedPage(page, items, rows) for page, items, rows in parts]

    def draw(self, sheet: Sheet, faces: EmbeddedFaces) -> DrawnSheet:
        """The sheet drawn with the words of ``sheet``, which looks as the one that this was prepared for.

        Raises RefusedError for more rare characters than a file has codes for.
        """
        gathered = _Gathered(faces)
        contents = tuple([deflate(page.draw(sheet, gathered)) for page in self._pages])
        actual_texts = {element: self._order.words(sheet, element) for element in sorted(gathered.lossy)}
        used = tuple([(face, frozenset("".join(texts))) for face, texts in gathered.used.items()])
        return DrawnSheet(self._order, contents, actual_texts, used, gathered.lasting)


class _Gathered:
    """What the pages of a sheet need besides their contents, gathered while they are drawn."""

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


class _PreparedPage:
    def __init__(self, page: EmptyPage, items: tuple[ContentItem, ...], rows: tuple[int, ...]):
        self._empty, self._rows = page, rows
        self._stamp = items[0].before if items and items[0].cell is items[0].chart is None else ""
        self._charts = [(item.chart, item.before) for item in items if item.chart is not None]
        self._places = [(item.cell, _BoxedCell(item, page.boxes[item.cell])) for item in items if item.cell is not None]

    def draw(self, sheet: Sheet, gathered: _Gathered) -> bytes:
        operators = [self._empty.artifacts] if self._empty.artifacts else []
        if sheet.stamp:
            writer = ContentWriter(gathered.faces)
            write_stamp(writer, sheet.stamp, *self._empty.stamp)
            gathered.add(writer.used, writer.lasting)
            operators.append(self._stamp + "\n".join(writer.operators))
        for cell, place in self._places:
            written = place.written(sheet.cells[cell], gathered.faces)
            operators.append(written.operators)
            gathered.add(written.used, written.lasting)
            if written.lossy and place.item.owner is not None:
                gathered.lossy.add(place.item.owner)
        for chart, before in self._charts:
            writer = ContentWriter(gathered.faces)
            draw_chart(writer, sheet.charts[chart], grid_of(sheet, self._rows))
            operators.append(before + "\n".join(writer.operators))
            gathered.add(writer.used, writer.lasting)
        if self._places or self._charts or sheet.stamp:
            operators.append("ET\nEMC")
        operators.append("")
        return "\n".join(operators).encode("ascii")


def _lossy(cell: Cell) -> bool:
    if len(cell.lines) == 1 and cell.lines[0].text == cell.text:
        return False
    drawn = "".join(line.text for line in cell.lines)
    return cell.text.replace("\n", "") != drawn or _LATIN_BREAK.search(cell.text) is not None


_prepared_sheets: Cache[PreparedSheet] = Cache(_MOST)
_reading_orders: Cache[ReadingOrder] = Cache(_MOST)


class Drawings:
    """Sheets as they were drawn, for all files that are made of one Document.

    A sheet goes into the file of its form and into that of its stage, and is drawn once for both. Whoever makes the
    files holds this as long as it makes them, and no longer: it holds the applicant's words. One thread uses it.
    """

    def __init__(self) -> None:
        self._drawn: dict[int, tuple[Sheet, DrawnSheet]] = {}
        self._subsets: Subsets = {}

    def faces(self) -> EmbeddedFaces:
        """The fonts of one more file, which share their subsets with the files before."""
        return EmbeddedFaces(self._subsets)

    def draw(self, sheet: Sheet, faces: EmbeddedFaces) -> DrawnSheet:
        """The sheet drawn, as before or now; the characters that it needs are added to ``faces``."""
        before = self._drawn.get(id(sheet))
        drawn = before[1] if before else _prepared(sheet).draw(sheet, faces)
        if drawn.lasting and not before and sheet.kind != "table":  # a table is met once, and may be long
            self._drawn[id(sheet)] = sheet, drawn  # as long as it is held, its id is no other's
        for face, characters in drawn.used:
            faces[face].characters |= characters
        return drawn


def _prepared(sheet: Sheet) -> PreparedSheet:
    """The sheet prepared before or now; a table always now: it may be long, and is met once."""
    if sheet.kind == "table":
        return PreparedSheet(sheet, ReadingOrder(sheet))

    def prepare() -> PreparedSheet:
        order = _reading_orders.get(_structure_key(sheet), lambda: ReadingOrder(sheet))
        return PreparedSheet(sheet, order)

    return _prepared_sheets.get(_appearance(sheet), prepare)


def _appearance(sheet: Sheet) -> Hashable:
    """All that a prepared sheet depends on."""
    order: dict[Style, int] = {}
    styles: dict[int, int] = {}  # by identity first: to compare styles takes longer
    for cell in sheet.cells:
        if id(cell.style) not in styles:
            styles[id(cell.style)] = order.setdefault(cell.style, len(order))
    cells = tuple([
        (*c[:4], styles[id(c.style)], c.role, not c.text, not c.lines)
        for c in sheet.cells
    ])  # fmt: skip
    return state(), sheet.frame, sheet.title or sheet.name, tuple(order), cells


def _structure_key(sheet: Sheet) -> Hashable:
    """All that a reading order depends on."""
    cells = tuple([
        (c.row, c.column, c.rows, c.columns, c.style.bordered, c.role, not c.text, not c.lines) for c in sheet.cells
    ])  # fmt: skip
    place = (len(sheet.heights), sheet.breaks, sheet.repeated, sheet.headed, bool(sheet.stamp))
    return place, sheet.title or sheet.name, cells
