"""PDF objects on reportlab's document model.

The Canvas is not used: it puts Helvetica on every page, dates files by the clock and
compresses with whatever zlib is installed, and we need the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isal import isal_zlib
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFDocument

MM = 72 / 25.4  # points in a millimetre
_LEVEL = 1  # of isal: higher ones differ between processors with and without AVX-512


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


def add(pdf: PDFDocument, name: str, entries: Mapping[str, Any]) -> Any:
    """A dictionary as an object of its own; the reference to it."""
    return pdf.Reference(PDFDictionary(dict(entries)), name)


def add_stream(pdf: PDFDocument, name: str, data: bytes, entries: Mapping[str, Any] | None = None) -> Any:
    """A compressed stream; the reference to it."""
    packed = isal_zlib.compress(data, _LEVEL)
    head = PDFDictionary({**(entries or {}), "Filter": "/FlateDecode", "Length": len(packed)})
    head.multiline = False
    return pdf.Reference(head.format(pdf) + b"\nstream\n" + packed + b"\nendstream", name)
