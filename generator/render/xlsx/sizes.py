"""Millimetres to Excel's units: columns in pixels, rows in points, and whether a text has room."""

from __future__ import annotations

from itertools import accumulate, pairwise
from math import ceil

from generator.document import Cell, Sheet
from generator.paper import MM_PER_INCH, MM_PER_POINT

_PIXEL = MM_PER_INCH / 96  # mm
_STEP = 0.75  # pt, one pixel: Excel rounds row heights to it
_DIGIT = 7  # px, a digit of the Normal font (BIZ UDゴシック 10.5 pt), the unit of column widths
_PADDING = 5 * _PIXEL  # mm, what Excel keeps free in a cell, both sides together
_SPARE = 1.01  # of a row's height
_PITCH = 1.2  # of the type size; Excel sets lines closer than typeset does (the fonts say 1.0)
_LOOSE = 1.8  # of the type size; lines spread wider than this would not look like one text
_TALLEST = 409.5  # pt, Excel's limit for one row


class SheetSizes:
    """The columns and rows of one sheet in Excel's units."""

    def __init__(self, sheet: Sheet) -> None:
        self._columns = (0.0, *accumulate((*sheet.columns, *sheet.aside)))
        edges = [round(mm / _PIXEL) for mm in self._columns]  # edges, not widths: errors do not add up
        self.pixels = tuple(b - a for a, b in pairwise(edges))
        self.heights = self._rows(sheet)  # pt

    def widths(self) -> tuple[float, ...]:
        """Excel's column widths: digits of the Normal font, in steps of 1/256."""
        return tuple(int(px / _DIGIT * 256) / 256 for px in self.pixels)

    def width(self, cell: Cell) -> float:
        """Millimetres that Excel leaves for the text of the cell."""
        return self._columns[cell.column + cell.columns] - self._columns[cell.column] - _PADDING

    def tight(self, cell: Cell, room: float = 0.997) -> bool:
        """Whether Excel, measuring a trifle wider than typeset, may break a line that typeset did not."""
        return any(line.width > self.width(cell) * room for line in cell.lines)

    def lines(self, cell: Cell) -> int:
        """The lines Excel may need for the text, at the most."""
        if not self.tight(cell):
            return len(cell.lines)
        return len(cell.lines) + sum(line.last for line in cell.lines)

    def roomy(self, cell: Cell) -> bool:
        """Whether the cell holds two lines or more of its size."""
        return sum(self.heights[cell.row : cell.row + cell.rows]) >= 2 * cell.size * _PITCH + 2

    def filled(self, cell: Cell) -> bool:
        """Whether the lines, spread over the cell's height, stand about as far apart as typeset put them.

        Only of a paragraph without borders, which spread lines would touch; and not of a text with line ends of its
        own: LibreOffice spreads each of its parts by itself.
        """
        if len(cell.lines) < 2 or "\n" in cell.text or cell.style.bordered or cell.style.align != "justify":
            return False
        height = sum(self.heights[cell.row : cell.row + cell.rows])
        return (height - cell.size) / (len(cell.lines) - 1) <= cell.size * _LOOSE

    def _rows(self, sheet: Sheet) -> tuple[float, ...]:
        edges = [round(mm / MM_PER_POINT * _SPARE / _STEP) * _STEP for mm in (0.0, *accumulate(sheet.heights))]
        heights = [b - a for a, b in pairwise(edges)]
        if max(heights, default=0) > _TALLEST:
            raise ValueError(f"{sheet.name}: a row is higher than Excel allows")
        for cell in [c for c in sheet.cells if len(c.lines) > 1]:  # one line is shrunk, see styles
            last = cell.row + cell.rows - 1
            missing = self.lines(cell) * cell.size * _PITCH + 2 - sum(heights[cell.row : last + 1])
            if missing > 0:
                heights[last] = min(_TALLEST, heights[last] + ceil(missing / _STEP) * _STEP)
        return tuple(heights)
