"""The font of form fields, embedded whole, so that whatever is typed can be shown and printed.

A code is the character's own UTF-16 unit, so that a viewer needs no table to write with the font; characters
beyond U+FFFF have codes in the private area.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from functools import lru_cache

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from generator.fonts import Face, chain
from generator.problem import Problem, ProblemError

NAME = "/BIZUD"
_PRIVATE, _LAST_PRIVATE = 0xE000, 0xF8FF
_PLANES = range(0x10000, 0x2FFFF)
_BLOCK = 100  # entries of one section of a ToUnicode map


@lru_cache(maxsize=2)
def codes(face: Face) -> dict[int, int]:
    """Character → code, for every character of the face."""
    found = {cp: cp for cp in range(0x20, _PRIVATE) if not 0xD800 <= cp < 0xE000 and face.gid(cp)}
    found |= {cp: cp for cp in range(_LAST_PRIVATE + 1, 0xFFFE) if face.gid(cp)}
    beyond = (cp for cp in _PLANES if face.gid(cp))
    return found | dict(zip(beyond, range(_PRIVATE, _LAST_PRIVATE + 1), strict=False))


def face() -> Face:
    return chain("mincho")[0]


def written(text: str) -> str:
    """The codes of a text in hexadecimal. Raises ProblemError for a character that the font lacks."""
    known = codes(face())
    lacking = next((c for c in text if ord(c) not in known), "")
    if lacking:
        message = f"「{lacking}」（U+{ord(lacking):04X}）は、PDF の入力欄の書体にありません"
        raise ProblemError([Problem(message, hint="Excel の様式（--format xlsx）を使ってください")])
    return "".join(f"{known[ord(c)]:04X}" for c in text)


def width(text: str) -> float:
    """In em."""
    own = face()
    return sum(own.advance(own.gid(ord(c))) for c in text) / own.units_per_em


def embed(writer: PdfWriter) -> IndirectObject:
    """Put the font into the PDF; the reference to it."""
    own = face()
    known, scale = codes(own), 1000 / own.units_per_em
    data = own.path.read_bytes()
    gids = bytearray(2 * 65536)
    for character, code in known.items():
        gids[2 * code : 2 * code + 2] = own.gid(character).to_bytes(2, "big")
    descriptor = _dictionary(
        Type="/FontDescriptor",
        FontName=f"/{own.postscript_name}",
        Flags=4,
        FontBBox=[round(edge * scale) for edge in own.bbox],
        ItalicAngle=0,
        Ascent=round(own.ascent * scale),
        Descent=round(own.descent * scale),
        CapHeight=round(own.cap_height * scale),
        StemV=80,
        FontFile2=writer._add_object(_stream(data, Length1=len(data))),
    )
    system = DictionaryObject({NameObject("/Registry"): TextStringObject("Adobe"),
                               NameObject("/Ordering"): TextStringObject("Identity"),
                               NameObject("/Supplement"): NumberObject(0)})  # fmt: skip
    descendant = _dictionary(
        Type="/Font",
        Subtype="/CIDFontType2",
        BaseFont=f"/{own.postscript_name}",
        FontDescriptor=writer._add_object(descriptor),
        DW=1000,
        W=_widths(own, known),
        CIDToGIDMap=writer._add_object(_stream(bytes(gids))),
    )
    descendant[NameObject("/CIDSystemInfo")] = system
    font = _dictionary(
        Type="/Font",
        Subtype="/Type0",
        BaseFont=f"/{own.postscript_name}",
        Encoding="/Identity-H",
        DescendantFonts=[writer._add_object(descendant)],
        ToUnicode=writer._add_object(_stream(_to_unicode(known))),
    )
    return writer._add_object(font)


def _object(value: object) -> object:
    match value:
        case str():
            return NameObject(value)
        case int():
            return NumberObject(value)
        case list():
            return ArrayObject([_object(v) for v in value])
    return value


def _dictionary(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): _object(value) for key, value in entries.items()})


def _stream(data: bytes, **entries: object) -> StreamObject:
    stream = StreamObject()
    stream.update(_dictionary(Filter="/FlateDecode", **entries))
    stream.set_data(zlib.compress(data, 9))
    return stream


def _widths(own: Face, known: dict[int, int]) -> list[object]:
    """The W array: runs of equal widths, those of a full em left out."""
    found: list[object] = []
    run: list[int] = []
    for character, code in sorted(known.items(), key=lambda pair: pair[1]):
        wide = round(own.advance(own.gid(character)) * 1000 / own.units_per_em)
        if run and run[1] == code - 1 and run[2] == wide:
            run[1] = code
            continue
        if run and run[2] != 1000:
            found += run
        run = [code, code, wide]
    return found + (run if run and run[2] != 1000 else [])


def _to_unicode(known: dict[int, int]) -> bytes:
    out = io.StringIO()
    out.write("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) "
              "/Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
              "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")  # fmt: skip
    ranges = list(_ranges(sorted(code for cp, code in known.items() if cp == code)))
    for n in range(0, len(ranges), _BLOCK):
        block = ranges[n : n + _BLOCK]
        lines = "".join(f"<{a:04X}> <{b:04X}> <{a:04X}>\n" for a, b in block)
        out.write(f"{len(block)} beginbfrange\n{lines}endbfrange\n")
    beyond = [(code, cp) for cp, code in known.items() if cp != code]
    for n in range(0, len(beyond), _BLOCK):
        pairs = beyond[n : n + _BLOCK]
        lines = "".join(f"<{code:04X}> <{chr(cp).encode('utf-16-be').hex().upper()}>\n" for code, cp in pairs)
        out.write(f"{len(pairs)} beginbfchar\n{lines}endbfchar\n")
    out.write("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
    return out.getvalue().encode("ascii")


def _ranges(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of consecutive codes, none across a change of the first byte."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1 or number >> 8 != first >> 8:
            yield first, last
            first = number
        last = number
    yield first, last
