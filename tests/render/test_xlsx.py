"""The workbook: typed values, formulas with their values, looks, print set-up, and what Excel accepts."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import libreoffice
import openpyxl
import pypdfium2
import pytest
import samples
import workbooks
from openxml_audit import FileFormat, OpenXmlValidator

from generator.document import Cell, Document, Line, Sheet, Style
from generator.problem import ProblemError
from generator.render.package import repack
from generator.render.xlsx import render
from generator.render.xlsx.sizes import SheetSizes
from generator.typography.typeset import fit, height_of

MM = 25.4 / 72  # one point
BASE = Style()
BOX = Style(left="thin", top="thin", right="medium", bottom="hair")
COLUMNS = (34.0, 26.0, 30.0, 30.0, 30.0, 20.0)
WAREKI = '[$-411]ggge"年"m"月"d"日"'

needs_office = pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")


def cell(row: int, column: int, text: str = "", rows: int = 1, columns: int = 1, **given: Any) -> Cell:
    style = given.pop("style", BASE)
    fitted = fit(text, sum(COLUMNS[column : column + columns]), None, style)
    return Cell(row, column, rows, columns, text, style, fitted.size, fitted.lines, **given)


def sheet(*cells: Cell, rows: int = 12, **given: Any) -> Sheet:
    made = Sheet(
        form="01",
        name="第１号様式 本紙",
        title="申請書",
        file="01-application",
        kind="form",
        paper=(210.0, 297.0),
        margins=(20.0, 18.0, 15.0, 22.0),
        columns=COLUMNS,
        heights=(8.0,) * rows,
        cells=cells,
    )
    return replace(made, **given)


def document(*sheets: Sheet, **given: Any) -> Document:
    made = Document("申請一式", "交付申請書", "見本市", "R5-001", date(2023, 6, 20), sheets)
    return replace(made, **given)


def opened(made: Document) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render(made)))


def part(made: Document, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(render(made))) as package:
        return package.read(name).decode("utf-8")


def table(*breaks: int, rows: int = 60, height: float = 9.0) -> Sheet:
    cells = [cell(r, c, f"{r}行{c}列", style=BOX) for r in range(rows) for c in range(6)]
    return sheet(*cells, name="表", heights=(height,) * rows, breaks=breaks, repeated=(0, 1))


def test_no_titles_where_no_page_goes_on_with_their_table() -> None:
    made = replace(table(40), headed=40)
    assert opened(document(made))["表"].print_title_rows is None
    assert opened(document(replace(made, breaks=(20, 40))))["表"].print_title_rows == "$1:$1"


EVERYTHING = document(
    sheet(
        cell(0, 0, "第１号様式（第７条関係）", columns=6),
        cell(1, 0, "令和5年6月20日", columns=6, value=date(2023, 6, 20), format=WAREKI, field="申請.申請日"),
        cell(2, 0, "見出し", rows=2, style=replace(BOX, font="gothic", bold=True, align="center", fill="EEEEEE")),
        cell(2, 1, "=1+1", columns=3, style=BOX),
        cell(3, 1, "_x0041_と\n二行目", columns=3, style=BOX),
        cell(4, 0, "1,000円", value=1000, format='#,##0"円"', field="単価", style=replace(BOX, align="right")),
        cell(4, 1, "0.5", value=Fraction(1, 2), format="0.###", field="数量", style=BOX),
        cell(4, 2, "500円", value=500, formula="単価*B5", format='#,##0"円"', style=BOX),
        cell(
            4, 3, "甲&乙<丙 _x0041_", value="甲&乙<丙 _x0041_", formula='IF(A5>1,"甲&乙<丙 _"&"x0041_","")', style=BOX
        ),
        cell(4, 4, "はい", value=True, formula="A5>1", style=BOX),
        cell(4, 5, "☑", mark="on", field="辞退", style=replace(BOX, align="center")),
        cell(5, 0, "令和5年6月30日", columns=2, value=date(2023, 6, 30), formula="A2+10", format=WAREKI),
        cell(5, 2, "", value=None, formula='IF(A5>1,"","x")'),
        cell(6, 0, "", columns=6, style=BOX, field="備考"),
        stamp="案",
    ),
    table(29, 57),
    sheet(cell(0, 0, "根拠"), name="計算根拠", printed=False),
    names=(("単価", "'第１号様式 本紙'!$A$5"),),
)


# --- values --------------------------------------------------------------------------------------


def test_values_are_typed_and_formatted() -> None:
    page = opened(EVERYTHING).worksheets[0]
    assert page["A2"].value == datetime(2023, 6, 20) and page["A2"].number_format == WAREKI
    assert page["A5"].value == 1000 and page["A5"].number_format == '#,##0"円"'
    assert page["B5"].value == 0.5 and page["B5"].number_format == "0.###"
    assert page["A1"].value == "第１号様式（第７条関係）"
    assert page["A7"].value is None


def test_formulas_carry_their_values() -> None:
    cells = workbooks.read(render(EVERYTHING)).formulas
    told = {at: (content.formula, content.value) for (name, at), content in cells.items()}
    assert told == {
        "C5": ("単価*B5", 500.0),
        "D5": ('IF(A5>1,"甲&乙<丙 _"&"x0041_","")', "甲&乙<丙 _x0041_"),
        "E5": ("A5>1", True),
        "A6": ("A2+10", float((date(2023, 6, 30) - date(1899, 12, 30)).days)),
        "C6": ('IF(A5>1,"","x")', ""),
    }
    assert {content.value.__class__ for content in cells.values()} == {float, str, bool}


@needs_office
def test_libreoffice_comes_to_the_same_values(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbooks.without_values(render(EVERYTHING)))
    calculated = workbooks.read_ods(libreoffice.convert(path, "ods", tmp_path).read_bytes())
    wanted = {at: c.value for at, c in workbooks.read(render(EVERYTHING)).formulas.items()}
    assert {at: calculated.get(at, "") for at in wanted} == wanted
    assert calculated["第１号様式 本紙", "B4"] == "_x0041_と\n二行目"


@pytest.mark.parametrize(
    "text", ["=1+1", "+81-44", "-5", "@SUM(A1)", "#N/A", "0120", "TRUE", "　字下げ", "a_xABCD_b", "二\n行"]
)
def test_text_stays_text(text: str) -> None:
    made = document(sheet(cell(0, 0, text, columns=6, value=text, format="@")))
    assert workbooks.read(render(made)).cells["第１号様式 本紙", "A1"].value == text
    first = opened(made).active["A1"]
    assert first.data_type == "s"
    assert bool(first.quotePrefix) == (text[0] in "=+-@")


def test_a_shape_met_again_says_what_the_document_says() -> None:
    """What a cell said last time is written again only where it says the same, of the same kind."""
    told: list[tuple[str, Any]] = [("甲", "甲"), ("1", 1), ("はい", True), ("1", Fraction(1)), ("甲", "甲"), ("", None)]
    books = [document(sheet(cell(0, 0, text, value=value), cell(1, 0, "見出し"))) for text, value in told]
    first = [render(book) for book in books]
    assert [opened(book).active["A1"].value for book in books] == ["甲", 1, True, 1, "甲", None]
    assert [opened(book).active["A1"].data_type for book in books] == ["s", "n", "b", "n", "s", "n"]
    assert [render(book) for book in reversed(books)] == first[::-1]


def test_a_rare_character_has_the_font_that_knows_it() -> None:
    name = "渡邉\U000e0110　𠮷﨑\n商店"
    data = render(document(sheet(cell(0, 0, name, columns=6, value=name))))
    assert workbooks.read(data).cells["第１号様式 本紙", "A1"].value == name
    page = openpyxl.load_workbook(io.BytesIO(data), rich_text=True).active
    found = [(str(one), one.font.rFont) for one in page["A1"].value]
    assert found == [
        ("渡", "BIZ UD明朝 Medium"), ("邉\U000e0110", "IPAmj明朝"), ("　", "BIZ UD明朝 Medium"),
        ("𠮷", "IPAmj明朝"), ("﨑\n商店", "BIZ UD明朝 Medium"),
    ]  # fmt: skip


def test_a_text_too_long_for_a_cell_is_refused() -> None:
    long = Cell(0, 0, 1, 1, "あ" * 32768, BASE, 10.5, (Line("あ", 3.7),))
    with pytest.raises(ProblemError, match="32,768字"):
        render(document(sheet(long)))


def test_a_birth_date_before_excel_counts_days_is_text() -> None:
    made = document(sheet(cell(0, 0, "明治33年2月28日", columns=3, value=date(1900, 2, 28), format=WAREKI)))
    assert opened(made).active["A1"].value == "明治33年2月28日"


# --- looks ---------------------------------------------------------------------------------------


def test_looks() -> None:
    page = opened(EVERYTHING).worksheets[0]
    heading = page["A3"]
    assert (heading.font.name, heading.font.bold, heading.font.sz) == ("BIZ UDゴシック", True, 10.5)
    assert heading.fill.fgColor.rgb == "FFEEEEEE"
    assert (heading.alignment.horizontal, heading.alignment.vertical) == ("center", "center")
    assert (page["B3"].font.name, page["F5"].font.name) == ("BIZ UD明朝 Medium", "Segoe UI Symbol")
    assert page["F5"].value == "☑"
    assert page["B4"].alignment.wrap_text and not page["B4"].alignment.shrink_to_fit
    assert page["C5"].alignment.shrink_to_fit and not page["C5"].alignment.wrap_text


def test_only_inputs_are_unlocked() -> None:
    page = opened(EVERYTHING).worksheets[0]
    inputs = {c.coordinate for row in page["A1:F7"] for c in row if not c.protection.locked}
    assert inputs == {*(f"{c}2" for c in "ABCDEF"), "A5", "B5", "F5", *(f"{c}7" for c in "ABCDEF")}


def test_a_merged_cell_has_its_borders_on_every_edge() -> None:
    made = document(sheet(cell(1, 1, "枠", rows=2, columns=2, style=BOX)))
    page = opened(made).active
    assert [str(r) for r in page.merged_cells.ranges] == ["B2:C3"]
    xml = part(made, "xl/worksheets/sheet1.xml")
    number = {at: int(s) for at, s in re.findall(r'<c r="([BC][23])" s="(\d+)"', xml)}
    assert set(number) == {"B2", "C2", "B3", "C3"}
    styles = part(made, "xl/styles.xml")
    formats = re.findall(r'<xf [^>]*borderId="(\d+)"', styles[styles.index("<cellXfs") :])
    borders = re.findall(r"<border>.*?</border>|<border/>", styles)

    def sides(at: str) -> set[str]:
        return set(re.findall(r'<(\w+) style="\w+"', borders[int(formats[number[at]])]))

    assert {at: sides(at) for at in number} == {
        "B2": {"left", "top"},
        "C2": {"right", "top"},
        "B3": {"left", "bottom"},
        "C3": {"right", "bottom"},
    }


# --- sizes ---------------------------------------------------------------------------------------


def test_columns_are_counted_in_digits_of_the_normal_font() -> None:
    book = opened(EVERYTHING)
    assert book._named_styles["Normal"].font.name == "BIZ UDゴシック"
    assert book._named_styles["Normal"].font.sz == 10.5
    widths = [book.active.column_dimensions[c].width for c in "ABCDEF"]
    edges = [sum(widths[:n]) * 7 * 25.4 / 96 for n in range(7)]
    assert edges == pytest.approx([sum(COLUMNS[:n]) for n in range(7)], abs=0.2)


def test_rows_have_a_little_to_spare() -> None:
    heights = SheetSizes(sheet(cell(0, 0, "一行"))).heights
    assert all(8.0 / MM - 0.2 <= height <= 8.0 / MM * 1.03 + 0.2 for height in heights)
    assert sum(heights) >= 12 * 8.0 / MM


def test_a_row_grows_where_excel_may_break_one_more_line() -> None:
    exact = 169.9  # mm, all but the cell's padding in Excel: 170 mm wide
    lines = tuple(Line("あ" * 40, exact, n == 2) for n in range(3))
    style = replace(BASE, pad=0.0)
    tight = Cell(0, 0, 1, 6, "あ" * 120, style, 10.5, lines)
    height = height_of(lines, style, 10.5)
    assert SheetSizes(sheet(tight, rows=1, heights=(height,))).heights[0] >= 4 * 10.5 * 1.2
    loose = tight._replace(lines=tuple(line._replace(width=150.0) for line in lines))
    assert SheetSizes(sheet(loose, rows=1, heights=(height,))).heights[0] < 4 * 10.5 * 1.2


def test_a_line_that_fills_its_cell_is_shrunk_not_broken() -> None:
    full = cell(0, 0, "あ" * 8, style=replace(BASE, size=10.5))  # 29.6 of 32.7 mm: roomy enough
    fuller = full._replace(lines=(Line(full.text, 31.5),))
    page = opened(document(sheet(full, fuller._replace(row=1)))).active
    assert page["A1"].alignment.wrap_text and not page["A1"].alignment.shrink_to_fit
    assert page["A2"].alignment.shrink_to_fit and not page["A2"].alignment.wrap_text


def test_a_row_higher_than_excel_allows_is_refused() -> None:
    with pytest.raises(ValueError, match="higher"):
        render(document(sheet(heights=(150.0,))))


def full_lines() -> Cell:
    count = int((170 - 2) / (10.5 * MM))
    style = replace(BOX, align="justify", valign="top")
    return cell(1, 0, "見本市補助" * (count * 8 // 5), columns=6, style=style)


def lines_and_columns() -> Document:
    text = full_lines()
    marks = [cell(0, n, "幅") for n in range(6)]
    heights = (8.0, height_of(text.lines, text.style, text.size), 8.0)
    return document(sheet(*marks, text, cell(2, 0, "下", columns=6), heights=heights))


def full_pages() -> Document:
    wide = sheet(cell(0, 0, "横"), name="横", paper=(297.0, 210.0), columns=(42.0,) * 6)
    full = table(29, 57, height=262 / 29)  # pages filled to the last millimetre
    one = sheet(cell(31, 0, "末尾"), name="一枚", heights=(262 / 32,) * 32)
    return document(full, wide, one)


def grown() -> Document:
    return document(table(29, 57, height=262 / 29 * 1.06))  # as if Excel's rows had to be higher than the document's


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What LibreOffice prints of them."""
    made = {"lines.xlsx": lines_and_columns(), "pages.xlsx": full_pages(), "grown.xlsx": grown()}
    given = {name: render(one) for name, one in made.items()}
    return libreoffice.converted(given, "pdf", tmp_path_factory.mktemp("xlsx"))


