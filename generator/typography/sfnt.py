"""TrueType files (sfnt, and .ttc collections): tables, names, metrics, characters to glyphs.

Only what typesetting and PDF embedding need, read straight from a memory map:
IPAmj Mincho is 45 MB and most runs look at a few kilobytes of it.
Format: the OpenType specification, https://learn.microsoft.com/typography/opentype/spec/
"""

from __future__ import annotations

import mmap
import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

MAGIC = (b"\x00\x01\x00\x00", b"true", b"OTTO")


class FontFileError(ValueError):
    """The file is not a font this module reads."""


def _map(path: Path) -> memoryview:
    with path.open("rb") as file:
        try:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except ValueError as error:  # an empty file cannot be mapped
            raise FontFileError(f"{path}: empty") from error


def _numbers(typecode: str, data: memoryview) -> array[int]:
    """Big-endian integers ('H' 16 bit, 'I' 32 bit, 'h' signed)."""
    values = array(typecode, bytes(data))
    if sys.byteorder == "little":
        values.byteswap()
    return values


class Sfnt:
    """One font of a file; ``index`` picks it in a collection. Tables are read when asked for."""

    def __init__(self, path: Path, index: int = 0):
        self.path, self.index = path, index
        self._data = _map(path)
        try:
            self._directory = self._read_directory()
        except struct.error as error:
            raise FontFileError(f"{path}: cut short") from error

    @staticmethod
    def count(path: Path) -> int:
        """How many fonts the file holds."""
        with path.open("rb") as file:
            head = file.read(12)
        return int(struct.unpack(">I", head[8:12])[0]) if head[:4] == b"ttcf" and len(head) == 12 else 1

    def _read_directory(self) -> dict[str, tuple[int, int]]:
        data, start = self._data, 0
        if bytes(data[:4]) == b"ttcf":
            if self.index >= struct.unpack_from(">I", data, 8)[0]:
                raise FontFileError(f"{self.path}: no font {self.index}")
            (start,) = struct.unpack_from(">I", data, 12 + 4 * self.index)
        elif self.index:
            raise FontFileError(f"{self.path}: no font {self.index}")
        if bytes(data[start : start + 4]) not in MAGIC:
            raise FontFileError(f"{self.path}: not TrueType")
        (tables,) = struct.unpack_from(">H", data, start + 4)
        records = (struct.unpack_from(">4sIII", data, start + 12 + 16 * n) for n in range(tables))
        return {tag.decode("latin-1"): (offset, length) for tag, _, offset, length in records}

    def __contains__(self, tag: str) -> bool:
        return tag in self._directory

    def view(self, tag: str) -> memoryview:
        """A table without copying it. Raises KeyError."""
        offset, length = self._directory[tag]
        return self._data[offset : offset + length]

    @cached_property
    def names(self) -> dict[int, tuple[str, ...]]:
        """Name id → its values in all languages (1 family, 4 full, 6 PostScript, 16 typographic family)."""
        table = self.view("name")
        _, count, strings = struct.unpack_from(">3H", table)
        found: dict[int, list[str]] = {}
        for n in range(count):
            platform, _, _, name, length, offset = struct.unpack_from(">6H", table, 6 + 12 * n)
            raw = bytes(table[strings + offset : strings + offset + length])
            if platform in (0, 3):
                found.setdefault(name, []).append(raw.decode("utf-16-be", "replace"))
            elif platform == 1 and raw.isascii():
                found.setdefault(name, []).append(raw.decode("ascii"))
        return {name: tuple(dict.fromkeys(values)) for name, values in found.items()}

    @cached_property
    def glyph_count(self) -> int:
        """The number of glyphs, .notdef included."""
        return int(struct.unpack_from(">H", self.view("maxp"), 4)[0])

    @cached_property
    def advances(self) -> array[int]:
        """Advance widths in font units; glyphs beyond the end share the last one."""
        (metrics,) = struct.unpack_from(">H", self.view("hhea"), 34)
        return _numbers("H", self.view("hmtx")[: 4 * metrics])[0::2]

    @cached_property
    def _cmaps(self) -> dict[tuple[int, int], memoryview]:
        table = self.view("cmap")
        (count,) = struct.unpack_from(">H", table, 2)
        records = (struct.unpack_from(">HHI", table, 4 + 8 * n) for n in range(count))
        return {(platform, encoding): table[offset:] for platform, encoding, offset in records}

    @cached_property
    def lookup(self) -> Callable[[int], int]:
        """Code point → glyph, 0 when the font has none. The widest Unicode cmap is used."""
        for key in ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0)):
            table = self._cmaps.get(key)
            if table is not None:
                (form,) = struct.unpack_from(">H", table)
                if form == 12:
                    return _format12(table)
                if form == 4:
                    return _format4(table)
        raise FontFileError(f"{self.path}: no Unicode cmap")

    @cached_property
    def _sequences(self) -> dict[int, _Selector]:
        table = self._cmaps.get((0, 5))
        if table is None or struct.unpack_from(">H", table)[0] != 14:
            return {}
        (count,) = struct.unpack_from(">I", table, 6)
        records = (struct.unpack_from(">BHII", table, 10 + 11 * n) for n in range(count))
        return {high << 16 | low: _Selector(table, default, other) for high, low, default, other in records}

    def sequence(self, codepoint: int, selector: int) -> int:
        """The glyph of a variation sequence, 0 when the font does not list it."""
        entry = self._sequences.get(selector)
        if entry is None:
            return 0
        return entry.others.get(codepoint) or (self.lookup(codepoint) if entry.is_default(codepoint) else 0)


