"""The font of form fields, embedded whole, so that whatever is typed can be shown and printed.

A code is the number of a glyph in the font file: whoever fills in the form finds it by the file's own table of
characters, or by the map to Unicode.
"""

from __future__ import annotations

import zlib
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

from generator.problem import Problem, RefusedError
from generator.render.pdf.fonts.embedded import plain
from generator.render.pdf.fonts.to_unicode import sections, to_unicode
from generator.typography.face import Face
from generator.typography.fonts import chain

FONT_NAME = "/BIZUD"
_CHARACTERS = (*range(0x20, 0xD800), *range(0xF900, 0xFFFE), *range(0x20000, 0x2FA20), *range(0x1F000, 0x1FB00))
_TWINS = (range(0x2E80, 0x2FE0), range(0xF900, 0xFB00), range(0xA0, 0xA1), range(0xAD, 0xAE), range(0x2F800, 0x2FA20))


@lru_cache(maxsize=2)
def _codes(face: Face) -> dict[int, int]:
    """Character → code, for every character of the face that can be typed."""
    return {cp: gid for cp in _CHARACTERS if (gid := face.gid(cp))}


def _field_face() -> Face:
    """The first face of the mincho chain."""
    return chain("mincho")[0]


def refuse_lacking(text: str, title: str) -> None:
    """Raise RefusedError for a text with a character that the font lacks; ``title``: of the item, which may be a name:
    the text itself is not shown."""
    codes = _codes(_field_face())
    for number, character in enumerate(text.replace("\n", ""), 1):
        if ord(character) not in codes:
            message = f"{number}文字目の文字（U+{ord(character):04X}）は、PDF の入力欄の書体にありません"
            hint = "この申請者には、Excel の様式を渡してください（yoshiki template では --format xlsx）"
            raise RefusedError([Problem(message, item=f"「{title}」", hint=hint, code="render.not-in-field-font")])


def hex_codes(text: str) -> str:
    """The codes of a text in hexadecimal; `refuse_lacking` has looked at it."""
    codes = _codes(_field_face())
    return "".join(f"{codes[ord(c)]:04X}" for c in text)


def text_width(text: str) -> float:
    """The width of a text in this font, as a multiple of its size."""
    own = _field_face()
    return sum(own.advance(own.gid(ord(c))) for c in text) / own.units_per_em


def embed_field_font(writer: PdfWriter) -> IndirectObject:
    """Put the whole font into the PDF and return the reference to it."""
    own = _field_face()
    codes, scale = _codes(own), 1000 / own.units_per_em
    data = own.path.read_bytes()
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
        W=_widths(own),
        CIDToGIDMap="/Identity",
    )
    descendant[NameObject("/CIDSystemInfo")] = system
    font = _dictionary(
        Type="/Font",
        Subtype="/Type0",
        BaseFont=f"/{own.postscript_name}",
        Encoding="/Identity-H",
        DescendantFonts=[writer._add_object(descendant)],
        ToUnicode=writer._add_object(_stream(_text_map(codes))),
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


def _widths(own: Face) -> list[object]:
    """The W array: runs of equal widths, those of a full em left out."""
    widths: list[object] = []
    run: list[int] = []
    for gid in range(own.glyph_count):
        wide = round(own.advance(gid) * 1000 / own.units_per_em)
        if run and run[2] == wide:
            run[1] = gid
            continue
        if run and run[2] != 1000:
            widths += run
        run = [gid, gid, wide]
    return widths + (run if run and run[2] != 1000 else [])


def _text_map(codes: dict[int, int]) -> bytes:
    """Glyph → character; of several characters of one glyph the usual one."""
    pairs: dict[int, int] = {}
    for cp, gid in sorted(codes.items(), key=lambda pair: (any(pair[0] in twins for twins in _TWINS), pair[0])):
        pairs.setdefault(gid, cp)
    return to_unicode(sections([f"<{gid:04X}> <{plain(chr(cp))}>" for gid, cp in sorted(pairs.items())]))
