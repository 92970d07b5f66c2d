"""The fonts of one PDF: which code stands for which glyph, and how they are embedded.

A character of the basic plane is its own code, so what a text is written with never hangs on what
else is in the file. All others (𠮷, a base with a variation selector) get codes of this file alone,
where Japanese fonts have no characters. A glyph reached from two characters (a letter and its
compatibility twin) so has two codes, and each is extracted as what was written.
"""

from __future__ import annotations

import hashlib
import sys
from array import array as numbers_of
from collections.abc import Iterable
from functools import cache

from generator.fonts import Face, Glyph
from generator.problem import Problem, ProblemError
from generator.render.pdf.objects import number
from generator.render.pdf.subset import parts, subset
from generator.render.pdf.writer import PdfFile, Ref, array, dictionary

SQUARE = "□"  # in every face, and has ink: PDFium does not extract glyphs without
BOXES = "☐☑"  # in no face; drawn, with the square invisibly behind
_SYMBOLIC = 4  # no Latin character set: the codes are our own
_BLOCK = 100  # entries that one bfchar section may hold
_OWN = range(0xDFFF, 0xABFF, -1)  # codes for what is no character of the basic plane: surrogates, then Hangul
_HEAD = """%!PS-Adobe-3.0 Resource-CMap
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class _Gids(dict[str, int]):
    """Character of the basic plane → glyph of one face."""

    def __init__(self, face: Face):
        super().__init__()
        self._face = face

    def __missing__(self, character: str) -> int:
        gid = self._face.gid(ord(character))
        if not gid and character in BOXES:
            gid = self._face.gid(ord(SQUARE))
        self[character] = gid
        return gid


@cache
def _gids(face: Face) -> _Gids:
    return _Gids(face)


def plain(text: str) -> str:
    """The codes of characters of the basic plane, four hex digits each."""
    return text.encode("utf-16-be").hex().upper()


class EmbeddedFace:
    """One face as a document uses it."""

    def __init__(self, face: Face):
        self.face = face
        self.texts: list[str] = []  # all that is written with it in characters of the basic plane
        self._own: dict[tuple[int, str], int] = {}

    def own(self, glyph: Glyph) -> str:
        """The code of a glyph that stands for more, or for another, than a character of the basic plane."""
        key = (glyph.gid, glyph.text)
        if key not in self._own:
            if len(self._own) == len(_OWN):
                message = "一つのPDFに入れられない数の異体字があります"
                raise ProblemError([Problem(message, hint="様式ごとに分けて作ってください")])
            self._own[key] = _OWN[len(self._own)]
        return f"{self._own[key]:04X}"

    def embed(self, pdf: PdfFile) -> Ref:
        """Puts font, descriptor, file and text map into the PDF; the reference to the font."""
        face = self.face
        characters = sorted(set("".join(self.texts)))
        own = sorted((code, gid, text) for (gid, text), code in self._own.items())
        codes = [*map(ord, characters), *(code for code, _, _ in own)]
        gids = [*map(_gids(face).__getitem__, characters), *(gid for _, gid, _ in own)]
        order = list(dict.fromkeys([0, *gids]))
        digest = hashlib.sha256(f"{face.digest}{codes}{gids}".encode("ascii")).digest()
        name = f"/{''.join(chr(65 + byte % 26) for byte in digest[:6])}+{face.postscript_name}"
        descendant = {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": name,
            "CIDSystemInfo": "<</Registry (Adobe)/Ordering (Identity)/Supplement 0>>",
            "FontDescriptor": self._descriptor(pdf, name, order),
            "DW": 1000,
            "W": _widths(face, codes, gids),
            "CIDToGIDMap": pdf.stream(_places(codes, gids, order)),
        }
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": array([pdf.add(dictionary(descendant))]),
            "ToUnicode": pdf.stream(_to_unicode(characters, ((code, text) for code, _, text in own))),
        }
        return pdf.add(dictionary(font))

    def _descriptor(self, pdf: PdfFile, name: str, order: list[int]) -> Ref:
        face = self.face
        scale = 1000 / face.units_per_em
        file = subset(face, order)
        entries = {
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
        return pdf.add(dictionary(entries))


def _widths(face: Face, codes: list[int], gids: list[int]) -> str:
    """The W array: first code, last code, width; 1000 needs no entry."""
    found = parts(face)
    full = face.units_per_em
    ranges: list[list[int]] = []
    for code, gid in sorted((code, gid) for code, gid in zip((0, *codes), (0, *gids), strict=True)
                            if found[gid].advance != full):  # fmt: skip
        if ranges and ranges[-1][1] == code - 1 and ranges[-1][2] == found[gid].advance:
            ranges[-1][1] = code
        else:
            ranges.append([code, code, found[gid].advance])
    return array(f"{first} {last} {number(1000 * advance / full)}" for first, last, advance in ranges)


def _places(codes: list[int], gids: list[int], order: list[int]) -> bytes:
    """The map from code to glyph of the subset, two bytes each."""
    at = {gid: place for place, gid in enumerate(order)}
    table = numbers_of("H", bytes(2 * max(codes, default=0) + 2))
    for code, gid in zip(codes, gids, strict=True):
        table[code] = at[gid]
    if sys.byteorder == "little":
        table.byteswap()
    return table.tobytes()


def _to_unicode(characters: list[str], own: Iterable[tuple[int, str]]) -> bytes:
    """The map from code to text."""
    spelled = "".join(characters).encode("utf-16-be").hex(" ", 2).upper().split()
    lines = [f"<{code}> <{code}>" for code in spelled]
    lines += [f"<{code:04X}> <{plain(text)}>" for code, text in own]
    blocks = []
    for start in range(0, len(lines), _BLOCK):
        block = lines[start : start + _BLOCK]
        blocks.append(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n")
    return "".join((_HEAD, *blocks, _TAIL)).encode("ascii")


class EmbeddedFaces(dict[Face, EmbeddedFace]):
    """The faces of one document in order of first use; page contents call each by its key."""

    def __missing__(self, face: Face) -> EmbeddedFace:
        found = self[face] = EmbeddedFace(face)
        return found

    def embed(self, pdf: PdfFile) -> str:
        """All of them put into the PDF; the dictionary of fonts."""
        return dictionary({face.key: used.embed(pdf) for face, used in self.items()})
