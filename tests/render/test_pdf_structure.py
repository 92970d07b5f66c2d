"""The logical structure of a PDF: what is read, in which order, and as what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import tagged

from generator.document import Cell, Document, Sheet, Style
from generator.render.pdf import render
from generator.typography.typeset import fit

BOX = Style(left="thin", top="thin", right="thin", bottom="thin")
RARE = "渡邉󠄀　髙﨑　𠮷田　神と\ufa19　がとか\u3099"


def cell(row: int, column: int, text: str, *, rows: int = 1, columns: int = 1, role: str = "text", style: Style = BOX,
         mark: str = "", width: float = 60) -> Cell:  # fmt: skip
    fitted = fit(text, width, None, style)
    return Cell(row, column, rows, columns, text, style, fitted.size, fitted.lines, mark=mark, role=role)


def plain(row: int, column: int, text: str, **more: object) -> Cell:
    return cell(row, column, text, style=Style(), **more)


def document(*cells: Cell, rows: int = 12, columns: int = 4, **more: object) -> Document:
    sheet = Sheet("01", "第1号", "第１号様式", "01", "form", (210, 297), (20, 18, 15, 22), (40.0,) * columns,
                  (10.0,) * rows, cells)  # fmt: skip
    return Document("一式", "申請書", "見本市", "要綱", date(2023, 9, 1), (replace(sheet, **more),))


def table(data: bytes) -> list[list[tuple[object, ...]]]:
    """Of the only table: each row's cells as tag, text, scope, rows, columns."""
    (found,) = tagged.read(data).find("Table")
    assert all(row.tag == "TR" for row in found.kids)
    return [
        [
            (
                one.tag,
                "".join(node.text for node in one.walk()),
                one.attributes.get("Scope", "/")[1:],
                one.attributes.get("RowSpan", 1),
                one.attributes.get("ColSpan", 1),
            )
            for one in row.kids
        ]
        for row in found.kids
    ]


def test_rare_characters_read_back_as_written() -> None:
    paragraph = tagged.read(render(document(plain(0, 0, RARE, width=160)))).kids[0].kids[0]
    assert (paragraph.tag, paragraph.text) == ("P", RARE)


def test_headings_and_paragraphs() -> None:
    two = (plain(1, 0, "補助金", role="title"), plain(2, 0, "交付申請書", role="title"))
    row = (plain(4, 0, "所在地"), plain(4, 1, "見本市"), plain(5, 0, "事業者名"))
    tree = tagged.read(render(document(plain(0, 0, "第１号様式"), *two, plain(3, 0, "１　内容", role="heading"), *row)))
    assert [(kid.tag, kid.text) for kid in tree.kids[0].kids] == [
        ("P", "第１号様式"),
        ("H1", "補助金交付申請書"),
        ("H2", "１　内容"),
        ("P", "所在地見本市"),
        ("P", "事業者名"),
    ]


def test_no_level_is_skipped_where_there_is_no_title() -> None:
    (first, second) = tagged.read(render(document(*(plain(n, 0, "節", role="heading") for n in range(2))))).kids[0].kids
    assert (first.tag, second.tag) == ("H1", "H2")


def test_labels_head_their_row() -> None:
    rows = [
        c for n in range(3) for c in (cell(n, 0, f"項目{n}", role="label"), cell(n, 1, "", columns=3, role="value"))
    ]
    assert table(render(document(*rows)))[0] == [("TH", "項目0", "Row", 1, 1), ("TD", "", "", 1, 1)]


def test_a_table_is_a_full_rectangle() -> None:
    """Merged cells, and places where the form has no cell at all."""
    made = render(
        document(
            cell(0, 0, "計", rows=2, columns=2, role="label"),
            cell(0, 3, "甲", role="value"),
            cell(2, 1, "乙", role="value"),
        )
    )
    assert table(made) == [
        [("TH", "計", "Row", 2, 2), ("TD", "", "", 1, 1), ("TD", "甲", "", 1, 1)],
        [("TD", "", "", 1, 2)],
        [("TD", "", "", 1, 1), ("TD", "乙", "", 1, 1), ("TD", "", "", 1, 2)],
    ]


def test_the_printed_first_row_heads_the_columns() -> None:
    head = [cell(0, 0, "氏名", columns=2), cell(0, 2, "住所", rows=2), cell(1, 0, "姓"), cell(1, 1, "名")]
    body = [cell(2, n, text, role="value") for n, text in enumerate(("見本", "太郎", "見本市"))]
    rows = table(render(document(*head, *body)))
    assert rows[0] == [("TH", "氏名", "Column", 1, 2), ("TH", "住所", "Column", 2, 1)]
    assert [one[0] for one in rows[1]] == ["TH", "TH"] and [one[0] for one in rows[2]] == ["TD"] * 3


def test_a_box_around_text_is_no_table() -> None:
    tree = tagged.read(render(document(cell(0, 0, "注意\n一つ", columns=4), cell(2, 0, "甲"), cell(2, 1, "乙"))))
    assert [(kid.tag, kid.text) for kid in tree.kids[0].kids] == [("P", "注意一つ"), ("P", "甲乙")]


def test_header_rows_and_stamp_are_read_once() -> None:
    rows = [cell(n, column, f"{n}{'甲乙'[column]}", role="value") for n in range(1, 6) for column in range(2)]
    head = [cell(0, 0, "項目"), cell(0, 1, "金額")]
    made = render(document(*head, *rows, breaks=(3,), repeated=(0, 1), stamp="案"))
    assert [one[1] for row in table(made) for one in row] == [c.text for c in (*head, *rows)]
    assert tagged.artifacts(made) == ["", "案項目金額"]
    assert "".join(node.text for node in tagged.read(made).walk()).count("案") == 1


def test_a_check_box_is_read_as_its_character() -> None:
    made = render(document(cell(0, 0, "☑", mark="on", role="value"), cell(0, 1, "辞退する", role="label")))
    assert [one[1] for one in table(made)[0]] == ["☑", "辞退する"]


def test_a_space_lost_at_the_end_of_a_line_is_still_read() -> None:
    text = "Sustainable Development Goals partnership of the city of Kawasaki"
    made = document(plain(0, 0, text, width=40))
    assert len(made.sheets[0].cells[0].lines) > 1 and "".join(x.text for x in made.sheets[0].cells[0].lines) != text
    assert tagged.read(render(made)).kids[0].kids[0].text == text
