"""Excel: a Document becomes one workbook, a worksheet for each sheet.

In: Document. Out: the bytes of an xlsx file. `prepared` puts the package together from what openpyxl has laid out once
(`page_setup`, `data_validation`, `chart`, `return_sheet`) and what each case fills in (`rows`, `styles`).

Formulas stay alive and carry their computed value, so that a viewer that does not calculate
shows the amounts as well. ``fullCalcOnLoad`` is not set: the values are right as they stand, and
Excel would ask to save a workbook that nobody has changed.

May use: cache, markup, package, document, paper, problem, roundtrip, spreadsheet, typography.
"""

from __future__ import annotations

from generator.document import Document
from generator.render.xlsx.limits import check_sheet_names
from generator.render.xlsx.prepared import PreparedWorkbooks

__all__ = ["render"]

_WORKBOOKS = PreparedWorkbooks()


def render(document: Document) -> bytes:
    """The document as an .xlsx workbook; the same document gives the same bytes.

    Raises ValueError when a sheet's name or a row's height is none that Excel allows, and RefusedError when
    a text is longer than an Excel cell can hold.
    """
    check_sheet_names(tuple(sheet.name for sheet in document.sheets))
    return _WORKBOOKS.render(document)
