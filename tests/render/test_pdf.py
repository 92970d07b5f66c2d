"""The PDF renderer: hand-made Documents, drawn for real, read back by two independent readers."""

from __future__ import annotations

import hashlib
import io
import os
import random
import re
import struct
import subprocess
import sys
import unicodedata
import zlib
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from pypdf.generic import StreamObject

from generator.document import Cell, Document, Line, Sheet, Style
from generator.problem import ProblemError
from generator.render.deflate import Packed, around, deflate
from generator.render.pdf import render
from generator.render.pdf.fonts.subset import glyph_run, subset
from generator.typography.face import Face
from generator.typography.fonts import chain, glyphs
from generator.typography.typeset import fit

MM = 72 / 25.4
BOX = {"left": "thin", "top": "thin", "right": "thin", "bottom": "thin"}
RARE = "代表　渡邉󠄀　髙﨑　𠮷田　神と\ufa19　がとか\u3099"


def cell(
    row: int,
    column: int,
    text: str,
    *,
    rows: int = 1,
    columns: int = 1,
    mark: str = "",
    width: float = 100,
    **style: object,
) -> Cell:
    look = Style(**style)
    fitted = fit(text, width, None, look)
    return Cell(row, column, rows, columns, text, look, fitted.size, fitted.lines, mark=mark)


def sheet(
    *cells: Cell, columns: tuple[float, ...] = (100,), heights: tuple[float, ...] = (10,) * 6, **more: object
) -> Sheet:
    given: dict[str, object] = {"paper": (210, 297), "margins": (20, 18, 15, 22), **more}
    return Sheet(
        "01",
        "第1号",
        "第１号様式　交付申請書",
        "01-application",
        "form",
        columns=columns,
        heights=heights,
        cells=cells,
        **given,
    )


def document(*sheets: Sheet, **more: object) -> Document:
    given = {"name": "申請一式", "title": "交付申請書（𠮷）", "author": "見本市", "subject": "交付要綱", **more}
    return Document(**given, date=date(2023, 9, 1), sheets=sheets)


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data), strict=True)


def text_of(data: bytes, page: int = 0) -> tuple[str, str]:
    """What pypdf and PDFium extract, lines joined by newlines."""
    with pypdfium2.PdfDocument(data) as pdf:
        theirs = pdf[page].get_textpage().get_text_bounded().replace("\r\n", "\n")
    return read(data).pages[page].extract_text(), theirs


def content_of(data: bytes, page: int = 0) -> str:
    contents = read(data).pages[page].get_contents()
    assert contents is not None
    return contents.get_data().decode("ascii")


def fonts_of(data: bytes) -> list[pypdf.generic.DictionaryObject]:
    return [font.get_object() for font in read(data).pages[0]["/Resources"]["/Font"].values()]


DPI = 200


def picture(data: bytes, page: int = 0) -> Image.Image:
    with pypdfium2.PdfDocument(data) as pdf:
        return pdf[page].render(scale=DPI / 72).to_pil().convert("L")


def ink(
    image: Image.Image, left: float, top: float, right: float, bottom: float
) -> tuple[float, float, float, float] | None:
    """The box in mm that holds all the ink between these edges (mm from the upper left corner)."""
    px = DPI / 25.4
    part = image.crop((round(left * px), round(top * px), round(right * px), round(bottom * px)))
    found = part.point(lambda value: 255 if value < 140 else 0).getbbox()
    return found and tuple(edge / px + start for edge, start in zip(found, (left, top, left, top), strict=True))  # type: ignore[return-value]


# --- text ------------------------------------------------------------------------------------


def test_rare_characters_are_extracted_as_written() -> None:
    data = render(document(sheet(cell(0, 0, RARE), cell(1, 0, "全角　空白と half space"))))
    for text in text_of(data):
        assert text.split("\n") == [RARE, "全角　空白と half space"]
    # the equality above means something only if these differ after normalisation
    assert unicodedata.normalize("NFC", RARE) != RARE and "\U00020bb7" in RARE and "\U000e0100" in RARE


def test_one_glyph_for_two_texts_has_two_codes() -> None:
    one, two = glyphs("が", chain("mincho")), glyphs("か\u3099", chain("mincho"))
    assert one[0].gid == two[0].gid and one[0].text != two[0].text
    for text in text_of(render(document(sheet(cell(0, 0, "がか\u3099が"))))):
        assert text == "がか\u3099が"


