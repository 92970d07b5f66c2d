"""The fonts of one PDF: which code stands for which glyph, and how they are embedded.

A character of the basic plane is its own code, so what a text is written with never hangs on what
else is in the file. All others (𠮷, a base with a variation selector) get codes of this file alone,
where Japanese fonts have no characters. A glyph reached from two characters (a letter and its
compatibility twin) so has two codes, and each is extracted as what was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from generator.problem import Problem, ProblemError
from generator.render.deflate import Packed, deflate
from generator.render.pdf.objects import number
from generator.render.pdf.subset import FontFile, Run, parts, run, subset
from generator.render.pdf.writer import PdfFile, Ref, array, dictionary
from generator.typography.face import Face, Glyph
from generator.typography.fonts import chain

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


@lru_cache(maxsize=64)
def _gids(face: Face) -> _Gids:
    return _Gids(face)


def plain(text: str) -> str:
    """The codes of characters of the basic plane, four hex digits each."""
    return text.encode("utf-16-be").hex().upper()


@dataclass(frozen=True, slots=True, eq=False)  # made once, and to compare it takes long
class _Stock:
    """The glyphs of what forms say by themselves: the same for every case, and so ready before it.

    All of them go into each file, printed or not: which are not hangs on the case, and they are few.
    """

    characters: frozenset[str]
    codes: tuple[int, ...]
    gids: tuple[int, ...]  # of each code
    run: Run
    packed: Packed
    to_unicode: str  # the entries of the map
    widths: tuple[tuple[int, int], ...]  # code and advance of what is not full width
    digest: bytes


@lru_cache(maxsize=128)
def _stock(face: Face, wanted: tuple[str, ...]) -> _Stock:
    """``wanted``: characters, some of which the face may not have."""
    known = _gids(face)
    characters = [c for c in sorted(set("".join(wanted))) if c <= "\uffff" and known[c]]
    gids = tuple(known[c] for c in characters)
    first = run(face, (0, *gids))
    codes = tuple(map(ord, characters))
    entries, packed = _entries(characters, ()), Packed.of(first.outlines)
    digest = hashlib.sha256(f"{face.digest}{codes}{gids}".encode("ascii")).digest()
    widths = _narrow(face, (0, *codes), (0, *gids))
    return _Stock(frozenset(characters), codes, gids, first, packed, entries, widths, digest)


class EmbeddedFace:
    """One face as a document uses it."""

    def __init__(self, face: Face, cuts: Cuts):
        self.face = face
        self._cuts = cuts
        self.characters: set[str] = set()  # of the basic plane, all that is written with it
        self.stock: set[str] = set()  # what its forms' own words are written with
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
        stock = _stock(self.face, tuple(sorted(self.stock)))
        rest = "".join(sorted(self.characters - stock.characters))
        own = tuple(sorted((code, gid, text) for (gid, text), code in self._own.items()))
        key = self.face, stock, rest, own
        made = self._cuts.get(key)
        if made is None:
            made = self._cuts[key] = _cut(*key)
        descendant = {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": made.name,
            "CIDSystemInfo": "<</Registry (Adobe)/Ordering (Identity)/Supplement 0>>",
            "FontDescriptor": self._descriptor(pdf, made),
            "DW": 1000,
            "W": made.widths,
            "CIDToGIDMap": pdf.deflated(made.places, {"Filter": "[/FlateDecode/RunLengthDecode]"}),
        }
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": made.name,
            "Encoding": "/Identity-H",
            "DescendantFonts": array([pdf.add(dictionary(descendant))]),
            "ToUnicode": pdf.deflated(made.to_unicode),
        }
        return pdf.add(dictionary(font))

    def _descriptor(self, pdf: PdfFile, made: _Cut) -> Ref:
        face = self.face
        scale = 1000 / face.units_per_em
        entries = {
            "Type": "/FontDescriptor",
            "FontName": made.name,
            "Flags": _SYMBOLIC,
            "FontBBox": array(number(edge * scale) for edge in face.bbox),
            "ItalicAngle": number(face.italic_angle),
            "Ascent": number(face.ascent * scale),
            "Descent": number(face.descent * scale),
            "CapHeight": number(face.cap_height * scale),
            "StemV": 140 if face.key.endswith("Bold") else 80,
            "FontFile2": pdf.deflated(made.file.deflated, {"Length1": made.file.size}),
        }
        return pdf.add(dictionary(entries))


@dataclass(frozen=True, slots=True)
class _Cut:
    """A face cut down to what a document writes with it; streams are deflated."""

    name: str
    widths: str
    places: bytes
    to_unicode: bytes
    file: FontFile


def _cut(face: Face, stock: _Stock, rest: str, own: tuple[tuple[int, int, str], ...]) -> _Cut:
    """``rest``: characters besides the stock; ``own``: code, glyph and text of what has a code of this file alone."""
    codes = (*stock.codes, *map(ord, rest), *[code for code, _, _ in own])
    gids = (*stock.gids, *map(_gids(face).__getitem__, rest), *[gid for _, gid, _ in own])
    behind = run(face, gids[len(stock.gids) :], stock.run)
    places = _places(zip(codes, map(behind.numbers.__getitem__, gids), strict=True))
    digest = hashlib.sha256(stock.digest + f"{codes[len(stock.codes) :]}{own}".encode()).digest()
    name = f"/{''.join(chr(65 + byte % 26) for byte in digest[:6])}+{face.postscript_name}"
    to_unicode = "".join((_HEAD, stock.to_unicode, _entries(rest, own), _TAIL)).encode("ascii")
    file = subset(face, stock.run, stock.packed, behind)
    narrow = _narrow(face, codes[len(stock.codes) :], gids[len(stock.gids) :])
    widths = _widths(face, (*stock.widths, *narrow))
    return _Cut(name, widths, deflate(places), deflate(to_unicode), file)


def _narrow(face: Face, codes: Sequence[int], gids: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Code and advance, in units of the font, of all that is not full width."""
    known, full = parts(face), face.units_per_em
    return tuple([(c, known[gid].advance) for c, gid in zip(codes, gids, strict=True) if known[gid].advance != full])


