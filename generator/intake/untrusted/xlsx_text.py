"""Texts and formulas of a workbook as its XML has them: bounded, decoded, and with no way out of the workbook."""

from __future__ import annotations

import re

from generator.intake.untrusted.refusal import RETURN_OUR_FORM, unreadable
from generator.intake.untrusted.xlsx_parts import WorkbookParts
from generator.intake.untrusted.xml import XmlError

_LONGEST, _LONGEST_FORMULA = 32_767, 8_192  # characters, Excel's own limits
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_EXTERNAL = re.compile(
    r"\||\[[^\[\]]+\][^'!\[\]]*'?!|"  # DDE, another file
    r"\b(?:CALL|REGISTER|REGISTER\.ID|EXEC|WEBSERVICE|RTD|DDE|FILTERXML|EVALUATE|SQL\.REQUEST)\s*\(",
    re.I,
)


class TextCollector:
    """Collects the <t> of a text, without those of its readings (ふりがな, <rPh>), which are no part of it."""

    def __init__(self) -> None:
        self._chunks: list[str] = []
        self._inside = self._reading = False

    def start(self, name: str) -> None:
        """An element begins."""
        if name == "rPh":
            self._reading = True
        self._inside = name == "t" and not self._reading

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "rPh":
            self._reading = False
        self._inside = False

    def add(self, chunk: str) -> None:
        """Characters of the element that began last."""
        if self._inside:
            self._chunks.append(chunk)

    def take(self) -> str:
        """The text collected since this was last called; raises XmlError where it is longer than Excel allows."""
        text = "".join(self._chunks)
        self._chunks.clear()
        return decoded(text)


def decoded(text: str) -> str:
    """The text with Excel's escapes (_x000D_) resolved and lines ended by \\n; raises XmlError where it is too long."""
    if len(text) > 8 * _LONGEST:
        raise XmlError("長すぎる文字列があります", code="intake.text-too-long")
    whole = _ESCAPE.sub(lambda m: m[0] if 0xD800 <= int(m[1], 16) < 0xE000 else chr(int(m[1], 16)), text)
    if len(whole) > _LONGEST:
        raise XmlError("長すぎる文字列があります", code="intake.text-too-long")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def shared_strings(parts: WorkbookParts, part: str) -> list[str]:
    """The texts that cells refer to by number; raises UnreadableError."""
    strings: list[str] = []
    text = TextCollector()

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            text.take()
        text.start(name)

    def end(name: str) -> None:
        text.end(name)
        if name == "si":
            strings.append(text.take())

    parts.parse(part, start, end, text.add)
    return strings


def check_formula(formula: str, file: str) -> None:
    """Raises UnreadableError for a formula that reaches out of the workbook: another file or program, the network.

    Raises XmlError for one that is longer than Excel allows.
    """
    if len(formula) > _LONGEST_FORMULA:
        raise XmlError("長すぎる計算式があります", code="intake.formula-too-long")
    if _EXTERNAL.search(_QUOTED.sub('""', formula)):
        message = "ほかのファイルやプログラムを呼び出す計算式（外部参照や DDE）が入っています"
        raise unreadable(file, message, RETURN_OUR_FORM, code="intake.external-formula")
