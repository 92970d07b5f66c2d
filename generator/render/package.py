"""An Office package written so that the same parts always give the same bytes, and fast.

A part that does not change from file to file is deflated once (`Part`) and only copied afterwards, which the standard
library's zip writer cannot do.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zipfile import ZipFile

from generator.render.deflate import raw

_FIRST = ("[Content_Types].xml", "_rels/.rels")  # programs that sniff the type look at the first entry
_EPOCH = 0x0021  # 1980-01-01, the earliest day a zip can hold: no clock gets in
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _UTF8, _DEFLATED = 20, 0x0800, 8


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the package, deflated."""

    name: str
    packed: bytes
    check: int
    size: int


def part(name: str, data: bytes) -> Part:
    """The part of this name, deflated."""
    return Part(name, raw(data), zlib.crc32(data), len(data))


def placeholder(number: int) -> str:
    """What stands in a drawn part for the word of this number, which is filled in later."""
    return f"@@yoshiki:{number}@@"


_PLACEHOLDER = re.compile(rb"@@yoshiki:(\d+)@@")

Pieces = tuple[bytes | int, ...]


def cut_at_placeholders(data: bytes) -> Pieces:
    """A drawn part cut at its placeholders: bytes, and numbers of words, by turns."""
    return tuple(int(piece) if n % 2 else piece for n, piece in enumerate(_PLACEHOLDER.split(data)))


def filled_in(cut: Pieces, words: Sequence[bytes]) -> bytes:
    """The part with the words, which are XML already, in place of their numbers."""
    return b"".join([words[p] if isinstance(p, int) else p for p in cut])


def ordered(names: Iterable[str]) -> list[str]:
    """Names of parts in the order in which they stand in a package."""
    return sorted(names, key=lambda n: (_FIRST.index(n) if n in _FIRST else len(_FIRST), n))


def pack(parts: Iterable[Part]) -> bytes:
    """The zip file of the parts as they come."""
    body, directory, count = bytearray(), bytearray(), 0
    for entry in parts:
        name = entry.name.encode()
        # nothing tells when, by whom or on which system it was made
        common = (
            _VERSION,
            _UTF8 if not entry.name.isascii() else 0,
            _DEFLATED,
            0,
            _EPOCH,
            entry.check,
            len(entry.packed),
        )
        place = len(body)
        body += _LOCAL.pack(b"PK\3\4", *common, entry.size, len(name), 0) + name + entry.packed
        directory += _CENTRAL.pack(b"PK\1\2", _VERSION, *common, entry.size, len(name), 0, 0, 0, 0, 0, place) + name
        count += 1
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts of a package in their order; raises ValueError when two have one name."""
    with ZipFile(io.BytesIO(data)) as source:
        names = source.namelist()
        if len(set(names)) != len(names):
            raise ValueError("a part occurs twice in the package")
        return {name: source.read(name) for name in ordered(names)}


def repack(data: bytes, edit: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """The same zip package with its parts in a fixed order, without times or traces of the platform.

    ``edit`` takes a part's name (``xl/workbook.xml``) and bytes and gives the bytes to store instead.
    Raises ValueError when two parts have one name and zipfile.BadZipFile when ``data`` is no zip.
    """
    return pack(part(name, edit(name, old) if edit else old) for name, old in unpack(data).items())
