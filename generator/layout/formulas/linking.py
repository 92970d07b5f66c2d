"""The step between filling and measuring: the cells of a stage joined into a workbook by formulas and defined names.

A field met a second time points at its first cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from generator.case.assess import Assessment
from generator.case.model import StageRef
from generator.layout.fillable import text_formulas
from generator.layout.fillable.text_formulas import TextFormulas
from generator.layout.formulas.expressions import Expressions
from generator.layout.formulas.places import Places, places_of
from generator.layout.sheets import (
    Computed,
    FilledCell,
    FilledSheet,
    LinkedCell,
    LinkedSheet,
    SheetCell,
    linked,
    repeating,
)
from generator.problem import Problem, SchemeError
from generator.scheme.references import ColumnReference, FieldReference, ItemReference, Reference
from generator.spreadsheet import cell_format
from generator.spreadsheet.addresses import read_area
from generator.spreadsheet.literals import text_literal

_LITERAL = re.compile(r'"(?:[^"]|"")*"')
_TERM = re.compile(r"(?:'(?:[^']|'')+'!)?[^\s'!(),+\-*/<>=&^;{}%]+")


class LinkedStage(NamedTuple):
    """The sheets of a stage with their formulas, and the defined names of its workbook."""

    sheets: tuple[LinkedSheet, ...]
    calculation: LinkedSheet  # 計算根拠
    names: Mapping[str, str]


def link(sheets: Sequence[FilledSheet], assessment: Assessment, stage: StageRef, fillable: bool = False) -> LinkedStage:
    """Join the sheets of a stage. ``fillable``: further places of an item follow its input even while it is empty."""
    places = places_of(sheets, stage.stage.name, fillable)
    expressions = Expressions(places, assessment, stage, fillable)
    for sheet in sheets:
        for cell in sheet.cells:
            if cell.computed is not None:
                expressions.settle(SheetCell(sheet.frame.name, cell), cell.computed)
    expressions.parameters()
    steps = {id(p.cell): expressions.step(p) for p in (*places.items.values(), *places.homes.values())}
    texts = text_formulas.follow(sheets, places.inputs, places.words) if fillable else TextFormulas()
    for sheet_cell in places.homes.values():
        refuse_own(sheet_cell, steps[id(sheet_cell.cell)], expressions.names)
    linker = _Linker(places, expressions, steps, texts, fillable)
    made = [LinkedSheet(sheet.frame, tuple(linker.cells(sheet.cells))) for sheet in sheets]
    expressions.explain_all()
    return LinkedStage(tuple(made), expressions.sheet.sheet, expressions.names)


class _Linker(NamedTuple):
    """All that a cell's own formula is taken from."""

    places: Places
    expressions: Expressions
    steps: Mapping[int, str]  # id of a cell where a step lives → its formula
    texts: TextFormulas
    fillable: bool

    def cells(self, cells: Iterable[FilledCell]) -> Iterator[LinkedCell]:
        """The cells of a sheet with their formulas."""
        inputs = self.places.inputs
        for cell in cells:
            if cell.field:
                first = inputs[cell.field]
                yield self.input(cell) if first.cell is cell else self.further(cell, first)
            elif cell.computed is not None:
                yield self.computed(cell, cell.computed)
            elif cell.live is not None:
                yield self.texts.live_cell(cell)
            else:
                yield self.texts.words_cell(cell) if cell.choice else linked(cell)

    def input(self, cell: FilledCell) -> LinkedCell:
        """The first cell of an item."""
        names = self.texts.names.get(cell.field) if self.fillable else None
        return linked(cell)._replace(names=names) if names else linked(cell)

    def further(self, cell: FilledCell, first: SheetCell) -> LinkedCell:
        """A further place of an item."""
        if first.cell.mark and (self.fillable or cell.value is not None):
            return _ticked(cell, first, self.fillable)
        if self.fillable:
            return _repeated(cell, self.places.source(cell))
        formula = ""
        if cell.value is not None:
            source = first.address
            formula = f'IF({source}="","",{source})'
        return repeating(cell, formula)

    def computed(self, cell: FilledCell, computed: Computed) -> LinkedCell:
        """A cell of a computed value."""
        value = cell.text if isinstance(cell.value, bool) else cell.value
        home = id(cell) in self.steps  # where no formula can be written, the value stands as it is
        made = linked(cell, self.steps[id(cell)] if home else self.expressions.link(computed, value))
        awaits = self.fillable and self.awaits(computed.reference, computed.each)
        return made._replace(blank="") if awaits else made

    def awaits(self, reference: Reference, each: str) -> bool:
        """Whether the value depends on an input of this form to be filled in."""
        stage, book = self.expressions.stage, self.expressions.book
        if not (reference.in_row or reference.stage == stage.stage.name):
            return False
        if reference.computed:
            listed = each if reference.in_row else ""
            step = book.step(stage.stage.name, reference.path, listed)
            return step is not None and any(self.awaits(r, listed) for r in step.references.values())
        if isinstance(reference, FieldReference):
            return f"{stage.key}.{reference.path}" in self.places.inputs
        return isinstance(reference, ItemReference | ColumnReference)


def refuse_own(sheet_cell: SheetCell, formula: str, names: Mapping[str, str]) -> None:
    """Raise SchemeError where the formula of a cell refers to that cell: a spreadsheet could not compute it."""
    cell = sheet_cell.cell
    for term in _terms(formula):
        area = read_area(names.get(term, term))
        if area is None or area.sheet not in ("", sheet_cell.sheet):
            continue
        if area.first_row <= cell.row <= area.last_row and area.first_column <= cell.column <= area.last_column:
            name = cell.computed.name if cell.computed else ""
            message = f"「{sheet_cell.sheet}」の「{name}」のセルの式が、そのセル自身を指しています"
            hint = "rules.yaml の式か、様式の配置を直してください"
            raise SchemeError([Problem(message, hint=hint, code="layout.refers-to-itself")])


@lru_cache(maxsize=4096)
def _terms(formula: str) -> tuple[str, ...]:
    """The names and addresses in a formula of a rule, in which nothing stands that an applicant writes."""
    return tuple(_TERM.findall(_LITERAL.sub("", formula)))


def _ticked(cell: FilledCell, first: SheetCell, fillable: bool) -> LinkedCell:
    """A further place of a check box."""
    wanted = text_formulas.NO if cell.refusing else text_formulas.ON
    formula = f'IF({first.address}="{wanted}","{text_formulas.ON}","{text_formulas.OFF}")'
    return linked(cell)._replace(field="", follows=cell.field if fillable else "", formula=formula)


def _repeated(cell: FilledCell, source: SheetCell) -> LinkedCell:
    """In a form to be filled in the further places of an item follow its input, even while that is empty."""
    first = source.cell
    if first is cell:  # another part of the same date: an input as well
        return linked(cell)
    made = linked(cell)._replace(field="", follows=cell.field)
    if cell.part != first.part:  # a date in one cell here and in four there
        return made
    address = source.address
    shown, empty = cell.text if cell.value is None else "", f'{address}=""'
    if first.value is None and first.text and first.text != shown:
        empty = f"OR({empty},{address}={text_literal(first.text)})"
    elif first.value is None and first.text:
        shown = ""  # the input itself says so
    shape = cell.format or cell_format.awaiting(cell.kind, cell.shape).replace("@", "")
    return made._replace(formula=f"IF({empty},{text_literal(shown)},{address})", format=shape)
