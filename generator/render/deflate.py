"""Deflate for every format, and always to the same bytes.

By zlib, not isal: that is faster, but may overlook matches with the first bytes of its input, at random from process
to process (1.9.1, levels 1 and 2), and then the same document would not give the same file.
"""

from __future__ import annotations

import zlib

_LEVEL = 1


def raw(data: bytes) -> bytes:
    """Deflated without a header, as a zip holds it."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def deflate(data: bytes) -> bytes:
    """Deflated with header and check sum, as PDF's FlateDecode takes it."""
    return zlib.compress(data, _LEVEL)
