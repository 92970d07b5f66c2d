"""The forms to be filled in of every scheme: what can be changed, what Excel says, what is computed while typing."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import Any

import blanks
import fillable
import openpyxl
import workbooks
from audit import errors
from blanks import Template

from generator.document import Cell, Document, Sheet
from generator.intake import blank_forms
from generator.render import renderer
from generator.render.pdf import acroform


@functools.lru_cache(maxsize=2)
def book(document: Document) -> Any:
    return openpyxl.load_workbook(io.BytesIO(blanks.workbook(document)))


def inputs(document: Document) -> list[tuple[Sheet, Cell]]:
    return [(s, c) for s in document.sheets for c in s.cells if c.field]


def test_only_inputs_can_be_changed(template: Template) -> None:
    document = template.document()
    made = book(document)
    unlocked = {
        (page.title, cell.coordinate)
        for page in made
        if not page.title.startswith("_")
        for row in page.iter_rows()
        for cell in row
        if not cell.protection.locked and not isinstance(cell, openpyxl.cell.cell.MergedCell)
    }
    assert unlocked == {blanks.place(s.name, c) for s, c in inputs(document)}
    assert unlocked
    for page in made:
        if page.sheet_state != "veryHidden":
            assert page.protection.sheet and page.protection.password is None, page.title
    for sheet in document.sheets:
        assert not sheet.printed or made[sheet.name].page_setup.blackAndWhite, "the tint would be printed"


def test_every_input_is_tinted_and_told_of(template: Template) -> None:
    document = template.document()
    made = book(document)
    for sheet, cell in inputs(document):
        place = made[sheet.name][blanks.place(sheet.name, cell)[1]]
        assert place.fill.fgColor.rgb == "FF" + cell.style.fill and cell.style.fill
        assert not cell.formula
        checks = [v for v in made[sheet.name].data_validations.dataValidation if place.coordinate in v.cells]
        assert len(checks) == 1, place
        assert checks[0].promptTitle and bool(checks[0].prompt) == bool(cell.input and cell.input.prompt)
        if checks[0].type:
            assert checks[0].error, place


def test_no_audit_error(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(blanks.workbook(template.document()))
    assert errors(path) == []


def test_same_bytes_again(template: Template) -> None:
    again = blanks.blank.__wrapped__(template.scheme, template.stage, template.sample)
    assert again is not template.document()
    assert bytes(renderer("xlsx")(again)) == blanks.workbook(template.document())
    assert acroform.render(blank_forms.fillable(again)) == fillable.pdf(template.document())


def test_the_guide_names_every_item(template: Template) -> None:
    document = template.document()
    guide = document.sheets[0]
    assert guide.name == "記入の手引" and not guide.printed
    told = {c.text for c in guide.cells}
    for _, cell in inputs(document):
        assert cell.input is not None
        assert any(cell.input.title in text for text in told), cell.field


def test_continuation_sheets_have_their_heads(template: Template) -> None:
    for sheet in template.document().sheets:
        if not sheet.name.endswith("続紙") or any("枚目" in c.text for c in sheet.cells):
            continue
        words = [c.text for c in sheet.cells if c.style.bordered and c.text and not c.field]
        columns = {c.column for c in sheet.cells if c.field}
        assert len(set(words)) >= min(len(columns), 3), sheet.name


def test_a_pdf_prints_no_character_without_a_glyph(template: Template) -> None:
    for sheet in template.document().sheets:
        if sheet.printed or any(c.field for c in sheet.cells):
            texts = [c.text for c in sheet.cells if not c.mark and c.column < len(sheet.columns)]
            assert not [t for t in texts if set(t) & set("☐☑")], sheet.name


def test_no_formula_leads_back_to_itself(template: Template) -> None:
    assert workbooks.circle(workbooks.read(blanks.workbook(template.document()))) == []
