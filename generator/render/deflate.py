"""Deflate for every format, and always to the same bytes.

By libdeflate: isal is faster still, but may overlook matches with the first bytes of its input, at random from process
to process (1.9.1, levels 1 and 2), and then the same document would not give the same file.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from deflate import deflate_compress, zlib_compress

_LEVEL = 1
_HEAD = b"\x78\x01"  # deflate with a window of 32 KB, made fast


def raw(data: bytes) -> bytes:
    """Deflated without a header, as a zip holds it."""
    return bytes(deflate_compress(data, _LEVEL))


def deflate(data: bytes) -> bytes:
    """Deflated with header and check sum, as PDF's FlateDecode takes it."""
    return bytes(zlib_compress(data, _LEVEL))


@dataclass(frozen=True, slots=True)
class Packed:
    """Data that many streams have in common, deflated once so that it can stand inside of them."""

    data: bytes
    blocks: bytes  # without a last one, ending with a whole byte

    @staticmethod
    def of(data: bytes) -> Packed:
        """The data, deflated."""
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)  # libdeflate knows whole streams only
        return Packed(data, packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH))


def around(before: bytes, middle: Packed, after: bytes) -> bytes:
    """`deflate` of the three one after the other; ``before`` is short (below 64 KB) and stays as it is."""
    size = len(before)
    stored = b"\0" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + before
    check = zlib.adler32(after, zlib.adler32(middle.data, zlib.adler32(before)))
    return b"".join((_HEAD, stored, middle.blocks, raw(after), check.to_bytes(4, "big")))
