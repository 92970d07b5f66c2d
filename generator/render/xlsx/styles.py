"""A cell's looks in Excel: font, alignment, border, fill, number format, protection."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as ExcelCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.writer.excel import ExcelWriter

from generator.document import BODY_SIZE, Cell
from generator.render.package import Part, part
from generator.render.xlsx.sizes import SheetSizes

FONTS = {"mincho": "BIZ UD明朝 Medium", "gothic": "BIZ UDゴシック"}
_CHECK_BOX = "Segoe UI Symbol"  # the fonts of the forms have no ☑
SHIFT_JIS = 128
_NORMAL = Font(name="BIZ UDゴシック", size=BODY_SIZE, charset=SHIFT_JIS)
_VERTICAL = {"top": "top", "middle": "center", "bottom": "bottom"}
_LONG = ("文章", "文字")  # kinds of answers that may take several lines
ROOMY = 0.93  # of the width: a line that fills more might be broken in Excel, so it is shrunk instead


SIGNS = ("=", "+", "-", "@")
_FONT = re.compile(rb"<font>(.*?)</font>", re.DOTALL)
_FONT_PART = re.compile(rb"<(\w+) [^>]*/>")
_FONT_ORDER = (b"b", b"i", b"sz", b"color", b"name", b"family", b"charset", b"scheme")


def in_schema_order(data: bytes) -> bytes:
    """The styles part with each font's elements in the order of the schema: openpyxl has its own."""

    def reorder(match: re.Match[bytes]) -> bytes:
        parts = sorted(_FONT_PART.finditer(match[1]), key=lambda part: _FONT_ORDER.index(part[1]))
        return b"<font>%b</font>" % b"".join(part[0] for part in parts)

    return _FONT.sub(reorder, data)


Borders = tuple[str, str, str, str]  # left, top, right, bottom
# font, bold, size, check box; horizontal, vertical, wrap, shrink; fill; number format; input; looks like a formula
Look = tuple[str, bool, float, bool, tuple[str, str, bool, bool], str, str, bool, bool]


def look(cell: Cell, sizes: SheetSizes) -> Look:
    """Everything about a cell's looks but its borders."""
    style = cell.style
    # a mark for Excel that the text is no formula, whatever it begins with
    quoted = not cell.formula and (cell.value is None or isinstance(cell.value, str)) and cell.text[:1] in SIGNS
    align = _alignment(cell, sizes)
    return style.font, style.bold, cell.size, bool(cell.mark), align, style.fill, cell.format, bool(cell.field), quoted


def borders(cell: Cell, row: int, column: int) -> Borders:
    """The borders of one cell under the span; only the outer edges have one."""
    style = cell.style
    return (
        style.left if column == cell.column else "",
        style.top if row == cell.row else "",
        style.right if column == cell.column + cell.columns - 1 else "",
        style.bottom if row == cell.row + cell.rows - 1 else "",
    )


@lru_cache(maxsize=500)
def stylesheet(styles: tuple[tuple[Look, Borders], ...], differential: bytes) -> tuple[Part, dict[Any, int]]:
    """The styles part with these styles (and the conditional ones), and the number of each."""
    book = Workbook()
    # Column widths are counted in digits of the Normal font: it is ours, not the reader's.
    book._fonts = IndexedList([_NORMAL])
    book._named_styles["Normal"].font = _NORMAL
    page = book.active
    numbers: dict[Any, int] = {}
    for row, style in enumerate(styles, 1):
        target = page.cell(row, 1)
        _apply(target, *style)
        numbers[style] = target.style_id
    data = io.BytesIO()
    ExcelWriter(book, ZipFile(data, "w", ZIP_STORED)).save()
    xml = in_schema_order(ZipFile(data).read("xl/styles.xml"))
    return part("xl/styles.xml", xml.replace(b"<tableStyles", differential + b"<tableStyles", 1)), numbers


def _apply(target: ExcelCell, look: Look, edges: Borders) -> None:
    font, bold, size, checked, align, fill, number_format, unlocked, quoted = look
    name = _CHECK_BOX if checked else FONTS[font]
    target.font = Font(name=name, charset=SHIFT_JIS, size=size, bold=bold and font == "gothic")
    target.alignment = Alignment(horizontal=align[0], vertical=align[1], wrap_text=align[2], shrink_to_fit=align[3])
    sides = zip(("left", "top", "right", "bottom"), edges, strict=True)
    target.border = Border(**{side: Side(style=weight, color="000000") for side, weight in sides if weight})
    if fill:
        target.fill = PatternFill("solid", fgColor="FF" + fill)
    target.number_format = number_format or "General"
    target.protection = Protection(locked=not unlocked)
    target.quotePrefix = quoted


def _alignment(cell: Cell, sizes: SheetSizes) -> tuple[str, str, bool, bool]:
    """Horizontal, vertical, wrap, shrink.

    A text on one line is shrunk rather than wrapped where it nearly fills its cell, and a number always:
    wrapped it would be cut off, and a number without room becomes ####. A fixed text that fills its height
    is spread over it, which gives the line pitch of the other formats (Excel's own is the type size); an
    input is not, for a shorter answer would be torn apart.
    """
    style = cell.style
    if cell.value is None and (cell.input or cell.formula):  # nobody knows yet how much will be typed
        shrink = bool(cell.input and cell.input.kind not in _LONG) or not sizes.roomy(cell)
        align = "left" if style.align == "justify" else style.align
        return align, _VERTICAL[style.valign], not shrink, shrink
    single = len(cell.lines) < 2 and "\n" not in cell.text
    number = cell.value is not None and not isinstance(cell.value, str)
    shrink = single and (number or not style.wrap or sizes.tight(cell, ROOMY))
    align = style.align
    if align == "justify" and single:
        align = "left"
    spread = not cell.field and sizes.filled(cell)
    return align, "justify" if spread else _VERTICAL[style.valign], not shrink, shrink
