"""A TrueType font cut down to the glyphs a document uses.

The glyphs are renumbered in the order given, so a glyph id of the subset is the
CID of the PDF text. Instructions are dropped: they are a good part of the bytes,
and PDF viewers draw CJK outlines unhinted.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from generator.fonts import Face
from generator.problem import Problem, ProblemError

_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO, _INSTRUCTIONS = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100


def subset(face: Face, gids: Sequence[int]) -> bytes:
    """A font file whose glyph n is the font's glyph ``gids[n]``; ``gids[0]`` is 0.

    A glyph may be asked for more than once. Components of composite glyphs are
    appended behind. Raises ProblemError for a font without TrueType outlines.
    """
    order = list(gids)
    parts: list[_Part] = []
    renumbered: dict[int, int] = {}
    for number, gid in enumerate(order):
        renumbered.setdefault(gid, number)
    for gid in order:  # grows while we walk it: components may have components
        part = _part(face, gid)
        parts.append(part)
        for _, component in part.components:
            if component not in renumbered:
                renumbered[component] = len(order)
                order.append(component)
    outlines = [_renumbered(part, renumbered) if part.components else part.outline for part in parts]
    loca = list(accumulate(map(len, outlines), initial=0))
    head, hhea, maxp = (bytearray(face.view(tag)) for tag in ("head", "hhea", "maxp"))
    struct.pack_into(">L", head, 8, 0)  # checksum of the whole, filled in last
    struct.pack_into(">h", head, 50, 1)  # loca has long offsets
    struct.pack_into(">H", hhea, 34, len(order))
    struct.pack_into(">H", maxp, 4, len(order))
    struct.pack_into(">7H", maxp, 14, 1, 0, 0, 0, 0, 0, 0)  # no twilight zone, storage, functions, stack, instructions
    return _file(
        {
            "head": bytes(head),
            "hhea": bytes(hhea),
            "maxp": bytes(maxp),
            "hmtx": b"".join(part.metric for part in parts),
            "loca": struct.pack(f">{len(loca)}L", *loca),
            "glyf": b"".join(outlines),
        }
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A glyph as it goes into a subset, but for the numbers of its components."""

    outline: bytes  # without instructions
    components: tuple[tuple[int, int], ...]  # (where its record begins, glyph id) of each part of a composite
    metric: bytes  # advance and left side bearing


@lru_cache(maxsize=1 << 14)
def _part(face: Face, gid: int) -> _Part:
    """Kept, because forms use the same few thousand characters again and again."""
    outline = _outline(face, gid)
    components = tuple(_components(outline))
    full = struct.unpack_from(">H", face.view("hhea"), 34)[0]  # the glyphs behind share the last advance
    at = 4 * gid + 2 if gid < full else 4 * full + 2 * (gid - full)
    metric = struct.pack(">H", face.advance(gid)) + bytes(face.view("hmtx")[at : at + 2])
    return _Part(_unhinted(outline, components), components, metric)


def _outline(face: Face, gid: int) -> bytes:
    """The glyph in the glyf table; read piecewise, for IPAmj Mincho's is 45 MB."""
    if "glyf" not in face or "loca" not in face:
        raise ProblemError(
            [
                Problem(
                    f"フォント「{face.postscript_name}」（{face.path.name}）はTrueType形式の字形を持たないため、PDFに埋め込めません",
                    hint="BIZ UDフォントとIPAmj明朝のTrueType版（.ttf、.ttc）を入れてください",
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
    found, at, flags = [], 10, _MORE
    while flags & _MORE:
        flags, gid = struct.unpack_from(">HH", glyph, at)
        found.append((at, gid))
        at = _after(glyph, at)
    return found


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


def _renumbered(part: _Part, numbers: dict[int, int]) -> bytes:
    """A composite glyph with its components under their new numbers."""
    changed = bytearray(part.outline)
    for at, gid in part.components:
        struct.pack_into(">H", changed, at + 2, numbers[gid])
    return bytes(changed)


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}L", padded)
    return sum(words) & 0xFFFFFFFF


def _file(tables: dict[str, bytes]) -> bytes:
    """A font file of these tables with the checksums right."""
    power = 1 << (len(tables).bit_length() - 1)
    search = (16 * power, power.bit_length() - 1, 16 * (len(tables) - power))
    directory = [struct.pack(">LHHHH", 0x10000, len(tables), *search)]
    body = bytearray()
    begin, head, total = 12 + 16 * len(tables), 0, 0
    for tag, data in sorted(tables.items()):
        place, checksum = begin + len(body), _checksum(data)
        if tag == "head":
            head = place
        directory.append(struct.pack(">4sLLL", tag.encode("ascii"), checksum, place, len(data)))
        total += checksum  # tables begin at multiples of four, so the sum of the whole is the sum of its parts
        body += data + b"\0" * (-len(data) % 4)
    font = bytearray(b"".join(directory)) + body
    total += _checksum(bytes(font[:begin]))
    struct.pack_into(">L", font, head + 8, (0xB1B0AFBA - total) & 0xFFFFFFFF)
    return bytes(font)
