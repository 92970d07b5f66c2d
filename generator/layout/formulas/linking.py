"""The drafts of a stage joined into a workbook: live formulas over defined names, and the sheet 計算根拠.

A field met a second time points at its first cell. A step lives where it is first printed, or on 計算根拠;
what comes from another stage or is printed nowhere stands on 計算根拠 as a constant.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise

from generator.case.assess import Assessment, Line, shown_parameter, value_of
from generator.case.case import StageRef
from generator.formula import evaluation
from generator.layout.fillable import text_formulas
from generator.layout.filled_cell import Draft, Grid
from generator.layout.formulas import calculation_sheet
from generator.roundtrip import letters
from generator.scheme.rules import Reference, Rule
from generator.spreadsheet import cell_format
from generator.spreadsheet.cell_format import formatted

Place = tuple[str, Draft]  # a cell and the name of its sheet
Rate = tuple[str, int, int]  # a parameter, its numerator and denominator; to hash a Fraction takes long


class _Apart(Exception):
    """Columns that ought to stand row by row beside each other do not."""


@lru_cache(maxsize=8192)
def _excel(text: str, names: tuple[tuple[str, str], ...], rates: tuple[Rate, ...]) -> str:
    """Cases of the same shape have the same formulas in the same cells."""
    return evaluation.to_excel(evaluation.parse(text), dict(names).__getitem__, _ratios(rates))


def _ratios(rates: Iterable[Rate]) -> dict[str, Fraction]:
    return {name: Fraction(above, below) for name, above, below in rates}


class Linker:
    """Links the grids of one stage; afterwards ``names`` holds the defined names, ``basis`` the sheet 計算根拠."""

    def __init__(
        self, grids: list[Grid], titles: list[str], assessment: Assessment, stage: StageRef, template: bool = False
    ):
        self.assessment, self.stage, self.template = assessment, stage, template
        self.book = assessment.case.scheme.rulebook
        self.names: dict[str, str] = {}
        self.inputs: dict[str, tuple[str, Draft]] = {}  # case path → its first cell
        self.items: dict[str, tuple[str, Draft]] = {}  # list[i].name → cell of a computed item value
        self.homes: dict[str, tuple[str, Draft]] = {}  # step → its cell
        self.parts: dict[tuple[str, str], tuple[str, Draft]] = {}  # case path and 元号, 年, 月 or 日 → its input
        self.worded: set[str] = set()  # cells of what is はい or いいえ: a workbook would print TRUE
        self.flags: dict[tuple[str, str], bool] = {}  # list and item → whether it is answered with はい or いいえ
        self.conditions: dict[tuple[str, str], bool] = {}  # list and step → whether its value is はい or いいえ
        self.lines = [line for line in assessment.lines if line.stage == stage]
        in_force = ((n, d.value) for n, d in assessment.parameters.items())
        self.rates = [(n, v.numerator, v.denominator) for n, v in in_force if isinstance(v, Fraction)]
        self.basis = calculation_sheet.Basis(title=f"{stage.label}の計算根拠")
        computed: list[tuple[Draft, Reference]] = []
        for grid, title in zip(grids, titles, strict=True):
            for draft in grid.drafts:
                if draft.field:
                    self.place(title, draft)
                elif draft.reference is not None:
                    self.settle(title, draft, draft.reference)
                    computed.append((draft, draft.reference))
                if isinstance(draft.value, bool):
                    draft.value = draft.text
        for name in assessment.parameters:
            self.parameter(name)
        for title, draft in [*self.items.values(), *self.homes.values()]:
            draft.formula = self.computed(title, draft) or ""
        for draft in [d for g in grids for d in g.drafts if d.live] if template else ():
            assert draft.live is not None
            text_formulas.follow(draft, draft.live, self.inputs)
        for draft, reference in computed:
            if not draft.formula and reference.kind != "item_step":
                draft.formula = self.link(draft)
            if template and self.awaits(reference, draft.each):
                draft.blank = ""
        done: set[tuple[str, str]] = set()
        for line in self.lines:
            if (line.step.each, line.step.name) not in done:
                done.add((line.step.each, line.step.name))
                self.explain(line)

    def place(self, title: str, draft: Draft) -> None:
        """A cell of an item: its input, or a further place of it."""
        first = self.inputs.get(draft.field)
        if first is None:
            self.inputs[draft.field] = title, draft
            return
        if first[1].mark and (self.template or draft.value is not None):
            self.ticked(draft, *first)
        elif self.template:
            self.repeated(draft, *first)
        elif draft.value is not None:
            source = text_formulas.address(first)
            draft.field, draft.formula = "", f'IF({source}="","",{source})'
        else:
            draft.field = ""

    def settle(self, title: str, draft: Draft, reference: Reference) -> None:
        """A cell of a computed value."""
        if reference.kind == "item_step":
            self.items.setdefault(f"{draft.each}[{draft.index}].{draft.name}", (title, draft))
        elif reference.kind == "step" and reference.stage == self.stage.stage.name and draft.name not in self.homes:
            self.homes[draft.name] = (title, draft)
            self.names[draft.name] = text_formulas.address((title, draft))
        if isinstance(draft.value, bool) or self.condition(draft):
            self.worded.add(text_formulas.address((title, draft)))

    def condition(self, draft: Draft) -> bool:
        """Whether the step of a cell gives はい or いいえ."""
        key = draft.each, draft.name
        if key not in self.conditions:
            step = self.book.step(self.stage.stage.name, draft.name, draft.each)
            self.conditions[key] = step is not None and self.book.is_condition(step)
        return self.conditions[key]

    def ticked(self, draft: Draft, title: str, first: Draft) -> None:
        """A further place of a check box."""
        source = text_formulas.address((title, first))
        draft.follows, draft.field = draft.field if self.template else "", ""
        wanted = text_formulas.NO if draft.refusing else text_formulas.ON
        draft.formula = f'IF({source}="{wanted}","{text_formulas.ON}","{text_formulas.OFF}")'

    def repeated(self, draft: Draft, title: str, first: Draft) -> None:
        """In a form to be filled in the further places of an item follow its input, even while that is empty."""
        if draft.part and first.part:
            known = self.parts.setdefault((draft.field, first.shape), (title, first))
            known = self.parts.setdefault(
                (draft.field, draft.shape), known if draft.shape == first.shape else ("", draft)
            )
            if known[1] is draft:
                self.parts[draft.field, draft.shape] = (title, draft)
                return  # another part of the same date: an input as well
            title, first = known
        source = text_formulas.address((title, first))
        draft.follows, draft.field = draft.field, ""
        if draft.part != first.part:  # a date in one cell here and in four there
            return
        shown, empty = draft.text if draft.value is None else "", f'{source}=""'
        if first.value is None and first.text and first.text != shown:
            empty = f'OR({empty},{source}="{_quoted(first.text)}")'
        elif first.value is None and first.text:
            shown = ""  # the input itself says so
        draft.formula = f'IF({empty},"{_quoted(shown)}",{source})'
        draft.format = draft.format or cell_format.awaiting(draft.kind, draft.shape).replace("@", "")

    def word(self, draft: Draft) -> None:
        """On 計算根拠, too, はい and いいえ stand in their cells as words."""
        if isinstance(draft.value, bool) or (draft.reference and self.condition(draft)):
            self.worded.add(text_formulas.address((calculation_sheet.SHEET, draft)))
        if isinstance(draft.value, bool):
            draft.value = draft.text

    def input(self, path: str, name: tuple[str, str]) -> str:
        """The address of an input; ``name``: its list, and what it is called there."""
        address = text_formulas.address(self.inputs[path])
        if name not in self.flags:
            item = self.assessment.case.scheme.schema.at(path)
            self.flags[name] = item is not None and item.kind == "真偽"
        if self.flags[name]:
            self.worded.add(address)
        return address

    def computed(self, title: str, draft: Draft) -> str | None:
        step = self.book.step(self.stage.stage.name, draft.name, draft.each)
        assert step is not None
        return self.answered(self.expression(step, draft.index), title, draft)

    def awaits(self, reference: Reference, each: str) -> bool:
        """Whether the value depends on an input of this form to be filled in."""
        own = reference.kind in ("item", "item_step") or reference.stage == self.stage.stage.name
        match reference.kind:
            case "step" | "item_step" if own:
                listed = each if reference.kind == "item_step" else ""
                step = self.book.step(self.stage.stage.name, reference.path, listed)
                return step is not None and any(self.awaits(r, listed) for r in step.references.values())
            case "field" if own:
                return f"{self.stage.key}.{reference.path}" in self.inputs
        return own and reference.kind in ("item", "column")

    def answered(self, expression: str | None, title: str, draft: Draft) -> str | None:
        """The formula of a cell: one whose value is はい or いいえ says so."""
        worded = text_formulas.address((title, draft)) in self.worded
        return f'IF({expression},"はい","いいえ")' if expression and worded else expression

    def expression(self, rule: Rule, index: int | None) -> str | None:
        """The rule's formula over defined names and cells; None where a column is printed nowhere."""
        assert rule.formula is not None
        rates = [rate for rate in self.rates if rate[0] in rule.references]
        known = [name for name, _, _ in rates]
        names = {n: self.target(n, rule.references[n], rule.each, index) for n in rule.formula.names if n not in known}
        if not all(names.values()):
            return None
        meant = [(n, self.meant(target)) for n, target in names.items()]
        if not any(function in rule.formula.text for function in evaluation.BY_ROW):
            return _excel(rule.formula.text, tuple(meant), tuple(rates))
        try:
            areas = partial(self.areas, rule)
            return evaluation.to_excel(rule.formula, dict(meant).__getitem__, _ratios(rates), areas=areas)
        except _Apart:
            return None

    def meant(self, target: str) -> str:
        """The target as a formula uses it: words as TRUE and FALSE."""
        worded = target in self.worded or self.names.get(target) in self.worded
        return f'OR({target}="はい",{target}="☑")' if worded else target

    def areas(self, rule: Rule, names: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The columns in pieces: cut where any of them goes on in another place."""
        columns = [self.cells(rule.references[n].path) for n in names]
        if len({len(column) for column in columns}) != 1:
            raise _Apart
        rows = list(zip(*columns, strict=True))
        cuts = [n for n, row in enumerate(rows) if n == 0 or not all(map(_below, rows[n - 1], row))]
        pieces = [rows[first:end] for first, end in pairwise((*cuts, len(rows)))]
        return [tuple(map(_range, piece[0], piece[-1])) for piece in pieces]

    def target(self, name: str, reference: Reference, each: str, index: int | None) -> str:
        """The defined name or cell a formula's name becomes."""
        own = reference.stage == self.stage.stage.name
        match reference.kind:
            case "item":
                cell = self.inputs.get(path := f"{self.stage.key}.{each}[{index}].{reference.path}")
                return self.input(path, (each, reference.path)) if cell and not cell[1].part else ""
            case "item_step":
                cell = self.items.get(f"{each}[{index}].{reference.path}")
                return text_formulas.address(cell) if cell else ""
            case "step" if own:
                return self.home(reference.path)
            case "column" if own:
                return self.column(reference.path)
            case "field" if own and f"{self.stage.key}.{reference.path}" in self.inputs:
                # a step may bear the name of the item it settles
                name = f"{name}_入力" if self.book.step(self.stage.stage.name, name) else name
                self.names[name] = self.input(f"{self.stage.key}.{reference.path}", ("", reference.path))
                return name
            case "column":
                return ""
        return self.constant(name, reference)

    def home(self, name: str) -> str:
        """The defined name of a step of this stage; one printed nowhere gets its cell on 計算根拠."""
        if name not in self.names:
            line = next((n for n in self.lines if n.step.name == name and n.index is None), None)
            if line is None:
                return ""
            self.explain(line)
        return name

    def cells(self, path: str) -> list[Place]:
        """The cells of a column in their order."""
        head, _, tail = path.rpartition(".")
        cells: list[Place] = []
        while head:
            at = f"{head}[{len(cells)}].{tail}"
            cell = self.items.get(at) or self.inputs.get(f"{self.stage.key}.{at}")
            if cell is None:
                break
            cells.append(cell)
        return cells

    def column(self, path: str) -> str:
        cells = self.cells(path)
        if not cells:
            return ""
        runs: list[list[Place]] = []
        for cell in cells:
            if runs and _below(runs[-1][-1], cell):
                runs[-1].append(cell)
            else:
                runs.append([cell])
        if len(runs) > 1 and not self.template:
            return ""
        found = []
        for number, run in enumerate(runs):
            found.append(path + ("_続" + str(number) * (number > 1) if number else ""))
            self.names[found[-1]] = _range(run[0], run[-1])
        # several areas as so many arguments: a name for areas on two sheets is nothing that Excel can add up
        return ",".join(found)

    def parameter(self, name: str) -> None:
        dated = self.assessment.parameters[name]
        cell = Draft(0, 1, 1, 1, calculation_sheet.BOX, shown_parameter(dated.value), "value")
        amount = isinstance(dated.value, int)
        if isinstance(dated.value, int):
            cell.value, (cell.text, cell.format) = dated.value, formatted(dated.value, "金額")
        address = self.basis.row(name, cell, "", dated.basis, dated.remark)
        if amount:  # a step may bear the same name, and then the formulas mean the step
            self.names.setdefault(name, address)

    def constant(self, name: str, reference: Reference) -> str:
        """A value from elsewhere, put on 計算根拠 under the name the formula uses."""
        if name in self.names:
            return name
        value = value_of(self.assessment, reference, self.stage)
        cell = Draft(0, 1, 1, 1, calculation_sheet.BOX, "", "value", value)
        cell.text, cell.format = formatted(value, "金額")
        self.names[name] = self.basis.row(name, cell, "", "", self.origin(name, reference))
        self.word(cell)
        return name

    def origin(self, name: str, reference: Reference) -> str:
        if reference.kind == "previous":
            found = self.assessment.previous(self.stage, reference.path)
            return f"{found[0].label}の値" if found else ""
        return f"{reference.stage}の値" if reference.stage and reference.stage != self.stage.stage.name else ""

    def link(self, draft: Draft) -> str:
        reference = draft.reference
        assert reference is not None
        if reference.kind == "step" and reference.stage == self.stage.stage.name:
            return draft.name
        if draft.value is None or isinstance(draft.value, str):
            return ""
        return self.target(draft.name, reference, "", None)

    def explain(self, line: Line) -> None:
        """One row of 計算根拠; the home of a step that no form prints."""
        step = line.step
        text = calculation_sheet.told(line)
        if step.each:
            self.basis.said(f"{step.each}の{step.name}", text, step.basis, step.remark)
            return
        if step.name in self.basis.steps:
            return
        self.basis.steps.add(step.name)
        cell = Draft(0, 1, 1, 1, calculation_sheet.BOX, "", "value", line.value)
        cell.text, cell.format = formatted(line.value, step.format)
        cell.name, cell.reference = step.name, Reference("step", step.stage, step.name)
        if step.name in self.names:
            cell.formula = step.name
            self.word(cell)
            self.basis.row(step.name, cell, text, step.basis, step.remark)
            return
        expression = self.expression(step, None)  # before the row, so that what it needs stands above
        self.names[step.name] = self.basis.row(step.name, cell, text, step.basis, step.remark)
        self.word(cell)
        cell.formula = self.answered(expression, calculation_sheet.SHEET, cell) or ""


def _below(before: Place, after: Place) -> bool:
    (title, above), (other, draft) = before, after
    return (title, above.column, above.row + 1) == (other, draft.column, draft.row)


def _range(first: Place, last: Place) -> str:
    return f"{text_formulas.address(first)}:${letters(last[1].column)}${last[1].row + 1}"


def _quoted(text: str) -> str:
    return text.replace('"', '""')
