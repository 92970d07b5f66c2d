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

from generator.problem import Problem, RefusedError
from generator.render.deflate import Packed, deflate
from generator.render.pdf.file.syntax import Ref, array, dictionary, number
from generator.render.pdf.file.writer import PdfFile
from generator.render.pdf.fonts.subset import FontFile, GlyphRun, glyph_data, glyph_run, subset
from generator.render.pdf.fonts.to_unicode import sections, to_unicode
from generator.typography.face import Face, Glyph
from generator.typography.fonts import chain

SQUARE = "□"  # in every face, and is not empty: PDFium does not extract glyphs without
BOXES = "☐☑"  # in no face; drawn, with the square invisibly behind
_SYMBOLIC = 4  # no Latin character set: the codes are our own
_OWN = range(0xDFFF, 0xABFF, -1)  # codes for what is no character of the basic plane: surrogates, then Hangul
_COMMENT = "%!PS-Adobe-3.0 Resource-CMap\n"  # that the map to text begins with
_MOST = 4096  # gaps between the codes of a font that are remembered


class _Gids(dict[str, int]):
    """Character of the basic plane → glyph of one face; at most one for each character of the plane."""

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
    """The codes of a text in characters of the basic plane, four hex digits each."""
    return text.encode("utf-16-be").hex().upper()


@dataclass(frozen=True, slots=True, eq=False)  # made once, and to compare it takes long
class _FormGlyphs:
    """The glyphs of what forms say by themselves (`Sheet.characters`): the same for every case, and so ready before it.

    All of them go into each file, printed or not, for those that are not are few and depend on the case. They come
    first in the font and are deflated once (`deflate.Packed`); what a case adds comes behind them (`deflate.around`).
    """

    characters: frozenset[str]
    codes: tuple[int, ...]
    gids: tuple[int, ...]  # of each code
    run: GlyphRun
    packed: Packed
    to_unicode: str  # the entries of the map
    widths: tuple[tuple[int, int], ...]  # code and advance of what is not full width
    digest: bytes


@lru_cache(maxsize=128)
def _form_glyphs(face: Face, wanted: tuple[str, ...]) -> _FormGlyphs:
    """``wanted``: characters, some of which the face may not have."""
    gid_of = _gids(face)
    characters = [c for c in sorted(set("".join(wanted))) if c <= "\uffff" and gid_of[c]]
    gids = tuple(gid_of[c] for c in characters)
    first = glyph_run(face, (0, *gids))
    codes = tuple(map(ord, characters))
    entries, packed = _sections(characters, ()), Packed.of(first.outlines)
    digest = hashlib.sha256(f"{face.digest}{codes}{gids}".encode("ascii")).digest()
    widths = _narrow(face, (0, *codes), (0, *gids))
    return _FormGlyphs(frozenset(characters), codes, gids, first, packed, entries, widths, digest)


class EmbeddedFace:
    """One face as a document uses it: its characters are collected, then `embed` puts the subset into the file."""

    def __init__(self, face: Face, subsets: Subsets):
        self.face = face
        self._subsets = subsets
        self.characters: set[str] = set()  # of the basic plane, all that is written with it
        self.form_characters: set[str] = set()  # what its forms' own words are written with
        self._own: dict[tuple[int, str], int] = {}

    def own(self, glyph: Glyph) -> str:
        """The code (four hex digits) of a glyph that stands for more than a character of the basic plane, or another.

        Raises RefusedError when no code is left.
        """
        key = (glyph.gid, glyph.text)
        if key not in self._own:
            if len(self._own) == len(_OWN):
                message = "一つのPDFに入れられない数の異体字があります"
                hint = "様式ごとに分けて作ってください"
                raise RefusedError([Problem(message, hint=hint, code="render.too-many-variants")])
            self._own[key] = _OWN[len(self._own)]
        return f"{self._own[key]:04X}"

    def embed(self, pdf: PdfFile) -> Ref:
        """Puts font, descriptor, font file and text map into the PDF; the reference to the font.

        Raises UnavailableError for a font without TrueType outlines.
        """
        form = _form_glyphs(self.face, tuple(sorted(self.form_characters)))
        rest = "".join(sorted(self.characters - form.characters))
        own = tuple(sorted((code, gid, text) for (gid, text), code in self._own.items()))
        key = self.face, form, rest, own
        cut = self._subsets.get(key)
        if cut is None:
            cut = self._subsets[key] = _subset_of(*key)
        descendant = {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": cut.name,
            "CIDSystemInfo": "<</Registry (Adobe)/Ordering (Identity)/Supplement 0>>",
            "FontDescriptor": self._descriptor(pdf, cut),
            "DW": 1000,
            "W": cut.widths,
            "CIDToGIDMap": pdf.deflated(cut.places, {"Filter": "[/FlateDecode/RunLengthDecode]"}),
        }
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": cut.name,
            "Encoding": "/Identity-H",
            "DescendantFonts": array([pdf.add(dictionary(descendant))]),
            "ToUnicode": pdf.deflated(cut.to_unicode),
        }
        return pdf.add(dictionary(font))

    def _descriptor(self, pdf: PdfFile, cut: _Subset) -> Ref:
        face = self.face
        scale = 1000 / face.units_per_em
        entries = {
            "Type": "/FontDescriptor",
            "FontName": cut.name,
            "Flags": _SYMBOLIC,
            "FontBBox": array(number(edge * scale) for edge in face.bbox),
            "ItalicAngle": number(face.italic_angle),
            "Ascent": number(face.ascent * scale),
            "Descent": number(face.descent * scale),
            "CapHeight": number(face.cap_height * scale),
            "StemV": 140 if face.key.endswith("Bold") else 80,
            "FontFile2": pdf.deflated(cut.file.deflated, {"Length1": cut.file.size}),
        }
        return pdf.add(dictionary(entries))


