"""Texts as they stand in a formula of a workbook."""

from __future__ import annotations

import re

_LITERAL = 250  # characters of one literal, of which Excel takes 255


def text_literal(text: str) -> str:
    """The text between quotation marks, each mark in it doubled. For a short text of one line."""
    return '"' + text.replace('"', '""') + '"'


def text_expression(text: str) -> str:
    """A formula without '=' that gives the text, however long: in pieces, with line breaks as CHAR(10)."""
    pieces = []
    for line in re.split("(\n)", text):
        if line == "\n":
            pieces.append("CHAR(10)")
        else:
            pieces += [text_literal(line[n : n + _LITERAL]) for n in range(0, len(line), _LITERAL)]
    return "&".join(pieces) or '""'
