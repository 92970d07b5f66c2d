"""What is read of a workbook: its sheets, their cells by address, its defined names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell as a workbook has it. ``kind``: text, number, flag, date (ISO 8601) or error; ``text`` as stored;
    ``formula`` without '=', or none.

    The formula is '?' where the file has one but does not write it out.
    """

    kind: str
    text: str
    formula: str = ""


@dataclass(frozen=True)
class ReadSheet:
    """One worksheet; ``cells`` by address such as E12, without the empty ones."""

    name: str
    cells: dict[str, ReadCell] = field(default_factory=dict)


@dataclass(frozen=True)
class Workbook:
    """The worksheets in their order; ``names``: each defined name of the whole book and what it refers to.

    ``date1904``: the numbers of dates count from 1904-01-01.
    """

    sheets: tuple[ReadSheet, ...]
    names: dict[str, str]
    date1904: bool


def row_and_column(address: str) -> tuple[int, int]:
    """The row and the column, both counted from 1: (12, 5) for E12; (0, 0) for what is no address."""
    match = _ADDRESS.match(address)
    if not match:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
