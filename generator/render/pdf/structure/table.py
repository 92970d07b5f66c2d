"""Cells that share borders as a table of full rows, its header cells told from the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from generator.document import Cell
from generator.render.pdf.structure.element import Element


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of the table on the table's own grid; ``cell`` None: the form has nothing there."""

    row: int
    column: int
    rows: int
    columns: int
    cell: Cell | None


class Table:
    """A table as it is read aloud: ``cells`` by row, then column; ``repeated``: rows of the sheet drawn again on
    further pages.
    """

    def __init__(self, cells: Sequence[Cell], repeated: Collection[int]):
        self._cells = cells
        self._repeated = repeated
        self._rows = _edges((c.row, c.row + c.rows) for c in cells)
        self._columns = _edges((c.column, c.column + c.columns) for c in cells)
        self.height, self.width = len(self._rows) - 1, len(self._columns) - 1

    @property
    def genuine(self) -> bool:
        """Whether it is more than a box around text."""
        return self.width > 1 and (self.height > 1 or any(c.role == "label" for c in self._cells))

    def lines(self) -> Iterator[list[tuple[TableCell, Element]]]:
        """The slots that begin in each row, each with a TH or TD; together they cover the whole rectangle."""
        slots = [self._slot(cell) for cell in self._cells]
        starting = {(s.row, s.column): s for s in slots}
        taken = {
            (r, c) for s in slots for r in range(s.row, s.row + s.rows) for c in range(s.column, s.column + s.columns)
        }
        heads = self._head(slots)
        for row in range(self.height):
            line: list[TableCell] = []
            column = 0
            while column < self.width:
                slot = starting.get((row, column))
                end = column + 1
                if slot is None and (row, column) not in taken:
                    while end < self.width and (row, end) not in taken:
                        end += 1
                    slot = TableCell(row, column, 1, end - column, None)
                if slot is not None:
                    line.append(slot)
                    end = column + slot.columns
                column = end
            yield [(slot, _element(slot, self._scope(slot, line, heads))) for slot in line]

    def _slot(self, cell: Cell) -> TableCell:
        row, column = self._rows[cell.row], self._columns[cell.column]
        return TableCell(
            row,
            column,
            self._rows[cell.row + cell.rows] - row,
            self._columns[cell.column + cell.columns] - column,
            cell,
        )

    def _head(self, slots: Sequence[TableCell]) -> int:
        """How many rows at the top are column headers: those that hang together with the first one, when all that
        is in them is printed text of one kind and the table goes on below."""
        end = 1
        for slot in slots:
            if slot.row < end:
                end = max(end, slot.row + slot.rows)
        printed = _told(s for s in slots if s.row < end)
        alike = len({c.role for c in printed}) == 1 and printed[0].role in ("text", "label")
        return end if alike and len(printed) > 1 and end < self.height else 0

    def _scope(self, slot: TableCell, line: Sequence[TableCell], heads: int) -> str:
        """Column or Row for a header cell, else ''."""
        cell = slot.cell
        if cell is None or not cell.text:
            return ""
        if slot.row < heads or cell.row in self._repeated:
            return "Column"
        if cell.role != "label":
            return ""
        beside = _told(line)
        across = slot.columns == self.width or (len(beside) > 1 and all(c.role == "label" for c in beside))
        return "Column" if across else "Row"


def _told(slots: Iterable[TableCell]) -> list[Cell]:
    """The cells that tell something, or would if they were filled in."""
    return [s.cell for s in slots if s.cell and (s.cell.text or s.cell.role in ("value", "field"))]


def _edges(pairs: Iterator[tuple[int, int]]) -> dict[int, int]:
    """Boundary on the sheet → boundary on the table."""
    return {edge: n for n, edge in enumerate(sorted({edge for pair in pairs for edge in pair}))}


def _element(slot: TableCell, scope: str) -> Element:
    spans = {"RowSpan": slot.rows, "ColSpan": slot.columns}
    attributes: dict[str, object] = {key: count for key, count in spans.items() if count > 1}
    if scope:
        attributes["Scope"] = f"/{scope}"
    return Element("TH" if scope else "TD", attributes=attributes)
