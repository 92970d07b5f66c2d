"""What Excel allows for the name of a worksheet, and for text."""

from __future__ import annotations

import re

from generator.problem import Problem, RefusedError

_LONGEST_NAME = 31  # UTF-16 units
_LONGEST_TEXT = 32767  # likewise, in one cell
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def utf16_units(text: str) -> int:
    """The length of a text as Excel counts it: 𠮷 is two."""
    return len(text.encode("utf-16-le")) // 2


def check_sheet_names(names: tuple[str, ...]) -> None:
    """Look at the names of the sheets.

    Raises ValueError for a name that Excel would refuse or two names that it takes for one.
    """
    if not names:
        raise ValueError("a workbook needs a sheet")
    seen: set[str] = set()
    for name in names:
        if not name or utf16_units(name) > _LONGEST_NAME or re.search(r"[\[\]:*?/\\]|^'|'$", name):
            raise ValueError(f"not a worksheet name: {name!r}")
        if name.casefold() in seen:
            raise ValueError(f"two worksheets named {name!r}")
        seen.add(name.casefold())


def stored(text: str) -> str:
    """The text as the file spells it: ``_x0041_`` would be read as the character A.

    Raises RefusedError when a cell cannot hold it; openpyxl would cut it off silently.
    """
    if 2 * len(text) > _LONGEST_TEXT and utf16_units(text) > _LONGEST_TEXT:
        message = f"文章が長すぎてExcelのセルに入りません（{len(text):,}字、上限は{_LONGEST_TEXT:,}字）"
        raise RefusedError([Problem(message, code="render.text-too-long")])
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text
