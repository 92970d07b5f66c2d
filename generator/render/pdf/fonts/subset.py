"""A TrueType font cut down to the glyphs a document uses.

The glyphs are renumbered in the order given. Instructions are dropped: they are a good part of the bytes, and PDF
viewers draw CJK outlines unhinted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from generator.problem import Problem, UnavailableError
from generator.render.deflate import Packed, around
from generator.typography.face import Face

_MOST = 1 << 14  # glyphs kept of each face
_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO, _INSTRUCTIONS = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """Glyphs that follow each other in a subset, components of composites behind."""

    numbers: Mapping[int, int]  # glyph id → number in the subset, of this run and those before it
    outlines: bytes
    lengths: tuple[int, ...]  # of each outline
    metrics: bytes
    checksum: int  # of the outlines


def glyph_run(face: Face, gids: Iterable[int], before: GlyphRun | None = None) -> GlyphRun:
    """The glyphs that are not in the run ``before``, in the order given."""
    glyphs = glyph_data(face)
    numbers = dict(before.numbers) if before else {}
    order: list[int] = []
    for gid in gids:
        if gid not in numbers:
            numbers[gid] = len(numbers)
            order.append(gid)
    used = [glyphs[gid] for gid in order]
    if any([glyph.components for glyph in used]):
        used = _with_components(glyphs, order, numbers)
    return GlyphRun(
        numbers,
        b"".join([glyph.outline for glyph in used]),
        tuple([len(glyph.outline) for glyph in used]),
        b"".join([glyph.metric for glyph in used]),
        sum([glyph.checksum for glyph in used]),
    )


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font file as it goes into a PDF."""

    deflated: bytes
    size: int  # before that


def subset(face: Face, first: GlyphRun, packed: Packed, rest: GlyphRun) -> FontFile:
    """A font file with the glyphs of ``first``, whose outlines are ``packed``, and of ``rest``, which follows it.

    Glyph 0 is the font's own glyph 0. Raises UnavailableError for a font without TrueType outlines.
    """
    loca = list(accumulate((*first.lengths, *rest.lengths), initial=0))
    head, hhea, maxp = _frame(face)
    count = struct.pack(">H", len(loca) - 1)
    tables = (
        _Table(b"glyf", first.outlines + rest.outlines, first.checksum + rest.checksum),
        _Table(b"head", head),
        _Table(b"hhea", hhea[:34] + count),
        _Table(b"hmtx", first.metrics + rest.metrics),
        _Table(b"loca", struct.pack(f">{len(loca)}L", *loca), sum(loca)),
        _Table(b"maxp", maxp[:4] + count + maxp[6:]),
    )
    file = _file(tables)
    place = 12 + 16 * len(tables)  # where the outlines begin
    return FontFile(around(file[:place], packed, file[place + len(packed.data) :]), len(file))


@dataclass(frozen=True, slots=True)
class GlyphData:
    """A glyph as it goes into a subset, but for the numbers of its components."""

    outline: bytes  # without instructions
    components: tuple[tuple[int, int], ...]  # (where its record begins, glyph id) of each part of a composite
    advance: int
    metric: bytes  # advance and left side bearing
    checksum: int  # of the outline


class _GlyphTable(dict[int, GlyphData]):
    """Glyph id → GlyphData of one face. Kept, because forms use the same few thousand characters again and again."""

    def __init__(self, face: Face):
        super().__init__()
        self._face = face

    def __missing__(self, gid: int) -> GlyphData:
        if len(self) >= _MOST:
            self.clear()
        data = self[gid] = _glyph(self._face, gid)
        return data


@lru_cache(maxsize=64)
def glyph_data(face: Face) -> Mapping[int, GlyphData]:
    """All glyphs of the face, each read when it is first asked for."""
    return _GlyphTable(face)


def _glyph(face: Face, gid: int) -> GlyphData:
    outline = _outline(face, gid)
    components = tuple(_components(outline))
    full = struct.unpack_from(">H", face.view("hhea"), 34)[0]  # the glyphs behind share the last advance
    at = 4 * gid + 2 if gid < full else 4 * full + 2 * (gid - full)
    advance = face.advance(gid)
    metric = struct.pack(">H", advance) + bytes(face.view("hmtx")[at : at + 2])
    cut = _unhinted(outline, components)
    return GlyphData(cut, components, advance, metric, _checksum(cut))


def _with_components(glyphs: Mapping[int, GlyphData], order: list[int], numbers: dict[int, int]) -> list[GlyphData]:
    """The glyphs in order, composites under the new numbers of their components, and these behind."""
    for gid in order:  # grows while we walk it: components may have components
        for _, component in glyphs[gid].components:
            if component not in numbers:
                numbers[component] = len(numbers)
                order.append(component)
    return [_renumbered(glyph, numbers) if glyph.components else glyph for glyph in map(glyphs.__getitem__, order)]