@needs_office
@pytest.mark.xdist_group("printed workbooks")
def test_columns_and_full_lines_on_paper(printed: dict[str, bytes]) -> None:
    """Where LibreOffice prints the columns, and that exactly full lines stay within the height they were given."""
    text = full_lines()
    assert max(line.width for line in text.lines) > 165 and len(text.lines) in (8, 9)
    with pypdfium2.PdfDocument(printed["lines.xlsx"]) as pdf:
        assert len(pdf) == 1
        page = pdf[0].get_textpage()
        boxes = [(page.get_text_range(n, 1), page.get_charbox(n)) for n in range(page.count_chars())]
    left = [box[0] * MM for character, box in boxes if character == "幅"]
    assert [x - left[0] for x in left] == pytest.approx([sum(COLUMNS[:n]) for n in range(6)], abs=0.5)
    assert left[0] == pytest.approx(22.0 + 0.6, abs=0.5)
    filled = [box for character, box in boxes if character in "見本市補助"]
    assert len(filled) == len(text.text)
    top = min(box[1] for _, box in boxes if _ == "幅")
    bottom = max(box[3] for _, box in boxes if _ == "下")
    assert all(bottom < box[1] and box[3] < top for box in filled)


# --- the workbook --------------------------------------------------------------------------------


def test_names_and_views() -> None:
    book = opened(EVERYTHING)
    assert book.defined_names["単価"].attr_text == "'第１号様式 本紙'!$A$5"
    assert [page.sheet_view.tabSelected for page in book] == [True, False, False]
    assert book.active.title == "第１号様式 本紙"
    assert [page.sheet_view.showGridLines for page in book] == [False, False, True]
    assert all(page.sheet_view.zoomScale == 100 for page in book)
    assert not book.calculation.fullCalcOnLoad


