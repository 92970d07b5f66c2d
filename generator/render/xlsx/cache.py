"""The computed value of each formula, put beside it in the worksheet's XML.

openpyxl writes a formula or a value, never both, so the values go in after it has written.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from generator.render.xlsx.names import stored

_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"( s="[0-9]+")?><f>(.*?)</f><v ?(?:/>|></v>)</c>', re.DOTALL)


class Cache:
    """The cached values of a workbook, by the part that holds the worksheet."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[str, str | bool | int | float]] = {}

    def of_sheet(self, number: int) -> dict[str, str | bool | int | float]:
        """The values of the n-th worksheet (from 1), to be filled: coordinate -> value, dates as serials."""
        return self._parts.setdefault(f"xl/worksheets/sheet{number}.xml", {})

    def insert(self, part: str, data: bytes) -> bytes:
        """The part with the value written after each of its formulas.

        Raises ValueError if a formula is left without its value: a viewer would show nothing.
        """
        values = self._parts.get(part)
        if not values:
            return data

        def replace(match: re.Match[bytes]) -> bytes:
            coordinate, style, formula = match[1], match[2] or b"", match[3]
            kind, text = _written(values[coordinate.decode()])
            return b'<c r="%b"%b%b><f>%b</f><v>%b</v></c>' % (coordinate, style, kind, formula, text)

        out, count = _FORMULA.subn(replace, data)
        if count != len(values):
            raise ValueError(f"{part}: {len(values)} formulas, {count} found")
        return out


def _written(value: str | bool | int | float) -> tuple[bytes, bytes]:
    if isinstance(value, bool):
        return b' t="b"', b"1" if value else b"0"
    if isinstance(value, str):
        return b' t="str"', escape(stored(value)).encode("utf-8")
    return b"", repr(value).encode("ascii")
