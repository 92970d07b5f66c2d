"""字数: what counts as a character. The same as a formula of a workbook: generator.spreadsheet.character_formulas.

A character is a code point; variation selectors and line breaks are none.
"""

from __future__ import annotations

import re

_NONE = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\r\n]")


def count(text: str) -> int:
    """The number of characters."""
    return len(_NONE.sub("", text))
