"""What a field shows as long as nobody types: its answer, what the form has pre-printed, or a check box."""

from __future__ import annotations

from generator.document import Cell
from generator.render.pdf.acroform.field_font import FONT_NAME, hex_codes, text_width
from generator.render.pdf.page.operators import TICK

_PADDING = 2.0  # points left and right of the text


def text_operators(cell: Cell, text: str, width: float, height: float, multiline: bool) -> str:
    """Operators that write the text into a field of this width and height (points), smaller where it is too wide.

    Raises UnavailableError for a character that the fields' font lacks.
    """
    if not text:
        return ""
    lines = [line.text for line in cell.lines] if cell.text == text and cell.lines else text.split("\n")
    size, pad = cell.size, _PADDING
    widest = max(text_width(line) for line in lines) * size
    if widest > width - 2 * pad:
        size *= (width - 2 * pad) / widest
    pitch = size * cell.style.line
    top = height - pad if multiline else (height + pitch * len(lines)) / 2
    shown = ""
    for number, line in enumerate(lines):
        room = width - 2 * pad - text_width(line) * size
        x = pad + room * {"center": 0.5, "right": 1.0}.get(cell.style.align, 0.0)
        y = top - pitch * (number + 0.5) - size * 0.38
        shown += f"BT {FONT_NAME} {size:.2f} Tf 0 g {x:.2f} {y:.2f} Td <{hex_codes(line)}> Tj ET\n"
    return shown


def check_box_operators(width: float, height: float, ticked: bool) -> str:
    """Operators that draw a square in the middle of a field of this width and height (points), ticked or not."""
    side = min(width, height, 14.0) * 0.75
    x, y = (width - side) / 2, (height - side) / 2
    drawn = f"q 0.8 w {x:.2f} {y:.2f} {side:.2f} {side:.2f} re S"
    if ticked:
        points = [(x + side * a, y + side * b) for a, b in TICK]
        (a, b), (c, d), (e, f) = points
        drawn += f" {side * 0.13:.2f} w {a:.2f} {b:.2f} m {c:.2f} {d:.2f} l {e:.2f} {f:.2f} l S"
    return drawn + " Q"
