"""The Word letters: the words of the Document in order, the places of the grid, and what Word itself accepts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import libreoffice
import pypdfium2
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree
from openxml_audit import FileFormat, OpenXmlValidator

from generator.document import Cell, Document, Sheet, Style
from generator.render import docx as word
from generator.typography.typeset import ROOM, fit, height_of

MM = 72 / 25.4
BASE = Style(size=10.5, line=1.5)
BOX = replace(BASE, left="thin", top="thin", right="thin", bottom="thin")
ALL = 99
Part = tuple[object, ...]  # (text | None, columns, what differs from the style or the cell)


def sheet(columns: tuple[float, ...], *rows: float | list[Part], **values: object) -> Sheet:
    """A sheet of rows: a number is room in mm, a list the parts from the left on."""
    cells: list[Cell] = []
    heights: list[float] = []
    for number, row in enumerate(rows):
        heights.append(row if isinstance(row, float) else 8.0)
        column = 0
        for text, span, *more in [] if isinstance(row, float) else row:
            span = min(int(str(span)), len(columns) - column)
            given = dict(more[0]) if more else {}
            base = BOX if given.pop("box", False) else BASE
            own = {k: given.pop(k) for k in list(given) if k in ("role", "rows", "mark", "field")}
            style = replace(base, **given)
            if text is not None:
                width = sum(columns[column : column + span])
                fitted = fit(str(text), width, None, style)
                down = int(own.pop("rows", 1))
                cells.append(Cell(number, column, down, span, str(text), style, fitted.size, fitted.lines, **own))
                if down == 1:
                    heights[-1] = max(heights[-1], height_of(fitted.lines, style, fitted.size))
            column += span
    made = Sheet(
        form="04",
        name="第4号様式",
        title="第４号様式　補助金交付決定通知書",
        file="04-decision",
        kind="letter",
        paper=(210.0, 297.0),
        margins=(20.0, 22.0, 15.0, 25.0),
        columns=columns,
        heights=tuple(heights),
        cells=tuple(cells),
        word=True,
    )
    return replace(made, **values)


def document(*sheets: Sheet) -> Document:
    return Document("決定一式", "補助金交付決定通知書", "見本市", "R5-001", date(2023, 7, 3), sheets)


COLUMNS = (5.0, 10.0, 40.0, 10.0, 35.0, 8.0, 55.0)
RIGHT, TOP = {"align": "right"}, {"valign": "top"}
CONDITION = {"align": "justify", "valign": "top"}


def item(number: str, text: str) -> list[Part]:
    return [(None, 1), (number, 1, TOP), (text, ALL, CONDITION)]


def letter(**values: object) -> Sheet:
    """第４号様式 by hand."""
    rows: list[float | list[Part]] = [
        [("第４号様式（第８条関係）", ALL)],
        [("見本市指令総企第　１２３　号", ALL, RIGHT)],
        6.0,
        [(None, 1), ("見本市仮設区架空町１番地", ALL)],
        [(None, 1), ("株式会社𠮷﨑製作所", ALL)],
        [(None, 1), ("代表取締役　髙橋　一郎　様", ALL)],
        8.0,
        [("補助金交付決定通知書", ALL, {"align": "center", "size": 14.0, "role": "title"})],
        6.0,
        [
            (
                "　令和5年6月20日付けで申請のあったＳＤＧｓ達成に向けたモデル事業創出支援補助金について、"
                "ＳＤＧｓ達成に向けたモデル事業創出支援補助金交付要綱第８条（以下「要綱」という。）に基づき、"
                "次のとおり決定したので通知します。",
                ALL,
                {"align": "justify"},
            )
        ],
        4.0,
        [("１　補助金額等", ALL, {"role": "heading"})],
        [
            (None, 1),
            ("⑴", 1, TOP),
            ("補助対象事業名", 1, TOP),
            (
                "=地域の未利用食材をいかした学校給食と環境学習の連携による資源循環モデル事業",
                ALL,
                TOP | {"role": "value"},
            ),
        ],
        [
            (None, 1),
            ("⑵", 1),
            ("補助対象事業費", 1),
            ("金", 1),
            ("500,000", 1, RIGHT | {"role": "value"}),
            ("円", 1),
        ],
        [(None, 1), ("⑶", 1), ("補助金交付限度額", 1), ("金", 1), ("", 1, RIGHT | {"role": "value"}), ("円", 1)],
        6.0,
        [(None, 2), ("令和5年7月3日", ALL)],
        [("見本市長　例示　一歩", ALL, {"align": "right", "pad": 15.0})],
        6.0,
        [("２　補助条件", ALL, {"role": "heading"})],
        item(
            "⑴",
            "補助金額の確定については、事業実績報告書（第６号様式）の提出後、交付額確定通知書（第７号様式）により通知します。",
        ),
        item(
            "⑵",
            "補助事業の内容を変更または中止するときは、要綱第１０条の規定により、あらかじめ事業計画変更（中止）承認申請書（第５号様式）を提出してください。",
        ),
        item(
            "⑶",
            "補助事業が完了したとき又は補助金の交付決定に係る会計年度が終了したときは、要綱第１２条の規定により、速やかに提出してください。",
        ),
        item(
            "⑷",
            "次の事由に該当した場合、補助金の交付決定の取消し、既に交付した補助金の全部又は一部の返還を命じることがあります。",
        ),
        *(
            [(None, 2), (kana + "　" + text, ALL)]
            for kana, text in (("ア", "偽り、その他不正の手段によるとき。"), ("イ", "要綱に違反したとき。"))
        ),
    ]
    return sheet(COLUMNS, *rows, **values)


def tabled(count: int = 24, **values: object) -> Sheet:
    """A sheet with a table of a repeated header, merges and a page break inside."""
    head: list[Part] = [(text, 1, {"box": True, "align": "center"}) for text in ("番号", "項目", "金額")]
    rows: list[float | list[Part]] = [[("支出の内訳", 3)], head]
    for n in range(count):
        rows.append(
            [
                (f"{n + 1}", 1, {"box": True}),
                (f"項目その{n + 1}", 1, {"box": True}),
                (f"{n * 1000:,}", 1, {"box": True, "align": "right"}),
            ]
        )
    rows.append(
        [("備考", 1, {"box": True, "rows": 2, "bottom": "medium"}), ("上段", 2, {"box": True, "fill": "EEEEEE"})]
    )
    rows.append([(None, 1), ("下段\n二行目", 2, {"box": True})])
    rows.append([("以上", 3, RIGHT)])
    return sheet((20.0, 100.0, 40.0), *rows, **{"repeated": (1, 2), **values})


def squeezed(text: str) -> str:
    return "".join(text.split())


def words_of(one: Sheet) -> str:
    by_row: dict[int, list[Cell]] = {}
    for cell in one.cells:
        by_row.setdefault(cell.row, []).append(cell)
    return squeezed("".join(c.text for rows in one.pages() for row in rows for c in by_row.get(row, ())))


def texts(data: bytes) -> Iterator[str]:
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Table):
            yield from ("".join(t.text or "" for t in tc.iter(qn("w:t"))) for tc in block._tbl.iter(qn("w:tc")))
        else:
            yield block.text


@pytest.fixture(scope="module")
def rendered() -> bytes:
    return word.render(document(letter(stamp="案")))


CASES = {
    "letter": document(letter(stamp="案")),
    "table": document(tabled()),
    "pages": document(tabled(40, breaks=(28,))),
    "several": document(letter(), tabled(40, breaks=(28,), stamp="案"), letter(breaks=(19,))),
}


@pytest.mark.parametrize("name", CASES)
def test_words_are_those_of_the_document_in_order(name: str) -> None:
    case = CASES[name]
    assert squeezed("".join(texts(word.render(case)))) == "".join(map(words_of, case.sheets))


@pytest.mark.parametrize("name", CASES)
def test_word_accepts_the_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "made.docx"
    path.write_bytes(word.render(CASES[name]))
    for version in (FileFormat.OFFICE_2013, FileFormat.OFFICE_2019):
        result = OpenXmlValidator(file_format=version).validate(path)
        assert not result.errors, [str(e) for e in result.errors]


def full_page(boxed: bool) -> Sheet:
    rows: list[float | list[Part]] = [[(f"第{n}行", 1, {"box": boxed})] for n in range(31)]
    return sheet((160.0,), *rows, heights=(262.0 / 31,) * 31)


FULL = {boxed: document(full_page(boxed), full_page(boxed)) for boxed in (True, False)}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What LibreOffice prints of them."""
    every = CASES | {f"full {boxed}": full for boxed, full in FULL.items()}
    given = {f"{name}.docx": bytes(word.render(case)) for name, case in every.items()}
    return libreoffice.converted(given, "pdf", tmp_path_factory.mktemp("docx"))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")
