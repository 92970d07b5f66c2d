"""Addresses of cells as a spreadsheet writes them (A1, $E$12, 'Sheet'!). Rows and columns are counted from 0 here."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_AREA = re.compile(r"(?:'((?:[^']|'')+)'!)?\$([A-Z]{1,3})\$(\d+)(?::\$([A-Z]{1,3})\$(\d+))?")


@lru_cache(maxsize=256)
def column_letters(column: int) -> str:
    """The letters of a column: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """The address of a cell, relative: (11, 4) is E12."""
    return f"{column_letters(column)}{row + 1}"


def absolute_address(row: int, column: int) -> str:
    """The address of a cell that does not move when the formula is copied: (11, 4) is $E$12."""
    return f"${column_letters(column)}${row + 1}"


def area_address(row: int, column: int, rows: int, columns: int) -> str:
    """The address of an area of so many rows and columns, relative: E12:F13; of a single cell E12."""
    first = cell_address(row, column)
    return first if (rows, columns) == (1, 1) else f"{first}:{cell_address(row + rows - 1, column + columns - 1)}"


def absolute_area(row: int, column: int, rows: int, columns: int) -> str:
    """The address of an area of so many rows and columns that does not move: $E$12:$F$13; of a single cell $E$12."""
    first = absolute_address(row, column)
    return first if (rows, columns) == (1, 1) else f"{first}:{absolute_address(row + rows - 1, column + columns - 1)}"


def sheet_prefix(name: str) -> str:
    """What stands before an address in another worksheet: '第１号様式'!, with each ' of the name doubled."""
    quoted = name.replace("'", "''")
    return f"'{quoted}'!"


class Area(NamedTuple):
    """Cells from a first to a last row and column, both included; ``sheet`` '' where none is named."""

    sheet: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int


def read_area(address: str) -> Area | None:
    """The cells of an address or area that does not move, such as 'Sheet'!$E$12:$F$13; None for any other text."""
    match = _AREA.fullmatch(address)
    if match is None:
        return None
    sheet, left, top, right, bottom = match.groups()
    row, column = int(top) - 1, _column_number(left)
    last = (int(bottom) - 1, _column_number(right)) if bottom else (row, column)
    return Area((sheet or "").replace("''", "'"), row, column, *last)


def _column_number(letters: str) -> int:
    """The column, counted from 0, that has these letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
