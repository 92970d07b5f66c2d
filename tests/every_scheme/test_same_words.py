"""The three formats say the same, on the same pages, each word in its place and none cut off.

The PDF is read as it is, the workbooks and letters as LibreOffice prints them. That is where number formats become
words and texts are wrapped by somebody else.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import libreoffice
import pages
import pypdfium2
import pytest
import samples
import workbooks
from pages import Glyph, Page
from samples import Stage

from generator.document import Cell, Document, Sheet
from generator.render import renderer

needs_office = pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MM = 25.4 / 72
_OUTSIDE = 0.3  # mm of ink that may lie outside of a cell: a program cuts it off there, and lines are that thick


def drawn(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, tuple[int, ...]]]:
    """The pages in order: the sheet and its rows."""
    for sheet in sheets:
        for rows in sheet.pages():
            yield sheet, rows


def told(cell: Cell) -> str:
    return pages.visible(cell.text)


@dataclass(frozen=True)
class Place:
    """A cell on a page, in mm from its upper left corner."""

    cell: Cell
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def over(self, glyph: Glyph) -> float:
        """How far the ink reaches out of the cell, in mm; 0 where nobody would see it."""
        left, top, right, bottom = glyph.box
        most = max(self.left - left, self.top - top, right - self.right, bottom - self.bottom)
        return most if most > _OUTSIDE else 0.0


def places(
    sheet: Sheet, rows: Sequence[int], columns: Sequence[float], heights: Sequence[float], corner: tuple[float, float]
) -> list[Place]:
    """Where the cells of a page are, given the widths and heights (mm) of the grid and the corner of the first cell."""
    across = list(accumulate(columns, initial=corner[0]))
    down = list(accumulate((heights[row] for row in rows), initial=corner[1]))
    top = {row: down[n] for n, row in enumerate(rows)}
    bottom = {row: down[n + 1] for n, row in enumerate(rows)}
    return [
        Place(
            cell,
            across[cell.column],
            top[cell.row],
            across[cell.column + cell.columns],
            max(bottom[row] for row in range(cell.row, cell.row + cell.rows) if row in bottom),
        )
        for cell in sheet.cells
        if cell.row in top
    ]


def misplaced(page: Page, cells: Sequence[Place], stamp: str) -> list[str]:
    """Each cell that does not have exactly its own text inside of its edges, read line by line."""
    wrong = []
    glyphs = [g for g in page.glyphs if pages.visible(g.text)]
    if stamp:
        found = next((g for g in glyphs if g.text == stamp and g.y < min(p.top for p in cells)), None)
        if found is None:
            wrong.append(f"no {stamp} above the form")
        glyphs = [g for g in glyphs if g is not found]
    inside: dict[int, list[Glyph]] = {n: [] for n in range(len(cells))}
    for glyph in glyphs:
        x, y = glyph.centre
        at = next((n for n, p in enumerate(cells) if told(p.cell) and p.holds(x, y)), None)
        if at is None:
            wrong.append(f"{glyph.text} at {x:.1f},{y:.1f} in no cell")
            continue
        inside[at].append(glyph)
        if over := cells[at].over(glyph):
            wrong.append(f"{glyph.text} at {x:.1f},{y:.1f} is {over:.2f} mm out of its cell")
    for n, place in enumerate(cells):
        read = pages.in_reading_order(inside[n])
        if read != told(place.cell):
            wrong.append(f"row {place.cell.row + 1}: {told(place.cell)!r} reads {read!r}")
    return wrong


# --- PDF -----------------------------------------------------------------------------------------


def faults_of_pdf(document: Document, data: bytes) -> list[str]:
    read = pages.read(data)
    expected = list(drawn([s for s in document.sheets if s.printed]))
    if len(read) != len(expected):
        return [f"{len(read)} pages for {len(expected)}"]
    wrong = []
    for page, (sheet, rows) in zip(read, expected, strict=True):
        cells = places(sheet, rows, sheet.columns, sheet.heights, (sheet.margins[3], sheet.margins[0]))
        wrong += [f"{sheet.name}: {fault}" for fault in misplaced(page, cells, sheet.stamp) + pages.overlaps(page)]
        if max(place.bottom for place in cells) > sheet.paper[1] - sheet.margins[2] + 0.1:
            wrong.append(f"{sheet.name}: rows below the bottom margin")
    return wrong


def test_the_pdf_says_what_the_document_says(sample: Path) -> None:
    for document in samples.documents(sample):
        faults = faults_of_pdf(document, samples.files(sample, "pdf")[f"{document.name}.pdf"])
        assert not faults, f"{document.name}\n" + "\n".join(faults)


def test_the_pdf_of_a_form_is_its_part_of_the_whole(sample: Path) -> None:
    files = samples.files(sample, "pdf")
    for document in samples.documents(sample):
        whole = [page.glyphs for page in pages.read(files[f"{document.name}.pdf"])]
        single = dict.fromkeys(s.file for s in document.sheets if s.printed)
        assert whole == [page.glyphs for file in single for page in pages.read(files[f"{file}.pdf"])]


# --- Excel ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Size:
    """What a worksheet says of its own size, in mm."""

    columns: tuple[float, ...]
    heights: tuple[float, ...]
    left: float  # margins
    top: float


def sizes(data: bytes, names: Sequence[str]) -> dict[str, Size]:
    """The sizes of the worksheets of these names."""
    sheets = workbooks.read(data).sheets
    found = {}
    with ZipFile(io.BytesIO(data)) as package:
        for name in names:
            root = ElementTree.fromstring(package.read(f"xl/worksheets/sheet{sheets.index(name) + 1}.xml"))
            # a digit of the Normal font is 7 pixels wide
            columns = [
                float(c.attrib["width"]) * 7 * 25.4 / 96
                for c in root.iter(f"{_S}col")
                for _ in range(int(c.attrib["min"]), int(c.attrib["max"]) + 1)
            ]
            heights = [float(r.attrib["ht"]) * _MM for r in root.iter(f"{_S}row")]
            margins = root.find(f"{_S}pageMargins")
            assert margins is not None
            left, top = (float(margins.attrib[side]) * 25.4 for side in ("left", "top"))
            found[name] = Size(tuple(columns), tuple(heights), left, top)
    return found


def scale(page: Page, cells: Sequence[Cell]) -> float:
    """How much the page was made smaller: by the type size that most characters have."""
    printed = Counter(round(g.size, 2) for g in page.glyphs if pages.visible(g.text))
    given: Counter[float] = Counter()
    for cell in cells:
        given[cell.size] += len(told(cell))
    return printed.most_common(1)[0][0] / given.most_common(1)[0][0]


def faults_of_workbook(document: Document, workbook: bytes, printed: bytes) -> list[str]:
    read = pages.read(printed)
    expected = list(drawn([s for s in document.sheets if s.printed]))
    measured = sizes(workbook, [s.name for s in document.sheets if s.printed])
    wrong = []
    # What is in the workbook only is not printed, and no form has taken a page more.
    if len(read) != len(expected):
        wrong.append(f"{len(read)} pages for {len(expected)}")
    for page, (sheet, rows) in zip(read, expected, strict=False):
        cells = [cell for cell in sheet.cells if cell.row in rows]
        size = measured[sheet.name]
        smaller = scale(page, cells)
        if not 0.9 < smaller < 1.005:
            wrong.append(f"{sheet.name}: printed at {smaller:.0%}")
        columns, heights = [w * smaller for w in size.columns], [h * smaller for h in size.heights]
        at = places(sheet, rows, columns, heights, (size.left, size.top))
        wrong += [f"{sheet.name}: {fault}" for fault in misplaced(page, at, sheet.stamp) + pages.overlaps(page)]
    return wrong


@pytest.mark.costly
@needs_office
def test_the_workbook_says_what_the_document_says(stage: Stage, prints: Mapping[str, bytes]) -> None:
    name = f"{stage.document.name}.xlsx"
    wrong = faults_of_workbook(stage.document, stage.files("xlsx")[name], prints[f"{stage}/{name}"])
    assert not wrong, "\n".join(wrong)


@pytest.mark.costly
@needs_office
def test_the_workbook_prints_its_forms_on_as_many_pages(stage: Stage, prints: Mapping[str, bytes]) -> None:
    made = stage.document
    order = sorted(made.sheets, key=lambda s: not s.printed)
    assert order == list(made.sheets), "what is no form (計算根拠) comes last"
    with pypdfium2.PdfDocument(prints[f"{stage}/{made.name}.xlsx"]) as pdf:
        assert len(pdf) == sum(len(s.pages()) for s in made.sheets if s.printed)


# --- Word ----------------------------------------------------------------------------------------


def faults_of_letter(sheets: Sequence[Sheet], printed: bytes) -> list[str]:
    read = pages.read(printed)
    expected = list(drawn(sheets))
    if len(read) != len(expected):
        return [f"{len(read)} pages for {len(expected)}"]
    wrong = []
    for page, (sheet, rows) in zip(read, expected, strict=True):
        wanted = [told(cell) for row in rows for cell in sheet.cells if cell.row == row]
        # LibreOffice writes characters of another font after the rest of their line: the order is that of the places
        made = Counter(page.text)
        given = Counter("".join(wanted) + sheet.stamp)
        if made != given:
            wrong.append(f"{sheet.name}: missing {dict(given - made)}, too much {dict(made - given)}")
        lines = pages.in_reading_order(page.glyphs)
        wrong += [
            f"{sheet.name}: {text!r} is not in one piece"
            for text in wanted
            if text not in page.text and text not in lines
        ]
        wrong += [f"{sheet.name}: {fault}" for fault in pages.overlaps(page)]
        top, right, bottom, left = sheet.margins
        for glyph in page.glyphs:
            x, y = glyph.centre
            on_paper = left - 1 < x < sheet.paper[0] - right + 1 and y < sheet.paper[1] - bottom + 1
            if pages.visible(glyph.text) and (not on_paper or (y < top - 1 and glyph.text != sheet.stamp)):
                wrong.append(f"{sheet.name}: {glyph.text} at {x:.1f},{y:.1f} in the margin")
    return wrong


@pytest.mark.costly
@needs_office
def test_the_letters_say_what_the_document_says(stage: Stage, prints: Mapping[str, bytes]) -> None:
    wrong = []
    sheets = stage.document.sheets
    for file in dict.fromkeys(s.file for s in sheets if s.word):
        faults = faults_of_letter([s for s in sheets if s.file == file], prints[f"{stage}/{file}.docx"])
        wrong += [f"{file}.docx {fault}" for fault in faults]
    assert not wrong, "\n".join(wrong)


# --- controls ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first() -> Document:
    document = samples.documents(samples.RICH)[0]
    return document.only(document.sheets[0].file)


def edited(document: Document, cell: Cell, **changes: object) -> Document:
    sheet = document.sheets[0]
    cells = tuple(c._replace(**changes) if c is cell else c for c in sheet.cells)
    return replace(document, sheets=(replace(sheet, cells=cells),))


def wrapped(document: Document) -> Cell:
    return next(c for c in document.sheets[0].cells if len(c.lines) > 1)


def test_a_word_less_in_the_pdf_is_seen(first: Document) -> None:
    cell = wrapped(first)
    less = (*cell.lines[:-1], cell.lines[-1]._replace(text=cell.lines[-1].text[:-1]))
    assert faults_of_pdf(first, renderer("pdf")(first)) == []
    assert faults_of_pdf(first, renderer("pdf")(edited(first, cell, lines=less)))


def test_a_line_that_runs_into_the_next_row_is_seen(first: Document) -> None:
    cell = wrapped(first)
    more = (*cell.lines, *cell.lines)
    assert any(
        "reads" in fault or "no cell" in fault
        for fault in faults_of_pdf(edited(first, cell), renderer("pdf")(edited(first, cell, lines=more)))
    )


def test_lines_upon_each_other_are_seen(first: Document) -> None:
    cell = wrapped(first)
    tight = replace(cell.style, line=0.2)
    assert any(" at " in fault for fault in faults_of_pdf(first, renderer("pdf")(edited(first, cell, style=tight))))


def good_and_low() -> tuple[Document, bytes, bytes]:
    """A workbook, and as Excel would cut it off: a row is made half as high as its text."""
    document = samples.documents(samples.RICH)[0]
    cell = next(c for c in document.sheets[0].cells if len(c.lines) > 1)
    book = samples.files(samples.RICH, "xlsx")[f"{document.name}.xlsx"]
    return document, book, lowered(book, cell.row + 1)


def a_letter() -> tuple[Document, Sheet]:
    document = next(d for d in samples.documents(samples.RICH) if any(sheet.word for sheet in d.sheets))
    return document, next(s for s in document.sheets if s.word)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What LibreOffice prints of them."""
    _, good, low = good_and_low()
    letter = f"{a_letter()[1].file}.docx"
    given = {"good.xlsx": good, "low.xlsx": low, "letter.docx": samples.files(samples.RICH, "docx")[letter]}
    return libreoffice.converted(given, "pdf", tmp_path_factory.mktemp("controls"))


