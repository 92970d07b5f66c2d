"""字数, what counts as a character, and the half-width forms of full-width characters.

A character is a code point; variation selectors and line breaks are none: the same as in a formula of a workbook,
generator.spreadsheet.character_formulas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# For str.translate: full-width letters, digits, signs and space; the minus sign some keyboards give for a hyphen.
HALF_WIDTH: Mapping[int, int | str] = MappingProxyType(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2212: "-"}
)
_NONE = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\r\n]")


def count(text: str) -> int:
    """The number of characters."""
    return len(_NONE.sub("", text))
