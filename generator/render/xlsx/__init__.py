"""Excel: a Document becomes one workbook, a worksheet for each sheet.

Formulas stay alive and carry their computed value, so that a viewer that does not calculate
shows the amounts as well. ``fullCalcOnLoad`` is not set: the values are right as they stand, and
Excel would ask to save a workbook that nobody has changed.
"""

from __future__ import annotations

from generator.document import Document
from generator.render.xlsx.frame import Frames
from generator.render.xlsx.names import check_sheet_names

__all__ = ["render"]

_FRAMES = Frames()


def render(document: Document) -> bytes:
    """The document as an .xlsx workbook; the same document gives the same bytes.

    Raises ValueError when a sheet's name or a row's height is none that Excel allows, and ProblemError when
    a text is longer than an Excel cell can hold.
    """
    check_sheet_names(tuple(sheet.name for sheet in document.sheets))
    return _FRAMES.render(document)
