"""Deflate for every format, by isal, and always to the same bytes.

isal (1.9.1, levels 1 and 2) may overlook, at random from process to process, that the first four bytes of what it is
given come again; all else is certain. So what precedes four bytes that do not come again is stored as it is.
"""

from __future__ import annotations

import struct

from isal import isal_zlib

_LEVEL = 1  # of isal: higher ones differ between processors with and without AVX-512
_STORED = 64  # bytes at most that are stored in front
_WINDOW = (1 << 15) + 8  # how far deflate looks back, and a match


def raw(data: bytes) -> bytes:
    """Deflated without a header, as a zip holds it."""
    start = next((n for n in range(min(len(data), _STORED)) if _once(data, n)), None)
    packer = isal_zlib.compressobj(0 if start is None else _LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    stored = struct.pack("<BHH", 0, start, 0xFFFF - start) + data[:start] if start else b""
    return b"".join((stored, packer.compress(data[start or 0 :]), packer.flush()))


def deflate(data: bytes) -> bytes:
    """Deflated with header and check sum (zlib), as PDF's FlateDecode takes it."""
    return b"".join((b"\x78\x01", raw(data), struct.pack(">L", isal_zlib.adler32(data))))


def _once(data: bytes, start: int) -> bool:
    return data.find(data[start : start + 4], start + 1, start + _WINDOW) < 0
