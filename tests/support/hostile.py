"""Files made to do harm, each built when it is asked for."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

import parts

SHEET = "xl/worksheets/sheet1.xml"
_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _sheet(inner: bytes) -> bytes:
    return b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (_MAIN, inner)


def _with(part: str, contents: bytes) -> bytes:
    return parts.rezipped(parts.application(), lambda n, p: contents if n == part else p)


def _adding(part: str, contents: bytes) -> bytes:
    return parts.rezipped(parts.application(), lambda n, p: p, {part: contents})


def ratio() -> bytes:
    return _with(SHEET, _sheet(b" " * 11_000_000))


def total() -> bytes:
    extra = {f"xl/media/image{n}.png": bytes(range(256)) * 4_000 + b"\0" * 9_000_000 for n in range(8)}
    return parts.rezipped(parts.application(), lambda n, p: p, extra)


def giant() -> bytes:
    return _adding("xl/media/image1.png", b"\0" * 400_000_000)


def count() -> bytes:
    return parts.rezipped(parts.application(), lambda n, p: p, {f"xl/media/{n}.png": b"" for n in range(20_000)})


def lying() -> bytes:
    """The headers call a part of 300 MB a small one."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(packed.compress(b"\0" * 1_000_000) for _ in range(300)) + packed.flush()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        old = zipfile.ZipFile(io.BytesIO(parts.application()))
        for name in old.namelist():
            new.writestr(name, old.read(name) if name != SHEET else b"x" * 5000)
    raw = bytearray(out.getvalue())
    info = zipfile.ZipFile(io.BytesIO(raw)).getinfo(SHEET)
    begin = info.header_offset + 30 + len(info.orig_filename.encode()) + len(info.extra)
    raw[begin : begin + info.compress_size] = data
    grown = len(data) - info.compress_size
    struct.pack_into("<I", raw, info.header_offset + 18, len(data))
    at = 0
    while (at := raw.find(b"PK\x01\x02", at)) >= 0:
        offset = struct.unpack_from("<I", raw, at + 42)[0]
        if offset == info.header_offset:
            struct.pack_into("<I", raw, at + 20, len(data))
        elif offset > info.header_offset:
            struct.pack_into("<I", raw, at + 42, offset + grown)
        at += 4
    end = raw.rfind(b"PK\x05\x06")
    struct.pack_into("<I", raw, end + 16, struct.unpack_from("<I", raw, end + 16)[0] + grown)
    return bytes(raw)


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    return _with(SHEET, f"<!DOCTYPE x [{entities}]>".encode() + _sheet(b"<row><c><v>&l9;</v></c></row>"))


def external_entity() -> bytes:
    doctype = b'<!DOCTYPE sst [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return parts.shared(parts.application(), lambda part: doctype + part.replace(b"</t>", b"&e;</t>", 1))


def deep() -> bytes:
    return _with(SHEET, b"<a>" * 100_000 + b"</a>" * 100_000)


def formula(text: str) -> bytes:
    cell = f'<row r="1"><c r="A1" t="str"><f>{text}</f><v>1</v></c></row>'
    return _with(SHEET, _sheet(cell.encode()))


def far() -> bytes:
    return _with(SHEET, _sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


def rows() -> bytes:
    return _with(
        SHEET, _sheet(b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 100_001)))
    )


def empty_elements() -> bytes:
    return _with(SHEET, _sheet(b"".join(b'<row r="%d" ht="%d"/>' % (n, n * 7919 % 1009) for n in range(350_000))))


def string() -> bytes:
    text = b"".join(b"%d" % n for n in range(1_500_000))
    return parts.shared(parts.application(), lambda part: part.replace(b"</t>", text + b"</t>", 1))


def strings() -> bytes:
    more = b"".join(b"<si><t>%d</t></si>" % n for n in range(400_000))
    return parts.shared(parts.application(), lambda part: part.replace(b"</sst>", more + b"</sst>"))


def named(name: str) -> bytes:
    def edit(part: str, data: bytes) -> bytes:
        return (
            data.replace('name="第１号様式"'.encode(), f'name="{name}"'.encode()) if part == "xl/workbook.xml" else data
        )

    return parts.rezipped(parts.application(), edit)


def linked() -> bytes:
    rel = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/oleObject" '
        b'Target="file:///c:/x.xls" TargetMode="External"/></Relationships>'
    )
    return _adding("xl/worksheets/_rels/sheet1.xml.rels", rel)


