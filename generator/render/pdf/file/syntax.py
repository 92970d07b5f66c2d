"""Values as PDF syntax: references, numbers, text strings, arrays and dictionaries."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

_PLAIN = frozenset(string.ascii_letters + string.digits + " -.,:;+'/&#@!?=*_%")


class Ref(int):
    """The number of an object; as a string (``str``) it is a reference to it."""

    def __str__(self) -> str:
        return f"{int(self)} 0 R"


def dictionary(entries: Mapping[str, object]) -> str:
    """A dictionary of values that are PDF syntax already; the keys are given without their slash."""
    return "<<" + "".join(f"/{key} {value}" for key, value in entries.items()) + ">>"


def array(items: Iterable[object]) -> str:
    """An array of values that are PDF syntax already, or become it by ``str``."""
    return "[" + " ".join(map(str, items)) + "]"


def text_string(value: str) -> str:
    """A text string of any characters, 𠮷 included; pure ASCII where that is enough."""
    if _PLAIN.issuperset(value):
        return f"({value})"
    return f"<FEFF{value.encode('utf-16-be').hex().upper()}>"


def number(value: float) -> str:
    """A length or width as PDF writes it: at most three decimals, no exponent."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