@pytest.mark.xdist_group("printed letters")
def test_pages_and_lines_stand_where_the_grid_has_them(name: str, printed: dict[str, bytes]) -> None:
    case = CASES[name]
    pdf = pypdfium2.PdfDocument(printed[f"{name}.docx"])
    expected = [(one, rows) for one in case.sheets for rows in one.pages()]
    assert len(pdf) == len(expected)
    for page, (one, rows) in zip(pdf, expected, strict=True):
        assert displaced(page, one, rows) == []


def in_plane(character: str) -> bool:
    """Not 𠮷: pdfium gives it in two halves, and LibreOffice writes it after the rest of its line."""
    return ord(character) < 0xFFFE and not 0xD800 <= ord(character) < 0xE000


def displaced(page: pypdfium2.PdfPage, one: Sheet, rows: tuple[int, ...], most: float = 1.5) -> list[str]:
    """The lines of the page that are not within ``most`` mm of where the grid puts their beginning and middle."""
    text = page.get_textpage()
    glyphs = [(text.get_text_range(n, 1), text.get_charbox(n, loose=True)) for n in range(text.count_chars())]
    glyphs = [(c, box) for c, box in glyphs if c.strip() and in_plane(c)]
    read = "".join(c for c, _ in glyphs)
    wrong, at = [], len(one.stamp) if read.startswith(one.stamp) else 0
    down = 0.0
    for row in rows:
        for cell in (c for c in one.cells if c.row == row):
            room = sum(one.heights[row : row + cell.rows]) if cell.rows > 1 else one.heights[row]
            pitch = cell.size * cell.style.line / MM
            free = room - pitch * len(cell.lines)
            edge = min(ROOM, free / 2)
            above = {"top": edge, "bottom": free - edge}.get(cell.style.valign, free / 2)
            left = sum(one.columns[: cell.column]) + cell.style.pad
            inside = sum(one.columns[cell.column : cell.column + cell.columns]) - 2 * cell.style.pad
            for number, line in enumerate(cell.lines):
                wanted = "".join(filter(in_plane, squeezed(line.text)))
                if not wanted:
                    continue
                found = read.find(wanted, at)
                if found < 0:
                    wrong.append(f"not one line: {wanted}")
                    continue
                at = found + len(wanted)
                x0, y0, _, y1 = glyphs[found][1]
                shift = {"right": inside - line.width, "center": (inside - line.width) / 2}.get(cell.style.align, 0.0)
                indent = (len(line.text) - len(line.text.lstrip("　"))) * cell.size / MM
                x = one.margins[3] + left + shift + indent
                y = one.margins[0] + down + above + pitch * (number + 0.5)
                real = x0 / MM, one.paper[1] - (y0 + y1) / 2 / MM
                last_y = glyphs[found + len(wanted) - 1][1]
                if abs(real[0] - x) > most or abs(real[1] - y) > most or abs(last_y[1] - y0) > 2:
                    wrong.append(f"{wanted}: {real[0]:.1f},{real[1]:.1f} for {x:.1f},{y:.1f}")
        down += one.heights[row]
    return wrong


