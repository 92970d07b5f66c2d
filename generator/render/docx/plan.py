"""From the grid to what a clerk would write: which rows are paragraphs, which make a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby

from generator.document import Cell, Sheet


class SheetPlan:
    """A sheet's rows and columns with their places, in millimetres from the grid's left edge."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        self.edges = (0.0, *accumulate(sheet.columns))
        self.body = sheet.paper[0] - sheet.margins[1] - sheet.margins[3]
        self.starting: dict[int, list[Cell]] = {}
        self._tabular: set[int] = set()
        for cell in sheet.cells:
            self.starting.setdefault(cell.row, []).append(cell)
            tall = cell.rows > 1 and bool(cell.text)
            if tall or cell.style.bordered or cell.style.fill:
                self._tabular.update(range(cell.row, cell.row + cell.rows))
        for row in range(len(sheet.heights)):
            if not _flows(self.pieces(row)):
                self._tabular.add(row)

    def left(self, cell: Cell) -> float:
        """Where the cell's text may begin."""
        return self.edges[cell.column] + cell.style.pad

    def right(self, cell: Cell) -> float:
        """Where the cell's text must end."""
        return self.edges[cell.column + cell.columns] - cell.style.pad

    def pieces(self, row: int) -> tuple[Cell, ...]:
        """The cells of a row that print something, or where something is to be written."""
        return tuple(c for c in self.starting.get(row, ()) if c.text or c.field or c.role == "value")

    def tabular(self, row: int) -> bool:
        """Whether the row belongs to a table: it has borders, or tab stops could not say what it says."""
        return row in self._tabular


def _flows(pieces: tuple[Cell, ...]) -> bool:
    """Whether the cells can be one paragraph: only the last may wrap, and only below its own left edge."""
    if len(pieces) < 2:
        return True
    *before, last = pieces
    if any(len(c.lines) > 1 for c in before):
        return False
    return len(last.lines) < 2 or last.style.align in ("left", "justify")


@dataclass(frozen=True, slots=True)
class Block:
    """Successive rows of one page: a table, or a single row that is a paragraph or, without pieces, room."""

    table: bool
    rows: tuple[int, ...]


def blocks(plan: SheetPlan, rows: tuple[int, ...]) -> Iterator[Block]:
    """The rows of a page, grouped in order."""
    for table, group in groupby(rows, key=plan.tabular):
        together = tuple(group)
        if table:
            yield Block(True, together)
        else:
            yield from (Block(False, (row,)) for row in together)
