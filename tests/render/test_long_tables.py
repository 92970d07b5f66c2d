"""A table of thousands of rows is drawn in parts, and nobody sees where they meet."""

from __future__ import annotations

import io
from datetime import date
from itertools import pairwise
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import verapdf

from generator.document import Document, Sheet
from generator.render import renderer
from generator.render.pdf import assembly
from generator.render.xlsx import prepared
from generator.render.xlsx.sizes import SheetSizes
from generator.reports import tables
from generator.reports.tables import Column, Table

COLUMNS = [Column("番号", 20), Column("申請者", 60), Column("額", 24, "金額", total=True)]


def document(count: int) -> Document:
    rows = [[f"R5-{n:05d}", "株式会社見本" * (1 + n % 9), 1000 * n] for n in range(count)]
    notes = ["額は決定のものです"]
    listed = tables.sheet(Table("一覧", "交付実績一覧", COLUMNS, rows, notes, "令和6年6月3日現在", "合計"))
    other = tables.sheet(Table("要確認", "確かめるところ", COLUMNS[:2], [["R5-00001", "見本"]]))
    return tables.document("年度の報告", [listed, other], date(2024, 6, 3), "見本市")


@pytest.mark.parametrize("most", [1, 2, 7, 1000])
def test_parts_have_the_pages_of_the_whole(most: int) -> None:
    sheet = document(400).sheets[0]

    def pages(of: Sheet) -> list[list[list[str]]]:
        texts: dict[int, list[str]] = {}
        for cell in of.cells:
            texts.setdefault(cell.row, []).append(cell.text)
        return [[[f"{of.heights[row]}", *texts[row]] for row in rows] for rows in of.pages()]

    parts = list(sheet.parts(most))
    assert len(sheet.pages()) > 10 and len(parts) == -(-len(sheet.pages()) // most)
    assert [page for part in parts for page in pages(part)] == pages(sheet)


@pytest.mark.xdist_group("verapdf")
def test_a_long_table_in_the_pdf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = document(400)
    data = renderer("pdf")(whole)
    monkeypatch.setattr(assembly, "_PART", 3)
    cut = renderer("pdf")(whole)
    if verapdf.available():
        assert verapdf.validate({"cut": (cut, ["2a", "ua1"])}, tmp_path) == {"cut": {"2a": [], "ua1": []}}
    pictures = [pypdfium2.PdfDocument(one) for one in (data, cut)]
    assert len(pictures[0]) == len(pictures[1]) > 10
    for one, two in zip(*pictures, strict=True):
        assert one.render(scale=0.5).to_pil().tobytes() == two.render(scale=0.5).to_pil().tobytes()
    readers = [pypdf.PdfReader(io.BytesIO(one)) for one in (data, cut)]
    assert [[o.title for o in r.outline] for r in readers] == [["交付実績一覧", "確かめるところ"]] * 2
    assert readers[0].page_labels == readers[1].page_labels


def test_a_long_table_in_the_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = document(400)
    sizes = [SheetSizes(sheet) for sheet in whole.sheets]
    kept = prepared.PreparedWorkbook(whole, sizes).filled(whole, sizes)
    assert renderer("xlsx")(whole) == kept
    monkeypatch.setattr(prepared, "_STRETCH", 7)
    assert renderer("xlsx")(whole) == kept


def test_rows_of_a_page_follow_each_other() -> None:
    """What the parts begin with is the heading alone."""
    for before, after in pairwise(document(400).sheets[0].parts(2)):
        last = max((cell for cell in before.cells if cell.text.startswith("R5-")), key=lambda cell: cell.row).text
        heading, first = after.cells[0].text, next(cell.text for cell in after.cells if cell.text.startswith("R5-"))
        assert heading == "番号" and int(first[3:]) == int(last[3:]) + 1