def test_characters_that_pdf_syntax_uses_are_text() -> None:
    for text in text_of(render(document(sheet(cell(0, 0, "=(A)<B>[C]\\%/#{}'"))))):
        assert text == "=(A)<B>[C]\\%/#{}'"


def test_a_character_that_no_font_has_is_still_extracted() -> None:
    assert glyphs("😀", chain("mincho"))[0].gid == 0
    assert text_of(render(document(sheet(cell(0, 0, "甲😀乙")))))[0] == "甲😀乙"


def test_check_boxes_are_drawn_and_extracted() -> None:
    data = render(
        document(
            sheet(
                cell(0, 0, "☑", mark="on", width=10),
                cell(0, 1, "辞退する"),
                cell(1, 0, "☐", mark="off", width=10),
                cell(1, 1, "辞退しない"),
                columns=(10, 90),
            )
        )
    )
    for text in text_of(data):
        assert re.sub(r"[\n ]", "", text) == "☑辞退する☐辞退しない"
    image = picture(data)
    on, off = ink(image, 22.5, 20, 31, 30), ink(image, 22.5, 30, 31, 40)
    assert on and off
    for box, middle in ((on, 25), (off, 35)):
        assert 2.5 < box[2] - box[0] < 3.6 and abs((box[1] + box[3]) / 2 - middle) < 0.3
    inside = [ink(image, 23.6, top + 4.2, 25.2, top + 5.8) for top in (20, 30)]
    assert inside[0] is not None and inside[1] is None  # the tick


# --- fonts -----------------------------------------------------------------------------------


def test_fonts_are_embedded_subsets_and_nothing_else() -> None:
    data = render(document(sheet(cell(0, 0, RARE), cell(1, 0, "ゴシック", font="gothic", bold=True))))
    names = [font["/BaseFont"] for font in fonts_of(data)]
    assert [str(name).split("+")[1] for name in names] == ["BIZUDMincho-Regular", "IPAmjMincho", "BIZUDGothic-Bold"]
    assert all(re.fullmatch(r"/[A-Z]{6}\+.+", name) for name in names) and len({name[:7] for name in names}) == 3
    for font in fonts_of(data):
        descendant = font["/DescendantFonts"][0].get_object()
        assert (font["/Subtype"], font["/Encoding"]) == ("/Type0", "/Identity-H")
        assert descendant["/Subtype"] == "/CIDFontType2"
        places = descendant["/CIDToGIDMap"].get_data()
        file = descendant["/FontDescriptor"]["/FontFile2"].get_data()
        (count,) = struct.unpack_from(">H", file, _table(file, "maxp") + 4)
        assert max(struct.unpack(f">{len(places) // 2}H", places)) == count - 1
        assert len(descendant["/FontDescriptor"]["/FontFile2"].get_data()) < 40_000
    assert b"Helvetica" not in data
    assert len(data) < 60_000


def test_widths_are_the_advances_of_the_font() -> None:
    data = render(document(sheet(cell(0, 0, "漢ab "))))
    descendant = fonts_of(data)[0]["/DescendantFonts"][0].get_object()
    widths: dict[int, float] = {}
    listed = [float(value) for value in descendant["/W"]]
    for first, last, width in zip(*[iter(listed)] * 3, strict=True):
        widths |= dict.fromkeys(range(int(first), int(last) + 1), width)
    for glyph in glyphs("漢ab ", chain("mincho")):
        assert widths.get(ord(glyph.text), descendant["/DW"]) == pytest.approx(1000 * glyph.advance, abs=0.001)


@pytest.mark.parametrize("character", "鬱が𠮷﨑g（")
def test_a_subset_draws_the_same_outline(character: str) -> None:
    data = render(document(sheet(cell(0, 0, character, size=100, align="center"), heights=(80,))))
    glyph = glyphs(character, chain("mincho"))[0]
    drawn = picture(data).point(lambda value: 255 - value)
    original = Image.new("L", (600, 600))
    font = ImageFont.truetype(str(glyph.face.path), round(100 * DPI / 72), index=glyph.face.index)
    ImageDraw.Draw(original).text((100, 100), character, font=font, fill=255)
    one, two = (image.crop(image.getbbox()) for image in (drawn, original))
    assert abs(one.width - two.width) <= 3 and abs(one.height - two.height) <= 3
    pairs = list(zip(one.resize((100, 100)).tobytes(), two.resize((100, 100)).tobytes(), strict=True))
    assert sum(abs(a - b) for a, b in pairs) < 0.15 * sum(b for _, b in pairs)


