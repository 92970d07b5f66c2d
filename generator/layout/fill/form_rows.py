"""One copy and page of a form filled, RowSpec by RowSpec: rows repeated, texts composed, values put in their cells."""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.case.assess import value_of
from generator.document import Style
from generator.layout.fill import continuation
from generator.layout.fill.name_scopes import Aliases
from generator.layout.fill.sheet_builder import SheetBuilder
from generator.layout.fill.stage_view import StageView
from generator.layout.measure import static_text
from generator.layout.measure.capacity import CellCapacity
from generator.layout.measure.static_text import PlacedSpec
from generator.layout.sheets import Computed, FilledCell, LiveText
from generator.scheme.form import Against, CellSpec, Form, RowSpec
from generator.scheme.model import FormSpec
from generator.scheme.text_template import NUMBER, Text
from generator.spreadsheet.cell_format import DATE_PARTS, formatted
from generator.values import Value

_NUMBERED = (NUMBER,)


class Scope(NamedTuple):
    """What names and texts mean in one set of the rows of a RowSpec."""

    spec: RowSpec
    context: dict[str, Any]  # what texts may name
    local: dict[str, str]  # alias → case path of the item of this row
    aliases: Aliases
    item_index: int | None  # from 0; None where only the other list has one


class FormRows:
    """A form on its way to a sheet: `fill` lays all of it, then ``builder`` and ``cells`` are what it has come to."""

    def __init__(self, view: StageView, form_spec: FormSpec, form: Form, aliases: Aliases, context: dict[str, Any]):
        self.view, self.form_spec, self.form, self.aliases, self.context = view, form_spec, form, aliases, context
        self.builder = SheetBuilder(form, form_spec)
        self.cells: list[FilledCell] = []
        self.taken: static_text.Taken = frozenset()

    def fill(self) -> None:
        """Lay every row of the form. Raises SchemeError where a text cannot be composed or a row is too wide."""
        builder = self.builder
        self.remark()
        keep = False
        for number, spec in enumerate(self.form.rows):
            if spec.when and not self.view.composed(spec, spec.when, self.context):
                continue
            first = len(builder.heights)
            if spec.new_page:
                builder.forced.add(first)
                continue
            self.spec(number)
            if spec.header:
                builder.header = (builder.header[0] if builder.header else first, len(builder.heights))
            if keep and len(builder.heights) > first:
                builder.join(first)
            keep = spec.keep

    def remark(self) -> None:
        """The first line of the form, where the scheme has a remark for its day."""
        for remark in self.view.case.scheme.remarks:
            if remark.forms and self.form_spec.id not in remark.forms:
                continue
            if remark.begins <= self.view.assessment.governing <= remark.until:
                first = self.form.rows[0].rows[0]
                style = Style(size=8, align="right", font=first[0].style.font if first else "mincho")
                row = self.builder.rows((5.0,))
                self.cells.append(FilledCell(row, 0, 1, len(self.form.columns), style, remark.text, "text"))

    def spec(self, number: int) -> None:
        """The rows of the RowSpec ``number`` of the form."""
        spec = self.form.rows[number]
        if spec.against:
            self.beside(number, spec.against)
        elif spec.repeat:
            self.repeat(number)
        else:
            self.rows(number, self.scope(spec, self.context, {}, 0))

    def scope(self, spec: RowSpec, context: dict[str, Any], local: dict[str, str], index: int | None) -> Scope:
        """What names mean where some of them stand for the items of a row."""
        aliases = Aliases(self.aliases.heads | local, self.aliases.chunk) if local else self.aliases
        return Scope(spec, context, local, aliases, index)

    def items(self, spec: RowSpec) -> tuple[str, int, int]:
        """The list that the rows follow, the first of its items that stand here, and how many of them there are."""
        path, first, most = self.aliases.span(spec.repeat)
        first += spec.skip
        count = max(0, len(self.view.case.get(path) or ()) - first)
        return path, first, count if most is None else min(count, most)

    def repeat(self, number: int) -> None:
        """The rows once for each item of their list, and as often as the form has room at least."""
        spec = self.form.rows[number]
        path, first, count = self.items(spec)
        worded = static_text.plan_of(self.form, number, self.taken).composed
        for index in range(first, first + max(count, spec.least)):
            context = self.item_context(spec, path, index) if worded else self.context
            self.rows(number, self.scope(spec, context, {spec.alias: f"{path}[{index}]"}, index))

    def item_context(self, spec: RowSpec, path: str, index: int) -> dict[str, Any]:
        """What the texts of a row may name."""
        listed = self.view.case.scheme.schema.at(path)
        assert listed is not None and listed.items is not None
        item = listed.items.completed(self.view.case.get(f"{path}[{index}]"))
        return self.context | {spec.alias: item, NUMBER: index + 1}

    def beside(self, number: int, against: Against) -> None:
        """The items of two lists side by side: in the order of the first, what only the second has (if that is asked
        for) at the end."""
        spec = self.form.rows[number]
        case, path = self.view.case, self.aliases.path(spec.repeat)
        other = self.view.earlier(against.of)
        own, rest = list(case.get(path) or ()), dict(enumerate(case.get(other) or ()))
        pairs: list[tuple[int | None, int | None]] = []
        for n, item in enumerate(own):
            same = next((m for m, o in rest.items() if o.get(against.match) == item.get(against.match)), None)
            if same is not None:
                del rest[same]
            pairs.append((n, same))
        if against.rest:
            pairs += [(None, m) for m in rest]
        if self.view.fillable:  # each row takes a new item, and some more come after
            pairs = [(n, old) for n, (_, old) in enumerate([*pairs, *[(None, None)] * continuation.MORE])]
        for row, pair in enumerate(pairs, 1):
            context = self.context | {NUMBER: row}
            local: dict[str, str] = {}
            for alias, listed, index in zip((spec.alias, against.alias), (path, other), pair, strict=True):
                # the place after the last: nothing stands there
                local[alias] = f"{listed}[{len(case.get(listed) or ()) if index is None else index}]"
                each = case.scheme.schema.at(local[alias])
                assert each is not None
                context[alias] = each.completed(case.get(local[alias]))
            self.rows(number, self.scope(spec, context, local, pair[0]))

    def rows(self, number: int, scope: Scope) -> None:
        """One set of the rows of a RowSpec: its own words, and what the case says in it."""
        spec = scope.spec
        start = self.builder.rows(spec.heights, spec.grow)
        plan = static_text.plan_of(self.form, number, self.taken)
        self.taken = plan.taken
        self.builder.words += static_text.words(plan, start)
        self.cells += [self.cell(place, start, scope) for place in plan.filled]

    def cell(self, place: PlacedSpec | CellCapacity, start: int, scope: Scope) -> FilledCell:
        """A cell that a case may fill, in rows that begin with ``start``."""
        spec = place.cell
        view, kind, row = self.view, spec.kind, start + place.row
        if kind == "text":
            text = view.composed(spec, spec.text, scope.context)
            live = self.live(spec.text, scope) if view.fillable and spec.text.paths else None
            own = _is_own(spec.text)
            return FilledCell(row, place.column, spec.rows, place.span, spec.style, text, spec.role,
                              own=own, source="" if own else spec.text.source, live=live)  # fmt: skip
        if kind == "check":
            return self.check_box(place, start, scope)
        value: Value
        field, shape, computed, own = "", "", None, False
        if kind == "value":
            value, computed = self.computed(spec, scope)
        else:
            field, shape = scope.aliases.path(spec.name), spec.format
            value = view.case.get(field)
            if view.fillable and not view.asks(field):
                field = ""
        text, shown = formatted(value, spec.format)
        if text and view.fillable and shape in DATE_PARTS:  # each part is typed by itself
            value, shown = int(text) if text.isdecimal() else text, ""
        if not text and spec.blank:
            text, own = self.blank(spec, scope)
        return FilledCell(row, place.column, spec.rows, place.span, spec.style, text, spec.role, value, shown, field,
                          "", False, own, shape, computed=computed)  # fmt: skip

    def check_box(self, place: PlacedSpec | CellCapacity, start: int, scope: Scope) -> FilledCell:
        """A box that is on where the answer is はい."""
        spec, field = place.cell, scope.aliases.path(place.cell.name)
        answer = self.view.case.get(field)
        text = "☑" if answer is True else "☐"
        if self.view.fillable and not self.view.asks(field):
            field = ""
        return FilledCell(start + place.row, place.column, spec.rows, place.span, spec.style, text, spec.role,
                          None if answer is None else text, "", field, "on" if answer is True else "off",
                          shape=spec.format)  # fmt: skip

    def blank(self, spec: CellSpec, scope: Scope) -> tuple[str, bool]:
        """What stands in a cell for which nothing was given, and whether the form says it itself; a layout may say
        another thing in each row."""
        choice = 0 if len(spec.blank) == 1 else scope.context.get(NUMBER, 1) - 1
        if choice >= len(spec.blank):
            return "", True
        text = spec.blank[choice]
        return self.view.composed(spec, text, scope.context), _is_own(text)

    def live(self, text: Text, scope: Scope) -> LiveText:
        """What the text hangs on, once the form is filled in."""
        paths = {name: scope.aliases.path(name) for name in text.paths}
        if not scope.aliases.chunk or "全葉" not in paths:
            return LiveText(text, scope.context, paths)
        _, listed, _, per = scope.aliases.chunk
        total = max(1, -(-len(self.view.case.get(listed) or ()) // per))
        return LiveText(text, scope.context, paths, f"{listed}[{total * per}]", total)

    def computed(self, cell: CellSpec, scope: Scope) -> tuple[Value, Computed | None]:
        """The value of a cell that shows what was computed, and where that comes from, if from this stage."""
        view, stage, spec = self.view, self.view.stage, scope.spec
        head, _, tail = cell.name.partition(".")
        if spec.against and head == spec.against.alias:
            section, _, path = scope.local[head].partition(".")
            return view.assessment.value(section, f"{path}.{tail}"), None
        repeated = bool(spec.repeat) and head == spec.alias
        if scope.item_index is None and head == spec.alias:  # only the other list has an item here
            return None, None
        book = view.case.scheme.rulebook
        name = tail if repeated else cell.name
        each = spec.repeat.removeprefix(f"{stage.stage.name}.") if repeated else ""
        reference = book.resolve(name, stage.stage.name, each)
        assert reference is not None
        computed = Computed(name, reference, each, scope.item_index if repeated else None)
        if not (repeated and reference.computed and reference.in_row):
            return value_of(view.assessment, reference, stage), computed
        key = stage.key, f"{each}[{scope.item_index}].{name}"
        step = book.step(stage.stage.name, name, each)
        assert step is not None and step.formula is not None
        # an empty row computes too: a printed sheet shows 0円 there
        values = view.assessment.values
        return values[key] if key in values else view.blank(step), computed


def _is_own(text: Text) -> bool:
    """Whether a text says the same in every case: it names nothing but the number of its row."""
    return text.constant or text.paths == _NUMBERED
