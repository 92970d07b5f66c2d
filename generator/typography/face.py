"""One font file: the glyph of a character, how wide it is, and the tables that a PDF embeds."""

from __future__ import annotations

import hashlib
import struct
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from generator.typography.sfnt import Sfnt


class Face:
    """One font. ``key`` is short and stable; lengths are font units, ``units_per_em`` to the em.
    The file is opened when something is asked of it."""

    def __init__(self, key: str, path: Path, index: int = 0):
        self.key, self.path, self.index = key, path, index

    def __repr__(self) -> str:
        return f"Face({self.key})"

    @cached_property
    def _file(self) -> Sfnt:
        return Sfnt(self.path, self.index)

    @cached_property
    def sound(self) -> bool:
        """Whether the file can be typeset with: a damaged one may tell its name and nothing else."""
        try:
            return self.units_per_em > 0 and self.advance(self.gid(ord("一"))) > 0 and len(self.digest) > 0
        except (OSError, ValueError, LookupError, struct.error):
            return False

    def table(self, tag: str) -> bytes:
        """A copy of the table. Raises KeyError."""
        return bytes(self._file.view(tag))

    def view(self, tag: str) -> memoryview:
        """The table without a copy, for the large ones (glyf). Raises KeyError."""
        return self._file.view(tag)

    def __contains__(self, tag: str) -> bool:
        return tag in self._file

    @cached_property
    def postscript_name(self) -> str:
        """The name by which a PDF calls the font."""
        return self._file.names[6][0]

    @cached_property
    def family(self) -> str:
        """The name by which a person chooses the font."""
        return self._file.names[1][0]

    @cached_property
    def units_per_em(self) -> int:
        """The font units that make one em."""
        return int(struct.unpack_from(">H", self.view("head"), 18)[0])

    @cached_property
    def bbox(self) -> tuple[int, int, int, int]:
        """xMin, yMin, xMax, yMax."""
        left, bottom, right, top = struct.unpack_from(">4h", self.view("head"), 36)
        return left, bottom, right, top

    @cached_property
    def ascent(self) -> int:
        """Above the baseline, in font units."""
        return int(struct.unpack_from(">h", self.view("hhea"), 4)[0])

    @cached_property
    def descent(self) -> int:
        """Negative, below the baseline."""
        return int(struct.unpack_from(">h", self.view("hhea"), 6)[0])

    @cached_property
    def cap_height(self) -> int:
        """The height of capital letters in font units; the ascent where the font does not tell."""
        table = self.view("OS/2")
        version = struct.unpack_from(">H", table)[0]
        return int(struct.unpack_from(">h", table, 88)[0]) if version >= 2 else self.ascent

    @cached_property
    def italic_angle(self) -> float:
        """Degrees counter-clockwise from upright; 0 for the fonts of forms."""
        return float(struct.unpack_from(">i", self.view("post"), 4)[0]) / 65536

    @property
    def glyph_count(self) -> int:
        """The number of glyphs, .notdef included."""
        return self._file.glyph_count

    def gid(self, codepoint: int, selector: int = 0) -> int:
        """The glyph of a character or of a variation sequence; 0 when the font has none."""
        return self._file.sequence(codepoint, selector) if selector else self._file.lookup(codepoint)

    def advance(self, gid: int) -> int:
        """The width of a glyph in font units."""
        advances = self._file.advances
        return advances[gid] if gid < len(advances) else advances[-1]

    @cached_property
    def digest(self) -> str:
        """Tells font versions apart: head holds a checksum of the whole file."""
        return hashlib.sha256(self.table("head") + self.table("name")).hexdigest()


class Glyph(NamedTuple):
    """A glyph of a text. ``text`` is what it stands for: a character with its variation selector or combining
    character. ``gid`` 0 means that no face of the chain has it. ``advance`` is in em.
    """

    face: Face
    gid: int
    text: str
    advance: float
