"""A table holds a text of any length, in every format, and loses nothing of it."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pypdf
import pytest

from generator.render import renderer
from generator.reports import tables
from generator.reports.tables import Column, Table

COLUMNS = (Column("名称", 30), Column("額", 20, "金額", total=True), Column("備考", 60))
DAY = date(2024, 4, 1)


LONG = [
    pytest.param("永" * 9_000, id="one-word"),
    pytest.param("長い名前の 団体\n" * 900, id="lines"),
    pytest.param("w" * 5_000, id="latin"),
    pytest.param("あ い" * 5_000, id="spaces"),
    pytest.param("あ い" * 30_000, id="90,000-characters", marks=pytest.mark.torture),
]


@pytest.mark.parametrize("text", LONG)
def test_a_text_that_no_row_holds_goes_on_below(text: str) -> None:
    rows = [["一", 100, "短い"], [text, 23, text], ["二", 4, "短い"]]
    sheet = tables.sheet(Table("一覧", "一覧", COLUMNS, rows, total="合計"))
    document = tables.document("一覧", [sheet], DAY)
    page = openpyxl.load_workbook(io.BytesIO(renderer("xlsx")(document))).active
    cells = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
    assert cells[0] == ["一", 100, "短い"] and cells[-2] == ["二", 4, "短い"]
    first = 3
    assert cells[-1][:2] == ["合計", f"=SUM(B{first}:B{first + len(cells) - 2})"]
    for column in (0, 2):
        kept = "".join(row[column] or "" for row in cells[1:-2])
        assert "".join(kept.split()) == "".join(text.split())
    assert [row[1] for row in cells[1:-2]] == [23, *[None] * (len(cells) - 4)]
    read = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(renderer("pdf")(document))).pages)
    assert "".join(read.split()).count(text[0]) >= text.count(text[0])


def test_an_empty_text_and_many_line_ends_end() -> None:
    sheet = tables.sheet(Table("一覧", "一覧", COLUMNS, [["\n" * 5_000, None, ""]]))
    assert len(sheet.heights) == 3
