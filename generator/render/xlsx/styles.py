"""A cell's looks in Excel: font, alignment, border, fill, number format, protection."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as ExcelCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils.indexed_list import IndexedList

from generator.document import Cell, Style
from generator.render.xlsx.grid import Grid

_FONTS = {"mincho": "BIZ UD明朝 Medium", "gothic": "BIZ UDゴシック"}
_CHECK_BOX = "Segoe UI Symbol"  # the fonts of the forms have no ☑
_SHIFT_JIS = 128
_NORMAL = Font(name="BIZ UDゴシック", size=10.5, charset=_SHIFT_JIS)
_VERTICAL = {"top": "top", "middle": "center", "bottom": "bottom"}
_LONG = ("文章", "文字")  # kinds of answers that may take several lines
_ROOMY = 0.93  # of the width: a line that fills more might be broken in Excel, so it is shrunk instead


_FONT = re.compile(rb"<font>(.*?)</font>", re.DOTALL)
_FONT_PART = re.compile(rb"<(\w+) [^>]*/>")
_FONT_ORDER = (b"b", b"i", b"sz", b"color", b"name", b"family", b"charset", b"scheme")


def in_schema_order(data: bytes) -> bytes:
    """The styles part with each font's elements in the order of the schema: openpyxl has its own."""

    def reorder(match: re.Match[bytes]) -> bytes:
        parts = sorted(_FONT_PART.finditer(match[1]), key=lambda part: _FONT_ORDER.index(part[1]))
        return b"<font>%b</font>" % b"".join(part[0] for part in parts)

    return _FONT.sub(reorder, data)


class Styles:
    """The looks of one workbook. A look is built once and then copied by its number, which is much faster."""

    def __init__(self, book: Workbook) -> None:
        self._known: dict[tuple[Any, ...], Any] = {}
        # Column widths are counted in digits of the Normal font: it is ours, not the reader's.
        book._fonts = IndexedList([_NORMAL])
        book._named_styles["Normal"].font = _NORMAL

    def apply(self, target: ExcelCell, cell: Cell, grid: Grid, edges: tuple[bool, bool, bool, bool]) -> None:
        """Give the target the cell's looks; ``edges`` tells which sides (left, top, right, bottom) of a
        merged cell the target lies on."""
        align = _alignment(cell, grid)
        quoted = target.data_type == "s" and target.value is not None and str(target.value)[:1] in ("=", "+", "-", "@")
        borders = tuple(
            weight if edge else ""
            for weight, edge in zip(
                (cell.style.left, cell.style.top, cell.style.right, cell.style.bottom), edges, strict=True
            )
        )
        font = (cell.style.font, cell.style.bold, cell.size, bool(cell.mark))
        key = (font, align, borders, cell.style.fill, cell.format, bool(cell.field), quoted)
        if key not in self._known:
            target.font = _font(cell)
            target.alignment = Alignment(
                horizontal=align[0], vertical=align[1], wrap_text=align[2], shrink_to_fit=align[3]
            )
            target.border = Border(
                **{
                    side: Side(style=weight, color="000000")
                    for side, weight in zip(("left", "top", "right", "bottom"), borders, strict=True)
                    if weight
                }
            )
            if cell.style.fill:
                target.fill = PatternFill("solid", fgColor="FF" + cell.style.fill)
            target.number_format = cell.format or "General"
            target.protection = Protection(locked=not cell.field)
            target.quotePrefix = quoted
            self._known[key] = copy(target._style)
        target._style = copy(self._known[key])


def _font(cell: Cell) -> Font:
    style: Style = cell.style
    name = _CHECK_BOX if cell.mark else _FONTS[style.font]
    return Font(name=name, charset=_SHIFT_JIS, size=cell.size, bold=style.bold and style.font == "gothic")


def _alignment(cell: Cell, grid: Grid) -> tuple[str, str, bool, bool]:
    """Horizontal, vertical, wrap, shrink.

    A text on one line is shrunk rather than wrapped where it nearly fills its cell, and a number always:
    wrapped it would be cut off, and a number without room becomes ####. A fixed text that fills its height
    is spread over it, which gives the line pitch of the other formats (Excel's own is the type size); an
    input is not, for a shorter answer would be torn apart.
    """
    style = cell.style
    if cell.value is None and (cell.input or cell.formula):  # nobody knows yet how much will be typed
        shrink = bool(cell.input and cell.input.kind not in _LONG) or not grid.roomy(cell)
        align = "left" if style.align == "justify" else style.align
        return align, _VERTICAL[style.valign], not shrink, shrink
    single = len(cell.lines) < 2 and "\n" not in cell.text
    number = cell.value is not None and not isinstance(cell.value, str)
    shrink = single and (number or not style.wrap or grid.tight(cell, _ROOMY))
    align = style.align
    if align == "justify" and single:
        align = "left"
    spread = not cell.field and grid.filled(cell)
    return align, "justify" if spread else _VERTICAL[style.valign], not shrink, shrink
