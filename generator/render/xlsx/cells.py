"""The cells of a sheet: typed values, formulas, merges."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

from generator.document import Cell, Sheet
from generator.render.xlsx.grid import Grid
from generator.render.xlsx.names import stored
from generator.render.xlsx.styles import Styles

_FIRST_DATE = date(1900, 3, 1)  # Excel's serials before it are a day off


def write_cells(
    page: Worksheet, sheet: Sheet, grid: Grid, styles: Styles, cached: dict[str, str | bool | int | float]
) -> None:
    """Fill the worksheet with the sheet's cells; ``cached`` receives the value of each formula."""
    merged = []
    for cell in sheet.cells:
        first = page.cell(cell.row + 1, cell.column + 1)
        value = plain(cell)
        if cell.formula:
            first.value = "=" + cell.formula
            first.data_type = "f"
            cached[first.coordinate] = value
        elif isinstance(value, str):
            if value:
                first.value = stored(value)
                first.data_type = "s"  # or openpyxl takes =… for a formula and #N/A for an error
        else:
            first.value = value
        merged += _spread(page, cell, grid, styles)
    # Not merge_cells(): it keeps a set, whose order differs from run to run, and throws the styles away.
    page.merged_cells = merged


def plain(cell: Cell) -> str | bool | int | float:
    """The value as Excel stores it: dates as serials, exact fractions as doubles, nothing as ''."""
    value = cell.value
    if value is None:
        return cell.text
    if isinstance(value, date):
        return int(to_excel(value)) if value >= _FIRST_DATE else cell.text
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value


def _spread(page: Worksheet, cell: Cell, grid: Grid, styles: Styles) -> list[str]:
    """Style every cell under the span (each edge needs its border); the range to merge, if any."""
    top, left = cell.row + 1, cell.column + 1
    bottom, right = cell.row + cell.rows, cell.column + cell.columns
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            target = page.cell(row, column)
            styles.apply(target, cell, grid, (column == left, row == top, column == right, row == bottom))
    if (top, left) == (bottom, right):
        return []
    return [f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"]