def test_print_setup() -> None:
    form, listed, basis = opened(EVERYTHING).worksheets
    assert (form.page_setup.paperSize, form.page_setup.orientation) == ("9", "portrait") or (
        form.page_setup.paperSize == 9 and form.page_setup.orientation == "portrait"
    )
    assert form.print_area == "'第１号様式 本紙'!$A$1:$F$12"
    assert form.sheet_properties.pageSetUpPr.fitToPage
    assert (form.page_setup.fitToWidth, form.page_setup.fitToHeight) == (1, 1)
    assert form.page_margins.left == pytest.approx(22 / 25.4) and form.page_margins.top == pytest.approx(20 / 25.4)
    assert 10 / 25.4 < form.page_margins.right < 18 / 25.4
    assert form.oddHeader.right.text == "案" and not listed.oddHeader.right.text
    assert '<oddHeader>&amp;R&amp;"BIZ UDゴシック,Bold"&amp;20 案</oddHeader>' in unescaped(
        part(EVERYTHING, "xl/worksheets/sheet1.xml")
    )
    assert not listed.sheet_properties.pageSetUpPr.fitToPage  # Excel would leave the breaks aside
    assert [b.id for b in listed.row_breaks.brk] == [29, 57]
    assert listed.print_title_rows == "$1:$1"
    assert (basis.page_setup.fitToWidth, basis.page_setup.fitToHeight) == (1, 0)
    empty = basis.print_area.rpartition("!")[2].replace("$", "")  # so whoever prints the workbook gets its forms alone
    assert basis[empty].value is None and not basis[empty].has_style and not basis.print_title_rows