def paragraph_of(data: bytes, words: str) -> Paragraph:
    return next(p for p in docx.Document(io.BytesIO(data)).paragraphs if words in p.text)


def millimetres(length: Length | None) -> float:
    return round(length / 36000, 1) if length is not None else 0.0


def test_same_document_same_bytes() -> None:
    first, second = (word.render(CASES["several"]) for _ in range(2))
    assert first == second
    assert word.render(CASES["several"]) != word.render(document(letter(), letter()))


def test_metadata_comes_from_the_document(rendered: bytes) -> None:
    about = docx.Document(io.BytesIO(rendered)).core_properties
    assert (about.title, about.author, about.subject) == ("補助金交付決定通知書", "見本市", "R5-001")
    assert (about.language, about.last_modified_by, about.revision) == ("ja-JP", "見本市", 1)
    assert about.created == about.modified and about.created and about.created.date() == date(2023, 7, 3)


def test_every_font_is_one_of_the_office(rendered: bytes) -> None:
    found = set()
    with zipfile.ZipFile(io.BytesIO(rendered)) as package:
        for name in package.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                root = etree.fromstring(package.read(name))
                for fonts in root.iter(qn("w:rFonts")):
                    found |= {v for k, v in fonts.attrib.items() if k != qn("w:hint")}
                    assert not [k for k in fonts.attrib if "Theme" in k]
    assert found == {"BIZ UD明朝 Medium", "BIZ UDゴシック", "IPAmj明朝"}


