"""Lengths and filled rectangles as operators of a page."""

from __future__ import annotations

from generator.render.pdf.file.syntax import number

TICK = ((0.16, 0.52), (0.42, 0.2), (0.88, 0.84))  # in a check box whose sides are 1 long, from its lower left corner


def filled_rectangle(left: float, bottom: float, width: float, height: float) -> str:
    """Operators that fill a rectangle; how lines are drawn, too. A filled rectangle in a path of its own comes out
    sharp and as wide as its like wherever it lies, in PDFium at least; strokes are blurred by their place."""
    return " ".join(map(number, (left, bottom, width, height))) + " re f"


def outlined_rectangle(left: float, bottom: float, width: float, height: float, line: float) -> list[str]:
    """Operators that draw a rectangle's outline, ``line`` wide and centred on its sides."""
    half = line / 2
    long, high = width + line, height + line
    return [
        *(filled_rectangle(left - half, y - half, long, line) for y in (bottom, bottom + height)),
        *(filled_rectangle(x - half, bottom - half, line, high) for x in (left, left + width)),
    ]
