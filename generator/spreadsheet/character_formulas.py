"""Formulas of Excel that work on characters as japan.characters and the form's filters do: 字数 and katakana."""

from __future__ import annotations

_KANA, _ROOM = 48, 7500  # kana of a name that a formula turns into katakana; characters of such a formula
_LONGEST = 4  # UTF-16 units that one character takes at most: a pair, and a pair that selects its variant
_REST = 1000  # characters behind them at the most
_BREAKS = 200  # line breaks that are looked at besides


def katakana_formula(cell: str) -> str:
    """An Excel formula without '=' for the text of a cell with its hiragana as katakana.

    Character by character, with functions that every Excel since 2013 has; what is longer stays as it is typed.
    """

    def turned(number: int) -> str:
        character = f"MID({cell},{number},1)"  # "" behind the end, half a pair: errors, which leave it as it is
        code = f"_xlfn.UNICODE({character})"
        return f"IFERROR(_xlfn.UNICHAR({code}+96*(ABS({code}-12395.5)<43)),{character})"

    most = min(_KANA, _ROOM // len(turned(_KANA)))
    joined = "&".join([*map(turned, range(1, most + 1)), f"MID({cell},{most + 1},{_REST})"])
    return f'SUBSTITUTE(SUBSTITUTE({joined},"ゝ","ヽ"),"ゞ","ヾ")'


def count_formula(sheet: str, address: str, limit: int) -> str:
    """An Excel formula without '=' for the number of characters in a cell, right unless it is far beyond the limit.

    ``sheet`` as formulas have it ('第１号様式'), ``address`` absolute ($E$5); it may stand under a defined name.

    To Excel a text is UTF-16: LEN counts 𠮷 as two, and MID gives halves of it, for which UNICODE is an error; to
    LibreOffice, and to Excel's newer way of counting, it is code points. Half of all units and the units that are no
    halves make the code points in either. What SUBSTITUTE takes away of the selectors beyond U+FFFF is two units each
    or one, as many as LEN says of one of them.
    """
    cell = f"{sheet}!{address}"

    def rows(most: int) -> str:  # the numbers from 1; under a name they have to be of some sheet
        return f"ROW({sheet}!$A$1:$A${most})"

    most = _LONGEST * limit + _BREAKS
    units = rows(most)
    points = f"(LEN({cell})+SUMPRODUCT(--ISNUMBER(_xlfn.UNICODE(MID({cell},{units},1)))))/2"

    def without(characters: str) -> str:
        return f'SUMPRODUCT(LEN({cell})-LEN(SUBSTITUTE({cell},{characters},"")))'

    breaks = without(f"CHAR(7+3*{rows(2)})")
    selectors = without(f"_xlfn.UNICHAR(65023+{rows(16)})")
    further = without(f"_xlfn.UNICHAR(917759+{rows(240)})")
    exact = f"{points}-{breaks}-{selectors}-{further}/LEN(_xlfn.UNICHAR(917760))"
    return f"IF(LEN({cell})>{most},LEN({cell}),{exact})"
