"""Bordered rows as one Word table with fixed columns, merged cells and the grid's own borders."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from docx.blkcntnr import BlockItemContainer
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

from generator.document import Cell
from generator.render.docx.paragraph import exact_lines, fill_cell, inset, spare, twips
from generator.render.docx.plan import SheetPlan
from generator.typography.typeset import ROOM

# weight → kind of line and width in eighths of a point; the later one wins where two cells meet
_LINES = {"": ("", 0), "hair": ("single", 2), "dotted": ("dotted", 4), "thin": ("single", 4), "medium": ("single", 8)}
_RANK = {weight: rank for rank, weight in enumerate(_LINES)}
_VALIGN = {"middle": "center", "bottom": "bottom"}
_Edge = tuple[str, int, int]  # 'row' or 'column', boundary, place along it


class _Part(NamedTuple):
    """What a cell has of one row: the row, the first of its rows and the one below its last, its columns."""

    at: int
    first: int
    end: int
    column: int
    span: int


class WordTable:
    """One table of successive rows. ``heights`` are twips, one for each row; ``header`` rows repeat."""

    def __init__(self, plan: SheetPlan, rows: Sequence[int], heights: Sequence[int], header: int):
        self._plan, self._rows, self._heights, self._header = plan, rows, heights, header
        self._edges = [twips(edge) for edge in plan.edges]
        self._owner: dict[tuple[int, int], tuple[Cell, int, int]] = {}  # place → cell, its first and end row here
        self._weights: dict[_Edge, str] = {}
        for at, row in enumerate(rows):
            for cell in plan.starting.get(row, ()):
                end = at + 1
                # A cell that reaches over the end of the page is cut there.
                while end < len(rows) and rows[end] == rows[end - 1] + 1 and rows[end] < row + cell.rows:
                    end += 1
                self._place(cell, at, end)

    def _place(self, cell: Cell, first: int, end: int) -> None:
        right = cell.column + cell.columns
        for row in range(first, end):
            for column in range(cell.column, right):
                self._owner[row, column] = (cell, first, end)
            self._draw(("column", cell.column, row), cell.style.left)
            self._draw(("column", right, row), cell.style.right)
        for column in range(cell.column, right):
            self._draw(("row", first, column), cell.style.top)
            self._draw(("row", end, column), cell.style.bottom)

    def _draw(self, edge: _Edge, weight: str) -> None:
        if _RANK[weight] > _RANK[self._weights.get(edge, "")]:
            self._weights[edge] = weight

    def element(self, container: BlockItemContainer) -> BaseOxmlElement:
        """The finished ``w:tbl``; ``container`` is where it is going to stand."""
        table = OxmlElement("w:tbl")
        properties = _child(table, "w:tblPr")
        _child(properties, "w:tblW", w=self._edges[-1], type="dxa")
        _child(properties, "w:tblInd", w=0, type="dxa")
        _child(properties, "w:tblLayout", type="fixed")
        columns = _child(table, "w:tblGrid")
        for left, right in pairwise(self._edges):
            _child(columns, "w:gridCol", w=right - left)
        for at in range(len(self._rows)):
            table.append(self._row(at, container))
        return table

    def _row(self, at: int, container: BlockItemContainer) -> BaseOxmlElement:
        row = OxmlElement("w:tr")
        properties = _child(row, "w:trPr")
        _child(properties, "w:cantSplit")
        _child(properties, "w:trHeight", val=self._heights[at], hRule="atLeast")
        if at < self._header:
            _child(properties, "w:tblHeader")
        column, count = 0, len(self._edges) - 1
        while column < count:
            cell, first, end = self._owner.get((at, column), (None, at, at + 1))
            span = cell.columns if cell else 1
            while not cell and column + span < count and (at, column + span) not in self._owner:
                span += 1  # the grid's empty places in a row are one empty cell
            row.append(self._cell(cell, _Part(at, first, end, column, span), container))
            column += span
        return row

    def _cell(self, cell: Cell | None, part: _Part, container: BlockItemContainer) -> BaseOxmlElement:
        at, first, end, column, span = part
        element = OxmlElement("w:tc")
        properties = _child(element, "w:tcPr")
        _child(properties, "w:tcW", w=self._edges[column + span] - self._edges[column], type="dxa")
        if span > 1:
            _child(properties, "w:gridSpan", val=span)
        if end - first > 1:
            _child(properties, "w:vMerge", val="restart" if at == first else "continue")
        self._borders(properties, part)
        paragraph = Paragraph(OxmlElement("w:p"), container)
        element.append(paragraph._p)
        if cell is None:
            exact_lines(paragraph, 20)  # a point: an empty place never makes its row higher
            return element
        if cell.style.fill:
            _child(properties, "w:shd", val="clear", color="auto", fill=cell.style.fill)
        margins = _child(properties, "w:tcMar")
        if cell.style.valign == "top":
            _child(margins, "w:top", w=twips(ROOM), type="dxa")
        pads = [max(0.0, cell.style.pad - less) for less in spare(cell)]
        _child(margins, "w:left", w=twips(pads[0]), type="dxa")
        if cell.style.valign == "bottom":
            _child(margins, "w:bottom", w=twips(ROOM), type="dxa")
        _child(margins, "w:right", w=twips(pads[1] + inset(cell)), type="dxa")
        if cell.style.valign in _VALIGN:
            _child(properties, "w:vAlign", val=_VALIGN[cell.style.valign])
        if at == first:
            fill_cell(paragraph, cell)
        else:
            exact_lines(paragraph, 20)
        return element

    def _borders(self, properties: BaseOxmlElement, part: _Part) -> None:
        at, first, end, column, span = part
        sides: dict[str, list[_Edge]] = {}
        if at == first:
            sides["top"] = [("row", at, c) for c in range(column, column + span)]
        sides["left"] = [("column", column, at)]
        if at == end - 1:
            sides["bottom"] = [("row", end, c) for c in range(column, column + span)]
        sides["right"] = [("column", column + span, at)]
        borders = OxmlElement("w:tcBorders")
        for side, edges in sides.items():
            # One side of a Word cell is one line: the lightest of what lies along it, so that none is invented.
            kind, width = _LINES[min((self._weights.get(edge, "") for edge in edges), key=_RANK.__getitem__)]
            if kind:
                _child(borders, f"w:{side}", val=kind, sz=width, space=0, color="000000")
        if len(borders):
            properties.append(borders)


def _child(parent: BaseOxmlElement, tag: str, **attributes: str | int) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    parent.append(element)
    return element
