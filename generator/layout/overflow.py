"""The cells of a stage's forms that may not have room enough: what `check` looks at instead of whole sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.layout.fill.fill import Expander, Filling
from generator.layout.fill.name_scopes import Aliases
from generator.layout.filled_cell import Draft, Grid
from generator.layout.measure import capacity
from generator.layout.measure.capacity import Room, Rooms
from generator.scheme.form import Form, RowSpec
from generator.scheme.load import FormEntry
from generator.scheme.text_template import NUMBER


class Search(Expander):
    """Expands a form to nothing but what may not fit, without its own words: these fit, or no case has documents."""

    def sheet(self, entry: FormEntry, form: Form, aliases: Aliases, context: dict[str, Any]) -> Grid:
        known = capacity.of(form)
        if known is None:
            return super().sheet(entry, form, aliases, context)
        return _Overfull(self, entry, form, aliases, context).search(known)


class _Overfull(Filling):
    """Its Grid has rows for the drafts that are found, and no others."""

    known: Sequence[Rooms]
    sections: dict[str, Any]  # what the heads of fields stand for outside of rows, as far as it was asked for

    def search(self, known: Sequence[Rooms]) -> Grid:
        self.remark()
        self.known, self.sections = known, {}
        for number, spec in enumerate(self.form.rows):
            if (not spec.when or self.composed(spec, spec.when, self.context)) and known[number].cells:
                self.spec(number)
        return self.grid

    def repeat(self, number: int) -> None:
        spec, known = self.form.rows[number], self.known[number]
        path, first, count = self.items(spec)
        found = len(self.grid.drafts)
        for n in range(max(count, spec.least)):
            # one empty row is like the other but for its number: if the first has room enough, so have they all
            alike = n > count and len(self.grid.drafts) == found
            places = known.numbered if alike else known.cells
            if not places:
                return
            index = first + n
            context = self.item(spec, path, index) if known.worded else {NUMBER: index + 1}
            self.look(places, spec, context, {spec.alias: f"{path}[{index}]"}, index)

    def rows(self, number: int, context: dict[str, Any], local: dict[str, str], index: int | None) -> None:
        self.look(self.known[number].cells, self.form.rows[number], context, local, index)

    def look(
        self,
        places: Sequence[Room],
        spec: RowSpec,
        context: dict[str, Any],
        local: dict[str, str],
        index: int | None,
    ) -> None:
        """Add those of the cells that may not have room enough for their text."""
        aliases = Aliases(self.aliases.heads | local, self.aliases.chunk) if local else self.aliases
        values = self.sections
        if local:
            values = values | {alias: self.owner.case.get(path) for alias, path in local.items()}
        start = None
        for place in places:
            cell = place.cell
            if cell.kind == "field":
                if place.head not in values:
                    values[place.head] = self.owner.case.get(aliases.heads.get(place.head, place.head))
                if place.takes(values[place.head]):
                    continue
            elif cell.kind == "text":
                if place.has_room(self.composed(cell, cell.text, context)):
                    continue
            elif cell.kind == "check" and place.holds:  # a single sign
                continue
            draft = Draft(place.row, place.column, cell.rows, place.span, cell.style, "", cell.role)
            self.fill(draft, cell, spec, context, local, aliases, index)
            if not place.has_room(draft.text):
                start = self.begun(spec) if start is None else start
                draft.row += start
                self.grid.drafts.append(draft)
