"""The items of a stage whose text fits nowhere, told without making its Document: what `check` looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.case.assess import Assessment
from generator.case.model import StageRef
from generator.layout.fill import fill
from generator.layout.fill.form_rows import FormRows, Scope
from generator.layout.fill.stage_view import StageView
from generator.layout.fillable import other_items_sheet
from generator.layout.formulas import calculation_sheet
from generator.layout.measure import capacity
from generator.layout.measure.capacity import CellCapacity, RowCapacity
from generator.layout.measuring import Fitter
from generator.problem import Problem
from generator.scheme.text_template import NUMBER
from generator.typography import typeset


@typeset.call()
def misfits(assessment: Assessment, stage: StageRef) -> list[Problem]:
    """The items of a stage whose text fits nowhere, as `compose` would raise them, without making the Document.

    A form's own words are not looked at: where these do not fit, no case has documents.
    Raises SchemeError where a text cannot be composed.
    """
    case = assessment.case
    view = StageView(case, assessment, stage, {})
    fitter = Fitter(view)
    for sheet in fill.filled(view, _OverfullRows):
        fitter.fit_all(sheet)
    if not other_items_sheet.holds(case.get(stage.key)):
        others = other_items_sheet.sheet(case, stage, fill.filled(view))
        if others is not None:
            fitter.fit_all(others)
    for told in (calculation_sheet.explanation(line) for line in assessment.columns if line.stage == stage):
        if not calculation_sheet.has_room(told):
            fitter.fit_all(calculation_sheet.row_of(told))
    return fitter.problems


class _OverfullRows(FormRows):
    """Lays nothing but the cells that may not have room enough, without the form's own words: these fit, or no case
    has documents."""

    capacities: Sequence[RowCapacity]
    sections: dict[str, Any]  # what the heads of fields stand for outside of rows, as far as it was asked for

    def fill(self) -> None:
        """Lay rows for the cells that are found, and no others; all of the form where it cannot be told beforehand."""
        capacities = capacity.row_capacities(self.form)
        if capacities is None:
            whole = FormRows(self.view, self.form_spec, self.form, self.aliases, self.context)
            whole.fill()
            self.builder, self.cells = whole.builder, whole.cells
            return
        self.remark()
        self.capacities, self.sections = capacities, {}
        for number, spec in enumerate(self.form.rows):
            if (not spec.when or self.view.composed(spec, spec.when, self.context)) and capacities[number].cells:
                self.spec(number)

    def repeat(self, number: int) -> None:
        """The rows of a list, where its own words need not be laid."""
        spec, row = self.form.rows[number], self.capacities[number]
        path, first, count = self.items(spec)
        before = len(self.cells)
        for n in range(max(count, spec.least)):
            # one empty row is like the other but for its number: if the first has room enough, so have they all
            alike = n > count and len(self.cells) == before
            places = row.numbered if alike else row.cells
            if not places:
                return
            index = first + n
            context = self.item_context(spec, path, index) if row.worded else {NUMBER: index + 1}
            self.look(places, self.scope(spec, context, {spec.alias: f"{path}[{index}]"}, index))

    def rows(self, number: int, scope: Scope) -> None:
        """One set of the rows of a RowSpec."""
        self.look(self.capacities[number].cells, scope)

    def look(self, places: Sequence[CellCapacity], scope: Scope) -> None:
        """Add those of the cells that may not have room enough for their text."""
        values = self.sections
        if scope.local:
            values = values | {alias: self.view.case.get(path) for alias, path in scope.local.items()}
        start = None
        for place in places:
            spec = place.cell
            if spec.kind == "field":
                if place.head not in values:
                    values[place.head] = self.view.case.get(scope.aliases.heads.get(place.head, place.head))
                if place.takes(values[place.head]):
                    continue
            elif spec.kind == "text":
                if place.has_room(self.view.composed(spec, spec.text, scope.context)):
                    continue
            elif spec.kind == "check" and place.holds:  # a single sign
                continue
            cell = self.cell(place, 0, scope)
            if not place.has_room(cell.text):
                start = self.builder.rows(scope.spec.heights, scope.spec.grow) if start is None else start
                self.cells.append(cell._replace(row=cell.row + start))