@lru_cache(maxsize=1024)
def _widths(face: Face, narrow: tuple[tuple[int, int], ...]) -> str:
    """The W array: first code, last code, width; 1000 needs no entry."""
    ranges: list[list[int]] = []
    for code, advance in sorted(narrow):
        if ranges and ranges[-1][1] == code - 1 and ranges[-1][2] == advance:
            ranges[-1][1] = code
        else:
            ranges.append([code, code, advance])
    thousand = 1000 / face.units_per_em
    return array(f"{first} {last} {number(advance * thousand)}" for first, last, advance in ranges)


def _places(places: Iterable[tuple[int, int]]) -> bytes:
    """The map from code to glyph of the subset, two bytes each, as RunLengthDecode takes it.

    It is nearly all zeros: with these counted beforehand there is little left to deflate.
    """
    out: list[bytes] = []
    end = 0
    for code, place in sorted(places):
        out.append(_zeros[code - end] + place.to_bytes(2, "big"))
        end = code + 1
    out.append(b"\x80")
    return b"".join(out)


class _Zeros(dict[int, bytes]):
    """So many codes without a glyph, in runs of up to 128 bytes, and what begins the two bytes of the next code."""

    def __missing__(self, count: int) -> bytes:
        whole, rest = divmod(2 * count, 128)
        found = self[count] = b"\x81\0" * whole + (bytes((257 - rest, 0)) if rest else b"") + b"\1"
        return found


_zeros = _Zeros()


def _entries(characters: Iterable[str], own: Iterable[tuple[int, int, str]]) -> str:
    """Entries of the map from code to text."""
    spelled = "".join(characters).encode("utf-16-be").hex(" ", 2).upper().split()
    lines = [f"<{code}> <{code}>" for code in spelled]
    lines += [f"<{code:04X}> <{plain(text)}>" for code, _, text in own]
    blocks = []
    for start in range(0, len(lines), _BLOCK):
        block = lines[start : start + _BLOCK]
        blocks.append(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n")
    return "".join(blocks)


Cuts = dict[tuple[Face, _Stock, str, tuple[tuple[int, int, str], ...]], _Cut]


class EmbeddedFaces(dict[Face, EmbeddedFace]):
    """The faces of one document in order of first use; page contents call each by its key.

    ``cuts``: shared with the other files that are made of the document, so that the same subset is cut once."""

    def __init__(self, cuts: Cuts | None = None) -> None:
        super().__init__()
        self._cuts: Cuts = {} if cuts is None else cuts

    def __missing__(self, face: Face) -> EmbeddedFace:
        found = self[face] = EmbeddedFace(face, self._cuts)
        return found

    def stock(self, characters: Iterable[tuple[str, bool, str]]) -> None:
        """What a sheet's own words are written with: see `Sheet.characters`. Only of faces that are used already."""
        for font, bold, some in characters:
            face = chain(font, bold)[0]
            if face in self:
                self[face].stock.add(some)

    def embed(self, pdf: PdfFile) -> str:
        """All of them put into the PDF; the dictionary of fonts."""
        return dictionary({face.key: used.embed(pdf) for face, used in self.items()})