def test_a_rare_character_has_the_font_that_knows_it(rendered: bytes) -> None:
    paragraphs = docx.Document(io.BytesIO(rendered)).paragraphs
    runs = next(p.runs for p in paragraphs if "𠮷" in p.text)
    assert [(r.text, r.font.name) for r in runs if r.text.strip()] == [
        ("株式会社", None), ("𠮷", "IPAmj明朝"), ("﨑製作所", None),
    ]  # fmt: skip


def test_a_row_with_an_amount_stands_on_tab_stops(rendered: bytes) -> None:
    row = paragraph_of(rendered, "500,000")
    assert row.text == "⑵\t補助対象事業費\t金\t500,000\t円"
    stops = [(millimetres(stop.position), stop.alignment) for stop in row.paragraph_format.tab_stops]
    left, right = WD_TAB_ALIGNMENT.LEFT, WD_TAB_ALIGNMENT.RIGHT
    assert stops == [(16.0, left), (56.0, left), (99.0, right), (101.0, left)]
    assert millimetres(row.paragraph_format.left_indent) == 6.0


def test_a_blank_amount_keeps_its_place(rendered: bytes) -> None:
    blank, given = paragraph_of(rendered, "補助金交付限度額"), paragraph_of(rendered, "500,000")
    assert blank.text == "⑶\t補助金交付限度額\t金\t\t円"
    places = [[stop.position for stop in p.paragraph_format.tab_stops] for p in (blank, given)]
    assert places[0] == places[1]


def test_a_long_item_hangs_below_its_beginning(rendered: bytes) -> None:
    row = paragraph_of(rendered, "補助事業が完了したとき")
    form = row.paragraph_format
    assert row.text.startswith("⑶\t補助事業が完了したとき") and "\n" not in row.text
    assert row.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert millimetres(form.left_indent) == 16.0
    assert millimetres(form.left_indent) + millimetres(form.first_line_indent) == 6.0


def test_the_title_is_a_title(rendered: bytes) -> None:
    title, heading = paragraph_of(rendered, "補助金交付決定通知書"), paragraph_of(rendered, "１　補助金額等")
    assert title.style and title.style.name == "Title"
    assert heading.style and heading.style.name == "Heading 1"
    assert title.runs[0].font.size == Pt(14)


