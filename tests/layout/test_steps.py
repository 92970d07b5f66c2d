"""Each step of layout by itself, on sheets made here: filled cells are linked, measured, divided into pages."""

from __future__ import annotations

import pytest
import samples

from generator.case.build import load_case
from generator.case.model import Case
from generator.document import Style
from generator.layout.fill.sheet_builder import SheetBuilder
from generator.layout.formulas.places import places_of
from generator.layout.measuring import measured
from generator.layout.paginate import paginated
from generator.layout.sheets import FilledCell, FilledSheet, LinkedCell, LinkedSheet, linked, repeating
from generator.problem import Position, RefusedError
from generator.scheme.form import Form

FORM = Form("様式", "", "form", (210.0, 100.0), (10.0, 10.0, 10.0, 10.0), (60.0, 60.0, 70.0), None, (),
            Position("form.yaml", 1, 1))  # fmt: skip
PLAIN = Style()


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(samples.PLAIN, samples.known())[0]


def rows(*heights: float, grow: bool = True) -> SheetBuilder:
    builder = SheetBuilder(FORM)
    for height in heights:
        builder.rows((height,), grow)
    return builder


def sheet(builder: SheetBuilder, *cells: LinkedCell) -> LinkedSheet:
    return LinkedSheet(builder.frame("様式"), cells)


def test_rows_that_are_joined_stay_in_one_group() -> None:
    builder = rows(5, 5, 5)
    builder.join(1)
    assert builder.groups == [(0, 2), (2, 3)]
    builder.join(0)  # nothing stands before it
    assert builder.groups == [(0, 2), (2, 3)]


def test_an_item_stands_in_its_first_cell() -> None:
    first = FilledCell(0, 0, 1, 1, PLAIN, "甲", "field", "甲", field="申請.名称")
    again = FilledCell(2, 1, 1, 1, PLAIN, "甲", "field", "甲", field="申請.名称")
    sheets = [FilledSheet(rows(5, 5, 5).frame(name), (cell,)) for name, cell in (("一", first), ("二", again))]
    place = places_of(sheets, "申請", fillable=False).inputs["申請.名称"]
    assert place.cell is first
    assert place.address == "'一'!$A$1"


def test_each_part_of_a_date_is_an_input_in_a_form_to_be_filled_in() -> None:
    parts = [FilledCell(0, n, 1, 1, PLAIN, "", "field", field="申請.生年月日", shape=s) for n, s in enumerate("年月年")]
    sheets = [FilledSheet(rows(5).frame("一"), tuple(parts))]
    places = places_of(sheets, "申請", fillable=True)
    assert [places.source(cell).cell is cell for cell in parts] == [True, True, False]
    assert places.source(parts[2]).cell is parts[0]
    assert places_of(sheets, "申請", fillable=False).source(parts[1]).cell is parts[0]


@pytest.mark.parametrize(
    ("value", "text", "stored"), [(True, "はい", "はい"), (False, "いいえ", "いいえ"), (1, "1", 1)]
)
def test_an_answer_stands_in_a_workbook_as_a_word(value: object, text: str, stored: object) -> None:
    cell = FilledCell(3, 1, 1, 2, PLAIN, text, "field", value, field="申請.有無", own=True, shape="文字")
    assert linked(cell, "A1").value == stored
    assert linked(cell, "A1")[:7] == cell[:7]
    assert (linked(cell, "A1").formula, linked(cell).field, repeating(cell, "B1").field) == ("A1", "申請.有無", "")
    assert (repeating(cell, "B1").value, repeating(cell, "B1").formula) == (stored, "B1")
    assert (repeating(cell, "B1").own, repeating(cell, "B1").shape) == (True, "文字")


def test_a_row_grows_with_its_text_and_others_do_not(case: Case) -> None:
    long = LinkedCell(0, 0, 1, 1, PLAIN, "永" * 60, "text")
    short = LinkedCell(1, 1, 1, 1, PLAIN, "短", "text")
    (made,) = measured([sheet(rows(7, 7), short, long)], case)
    assert [cell.text[0] for cell in made.cells] == ["永", "短"]  # by row
    assert made.heights[0] > 7
    assert made.heights[1] == 7


def test_the_last_row_below_a_high_cell_makes_room_for_it(case: Case) -> None:
    high = LinkedCell(0, 0, 2, 1, PLAIN, "永" * 60, "text")
    (made,) = measured([sheet(rows(7, 7, 7), high)], case)
    assert made.heights[0] == made.heights[2] == 7
    assert made.heights[1] > 7


def test_every_text_that_fits_nowhere_is_told_with_a_code(case: Case) -> None:
    first, second = (LinkedCell(row, 0, 1, 1, PLAIN, "永" * 900, "text") for row in (0, 1))
    with pytest.raises(RefusedError) as error:
        measured([sheet(rows(7, 7, grow=False), first, second)], case)
    assert [problem.code for problem in error.value.problems] == ["layout.text-fits-nowhere"] * 2


def test_what_stands_beside_the_form_does_not_make_it_grow(case: Case) -> None:
    note = LinkedCell(0, 3, 1, 1, Style(smallest=1), "永" * 60, "text")
    (made,) = measured([LinkedSheet(rows(7).frame("様式"), (note,), aside=(20.0,))], case)
    assert made.heights == (7,)


def test_groups_stay_whole_and_heads_are_repeated(case: Case) -> None:
    builder = SheetBuilder(FORM)
    builder.rows((10,))
    builder.header = (0, 1)
    for _ in range(4):
        builder.rows((15, 15))
    ruled = Style(bottom="thin")
    cells = [LinkedCell(row, 0, 1, 1, ruled, "", "text") for row in range(9)]
    (made,) = measured([sheet(builder, *cells)], case)
    divided = paginated(made, "-2", "案", "")
    assert divided.breaks == (5,)  # 10 + 30 + 30 mm of 80 are used, and 30 more are too many
    assert divided.pages()[1] == (0, 5, 6, 7, 8)
    assert (divided.stamp, divided.kind, divided.printed) == ("案", "table", False)


def test_a_row_that_begins_a_page_does_so_with_room_left(case: Case) -> None:
    builder = rows(10, 10, 10)
    builder.forced.add(2)
    (made,) = measured([sheet(builder)], case)
    assert paginated(made, "", "", "").breaks == (2,)


def test_a_group_higher_than_a_page_is_divided(case: Case) -> None:
    builder = SheetBuilder(FORM)
    builder.rows((30, 30, 30, 30))
    (made,) = measured([sheet(builder)], case)
    assert paginated(made, "", "", "").breaks == (2,)