def _table(file: bytes, tag: str) -> int:
    """Where a table of a font file begins."""
    count = struct.unpack_from(">H", file, 4)[0]
    records = (struct.unpack_from(">4s3L", file, 12 + 16 * n) for n in range(count))
    return next(at for name, _, at, _ in records if name.decode() == tag)


def _font_file(tables: dict[str, bytes], path: Path) -> Face:
    at, directory, body = 12 + 16 * len(tables), b"", b""
    for tag, data in sorted(tables.items()):
        directory += struct.pack(">4sLLL", tag.encode(), 0, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    path.write_bytes(struct.pack(">LHHHH", 0x10000, len(tables), 0, 0, 0) + directory + body)
    return Face("Test", path)


def test_a_font_without_truetype_outlines_is_a_problem(tmp_path: Path) -> None:
    mincho = chain("mincho")[0]
    tags = ("head", "hhea", "maxp", "hmtx", "name")
    face = _font_file({**{tag: mincho.table(tag) for tag in tags}, "CFF ": b"\1\0"}, tmp_path / "cff.otf")
    with pytest.raises(ProblemError, match=r"TrueType形式の字形を持たない"):
        glyph_run(face, [0, 1])


def _subset(face: Face, first: list[int], rest: list[int]) -> bytes:
    before = glyph_run(face, first)
    made = subset(face, before, Packed.of(before.outlines), glyph_run(face, rest, before))
    data = zlib.decompress(made.deflated)
    assert len(data) == made.size
    return data


@pytest.mark.parametrize(("first", "rest"), [([0], [2, 2]), ([0, 2], []), ([0, 2], [2])])
def test_components_of_composite_glyphs_come_along(first: list[int], rest: list[int], tmp_path: Path) -> None:
    square = (
        struct.pack(">5hHH", 1, 0, 0, 100, 100, 3, 2)
        + b"\xaa\xbb"
        + b"\x01" * 4
        + struct.pack(">8h", *(0, 100, 0, -100), *(0, 0, 100, 0))
    )
    twice = struct.pack(">5h", -1, 0, 0, 100, 100)
    twice += struct.pack(">HHbb", 0x20, 1, 0, 0) + struct.pack(">HHhhhH", 0x109, 1, 50, 50, 0x4000, 1) + b"\xcc"
    outlines = (b"", square + b"\0" * (len(square) % 2), twice + b"\0" * (len(twice) % 2))
    offsets = [sum(map(len, outlines[:n])) for n in range(4)]
    mincho = chain("mincho")[0]
    head = bytearray(mincho.table("head"))
    struct.pack_into(">h", head, 50, 0)  # short offsets, which none of our fonts has
    tables = {
        "head": bytes(head),
        "hhea": mincho.table("hhea")[:34] + struct.pack(">H", 2),
        "maxp": mincho.table("maxp")[:4] + struct.pack(">H", 3) + mincho.table("maxp")[6:],
        "hmtx": struct.pack(">HhHhh", 500, 1, 1000, 2, 3),  # the third glyph shares the second's advance
        "glyf": b"".join(outlines),
        "loca": struct.pack(">4H", *(offset // 2 for offset in offsets)),
    }
    (tmp_path / "made.ttf").write_bytes(_subset(_font_file(tables, tmp_path / "composite.ttf"), first, rest))
    made = Face("Made", tmp_path / "made.ttf")
    assert made.glyph_count == 3  # .notdef, the composite, its component
    loca = struct.unpack(">4L", made.table("loca"))
    glyf = [made.table("glyf")[a:b] for a, b in pairwise(loca)]
    assert glyf[0] == b""
    assert struct.unpack(">HHbbHHhhh", glyf[1][10:26]) == (0x20, 2, 0, 0, 0x9, 2, 50, 50, 0x4000)
    assert b"\xcc" not in glyf[1] and b"\xaa\xbb" not in glyf[2] and struct.unpack(">H", glyf[2][12:14]) == (0,)
    assert struct.unpack(">6H", made.table("hmtx")) == (500, 1, 1000, 3, 1000, 2)
    words = struct.unpack(f">{(tmp_path / 'made.ttf').stat().st_size // 4}L", (tmp_path / "made.ttf").read_bytes())
    assert sum(words) & 0xFFFFFFFF == 0xB1B0AFBA


# --- the document ----------------------------------------------------------------------------


def test_metadata_comes_from_the_document() -> None:
    reader = read(render(document(sheet(cell(0, 0, "甲")))))
    assert reader.metadata == {
        "/Title": "交付申請書（𠮷）",
        "/Author": "見本市",
        "/Subject": "交付要綱",
        "/Creator": "Yoshiki",
        "/Producer": "Yoshiki",
        "/CreationDate": "D:20230901000000+09'00'",
        "/ModDate": "D:20230901000000+09'00'",
    }
    assert reader.root_object["/Lang"] == "ja"
    assert reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.outline == []


def test_pages_have_the_size_of_their_sheet_and_a_bookmark_each() -> None:
    first = sheet(cell(0, 0, "甲"), cell(3, 0, "乙"), breaks=(3,))
    wide = sheet(cell(0, 0, "丙"), paper=(297, 210))
    hidden = sheet(cell(0, 0, "計算根拠"), printed=False)
    reader = read(render(document(first, hidden, wide)))
    sizes = [tuple(round(float(side) / MM, 1) for side in page.mediabox[2:]) for page in reader.pages]
    assert sizes == [(210, 297), (210, 297), (297, 210)]
    assert [page.extract_text() for page in reader.pages] == ["甲", "乙", "丙"]
    marks = [(mark.title, reader.get_destination_page_number(mark)) for mark in reader.outline]
    assert marks == [("第１号様式　交付申請書", 0), ("第１号様式　交付申請書", 2)]


def test_header_rows_are_repeated_on_further_pages() -> None:
    rows = [cell(n, 0, f"第{n}行") for n in range(1, 6)]
    data = render(document(sheet(cell(0, 0, "見出し"), *rows, breaks=(3,), repeated=(0, 1))))
    assert text_of(data, 1)[0].split("\n") == ["見出し", "第3行", "第4行", "第5行"]
    image = picture(data, 1)
    assert ink(image, 22, 20, 122, 30) and ink(image, 22, 50, 122, 60) and not ink(image, 22, 60, 122, 70)


def test_a_header_is_not_repeated_where_its_table_has_ended() -> None:
    rows = [cell(n, 0, f"第{n}行") for n in range(1, 6)]
    made = document(sheet(cell(0, 0, "見出し"), *rows, breaks=(2, 4), repeated=(0, 1), headed=4))
    pages = [text_of(render(made), n)[0].split("\n") for n in range(3)]
    assert pages == [["見出し", "第1行"], ["見出し", "第2行", "第3行"], ["第4行", "第5行"]]
    late = document(
        sheet(*rows[:3], cell(0, 0, "序"), cell(4, 0, "第4行"), cell(5, 0, "第5行"), breaks=(2, 4), repeated=(2, 3))
    )
    pages = [text_of(render(late), n)[0].split("\n") for n in range(3)]
    assert pages == [["序", "第1行"], ["第2行", "第3行"], ["第2行", "第4行", "第5行"]]


def test_the_same_document_gives_the_same_bytes() -> None:
    one, other = (document(sheet(cell(0, 0, RARE, **BOX)), sheet(cell(0, 0, text))) for text in ("甲", "乙"))
    assert render(one) == render(one)
    assert read(render(one)).trailer["/ID"] != read(render(other)).trailer["/ID"]


def test_what_was_drawn_before_changes_nothing() -> None:
    """All documents forth and back, and some alone in a new process."""
    made = [document(sheet(*cells, **more)) for cells, more in _SHAPES]
    forth = [hashlib.sha256(render(one)).hexdigest() for one in made]
    back = [hashlib.sha256(render(one)).hexdigest() for one in reversed(made)]
    assert forth == back[::-1] and len(set(forth)) == len(forth)
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for number in (1, 4, 9):
        run = subprocess.run(
            [sys.executable, "-c", _ALONE, str(number)], capture_output=True, check=True, timeout=120, env=surroundings
        )
        assert run.stdout.decode().strip() == forth[number]


# the same shape with other words, sizes, lines, rare characters, row heights; and other shapes
_SHAPES: tuple[tuple[tuple[Cell, ...], dict[str, Any]], ...] = (
    ((cell(0, 0, "甲", **BOX), cell(1, 0, "渡邉󠄀")), {}),
    ((cell(0, 0, "乙", **BOX), cell(1, 0, "𠮷")), {}),
    ((cell(0, 0, "甲", **BOX), cell(1, 0, "神神")), {}),
    ((cell(0, 0, "甲", **BOX), cell(1, 0, "国" * 40, align="center")), {}),
    ((cell(0, 0, "甲", **BOX), cell(1, 0, "well done " * 20)), {"heights": (10, 40)}),
    ((cell(0, 0, "甲", **BOX), cell(1, 0, "渡邉󠄀")), {"heights": (12, 40)}),
    ((cell(0, 0, "甲", **BOX), cell(1, 0, "")), {}),
    ((cell(0, 0, "☑", mark="on", **BOX), cell(1, 0, "乙")), {}),
    ((cell(0, 0, "☐", mark="off", **BOX), cell(1, 0, "乙")), {}),
    ((cell(0, 0, "甲", **BOX), cell(1, 0, "乙")), {"stamp": "案"}),
    ((cell(0, 0, "甲", **BOX), cell(1, 0, "乙")), {"breaks": (1,), "repeated": (0, 1)}),
    ((cell(0, 0, "甲", **BOX)._replace(role="title"), cell(1, 0, "乙")), {}),
    ((cell(0, 0, "甲", fill="EEEEEE", **BOX), cell(1, 0, "乙")), {}),
)
_ALONE = """
import hashlib, sys
from tests.render import test_pdf as t
cells, more = t._SHAPES[int(sys.argv[1])]
print(hashlib.sha256(t.render(t.document(t.sheet(*cells, **more)))).hexdigest())
"""


def test_deflated_data_are_the_same_in_every_process() -> None:
    """isal, which is faster than zlib, fails this: it leaves the places of a few first bytes to chance."""
    code = "from tests.render import test_pdf as t; print(t._deflated())"
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=120, env=surroundings)
    assert run.stdout.decode().strip() == _deflated()


def _deflated() -> str:
    rng = random.Random(1)
    digest = hashlib.sha256()
    for _ in range(5000):
        start = rng.randbytes(rng.choice((4, 5, 30, 70)))
        data = start + rng.randbytes(30) + start + rng.randbytes(3)
        packed = deflate(data)
        assert zlib.decompress(packed) == data
        digest.update(packed)
    for data in (b"", b"a", bytes(500), bytes(70) + b"abc", b"abcd" * 40):
        assert zlib.decompress(deflate(data)) == data
    return digest.hexdigest()


@given(before=st.binary(max_size=300), middle=st.binary(), after=st.binary(), times=st.integers(1, 400))
def test_data_around_packed_ones_are_deflated_as_one(before: bytes, middle: bytes, after: bytes, times: int) -> None:
    packed = Packed.of(middle * times)
    assert zlib.decompress(around(before, packed, after * times)) == before + middle * times + after * times


def test_the_glyphs_of_a_forms_own_words_are_there_before_the_case(tmp_path: Path) -> None:
    """Printed or not: so they are deflated once for all cases. They come first, in the order of their characters."""

    def glyphs(*characters: tuple[str, bool, str]) -> int:
        data = render(document(sheet(cell(0, 0, "仮山市"), characters=characters)))
        (font,) = fonts_of(data)  # none for what is not printed at all
        below = font["/DescendantFonts"][0]
        places = below["/CIDToGIDMap"].get_data()
        assert int.from_bytes(places[2 * ord("市") :][:2], "big") == (1 if characters else 3)
        (tmp_path / "font.ttf").write_bytes(below["/FontDescriptor"]["/FontFile2"].get_data())
        return Face("Font", tmp_path / "font.ttf").glyph_count

    assert glyphs() == 4  # with .notdef; in the order of their codes 仮, 山, 市
    assert glyphs(("mincho", False, "市様\n𠮷")) == 5
    assert glyphs(("mincho", False, "市様"), ("gothic", True, "号")) == 5


def test_the_words_of_one_case_never_show_in_another() -> None:
    """A shape is used again; the words, the texts that stand for them and the fonts are the document's own."""
    secret = render(document(sheet(cell(0, 0, "山田太郎", **BOX), cell(1, 0, "well\ndone", wrap=True))))
    assert "山" in text_of(secret)[0]
    data = render(document(sheet(cell(0, 0, "甲", **BOX), cell(1, 0, "乙"))))
    assert ["".join(text.split()) for text in text_of(data)] == ["甲乙"] * 2
    (font,) = fonts_of(data)
    table = font["/ToUnicode"].get_object()
    assert isinstance(table, StreamObject)
    codes = re.findall(rb"^<([0-9A-F]{4})> <", table.get_data(), re.MULTILINE)
    assert sorted(codes) == [b"0000", *sorted(b"%04X" % ord(c) for c in "甲乙")]
    assert b"ActualText" not in data


def test_the_same_sheet_twice_is_two_sections() -> None:
    one = sheet(cell(0, 0, "甲", **BOX))
    reader = read(render(document(one, one)))
    top = reader.root_object["/StructTreeRoot"]["/K"]
    sections = [kid.idnum for kid in top["/K"]]
    assert len(set(sections)) == 2
    assert [page["/StructParents"] for page in reader.pages] == [0, 1]


def test_the_stamp_stands_in_the_top_margin() -> None:
    data = render(document(sheet(cell(0, 0, "通知書", **BOX), stamp="案")))
    assert text_of(data)[0].split("\n") == ["案", "通知書"]
    box = ink(picture(data), 0, 0, 210, 19.5)
    assert box and box[1] > 4 and box[3] < 19 and box[3] - box[1] > 7 and abs(box[2] - 122) < 0.5
    assert not ink(picture(render(document(sheet(cell(0, 0, "通知書", **BOX))))), 0, 0, 210, 19.5)


# --- where things stand ------------------------------------------------------------------------


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("valign", ["top", "middle", "bottom"])
def test_text_stands_where_the_style_says(align: str, valign: str) -> None:
    data = render(document(sheet(cell(1, 1, "国国\n国国", rows=2, align=align, valign=valign), columns=(20, 60, 20))))
    box = ink(picture(data), 0, 0, 210, 297)
    assert box is not None
    size, left, right, top, bottom = 10.5 / MM, 42.0, 102.0, 30.0, 50.0
    wide, high = 2 * size, 1.3 * 2 * size
    x = {"left": left + 1, "center": (left + right - wide) / 2, "right": right - 1 - wide}[align]
    y = {"top": top + 0.8, "middle": (top + bottom - high) / 2, "bottom": bottom - 0.8 - high}[valign]
    assert (box[0] + box[2]) / 2 == pytest.approx(x + wide / 2, abs=0.15)
    assert (box[1] + box[3]) / 2 == pytest.approx(y + high / 2, abs=0.25)
    assert x - 0.1 < box[0] and box[2] < x + wide + 0.1


def test_justified_lines_reach_both_sides_but_for_the_last() -> None:
    text = "国" * 60
    data = render(document(sheet(cell(0, 0, text, align="justify"), heights=(30,))))
    image = picture(data)
    pitch = 1.3 * 10.5 / MM
    middle = 20 + 15
    first, last = (
        ink(image, 22, middle - pitch * 1.5, 122, middle - pitch / 2),
        ink(image, 22, middle + pitch / 2, 122, 50),
    )
    assert first and last
    assert first[0] == pytest.approx(23.2, abs=0.25) and first[2] == pytest.approx(120.8, abs=0.25)
    assert last[2] < 100
    assert "".join(text_of(data)[1].split()) == text


def test_a_line_is_drawn_with_the_width_typesetting_gave_it() -> None:
    text = "単価１２３円 abc　𠮷（国"
    made = cell(0, 0, text)
    box = ink(picture(render(document(sheet(made)))), 0, 0, 210, 297)
    assert box and box[2] - 23 == pytest.approx(made.lines[0].width, abs=0.3)


# --- borders -----------------------------------------------------------------------------------


def _lines(data: bytes) -> dict[str, list[tuple[float, ...]]]:
    """Line width → lines as x, y, x2, y2 on the grid (solid ones are bars that reach half their width further)."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for line in content_of(data).split("\n"):
        if match := re.fullmatch(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re f", line):
            x, y, wide, high = map(float, match.groups())
            half = min(wide, high) / 2
            ends = (x + half, y + half, x + wide - half, y + high - half)
            found.setdefault(f"{2 * half:g}", []).append(tuple(round(end, 2) for end in ends))
        elif match := re.fullmatch(r"([\d.]+) w \[.+\] 0 d ([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l S", line):
            found.setdefault(f"dotted {match[1]}", []).append(tuple(round(float(end), 2) for end in match.groups()[1:]))
    return found


def test_shared_borders_are_one_line_and_the_heavier_wins() -> None:
    grid = [cell(row, column, "", **BOX) for row in range(3) for column in range(3)]
    heavy = cell(3, 0, "", columns=3, top="medium", left="hair", right="dotted", bottom="thin")
    lines = _lines(render(document(sheet(*grid, heavy, columns=(20, 30, 40)))))
    xs = [round((22 + x) * MM, 2) for x in (0, 20, 50, 90)]
    ys = [round((277 - y) * MM, 2) for y in (0, 10, 20, 30, 40)]
    across = [(xs[0], y, xs[3], y) for y in (*ys[:3], ys[4])]
    down = [(x, ys[3], x, ys[0]) for x in xs]
    assert sorted(lines["0.5"]) == sorted(across + down)
    assert lines["1"] == [(xs[0], ys[3], xs[3], ys[3])]
    assert lines["0.25"] == [(xs[0], ys[4], xs[0], ys[3])]
    assert lines["dotted 0.5"] == [(xs[3], ys[4], xs[3], ys[3])]


def test_no_border_crosses_a_merged_cell_and_its_text_is_in_the_middle() -> None:
    merged = cell(0, 0, "国", rows=3, columns=2, align="center", **BOX)
    right = [cell(row, 2, "", **BOX) for row in range(3)]
    image = picture(render(document(sheet(merged, *right, columns=(20, 20, 20)))))
    box = ink(image, 22.5, 20.5, 61.5, 49.5)
    assert box and abs((box[0] + box[2]) / 2 - 42) < 0.2 and abs((box[1] + box[3]) / 2 - 35) < 0.3
    assert box[2] - box[0] < 4 and box[3] - box[1] < 4


def test_borders_of_one_weight_look_alike() -> None:
    rows = [cell(row, 0, "", **BOX) for row in range(12)]
    image = picture(render(document(sheet(*rows, heights=(7.3,) * 12))))
    x = round(72 * DPI / 25.4)
    column = [image.getpixel((x, y)) < 200 for y in range(image.height)]
    thick = [len(run) for run in "".join("#" if dark else " " for dark in column).split()]
    assert len(thick) == 13 and len(set(thick)) == 1


def test_a_cell_that_reaches_over_a_page_break_ends_with_the_page() -> None:
    tall = cell(1, 0, "国", rows=4, **BOX)
    data = render(document(sheet(tall, cell(5, 0, "次"), breaks=(3,))))
    ys = {y for line in _lines(data)["0.5"] for y in line[1::2]}
    assert ys == {round((277 - y) * MM, 2) for y in (10, 30)}
    assert text_of(data, 1)[0] == "次"


def test_fills_lie_under_text_and_borders() -> None:
    data = render(document(sheet(cell(0, 0, "国", fill="D9D9D9", **BOX))))
    image = picture(data)
    px = DPI / 25.4
    assert image.getpixel((round(80 * px), round(25 * px))) == 0xD9
    assert image.getpixel((round(130 * px), round(25 * px))) == 0xFF
    assert ink(image, 22.5, 20.5, 40, 29.5)


def test_an_empty_line_takes_its_room() -> None:
    lines = (Line("国", 3.7), Line("", 0), Line("国", 3.7))
    look = Style(valign="top")
    data = render(document(sheet(Cell(0, 0, 1, 1, "国\n\n国", look, 10.5, lines), heights=(30,))))
    box = ink(picture(data), 22, 20, 122, 50)
    assert box and box[3] - box[1] == pytest.approx((2 * 1.3 + 1) * 10.5 / MM, abs=0.6)
