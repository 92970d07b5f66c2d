"""The fonts of one PDF: which code stands for which glyph, and how they are embedded.

A code is given to every pair of glyph and text, not to every glyph: a glyph reached
from two characters (a letter and its compatibility twin, a base with and without a
variation selector) is embedded twice, and each copy is extracted as what was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache

from generator.fonts import Face, Glyph
from generator.render.pdf.objects import number
from generator.render.pdf.subset import subset
from generator.render.pdf.writer import PdfFile, Ref, array, dictionary

_SYMBOLIC = 4  # no Latin character set: the codes are our own
_BLOCK = 100  # entries that one bfchar section may hold


@lru_cache(maxsize=1 << 14)
def _width(face: Face, gid: int) -> str:
    return number(1000 * face.advance(gid) / face.units_per_em)


class EmbeddedFace:
    """One face as a document uses it; ``name`` is what page contents call it (F1)."""

    def __init__(self, face: Face, name: str):
        self.face, self.name = face, name
        self._codes: dict[tuple[int, str], int] = {}
        self._hex: dict[tuple[int, str], str] = {}

    def encode(self, run: Iterable[Glyph]) -> str:
        """The codes of glyphs of this face, four hex digits each."""
        known = self._hex
        return "".join([known.get((glyph.gid, glyph.text)) or self._new(glyph) for glyph in run])

    def _new(self, glyph: Glyph) -> str:
        key = (glyph.gid, glyph.text)
        code = self._codes[key] = len(self._codes) + 1  # 0 is .notdef
        self._hex[key] = f"{code:04X}"
        return self._hex[key]

    @property
    def _gids(self) -> list[int]:
        return [0, *(gid for gid, _ in self._codes)]

    def _widths(self) -> str:
        """The W array: first code, last code, width; 1000 needs no entry."""
        parts: list[str] = []
        gids, first = self._gids, 0
        widths = [_width(self.face, gid) for gid in gids]
        for code in range(1, len(gids) + 1):
            if code == len(gids) or widths[code] != widths[first]:
                if widths[first] != "1000":
                    parts += [str(first), str(code - 1), widths[first]]
                first = code
        return array(parts)

    def _to_unicode(self) -> bytes:
        pairs = [(code, text.encode("utf-16-be").hex().upper()) for (_, text), code in self._codes.items()]
        lines = [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<0000> <FFFF>",
            "endcodespacerange",
        ]
        for start in range(0, len(pairs), _BLOCK):
            block = pairs[start : start + _BLOCK]
            lines += [f"{len(block)} beginbfchar", *(f"<{code:04X}> <{text}>" for code, text in block), "endbfchar"]
        lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end", ""]
        return "\n".join(lines).encode("ascii")

    @property
    def tag(self) -> str:
        """Six letters that tell this subset from any other of the same face."""
        digest = hashlib.sha256(f"{self.face.digest}{self._gids}".encode("ascii")).digest()
        return "".join(chr(65 + byte % 26) for byte in digest[:6])

    def embed(self, pdf: PdfFile) -> Ref:
        """Puts font, descriptor, file and text map into the PDF; the reference to the font."""
        face = self.face
        scale = 1000 / face.units_per_em
        name = f"/{self.tag}+{face.postscript_name}"
        file = subset(face, self._gids)
        descriptor = {
            "Type": "/FontDescriptor",
            "FontName": name,
            "Flags": _SYMBOLIC,
            "FontBBox": array(number(edge * scale) for edge in face.bbox),
            "ItalicAngle": number(face.italic_angle),
            "Ascent": number(face.ascent * scale),
            "Descent": number(face.descent * scale),
            "CapHeight": number(face.cap_height * scale),
            "StemV": 140 if face.key.endswith("Bold") else 80,
            "FontFile2": pdf.stream(file, {"Length1": len(file)}),
        }
        descendant = {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": name,
            "CIDSystemInfo": "<</Registry (Adobe)/Ordering (Identity)/Supplement 0>>",
            "FontDescriptor": pdf.add(dictionary(descriptor)),
            "DW": 1000,
            "W": self._widths(),
            "CIDToGIDMap": "/Identity",
        }
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": array([pdf.add(dictionary(descendant))]),
            "ToUnicode": pdf.stream(self._to_unicode()),
        }
        return pdf.add(dictionary(font))


class EmbeddedFaces:
    """The faces of one document in order of first use."""

    def __init__(self) -> None:
        self._faces: dict[Face, EmbeddedFace] = {}

    def __iter__(self) -> Iterator[EmbeddedFace]:
        return iter(self._faces.values())

    def of(self, glyph: Glyph) -> EmbeddedFace:
        found = self._faces.get(glyph.face)
        if found is None:
            found = self._faces[glyph.face] = EmbeddedFace(glyph.face, f"F{len(self._faces) + 1}")
        return found
