"""The rows of a sheet down the page, each at the height the grid gives it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from docx.document import Document as WordDocument
from docx.shared import Twips
from docx.text.paragraph import Paragraph

from generator.document import Cell, Sheet
from generator.render.docx.paragraph import exact_lines, fill_row, height, pitch, twips
from generator.render.docx.plan import Block, SheetPlan, blocks
from generator.render.docx.table import WordTable
from generator.typography.typeset import ROOM

_POINT = 20  # twips


def write_sheet(word: WordDocument, sheet: Sheet) -> None:
    """Append the sheet to the document's last section; what it ends with is a paragraph."""
    plan = SheetPlan(sheet)
    for number, rows in enumerate(sheet.pages()):
        page = _Page(word, plan, new=number > 0)
        for block in blocks(plan, rows):
            page.add(block)
        page.finish()


class _Page:
    """A page being written. Places are twips from the top margin.

    Room is always put before a paragraph, never after one: Word takes the larger of two that meet.
    """

    def __init__(self, word: WordDocument, plan: SheetPlan, new: bool):
        self._word, self._plan, self._new = word, plan, new
        self._down = 0.0  # mm, where the next row begins on the grid
        self._written = 0  # twips, where the next paragraph begins in Word
        self._after_table = False

    def add(self, block: Block) -> None:
        """Append the rows of a block."""
        heights = [self._plan.sheet.heights[row] for row in block.rows]
        if block.table:
            self._table(block.rows, heights)
        elif pieces := self._plan.pieces(block.rows[0]):
            self._row(pieces, heights[0])
        self._down += sum(heights)

    def finish(self) -> None:
        """Close the page: it has a paragraph, and its table is followed by one."""
        if self._new or self._after_table:
            self._space(_POINT)

    def _row(self, pieces: tuple[Cell, ...], room: float) -> None:
        leading = max(pieces, key=height)
        text = max(map(pitch, pieces)) * max(1, *(len(c.lines) for c in pieces))
        spare = max(0, twips(room) - text)
        edge = min(twips(ROOM), spare // 2)
        above = {"top": edge, "bottom": spare - edge}.get(leading.style.valign, spare // 2)
        # Counted from the grid and not from the paragraph before, so that roundings do not add up.
        before = max(0, twips(self._down) + above - self._written)
        paragraph = self._paragraph()
        if before:
            paragraph.paragraph_format.space_before = Twips(before)
        fill_row(paragraph, pieces, self._plan)
        self._written += before + text

    def _table(self, rows: Sequence[int], heights: Sequence[float]) -> None:
        gap = twips(self._down) - self._written
        if self._new or self._after_table or gap >= _POINT:  # a table can neither break the page nor keep a distance
            self._space(max(gap, _POINT))
        first, end = self._plan.sheet.repeated or (0, 0)
        header = next((n for n, row in enumerate(rows) if not first <= row < end), len(rows))
        late = max(0, self._written - twips(self._down))  # what the paragraph before it took of its first row
        inner = [twips(b) - twips(a) for a, b in pairwise(accumulate(heights, initial=self._down))]
        inner[0] = max(_POINT, inner[0] - late)
        table = WordTable(self._plan, rows, inner, header if header < len(rows) else 0)
        body = self._word.element.body
        body.insert(len(body) - 1, table.element(self._word._body))  # before the section's properties
        self._written += sum(inner)
        self._after_table = True

    def _space(self, size: int) -> None:
        paragraph = self._paragraph()
        exact_lines(paragraph, size)
        self._written += size

    def _paragraph(self) -> Paragraph:
        paragraph = self._word.add_paragraph()
        if self._new:
            paragraph.paragraph_format.page_break_before = True
        self._new = self._after_table = False
        return paragraph