def test_spaces_after_right_aligned_text_become_an_indent() -> None:
    data = word.render(document(sheet((160.0,), [("見本市長　　　", 1, RIGHT)])))
    row = paragraph_of(data, "見本市長")
    assert row.text == "見本市長"
    outside = 163.0 - 160.0 + 1.0 + 3 * 10.5 * 25.4 / 72
    assert millimetres(row.paragraph_format.right_indent) == round(outside, 1)


def test_line_ends_of_the_applicant_stay_and_none_is_added() -> None:
    text = "一行目\n" + "長い文" * 60 + "\n\n  =SUM(A1)  "
    data = word.render(document(sheet((160.0,), [(text, 1)])))
    (row,) = docx.Document(io.BytesIO(data)).paragraphs
    assert row.text == text


def test_a_row_that_tab_stops_cannot_say_is_a_table_without_borders() -> None:
    one = sheet((40.0, 120.0), [("長い見出し" * 8, 1), ("右の文" * 40, 1)], [("次の行", 2)])
    data = word.render(document(one))
    blocks = list(docx.Document(io.BytesIO(data)).iter_inner_content())
    assert [type(block) for block in blocks] == [Table, Paragraph]
    assert squeezed("".join(texts(data))) == words_of(one)
    assert qn("w:tcBorders") not in {element.tag for element in blocks[0]._element.iter()}


def test_a_table_has_the_columns_merges_and_header_of_the_grid() -> None:
    data = word.render(document(tabled(40, breaks=(28,))))
    first, second = docx.Document(io.BytesIO(data)).tables
    for table in (first, second):
        assert [millimetres(column.width) for column in table.columns] == [20.0, 100.0, 40.0]
        assert table.rows[0]._tr.find(".//" + qn("w:tblHeader")) is not None
        assert all(row._tr.find(".//" + qn("w:cantSplit")) is not None for row in table.rows)
        assert [cell.text for cell in table.rows[0].cells] == ["番号", "項目", "金額"]
    remark, upper = second.cell(len(second.rows) - 2, 0), second.cell(len(second.rows) - 2, 1)
    assert remark._tc is second.cell(len(second.rows) - 1, 0)._tc
    assert upper._tc is second.cell(len(second.rows) - 2, 2)._tc
    assert upper._tc.find(".//" + qn("w:shd")).get(qn("w:fill")) == "EEEEEE"


def test_only_the_draft_is_stamped() -> None:
    first, second, third = docx.Document(io.BytesIO(word.render(CASES["several"]))).sections
    assert [s.header.paragraphs[0].text for s in (first, second, third)] == ["", "案", ""]
    assert not any(s.header.is_linked_to_previous for s in (first, second, third))


def test_paper_and_margins_are_the_sheet_s() -> None:
    wide = sheet((200.0,), [("横", 1)], paper=(297.0, 210.0), margins=(20.0, 18.0, 15.0, 22.0))
    (section,) = docx.Document(io.BytesIO(word.render(document(wide)))).sections
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert [millimetres(x) for x in (section.page_width, section.page_height)] == [297.0, 210.0]
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [millimetres(x) for x in margins] == [20.0, 18.0, 15.0, 22.0]


def test_sheets_not_for_word_are_left_out() -> None:
    with pytest.raises(ValueError, match="決定一式"):
        word.render(document(letter(word=False)))
    assert "".join(texts(word.render(document(letter(word=False), tabled())))).startswith("支出の内訳")


@pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")
@pytest.mark.parametrize("boxed", FULL)
@pytest.mark.xdist_group("printed letters")
def test_a_full_page_stays_one_page(boxed: bool, printed: dict[str, bytes]) -> None:
    assert len(pypdfium2.PdfDocument(printed[f"full {boxed}.docx"])) == 2