def unescaped(xml: str) -> str:
    return re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), xml)


@needs_office
@pytest.mark.xdist_group("printed workbooks")
def test_pages_are_those_of_the_document(printed: dict[str, bytes]) -> None:
    made = full_pages()
    full = made.sheets[0]
    with pypdfium2.PdfDocument(printed["pages.xlsx"]) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
        sizes = [page.get_size() for page in pdf]
    assert len(texts) == sum(len(s.pages()) for s in made.sheets) == 5
    firsts = [re.findall(r"(\d+)行0列", text) for text in texts[:3]]
    assert firsts == [[str(row) for row in rows] for rows in full.pages()]
    assert sizes[3][0] > sizes[3][1] and sizes[4][0] < sizes[4][1]
    assert "横" in texts[3] and "末尾" in texts[4]


@needs_office
@pytest.mark.xdist_group("printed workbooks")
def test_pages_that_grew_are_scaled(printed: dict[str, bytes]) -> None:
    assert 90 <= opened(grown()).active.page_setup.scale < 100
    with pypdfium2.PdfDocument(printed["grown.xlsx"]) as pdf:
        assert len(pdf) == len(grown().sheets[0].pages())


@pytest.mark.parametrize("names", [("a/b",), ("[甲]",), ("あ" * 32,), ("",), ("'甲",), ("Sheet", "sheet"), ()])
def test_names_that_excel_refuses(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        render(document(*(sheet(name=name) for name in names)))


def test_metadata() -> None:
    about = opened(EVERYTHING).properties
    assert (about.title, about.creator, about.subject) == ("交付申請書", "見本市", "R5-001")
    assert about.language == "ja"
    assert about.created == about.modified == datetime(2023, 6, 20)
    assert "<Application>yoshiki</Application>" in part(EVERYTHING, "docProps/app.xml")


def test_the_same_document_gives_the_same_bytes() -> None:
    program = "import sys; sys.path[:0]=['.','tests','tests/support']; from render.test_xlsx import *; " + (
        "sys.stdout.buffer.write(render(EVERYTHING))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            cwd=samples.PROGRAM,
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert made == {render(EVERYTHING)}


# openpyxl writes texts into the cells; Excel reads them so and moves them to a table when it saves.
ALLOWED = re.compile(r"inline-string cell")


@pytest.mark.parametrize("version", [FileFormat.OFFICE_2019, FileFormat.MICROSOFT_365])
def test_the_package_is_valid(version: FileFormat, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(render(EVERYTHING))
    found = OpenXmlValidator(file_format=version, max_errors=0).validate(str(path))
    assert [str(e) for e in found.errors if not ALLOWED.search(str(e))] == []


def test_the_validator_sees_what_is_wrong(tmp_path: Path) -> None:
    def spoil(name: str, data: bytes) -> bytes:
        return data.replace(b"<sheetData>", b"<sheetDatum/><sheetData>") if "sheet1" in name else data

    path = tmp_path / "book.xlsx"
    path.write_bytes(repack(render(EVERYTHING), spoil))
    found = OpenXmlValidator(file_format=FileFormat.OFFICE_2019, max_errors=0).validate(str(path))
    assert any("sheetDatum" in str(e) for e in found.errors)


# --- repacking -----------------------------------------------------------------------------------


def packed(*parts: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, content in parts:
            package.writestr(name, content)
    return data.getvalue()


def test_repacking_hides_order_and_time() -> None:
    parts = [("b.xml", b"B"), ("_rels/.rels", b"R"), ("[Content_Types].xml", b"T"), ("a.xml", b"A")]
    made = repack(packed(*parts))
    assert made == repack(packed(*reversed(parts))) == repack(made)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.namelist() == ["[Content_Types].xml", "_rels/.rels", "a.xml", "b.xml"]
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_repacking_edits_parts() -> None:
    made = repack(packed(("a", b"1"), ("b", b"2")), lambda name, data: data * 2 if name == "b" else data)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert (package.read("a"), package.read("b")) == (b"1", b"22")


def test_repacking_refuses_a_part_that_occurs_twice() -> None:
    with pytest.warns(UserWarning):
        data = packed(("a", b"1"), ("a", b"2"))
    with pytest.raises(ValueError):
        repack(data)


def test_where_its_library_would_write_otherwise_nothing_is_written(tmp_path: Path) -> None:
    """openpyxl asks the environment when it is loaded; the bytes would be others than everywhere else."""
    own = {"OPENPYXL_LXML": "False", "YOSHIKI_FORMS": str(samples.SMALL), "PYTHONPATH": str(samples.PROGRAM)}
    done = subprocess.run(
        [sys.executable, "-m", "generator", "render", samples.PLAIN, "--format", "xlsx", "--out", tmp_path / "out"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=120, env={**os.environ, **own},
    )  # fmt: skip
    assert done.returncode and "OPENPYXL_LXML" in done.stderr
    assert not list(tmp_path.rglob("*.xlsx"))