class _Selector:
    """One variation selector of a format 14 cmap, read when first used."""

    def __init__(self, table: memoryview, default: int, other: int):
        self._table, self._default, self._other = table, default, other

    @cached_property
    def others(self) -> dict[int, int]:
        """Bases whose sequence has a glyph of its own."""
        if not self._other:
            return {}
        (count,) = struct.unpack_from(">I", self._table, self._other)
        records = self._table[self._other + 4 : self._other + 4 + 5 * count]
        return {high << 16 | low: gid for high, low, gid in struct.iter_unpack(">BHH", records)}

    @cached_property
    def _ranges(self) -> tuple[list[int], list[int]]:
        if not self._default:
            return [], []
        (count,) = struct.unpack_from(">I", self._table, self._default)
        records = list(struct.iter_unpack(">BHB", self._table[self._default + 4 : self._default + 4 + 4 * count]))
        starts = [high << 16 | low for high, low, _ in records]
        return starts, [start + more for start, (_, _, more) in zip(starts, records, strict=True)]

    def is_default(self, codepoint: int) -> bool:
        """The sequence looks as the base alone does."""
        starts, ends = self._ranges
        at = bisect_right(starts, codepoint) - 1
        return at >= 0 and codepoint <= ends[at]


def _format12(table: memoryview) -> Callable[[int], int]:
    (count,) = struct.unpack_from(">I", table, 12)
    groups = _numbers("I", table[16 : 16 + 12 * count])
    starts, ends, glyphs = groups[0::3], groups[1::3], groups[2::3]

    def lookup(codepoint: int) -> int:
        at = bisect_right(starts, codepoint) - 1
        return glyphs[at] + codepoint - starts[at] if at >= 0 and codepoint <= ends[at] else 0

    return lookup


def _format4(table: memoryview) -> Callable[[int], int]:
    length, _, doubled = struct.unpack_from(">3H", table, 2)
    count = doubled // 2
    words = _numbers("H", table[14 : length - length % 2])
    ends, starts = words[:count], words[count + 1 : 2 * count + 1]
    deltas, offsets = words[2 * count + 1 : 3 * count + 1], words[3 * count + 1 : 4 * count + 1]

    def lookup(codepoint: int) -> int:
        if codepoint > 0xFFFF:
            return 0
        at = bisect_left(ends, codepoint)
        if at == count or codepoint < starts[at]:
            return 0
        if not offsets[at]:
            return (codepoint + deltas[at]) & 0xFFFF
        # the offset counts bytes from its own place in the offsets array
        place = 3 * count + 1 + at + offsets[at] // 2 + codepoint - starts[at]
        glyph = words[place] if place < len(words) else 0
        return (glyph + deltas[at]) & 0xFFFF if glyph else 0

    return lookup
