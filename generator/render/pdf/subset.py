"""A TrueType font cut down to the glyphs a document uses.

The glyphs are renumbered in the order given, so a glyph id of the subset is the
CID of the PDF text. Instructions are dropped: they are a good part of the bytes,
and PDF viewers draw CJK outlines unhinted.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from generator.fonts import Face
from generator.problem import Problem, ProblemError

_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO, _INSTRUCTIONS = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100


def subset(face: Face, gids: Sequence[int]) -> bytes:
    """A font file whose glyph n is the font's glyph ``gids[n]``; ``gids[0]`` is 0.

    A glyph may be asked for more than once. Components of composite glyphs are
    appended behind. Raises ProblemError for a font without TrueType outlines.
    """
    outline = _outlines(face)
    order = list(gids)
    renumbered: dict[int, int] = {}
    for number, gid in enumerate(order):
        renumbered.setdefault(gid, number)
    for gid in order:  # grows while we walk it: components may have components
        for _, part in _components(outline(gid)):
            if part not in renumbered:
                renumbered[part] = len(order)
                order.append(part)
    glyf, loca = bytearray(), [0]
    for gid in order:
        glyf += _unhinted(outline(gid), renumbered)
        loca.append(len(glyf))
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
            "hmtx": _metrics(face, order),
            "loca": struct.pack(f">{len(loca)}L", *loca),
            "glyf": bytes(glyf),
        }
    )


def _outlines(face: Face) -> Callable[[int], bytes]:
    """Glyph id → its outline in the glyf table; read piecewise, for IPAmj Mincho's is 45 MB."""
    if "glyf" not in face or "loca" not in face:
        raise ProblemError(
            [
                Problem(
                    f"フォント「{face.postscript_name}」（{face.path.name}）はTrueType形式の字形を持たないため、PDFに埋め込めません",
                    hint="BIZ UDフォントとIPAmj明朝のTrueType版（.ttf、.ttc）を入れてください",
                )
            ]
        )
    glyf, loca = face.view("glyf"), face.view("loca")
    long = struct.unpack_from(">h", face.view("head"), 50)[0]

    def outline(gid: int) -> bytes:
        if long:
            begin, end = struct.unpack_from(">2L", loca, 4 * gid)
        else:
            begin, end = (2 * half for half in struct.unpack_from(">2H", loca, 2 * gid))
        return bytes(glyf[begin:end])

    return outline


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


def _unhinted(glyph: bytes, renumbered: dict[int, int]) -> bytes:
    """The glyph without instructions, its components (if any) under their new numbers."""
    contours = struct.unpack_from(">h", glyph)[0] if glyph else 0
    if not contours:
        return b""
    if contours > 0:
        at = 10 + 2 * contours
        length = struct.unpack_from(">H", glyph, at)[0]
        cut = glyph[:at] + b"\0\0" + glyph[at + 2 + length :]
    else:
        parts = _components(glyph)
        changed = bytearray(glyph[: _after(glyph, parts[-1][0])])
        for at, gid in parts:
            flags = struct.unpack_from(">H", glyph, at)[0]
            struct.pack_into(">HH", changed, at, flags & ~_INSTRUCTIONS, renumbered[gid])
        cut = bytes(changed)
    return cut + b"\0" * (-len(cut) % 4)


def _metrics(face: Face, order: Sequence[int]) -> bytes:
    """hmtx with an advance for every glyph; in the font the last ones share one."""
    hmtx = face.view("hmtx")
    full = struct.unpack_from(">H", face.view("hhea"), 34)[0]
    parts = []
    for gid in order:
        at = 4 * gid + 2 if gid < full else 4 * full + 2 * (gid - full)
        parts.append(struct.pack(">H", face.advance(gid)) + hmtx[at : at + 2])
    return b"".join(parts)


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}L", padded)
    return sum(words) & 0xFFFFFFFF


def _file(tables: dict[str, bytes]) -> bytes:
    """A font file of these tables with the checksums right."""
    power = 1 << (len(tables).bit_length() - 1)
    search = (16 * power, power.bit_length() - 1, 16 * (len(tables) - power))
    parts = [struct.pack(">LHHHH", 0x10000, len(tables), *search)]
    at = 12 + 16 * len(tables)
    body = bytearray()
    head = 0
    for tag, data in sorted(tables.items()):
        place = at + len(body)
        if tag == "head":
            head = place
        parts.append(struct.pack(">4sLLL", tag.encode("ascii"), _checksum(data), place, len(data)))
        body += data + b"\0" * (-len(data) % 4)
    font = bytearray(b"".join(parts) + body)
    struct.pack_into(">L", font, head + 8, (0xB1B0AFBA - _checksum(bytes(font))) & 0xFFFFFFFF)
    return bytes(font)
