"""A Form filled with a case: the grid of drafts, rows expanded, coordinates fixed, texts composed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.case import cross_references
from generator.case.assess import Assessment, counts, value_of, value_of_blank
from generator.case.case import Case, StageRef
from generator.case.document_number import Marks
from generator.document import Style, Value
from generator.layout.fill import continuation
from generator.layout.fill.name_scopes import Aliases, Copy
from generator.layout.filled_cell import Draft, Grid, Live
from generator.layout.measure import static_text
from generator.problem import Problem, ProblemError
from generator.scheme.form import Against, CellSpec, Form, RowSpec
from generator.scheme.load import FormEntry
from generator.scheme.rules import PREVIOUS, Step
from generator.scheme.text_template import NUMBER, Text
from generator.spreadsheet.cell_format import formatted


@dataclass
class Expander:
    """Expands one form for one stage of a case, once for each copy and page."""

    case: Case
    assessment: Assessment
    stage: StageRef
    marks: Marks
    template: bool = False  # to be filled in: with room for what is not known yet

    def __post_init__(self) -> None:
        scheme = self.case.scheme
        context = dict(self.case.completed)
        if self.stage.index is not None:
            context[self.stage.stage.name] = context[self.stage.stage.name][self.stage.index]
        computed: dict[str, Any] = dict.fromkeys(scheme.rulebook.parameters)
        computed |= {n: d.value for n, d in self.assessment.parameters.items()}
        own = self.stage.key
        computed |= {name: value for (key, name), value in self.assessment.values.items() if key == own}
        self.context = context | {"計算": computed}
        self.blanks: dict[tuple[str, str], Value] = {}

    def known(self, entry: FormEntry) -> dict[str, Any]:
        """What the texts of a form may name: the case, what was computed, and what the form quotes."""
        form = entry.version(self.assessment.governing)
        return self.context | cross_references.all_told(self.case, self.marks, form, entry, self.stage)

    def blank(self, step: Step) -> Value:
        """What a step of a list gives for an empty row."""
        key = step.each, step.name
        if key not in self.blanks:
            self.blanks[key] = value_of_blank(step, self.assessment, self.stage)
        return self.blanks[key]

    def earlier(self, path: str) -> str:
        """The list a path means: 前.補助対象経費 is the one of the nearest earlier stage that has it."""
        inner = path.removeprefix(PREVIOUS)
        if inner == path:
            return path
        refs = self.case.stages
        for ref in reversed(refs[: refs.index(self.stage)]):
            if self.case.get(f"{ref.key}.{inner}") and counts(self.case, ref):
                return f"{ref.key}.{inner}"
        return f"{refs[0].key}.{inner}"

    def grids(self, entry: FormEntry) -> Iterator[Grid]:
        form = entry.version(self.assessment.governing)
        if self.template and entry.issuer != "申請者":
            return
        known = self.known(entry)
        if not self.template and not self.made(entry, known):
            return
        for copy in self.copies(entry, known):
            for paging, paged, further in self.pages(form, copy):
                grid = self.sheet(entry, form, paging, paged)
                grid.hidden = bool(copy.called) or further
                grid.called = continuation.name(entry.label) if further else copy.called
                yield grid
        more = continuation.further(form, self.held) if self.template else None
        if more is not None:
            grid = self.sheet(entry, more, Aliases(self.own_section), known)
            grid.hidden, grid.called = True, continuation.name(entry.label)
            yield grid

    def sheet(self, entry: FormEntry, form: Form, aliases: Aliases, context: dict[str, Any]) -> Grid:
        """One copy and page of a form."""
        return Filling(self, entry, form, aliases, context).expand()

    @property
    def own_section(self) -> dict[str, str]:
        """In a repeated stage the section's name means this one."""
        return {self.stage.stage.name: self.stage.key} if self.stage.index is not None else {}

    def held(self, spec: RowSpec) -> continuation.Held | None:
        """What a form has of the list its rows follow; None where the list is paged, or not the applicant's to fill."""
        path = Aliases(self.own_section).path(spec.repeat)
        listed = self.case.scheme.schema.at(path)
        if listed is None or listed.kind != "list" or not self.asks(path):
            return None
        return continuation.Held(listed.title, max(spec.least, len(self.case.get(path) or ())))

    def asks(self, path: str) -> bool:
        """Whether the applicant answers this in the forms of the stage."""
        if not path.startswith(f"{self.stage.key}."):
            return False
        parts, schema = path.split("."), self.case.scheme.schema
        return not any((i := schema.at(".".join(parts[:n]))) and i.city for n in range(1, len(parts) + 1))

    def made(self, entry: FormEntry, known: dict[str, Any] | None = None) -> bool:
        """Whether the form's ``when`` holds; ``known``: what `known` gives, where that is at hand."""
        if entry.when is None:
            return True
        try:
            return bool(entry.when.render(known or self.known(entry)))
        except ValueError as error:
            position = entry.version(self.assessment.governing).position
            raise ProblemError([Problem(str(error), position)]) from error

    def copies(self, entry: FormEntry, known: dict[str, Any]) -> Iterator[Copy]:
        mark = self.marks.get((entry.id, self.stage.index or 0))
        dated = mark.date if mark else cross_references.dated(self.case, entry, self.stage)
        own = known | {"番号": mark.number if mark else "", "発行日": dated}
        aliases = self.own_section
        if entry.copies is None:
            yield Copy(aliases, own)
            return
        alias, having = entry.copies.alias, entry.copies.having
        for path in entry.copies.of:
            item = self.case.scheme.schema.at(path)
            assert item is not None
            value = self.case.get(path)
            each = item.items if item.kind == "list" else item
            assert each is not None
            count = len(value or ()) if item.kind == "list" else 1
            if self.template and item.kind == "list":
                count = max(count, self.room(path))
            for n in range(count):
                one = f"{path}[{n}]" if item.kind == "list" else path
                given = self.case.get(f"{one}.{having}") is not None
                if given or self.template:
                    certain = given or (item.kind != "list" and having in each.required)
                    called = "" if certain else continuation.limited(f"{entry.label} {item.title}{n + 1}")
                    yield Copy(aliases | {alias: one}, own | {alias: each.completed(self.case.get(one))}, called)

    def room(self, path: str) -> int:
        """How many items of a list the forms of the stage have rows for."""
        forms = [
            e.version(self.assessment.governing) for e in self.case.scheme.forms if e.stage == self.stage.stage.name
        ]
        return max((s.least for f in forms for s in f.rows if s.repeat == path), default=0)

    def pages(self, form: Form, copy: Copy) -> Iterator[tuple[Aliases, dict[str, Any], bool]]:
        """The pages of a paged form, and whether one is there only in case that it is needed."""
        if form.paging is None:
            yield Aliases(copy.aliases), copy.context, False
            return
        path = Aliases(copy.aliases).path(form.paging.of)
        count, per = len(self.case.get(path) or ()), form.paging.per
        total = max(1, -(-count // per))
        for page in range(total + int(self.template and not copy.called)):
            chunk = (form.paging.alias, path, page * per, per)
            number = total + int(page == total)
            yield Aliases(copy.aliases, chunk), copy.context | {"葉": page + 1, "全葉": number}, page == total


class Filling:
    """A form on its way to a Grid, RowSpec by RowSpec."""

    def __init__(self, owner: Expander, entry: FormEntry, form: Form, aliases: Aliases, context: dict[str, Any]):
        self.owner, self.entry, self.form, self.aliases, self.context = owner, entry, form, aliases, context
        self.grid = Grid(entry, form)
        self.taken: static_text.Taken = frozenset()

    def expand(self) -> Grid:
        self.remark()
        keep = False
        for number, spec in enumerate(self.form.rows):
            if spec.when and not self.composed(spec, spec.when, self.context):
                continue
            if spec.new_page:
                self.grid.forced.add(len(self.grid.heights))
                continue
            first = len(self.grid.heights)
            self.spec(number)
            if spec.header:
                start = self.grid.header[0] if self.grid.header else first
                self.grid.header = (start, len(self.grid.heights))
            if keep and self.grid.groups[-1:] and len(self.grid.heights) > first:
                self.join(first)
            keep = spec.keep
        return self.grid

    def spec(self, number: int) -> None:
        """The rows of the RowSpec ``number`` of the form."""
        spec = self.form.rows[number]
        if spec.against:
            self.beside(number, spec.against)
        elif spec.repeat:
            self.repeat(number)
        else:
            self.rows(number, self.context, {}, 0)

    def join(self, row: int) -> None:
        """The rows before ``row`` and the group that begins there stay together."""
        groups = self.grid.groups
        at = next(n for n, g in enumerate(groups) if g[0] == row)
        if at:
            groups[at - 1 : at + 1] = [(groups[at - 1][0], groups[at][1])]

    def remark(self) -> None:
        for remark in self.owner.case.scheme.remarks:
            if remark.forms and self.entry.id not in remark.forms:
                continue
            if remark.begins <= self.owner.assessment.governing <= remark.until:
                first, row = self.form.rows[0].rows[0], len(self.grid.heights)
                style = Style(size=8, align="right", font=first[0].style.font if first else "mincho")
                self.grid.drafts.append(Draft(row, 0, 1, len(self.form.columns), style, remark.text, "text"))
                self.grid.heights.append(5.0)
                self.grid.grow.append(True)
                self.grid.groups.append((row, row + 1))

    def items(self, spec: RowSpec) -> tuple[str, int, int]:
        """The list that the rows follow, the first of its items that stand here, and how many of them there are."""
        path, first, most = self.aliases.span(spec.repeat)
        first += spec.skip
        count = max(0, len(self.owner.case.get(path) or ()) - first)
        return path, first, count if most is None else min(count, most)

    def repeat(self, number: int) -> None:
        spec = self.form.rows[number]
        path, first, count = self.items(spec)
        worded = static_text.plan(self.form, number, self.taken).composed
        for index in range(first, first + max(count, spec.least)):
            context = self.item(spec, path, index) if worded else self.context
            self.rows(number, context, {spec.alias: f"{path}[{index}]"}, index)

    def item(self, spec: RowSpec, path: str, index: int) -> dict[str, Any]:
        """What the texts of a row may name."""
        listed = self.owner.case.scheme.schema.at(path)
        assert listed is not None and listed.items is not None
        item = listed.items.completed(self.owner.case.get(f"{path}[{index}]"))
        return self.context | {spec.alias: item, NUMBER: index + 1}

    def beside(self, spec_number: int, against: Against) -> None:
        """The items of two lists side by side: in the order of the first, what only the second has at the end."""
        spec = self.form.rows[spec_number]
        case, path = self.owner.case, self.aliases.path(spec.repeat)
        other = self.owner.earlier(against.of)
        own, rest = list(case.get(path) or ()), dict(enumerate(case.get(other) or ()))
        pairs: list[tuple[int | None, int | None]] = []
        for n, item in enumerate(own):
            same = next((m for m, o in rest.items() if o.get(against.match) == item.get(against.match)), None)
            if same is not None:
                del rest[same]
            pairs.append((n, same))
        pairs += [(None, m) for m in rest]
        if self.owner.template:  # each row takes a new item, and some more come after
            pairs = [(n, old) for n, (_, old) in enumerate([*pairs, *[(None, None)] * continuation.MORE])]
        for number, pair in enumerate(pairs, 1):
            context = self.context | {NUMBER: number}
            local: dict[str, str] = {}
            for alias, listed, place in zip((spec.alias, against.alias), (path, other), pair, strict=True):
                # the place after the last: nothing stands there
                local[alias] = f"{listed}[{len(case.get(listed) or ()) if place is None else place}]"
                item = case.scheme.schema.at(local[alias])
                assert item is not None
                context[alias] = item.completed(case.get(local[alias]))
            self.rows(spec_number, context, local, pair[0])

    def rows(self, number: int, context: dict[str, Any], local: dict[str, str], index: int | None) -> None:
        spec = self.form.rows[number]
        start = self.begun(spec)
        aliases = Aliases(self.aliases.heads | local, self.aliases.chunk) if local else self.aliases
        plan = static_text.plan(self.form, number, self.taken)
        self.taken = plan.taken
        self.grid.printed += static_text.words(plan, start)
        for place in plan.filled:
            cell = place.cell
            draft = Draft(start + place.row, place.column, cell.rows, place.span, cell.style, "", cell.role)
            self.fill(draft, cell, spec, context, local, aliases, index)
            self.grid.drafts.append(draft)

    def begun(self, spec: RowSpec) -> int:
        """Room for the rows; the first one's number."""
        grid, start = self.grid, len(self.grid.heights)
        grid.heights += spec.heights
        grid.grow += [spec.grow] * len(spec.heights)
        grid.groups += [(start, len(grid.heights))] if spec.heights else []
        return start

    def composed(self, at: CellSpec | RowSpec, text: Any, context: dict[str, Any]) -> str:
        if text.constant:
            return str(text.source)
        try:
            return str(text.render(context))
        except ValueError as error:
            raise ProblemError([_slip(at, str(error))]) from error

    def fill(
        self,
        draft: Draft,
        cell: CellSpec,
        spec: RowSpec,
        context: dict[str, Any],
        local: dict[str, str],
        aliases: Aliases,
        index: int | None,
    ) -> None:
        case = self.owner.case
        if cell.kind == "text":
            draft.text = self.composed(cell, cell.text, context)
            if self.owner.template and cell.text.paths:
                draft.live = self.live(cell.text, context, aliases)
            return
        if cell.kind == "value" and spec.against and cell.name.startswith(f"{spec.against.alias}."):
            stage, _, name = local[spec.against.alias].partition(".")
            draft.value = self.owner.assessment.value(stage, f"{name}.{cell.name.partition('.')[2]}")
        elif cell.kind == "value" and (index is not None or not cell.name.startswith(f"{spec.alias}.")):
            self.computed(draft, cell, spec, index)
        elif cell.kind == "value":
            pass  # only the other list has an item here
        else:
            draft.field = aliases.path(cell.name)
            draft.value = case.get(draft.field)
            draft.shape = cell.format
            if self.owner.template and not self.owner.asks(draft.field):
                draft.field = ""
            if cell.kind == "check":
                draft.mark = "on" if draft.value is True else "off"
                draft.text = "☑" if draft.value is True else "☐"
                draft.value = None if draft.value is None else draft.text
                return
        draft.text, draft.format = formatted(draft.value, cell.format)
        if self.owner.template and draft.part and draft.text:  # each part is typed by itself
            draft.value, draft.format = int(draft.text) if draft.text.isdecimal() else draft.text, ""
        if not draft.text and cell.blank:
            choice = 0 if len(cell.blank) == 1 else context.get(NUMBER, 1) - 1
            if choice < len(cell.blank):
                draft.text = self.composed(cell, cell.blank[choice], context)

    def live(self, text: Text, context: dict[str, Any], aliases: Aliases) -> Live:
        paths = {name: aliases.path(name) for name in text.paths}
        if not aliases.chunk or "全葉" not in paths:
            return Live(text, context, paths)
        _, listed, _, per = aliases.chunk
        total = max(1, -(-len(self.owner.case.get(listed) or ()) // per))
        return Live(text, context, paths, f"{listed}[{total * per}]", total)

    def computed(self, draft: Draft, cell: CellSpec, spec: RowSpec, index: int | None) -> None:
        owner, stage = self.owner, self.owner.stage
        book = owner.case.scheme.rulebook
        head, _, tail = cell.name.partition(".")
        repeated = bool(spec.repeat) and head == spec.alias
        draft.name = tail if repeated else cell.name
        draft.each = spec.repeat.removeprefix(f"{stage.stage.name}.") if repeated else ""
        draft.index = index if repeated else None
        draft.reference = book.resolve(draft.name, stage.stage.name, draft.each)
        assert draft.reference is not None
        if repeated and draft.reference.kind == "item_step":
            key = (stage.key, f"{draft.each}[{index}].{draft.name}")
            step = book.step(stage.stage.name, draft.name, draft.each)
            assert step is not None and step.formula is not None
            # an empty row computes too: the city's own sheet shows 0円 there
            draft.value = owner.assessment.values[key] if key in owner.assessment.values else owner.blank(step)
            return
        draft.value = value_of(owner.assessment, draft.reference, stage)


def _slip(at: CellSpec | RowSpec, message: str) -> Problem:
    return Problem(message, at.position)
