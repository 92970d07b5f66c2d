"""Numbers and filled shapes as operators of a page."""

from __future__ import annotations


def number(value: float) -> str:
    """A length or width as PDF writes it: at most three decimals, no exponent."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def bar(left: float, bottom: float, width: float, height: float) -> str:
    """Operators that fill a rectangle; how lines are drawn, too. A filled rectangle in a path of its own comes out
    sharp and as wide as its like wherever it lies, in PDFium at least; strokes are blurred by their place."""
    return " ".join(map(number, (left, bottom, width, height))) + " re f"


def frame(left: float, bottom: float, width: float, height: float, line: float) -> list[str]:
    """Operators that draw a rectangle's outline, ``line`` wide and centred on its sides."""
    half = line / 2
    long, high = width + line, height + line
    return [
        *(bar(left - half, y - half, long, line) for y in (bottom, bottom + height)),
        *(bar(x - half, bottom - half, line, high) for x in (left, left + width)),
    ]