def _renumbered(glyph: GlyphData, numbers: Mapping[int, int]) -> GlyphData:
    changed = bytearray(glyph.outline)
    for at, gid in glyph.components:
        struct.pack_into(">H", changed, at + 2, numbers[gid])
    return replace(glyph, outline=bytes(changed), checksum=_checksum(bytes(changed)))


@lru_cache(maxsize=64)
def _frame(face: Face) -> tuple[bytes, bytes, bytes]:
    """Tables head, hhea and maxp for any subset, but for the number of glyphs."""
    head, hhea, maxp = (bytearray(face.view(tag)) for tag in ("head", "hhea", "maxp"))
    struct.pack_into(">L", head, 8, 0)  # checksum of the whole, filled in last
    struct.pack_into(">h", head, 50, 1)  # loca has long offsets
    struct.pack_into(">7H", maxp, 14, 1, 0, 0, 0, 0, 0, 0)  # no twilight zone, storage, functions, stack, instructions
    return bytes(head), bytes(hhea), bytes(maxp)


def _outline(face: Face, gid: int) -> bytes:
    """The glyph in the glyf table; read piecewise, for IPAmj Mincho's is 45 MB."""
    if "glyf" not in face or "loca" not in face:
        raise UnavailableError(
            [
                Problem(
                    f"フォント「{face.postscript_name}」（{face.path.name}）はTrueType形式の字形を持たないため、PDFに埋め込めません",
                    hint="BIZ UDフォントとIPAmj明朝のTrueType版（.ttf、.ttc）を入れてください",
                    code="render.no-outlines",
                )
            ]
        )
    if struct.unpack_from(">h", face.view("head"), 50)[0]:
        begin, end = struct.unpack_from(">2L", face.view("loca"), 4 * gid)
    else:
        begin, end = (2 * half for half in struct.unpack_from(">2H", face.view("loca"), 2 * gid))
    return bytes(face.view("glyf")[begin:end])


def _after(glyph: bytes, at: int) -> int:
    """Where the component that begins at ``at`` ends."""
    flags = struct.unpack_from(">H", glyph, at)[0]
    at += 8 if flags & _WORDS else 6
    if flags & _SCALE:
        return at + 2
    if flags & _XY_SCALE:
        return at + 4
    return at + 8 if flags & _TWO_BY_TWO else at


def _components(glyph: bytes) -> list[tuple[int, int]]:
    """(where its record begins, glyph id) of each part of a composite glyph; none of a simple one."""
    if not glyph or struct.unpack_from(">h", glyph)[0] >= 0:
        return []
    records, at, flags = [], 10, _MORE
    while flags & _MORE:
        flags, gid = struct.unpack_from(">HH", glyph, at)
        records.append((at, gid))
        at = _after(glyph, at)
    return records


def _unhinted(glyph: bytes, components: Sequence[tuple[int, int]]) -> bytes:
    """The glyph without instructions."""
    contours = struct.unpack_from(">h", glyph)[0] if glyph else 0
    if not contours:
        return b""
    if contours > 0:
        at = 10 + 2 * contours
        length = struct.unpack_from(">H", glyph, at)[0]
        cut = glyph[:at] + b"\0\0" + glyph[at + 2 + length :]
    else:
        changed = bytearray(glyph[: _after(glyph, components[-1][0])])
        for at, _ in components:
            flags = struct.unpack_from(">H", glyph, at)[0]
            struct.pack_into(">H", changed, at, flags & ~_INSTRUCTIONS)
        cut = bytes(changed)
    return cut + b"\0" * (-len(cut) % 4)


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}L", padded)
    return sum(words) & 0xFFFFFFFF


class _Table:
    """A table of a font file; ``total``: the sum of its words, where it is known."""

    def __init__(self, tag: bytes, data: bytes, total: int | None = None):
        self.tag, self.data = tag, data
        self.checksum = _checksum(data) if total is None else total & 0xFFFFFFFF


def _file(tables: Sequence[_Table]) -> bytes:
    """A font file of these tables, which are in the order of their tags, with the checksums right."""
    power = 1 << (len(tables).bit_length() - 1)
    search = (16 * power, power.bit_length() - 1, 16 * (len(tables) - power))
    directory = [struct.pack(">LHHHH", 0x10000, len(tables), *search)]
    body: list[bytes] = []
    place = 12 + 16 * len(tables)
    head = 0
    for table in tables:
        if table.tag == b"head":
            head = len(body)
        directory.append(struct.pack(">4sLLL", table.tag, table.checksum, place, len(table.data)))
        padding = -len(table.data) % 4
        body += [table.data, b"\0" * padding]
        place += len(table.data) + padding
    start = b"".join(directory)
    # tables begin at multiples of four, so the sum of the whole is the sum of its parts
    total = _checksum(start) + sum(table.checksum for table in tables)
    adjustment = struct.pack(">L", (0xB1B0AFBA - total) & 0xFFFFFFFF)
    body[head] = body[head][:8] + adjustment + body[head][12:]
    return b"".join((start, *body))
