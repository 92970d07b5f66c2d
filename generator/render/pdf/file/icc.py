"""The colour space sRGB (IEC 61966-2-1) as an ICC profile of version 4, built from its published numbers."""

from __future__ import annotations

import hashlib
import struct
from functools import cache

_D50 = (0.96420, 1.0, 0.82491)
# The primaries of sRGB adapted from D65 to D50 by the Bradford transform, which is given, too.
_PRIMARIES = {
    "rXYZ": (0.43607, 0.22249, 0.01392),
    "gXYZ": (0.38515, 0.71687, 0.09708),
    "bXYZ": (0.14307, 0.06061, 0.71410),
}
_BRADFORD = (1.04788, 0.02292, -0.05020, 0.02959, 0.99048, -0.01706, -0.00923, 0.01508, 0.75168)
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)  # (ax + b)^g from x = d on, cx below


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _words(text: str) -> bytes:
    """A multiLocalizedUnicodeType with the one text, in English."""
    data = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">3L2s2s2L", 0, 1, 12, b"en", b"US", len(data), 28) + data


@cache
def srgb() -> bytes:
    """The profile as the bytes of an ICC file, which are always the same."""
    tags = {
        "desc": _words("sRGB"),
        "cprt": _words("CC0"),
        "wtpt": b"XYZ \0\0\0\0" + _fixed(*_D50),
        "chad": b"sf32\0\0\0\0" + _fixed(*_BRADFORD),
        **{tag: b"XYZ \0\0\0\0" + _fixed(*xyz) for tag, xyz in _PRIMARIES.items()},
        "rTRC": b"para\0\0\0\0\0\3\0\0" + _fixed(*_CURVE),
    }
    at = 128 + 4 + 12 * (len(tags) + 2)
    table, body, places = b"", b"", {}
    for tag, data in tags.items():
        places[tag] = (at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    for tag in (*tags, "gTRC", "bTRC"):  # one curve for all three
        table += tag.encode("ascii") + struct.pack(">2L", *places.get(tag, places["rTRC"]))
    size = at + len(body)
    head = struct.pack(">L4x4s4s4s4s", size, b"\4\x30\0\0", b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2023, 1, 1, 0, 0, 0, b"acsp")
    head = head.ljust(68, b"\0") + _fixed(*_D50)
    rest = struct.pack(">L", len(tags) + 2) + table + body
    identity = hashlib.md5(head.ljust(128, b"\0") + rest, usedforsecurity=False).digest()
    return head.ljust(84, b"\0") + identity + b"\0" * 28 + rest