@needs_office
@pytest.mark.xdist_group("printed controls")
def test_a_row_too_low_in_the_workbook_is_seen(printed: Mapping[str, bytes]) -> None:
    document, good, low = good_and_low()
    assert low != good
    assert faults_of_workbook(document, good, printed["good.xlsx"]) == []
    assert faults_of_workbook(document, low, printed["low.xlsx"])


def lowered(book: bytes, row: int) -> bytes:
    """The workbook with one row of its first sheet at half the height."""
    pattern = re.compile(rb'(<row r="%d" ht=")([0-9.]+)"' % row)
    part = "xl/worksheets/sheet1.xml"
    return workbooks.rewritten(book, lambda xml: pattern.sub(lambda m: b'%b%.2f"' % (m[1], float(m[2]) / 2), xml), part)


@needs_office
@pytest.mark.xdist_group("printed controls")
def test_a_letter_with_another_word_is_seen(printed: Mapping[str, bytes]) -> None:
    document, sheet = a_letter()
    cell = next(c for c in sheet.cells if len(told(c)) > 8)
    other = cell._replace(text=cell.text[:-1] + "異")
    sheets = [s for s in document.sheets if s.file == sheet.file]
    assert faults_of_letter(sheets, printed["letter.docx"]) == []
    changed = replace(sheet, cells=tuple(other if c is cell else c for c in sheet.cells))
    assert faults_of_letter([changed if s is sheet else s for s in sheets], printed["letter.docx"])
