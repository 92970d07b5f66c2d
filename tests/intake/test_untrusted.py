"""Workbooks whose every part is written by hand: what is read of them, and with which code others are refused."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from generator.intake.untrusted import file_kind, xlsx_reader
from generator.intake.untrusted.workbook import ReadCell, row_and_column
from generator.problem import UnreadableError

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
TYPES = "[Content_Types].xml"
SHEETS = '<sheet name="a"/>' * 61
NAMES = '<sheet name="a"/>' + "".join(f'<definedName name="a{n}"/>' for n in range(2_001))
SHEET = "xl/worksheets/sheet1.xml"


def related(*targets: tuple[str, str]) -> str:
    """The relations r1, r2 … of these kinds to these targets."""
    each = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f"<Relationships {RELATIONS}>{each}</Relationships>"


def parts(cells: str = "", **changed: str) -> dict[str, str]:
    """The parts of a workbook of one sheet with these cells; ``changed``: book, strings, relations."""
    book = f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>'
    usual = (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"))
    return {
        TYPES: "<Types/>",
        "_rels/.rels": related(("officeDocument", "/xl/workbook.xml")),
        "xl/workbook.xml": changed.get("book", book),
        "xl/_rels/workbook.xml.rels": changed.get("relations", related(*usual)),
        "xl/sharedStrings.xml": f"<sst {MAIN}>{changed.get('strings', '<si><t>甲</t></si>')}</sst>",
        SHEET: f"<worksheet {MAIN}><sheetData><row r='1'>{cells}</row></sheetData></worksheet>",
    }


def packed(contents: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, part in contents.items():
            package.writestr(name, part)
    return out.getvalue()


def code(data: bytes) -> str:
    """The code of the problem for which a workbook is refused."""
    with pytest.raises(UnreadableError) as caught:
        xlsx_reader.read(data, "返送.xlsx")
    (problem,) = caught.value.problems
    assert problem.position and problem.position.file == "返送.xlsx" and problem.hint
    return problem.code


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_cells_of_each_kind(method: int) -> None:
    cells = (
        '<c t="s"><v>0</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="d"><v>2023-09-04</v></c>'
        '<c r="F1"><v> 12.5 </v></c><c t="str"><v>a_x000D_b_xD800_</v></c><c><v></v></c>'
        '<c t="inlineStr"><is><t>乙</t></is></c><c t="n"><f>A1</f></c>'
    )
    (sheet,) = xlsx_reader.read(packed(parts(cells), method), "a.xlsx").sheets
    assert sheet.name == "表" and sheet.cells == {
        "A1": ReadCell("text", "甲"),
        "B1": ReadCell("flag", "1"),
        "C1": ReadCell("error", "#REF!"),
        "D1": ReadCell("date", "2023-09-04"),
        "F1": ReadCell("number", "12.5"),
        "G1": ReadCell("text", "a\nb_xD800_"),
        "I1": ReadCell("text", "乙"),
        "J1": ReadCell("number", "", "A1"),
    }


def test_formulas_that_the_file_does_not_write_out() -> None:
    cells = (
        '<c r="A1"><f t="array" ref="A1:A2"/><v>1</v></c><c r="B1"><f t="shared" si="9"/><v>1</v></c>'
        '<c r="C1"><f t="shared" si="1">IF("</f><v>1</v></c><c r="D1"><f t="shared" si="1"/><v>1</v></c>'
    )
    (sheet,) = xlsx_reader.read(packed(parts(cells)), "a.xlsx").sheets
    assert [sheet.cells[a].formula for a in ("A1", "B1", "C1", "D1")] == ["?", "?", 'IF("', "?"]


def test_names_and_the_way_days_are_counted() -> None:
    book = (
        f'<workbook {MAIN} xmlns:r="{OFFICE}"><workbookPr date1904="1"/><sheets><sheet name="表" r:id="r1"/>'
        '<sheet name="図" r:id="r2"/></sheets><definedNames><definedName name="額">表!$A$1</definedName>'
        '<definedName name="額" localSheetId="0">表!$B$1</definedName></definedNames></workbook>'
    )
    relations = related(("worksheet", "worksheets/sheet1.xml"), ("chartsheet", "chartsheets/sheet1.xml"))
    read = xlsx_reader.read(packed(parts(book=book, relations=relations)), "a.xlsx")
    assert read.date1904 and read.names == {"額": "表!$A$1"} and [s.name for s in read.sheets] == ["表"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ('<c t="s"><v>1</v></c>', "intake.wrong-string-number"),
        ('<c r="A0"><v>1</v></c>', "intake.wrong-cell-address"),
        ('<c r="XFE1"><v>1</v></c>', "intake.wrong-cell-address"),
        ('<c r="A6000"><v>1</v></c>', "intake.cell-far-outside"),
        (f"<c><f>{'1+' * 4_100}1</f></c>", "intake.formula-too-long"),
        ("<c><f>cmd|'/C calc'!A0</f></c>", "intake.external-formula"),
        (f'<c t="str"><v>{"あ" * 32_768}</v></c>', "intake.text-too-long"),
        (f'<c t="str"><v>{"あ" * 262_137}</v></c>', "intake.text-too-long"),
        ("<a>" * 100 + "</a>" * 100, "intake.xml-too-deep"),
        ("<a/>" * 200_001, "intake.too-much-content"),
        ('<c r="A1"><v>1</v></c>' * 60_001, "intake.too-much-content"),
        ("<c>", "intake.xml-not-well-formed"),
    ],
)
def test_what_a_sheet_must_not_hold(cells: str, expected: str) -> None:
    assert code(packed(parts(cells), zipfile.ZIP_STORED)) == expected


@pytest.mark.parametrize(
    ("part", "text", "expected"),
    [
        (SHEET, "<!DOCTYPE x><x/>", "intake.xml-with-dtd"),
        ("_rels/.rels", related(("officeDocument", "xl/none.xml")), "intake.other-format"),
        ("xl/_rels/workbook.xml.rels", related(), "intake.file-damaged"),
        ("xl/_rels/workbook.xml.rels", related(("worksheet", "none.xml")), "intake.file-damaged"),
        ("xl/workbook.xml", f"<workbook {MAIN}/>", "intake.no-sheets"),
        ("xl/workbook.xml", f"<workbook {MAIN}>{SHEETS}</workbook>", "intake.too-many-sheets"),
        ("xl/workbook.xml", f'<workbook {MAIN}><sheet name="a/b"/></workbook>', "intake.wrong-sheet-name"),
        (
            "xl/workbook.xml",
            f"<workbook {MAIN}>{NAMES}</workbook>",
            "intake.too-many-names",
        ),
        ("xl/vbaProject.bin", "x", "intake.macro"),
        ("xl/other/vbaProject.bin", "x", "intake.macro"),
        ("xl/activeX/a.bin", "x", "intake.activex"),
        ("xl/embeddings/a.bin", "x", "intake.embedded-file"),
        ("xl/connections.xml", "x", "intake.data-connection"),
        ("xl/externalLinks/a.xml", "x", "intake.external-link"),
        ("xl/media/../a", "x", "intake.wrong-part-name"),
        (
            "xl/_rels/workbook.xml.rels",
            related(("oleObject", "x")).replace("/></R", ' TargetMode="External"/></R'),
            "intake.external-link",
        ),
        ("xl/media/a.png", "\0" * 2_000_000, "intake.zip-bomb"),
        ("xl/media/a.png", "\0" * 13_000_000, "intake.zip-bomb"),
    ],
)
def test_what_a_package_must_not_hold(part: str, text: str, expected: str) -> None:
    assert code(packed({**parts(), part: text})) == expected


def test_more_parts_or_bytes_than_a_form_has() -> None:
    assert code(packed({**parts(), **{f"xl/media/{n}": "" for n in range(300)}})) == "intake.zip-bomb"
    assert code(packed({**parts(), **{f"xl/media/{n}": "" for n in range(700)}})) == "intake.zip-bomb"


def test_a_package_in_another_compression_or_with_a_password() -> None:
    assert code(packed(parts(), zipfile.ZIP_BZIP2)) == "intake.unusual-compression"
    data = bytearray(packed(parts()))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    assert code(bytes(data)) == "intake.password-protected"


@pytest.mark.parametrize(("at", "size"), [(16, "<I"), (24, "<I"), (42, "<I")])
def test_a_directory_that_lies(at: int, size: str) -> None:
    """About the checksum, the length and the place of a part that is read."""
    data = bytearray(packed(parts()))
    name = data.rindex(TYPES.encode())
    struct.pack_into(size, data, name - 46 + at, 7_777_777 if at == 42 else 3)
    assert code(bytes(data)) == "intake.file-damaged"


def test_a_part_that_does_not_end() -> None:
    data = bytearray(packed(parts()))
    name = data.rindex(TYPES.encode())
    struct.pack_into("<I", data, name - 46 + 20, 4)
    assert code(bytes(data)) == "intake.file-damaged"


def test_a_part_that_is_larger_than_the_directory_says() -> None:
    data = bytearray(packed({**parts(), TYPES: "\0" * 12_500_000}))
    name = data.rindex(TYPES.encode())
    struct.pack_into("<I", data, name - 46 + 24, 3)
    assert code(bytes(data)) == "intake.zip-bomb"


def test_no_zip_at_all() -> None:
    assert code(b"PK\x03\x04") == "intake.file-damaged"
    assert code(b"PK\x03\x04" + b"PK\x05\x06" + b"\xff" * 18) == "intake.file-damaged"


def test_an_old_file_of_another_kind() -> None:
    with pytest.raises(UnreadableError) as caught:
        file_kind.kind_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "a.ppt")
    assert caught.value.problems[0].message == "古い形式の Office ファイルです"


@pytest.mark.parametrize(
    ("address", "expected"), [("A1", (1, 1)), ("E12", (12, 5)), ("AA3", (3, 27)), ("a1", (0, 0)), ("A0", (0, 0))]
)
def test_addresses(address: str, expected: tuple[int, int]) -> None:
    assert row_and_column(address) == expected