@dataclass(frozen=True, slots=True)
class _Subset:
    """A face cut down to what a document writes with it; streams are deflated."""

    name: str
    widths: str
    places: bytes
    to_unicode: bytes
    file: FontFile


def _subset_of(face: Face, form: _FormGlyphs, rest: str, own: tuple[tuple[int, int, str], ...]) -> _Subset:
    """``rest``: characters that the form lacks; ``own``: code, glyph and text of what has a code of this file alone."""
    codes = (*form.codes, *map(ord, rest), *[code for code, _, _ in own])
    gids = (*form.gids, *map(_gids(face).__getitem__, rest), *[gid for _, gid, _ in own])
    behind = glyph_run(face, gids[len(form.gids) :], form.run)
    places = _places(zip(codes, map(behind.numbers.__getitem__, gids), strict=True))
    digest = hashlib.sha256(form.digest + f"{codes[len(form.codes) :]}{own}".encode()).digest()
    name = f"/{''.join(chr(65 + byte % 26) for byte in digest[:6])}+{face.postscript_name}"
    text_map = _COMMENT.encode("ascii") + to_unicode(form.to_unicode, _sections(rest, own))
    file = subset(face, form.run, form.packed, behind)
    narrow = _narrow(face, codes[len(form.codes) :], gids[len(form.gids) :])
    widths = _widths(face, (*form.widths, *narrow))
    return _Subset(name, widths, deflate(places), deflate(text_map), file)


def _narrow(face: Face, codes: Sequence[int], gids: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Code and advance, in units of the font, of all that is not full width."""
    glyphs, full = glyph_data(face), face.units_per_em
    return tuple([(c, glyphs[gid].advance) for c, gid in zip(codes, gids, strict=True) if glyphs[gid].advance != full])


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
        if len(self) >= _MOST:
            self.clear()
        whole, rest = divmod(2 * count, 128)
        run = self[count] = b"\x81\0" * whole + (bytes((257 - rest, 0)) if rest else b"") + b"\1"
        return run


_zeros = _Zeros()


def _sections(characters: Iterable[str], own: Iterable[tuple[int, int, str]]) -> str:
    """Sections of the map from code to text."""
    spelled = "".join(characters).encode("utf-16-be").hex(" ", 2).upper().split()
    entries = [f"<{code}> <{code}>" for code in spelled]
    entries += [f"<{code:04X}> <{plain(text)}>" for code, _, text in own]
    return sections(entries)


Subsets = dict[tuple[Face, _FormGlyphs, str, tuple[tuple[int, int, str], ...]], _Subset]


class EmbeddedFaces(dict[Face, EmbeddedFace]):
    """The faces of one document in order of first use; page contents call each by its key.

    ``subsets``: shared with the other files that are made of the document, so that the same subset is cut once."""

    def __init__(self, subsets: Subsets | None = None) -> None:
        super().__init__()
        self._subsets: Subsets = {} if subsets is None else subsets

    def __missing__(self, face: Face) -> EmbeddedFace:
        embedded = self[face] = EmbeddedFace(face, self._subsets)
        return embedded

    def add_form_characters(self, characters: Iterable[tuple[str, bool, str]]) -> None:
        """Adds the characters of a sheet's own words (see `Sheet.characters`), of faces that are used already."""
        for font, bold, some in characters:
            face = chain(font, bold)[0]
            if face in self:
                self[face].form_characters.add(some)

    def embed(self, pdf: PdfFile) -> str:
        """Puts all of them into the PDF; the dictionary of fonts for the resources of pages."""
        return dictionary({face.key: used.embed(pdf) for face, used in self.items()})
