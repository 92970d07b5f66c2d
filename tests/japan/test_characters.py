"""The count of characters, and its formula as Excel computes it: over UTF-16, where MID gives halves of a pair.

There is no Excel here. What Microsoft's reference says of its functions is written down below, in both ways of
counting that Excel has (UTF-16 units, and since its "compatibility version 2" code points); LibreOffice computes the
formula itself in tests/template/test_count.py.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import pytest

from generator.japan import characters
from generator.scheme import text_template
from generator.spreadsheet import character_formulas

TEXTS = {
    "": 0,
    "あいう": 3,
    "𠮷野家": 3,
    "邉\U000e0100": 1,
    "辺\ufe00": 1,
    "葛\U000e0101城\ufe0f": 2,
    "𠮷\U000e0102": 1,  # both beyond U+FFFF
    "一\n二\r\n三": 3,
    "\n\n": 0,
    "🏴\U000e0067\U000e007f": 3,  # tags share their first half with the selectors and are counted
    "a b　c": 5,
}


class Array(list[Any]):
    """Values under SUMPRODUCT: an operation goes over each of them."""

    def over(self, other: Any, call: Callable[[Any, Any], Any]) -> Array:
        return Array(call(n, other[i] if isinstance(other, Array) else other) for i, n in enumerate(self))

    def __neg__(self) -> Array:
        return Array(-n for n in self)

    def __radd__(self, other: Any) -> Array:
        return self.over(other, lambda a, b: b + a)

    def __rsub__(self, other: Any) -> Array:
        return self.over(other, lambda a, b: b - a)

    def __rmul__(self, other: Any) -> Array:
        return self.over(other, operator.mul)


class Error:
    """#VALUE!, and whatever is computed with it."""

    def same(self, other: Any) -> Error:
        return self

    __add__ = __radd__ = __sub__ = __mul__ = __rmul__ = __lt__ = same


ERROR = Error()
HALF = re.compile("[\ud800-\udfff]")


def lifted(call: Callable[..., Any]) -> Callable[..., Any]:
    """A function as it is over arrays."""

    def with_arrays(*arguments: Any) -> Any:
        length = next((len(a) for a in arguments if isinstance(a, Array)), 0)
        if not length:
            return call(*arguments)
        return Array(call(*[a[i] if isinstance(a, Array) else a for a in arguments]) for i in range(length))

    return with_arrays


def halves(text: str) -> str:
    """The text as UTF-16: each half of a pair a character of its own."""
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(int.from_bytes(data[n : n + 2], "little")) for n in range(0, len(data), 2))


def whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def excel(formula: str, text: str, utf16: bool) -> Any:
    """What Excel computes for the formula with the text in the cell."""
    kept = halves if utf16 else whole

    def unicode(one: str) -> Any:
        """The first character's code; "" and partial surrogates are #VALUE!."""
        joined = whole(one)
        return ERROR if not joined or HALF.search(joined) else ord(joined[0])

    functions = {
        "X": kept(text),
        "ROW": lambda most: Array(range(1, most + 1)),
        "LEN": lifted(len),
        "MID": lifted(lambda t, start, count: t[start - 1 : start - 1 + count]),
        "CHAR": lifted(chr),
        "UNICHAR": lifted(lambda code: ERROR if code is ERROR else kept(chr(code))),
        "UNICODE": lifted(unicode),
        "ISNUMBER": lifted(lambda value: isinstance(value, int)),
        "IF": lambda test, yes, no: yes if test else no,
        "IFERROR": lambda value, other: other if value is ERROR else value,
        "ABS": lambda value: ERROR if value is ERROR else abs(value),
        "SUBSTITUTE": lifted(lambda t, old, new: t.replace(old, new)),
        "SUMPRODUCT": sum,
    }
    source = formula.replace("_xlfn.", "").replace("'S'!$C$5", "X").replace("&", "+")
    source = re.sub(r"ROW\('S'!\$A\$1:\$A\$(\d+)\)", r"ROW(\1)", source)
    assert set(re.findall("[A-Z]+", source)) <= set(functions)
    return eval(source, {"__builtins__": {}}, functions)


@pytest.mark.parametrize("text", TEXTS)
def test_count(text: str) -> None:
    assert characters.count(text) == TEXTS[text]


@pytest.mark.parametrize("utf16", [True, False])
@pytest.mark.parametrize("text", TEXTS)
def test_the_formula_counts_alike(text: str, utf16: bool) -> None:
    assert excel(character_formulas.count_formula("'S'", "$C$5", 20), text, utf16) == TEXTS[text]


@pytest.mark.parametrize("utf16", [True, False])
@pytest.mark.parametrize("one", ["一", "𠮷", "邉\U000e0100", "𠮷\U000e0100", "字\n", "𠮷\r\n"])
def test_the_limit_to_the_character(one: str, utf16: bool) -> None:
    formula = character_formulas.count_formula("'S'", "$C$5", 200)
    for number in (199, 200, 201):
        assert excel(formula, one * number, utf16) == number
    assert excel(formula, one * 3000, utf16) > 200  # by and large


@pytest.mark.parametrize("utf16", [True, False])
@pytest.mark.parametrize("text", ["", "かぶしきがいしゃみほん", "ぁゖー・ゔ いすゞ、さゝき", "ｶﾅカナ漢字AZ", "𠮷のや"])
def test_katakana(text: str, utf16: bool) -> None:
    shown = excel(character_formulas.katakana_formula("'S'!$C$5"), text, utf16)
    assert whole(shown) == text_template.text("{{ x | カタカナ }}").render({"x": text})


def test_the_formula_fits() -> None:
    assert len(character_formulas.katakana_formula("'" + "長" * 31 + "'!$AA$100")) < 8000