def macro_type() -> bytes:
    def edit(part: str, data: bytes) -> bytes:
        usual = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        return data.replace(usual, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")

    return parts.rezipped(parts.application(), edit)


def names() -> bytes:
    def edit(part: str, data: bytes) -> bytes:
        more = b"".join(b'<definedName name="n%d">A1</definedName>' % n for n in range(100_000))
        return data.replace(b"</definedNames>", more + b"</definedNames>") if part == "xl/workbook.xml" else data

    return parts.rezipped(parts.application(), edit)


def twice() -> bytes:
    out = io.BytesIO(parts.application())
    with zipfile.ZipFile(out, "a") as old:
        old.writestr(SHEET.upper(), b"<x/>")
    return out.getvalue()


def pdf(*objects: bytes, tail: bytes = b"") -> bytes:
    """A PDF of these objects, whose cross-reference table has to be made again by whoever reads it."""
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (n, o) for n, o in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + (tail or b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n")


def _stream(dictionary: bytes, contents: bytes) -> bytes:
    packed = zlib.compress(contents, 9)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (dictionary, len(packed), packed)


_ROOT = b"<</Type/Catalog/Pages 2 0 R/AcroForm 3 0 R>>"
_PAGE = b"<</Type/Pages/Count 0/Kids[]>>"


def pdf_objects() -> bytes:
    swollen = _stream(b"/Type/ObjStm/N 1/First 4", b"3 0 <</Fields[]>>" + b" " * 300_000_000)
    where = len(b"%PDF-1.7\n")
    places = []
    body = b""
    for n, one in ((1, _ROOT), (2, _PAGE), (4, swollen)):
        places.append(where + len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (n, one)
    entries = ((0, 0, 0), (1, places[0], 0), (1, places[1], 0), (2, 4, 0), (1, places[2], 0))
    cross = b"".join(struct.pack(">BHB", *e) for e in entries)
    start = where + len(body)
    table = _stream(b"/Type/XRef/Size 5/W[1 2 1]/Root 1 0 R", cross)
    return b"%PDF-1.7\n" + body + b"5 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start)


def pdf_references() -> bytes:
    table = _stream(b"/Type/XRef/Size 9999999/W[1 2 1]/Root 1 0 R", b"\0" * 200_000_000)
    head = b"%PDF-1.7\n"
    return head + b"1 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(head))


def pdf_deep() -> bytes:
    return pdf(_ROOT, _PAGE, b"<</Fields" + b"[" * 100_000 + b"]" * 100_000 + b">>")


def pdf_fields() -> bytes:
    kids = b" ".join(b"%d 0 R" % n for n in range(4, 40_004))
    return pdf(_ROOT, _PAGE, b"<</Fields[%b]>>" % kids, *(b"<</FT/Tx/T(a%d)>>" % n for n in range(40_000)))


def _cut(share: float) -> bytes:
    data = parts.application()
    return data[: int(len(data) * share)]


BOMB, ABROAD = "中身が大きすぎる圧縮ファイル", "外部参照や DDE"
XML = "DTD"

# What it is called → how it is made, what is said of it, and the code (after "intake.") of the bound it breaks.
FILES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "zip-ratio": (ratio, BOMB, "zip-bomb"),
    "zip-total": (total, BOMB, "zip-bomb"),
    "zip-giant-part": (giant, BOMB, "zip-bomb"),
    "zip-count": (count, BOMB, "zip-bomb"),
    "zip-lying-header": (lying, BOMB, "zip-bomb"),
    "zip-part-twice": (twice, "部品の名前", "wrong-part-name"),
    "zip-path-part": (partial(_adding, "xl/../../evil.xml", b""), "部品の名前", "wrong-part-name"),
    "xml-billion-laughs": (laughs, XML, "xml-with-dtd"),
    "xml-external-entity": (external_entity, XML, "xml-with-dtd"),
    "xml-deep": (deep, "入れ子が深すぎ", "xml-too-deep"),
    "xml-empty-elements": (empty_elements, "中身が多すぎ", "too-much-content"),
    "macro": (partial(_adding, "xl/vbaProject.bin", b"x"), "マクロ", "macro"),
    "macro-type": (macro_type, "マクロ", "macro"),
    "macro-sheet": (partial(_adding, "xl/macrosheets/sheet1.xml", b"<x/>"), "マクロ", "macro"),
    "activex": (partial(_adding, "xl/activeX/activeX1.bin", b"x"), "ActiveX", "activex"),
    "embedding": (partial(_adding, "xl/embeddings/oleObject1.bin", b"x"), "埋め込まれて", "embedded-file"),
    "external-link": (
        partial(_adding, "xl/externalLinks/externalLink1.xml", b"<x/>"),
        "ほかのファイルへのリンク",
        "external-link",
    ),
    "external-relation": (linked, "ほかのファイルへのリンク", "external-link"),
    "connection": (partial(_adding, "xl/connections.xml", b"<x/>"), "外部のデータ", "data-connection"),
    "dde": (partial(formula, "cmd|'/C calc'!A0"), ABROAD, "external-formula"),
    "external-formula": (partial(formula, "'[1]Sheet1'!A1"), ABROAD, "external-formula"),
    "external-path-formula": (partial(formula, "'C:\\[x.xlsx]Sheet1'!A1"), ABROAD, "external-formula"),
    "web-formula": (partial(formula, "WEBSERVICE(&quot;http://x/&quot;)"), ABROAD, "external-formula"),
    "far-cell": (far, "XFD1048576", "cell-far-outside"),
    "many-rows": (rows, "遠く離れて", "cell-far-outside"),
    "huge-string": (string, "長すぎる文字列", "text-too-long"),
    "many-strings": (strings, "中身が多すぎ", "too-much-content"),
    "many-names": (names, "多すぎ", "too-many-names"),
    "sheet-name-path": (partial(named, "../../etc/passwd"), "シートの名前", "wrong-sheet-name"),
    "sheet-name-drive": (partial(named, "C:\\x"), "シートの名前", "wrong-sheet-name"),
    "pdf-object-stream": (pdf_objects, "PDF", "file-damaged"),
    "pdf-references": (pdf_references, "PDF", "file-damaged"),
    "pdf-deep": (pdf_deep, "PDF", "file-damaged"),
    "pdf-many-fields": (pdf_fields, "PDF", "too-much-content"),
    "truncated-half": (partial(_cut, 0.5), "途中で切れて", "file-damaged"),
    "truncated-tail": (partial(_cut, 0.99), "途中で切れて", "file-damaged"),
}
