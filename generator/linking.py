"""The drafts of a stage joined into a workbook: live formulas over defined names, and the sheet 計算根拠.

A field met a second time points at its first cell. A step lives where it is first printed, or on 計算根拠;
what comes from another stage or is printed nowhere stands on 計算根拠 as a constant.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from generator import cellformat, formula, livetext
from generator.case import StageRef
from generator.document import Style
from generator.form import Form
from generator.grid import Draft, Grid, formatted
from generator.problem import Position
from generator.rulebook import Reference, Rule
from generator.rules import Assessment, Line, shown_parameter, value_of
from generator.waybill import letters

BASIS_SHEET = "計算根拠"
_COLUMNS = (40.0, 28.0, 70.0, 22.0, 26.0)
_HEADINGS = ("項目", "値", "計算式と入力", "根拠", "備考")
_BOX = Style(font="gothic", size=9, left="thin", top="thin", right="thin", bottom="thin")


@lru_cache(maxsize=8192)
def _excel(text: str, names: tuple[tuple[str, str], ...], rates: tuple[tuple[str, Fraction], ...]) -> str:
    """Cases of the same shape have the same formulas in the same cells."""
    return formula.to_excel(formula.parse(text), dict(names).__getitem__, dict(rates))


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
        self.basis = _Basis(title=f"{stage.label}の計算根拠")
        for grid, title in zip(grids, titles, strict=True):
            for draft in grid.drafts:
                self.place(title, draft)
        self.constants: dict[str, str] = {}
        for name in assessment.parameters:
            self.parameter(name)
        for _, draft in [*self.items.values(), *self.homes.values()]:
            draft.formula = self.computed(draft) or ""
        for grid in grids:
            for draft in grid.drafts:
                if draft.live:
                    livetext.follow(draft, draft.live, self.inputs)
                if draft.reference and not draft.formula and draft.reference.kind != "item_step":
                    draft.formula = self.link(draft)
        done: set[tuple[str, str]] = set()
        for line in assessment.lines:
            if line.stage == stage and (line.step.each, line.step.name) not in done:
                done.add((line.step.each, line.step.name))
                self.explain(line)

    def place(self, title: str, draft: Draft) -> None:
        address = self.address(title, draft)
        if draft.field and not draft.mark:
            first = self.inputs.get(draft.field)
            if first is None:
                self.inputs[draft.field] = (title, draft)
            elif self.template:
                self.repeated(draft, *first)
            elif draft.value is not None:
                source = self.address(*first)
                draft.field, draft.formula = "", f'IF({source}="","",{source})'
            else:
                draft.field = ""
        if draft.reference is None:
            return
        if draft.reference.kind == "item_step":
            self.items.setdefault(f"{draft.each}[{draft.index}].{draft.name}", (title, draft))
        elif (
            draft.reference.kind == "step"
            and draft.reference.stage == self.stage.stage.name
            and draft.name not in self.homes
        ):
            self.homes[draft.name] = (title, draft)
            self.names[draft.name] = address

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
        source = self.address(title, first)
        draft.follows, draft.field = draft.field, ""
        if draft.part != first.part:  # a date in one cell here and in four there
            return
        shown, empty = draft.text if draft.value is None else "", f'{source}=""'
        if first.value is None and first.text and first.text != shown:
            empty = f'OR({empty},{source}="{_quoted(first.text)}")'
        elif first.value is None and first.text:
            shown = ""  # the input itself says so
        draft.formula = f'IF({empty},"{_quoted(shown)}",{source})'
        draft.format = draft.format or cellformat.awaiting(draft.kind, draft.shape).replace("@", "")

    @staticmethod
    def address(title: str, draft: Draft) -> str:
        quoted = title.replace("'", "''")
        return f"'{quoted}'!${letters(draft.column)}${draft.row + 1}"

    def computed(self, draft: Draft) -> str | None:
        step = self.book.step(self.stage.stage.name, draft.name, draft.each)
        assert step is not None
        return self.expression(step, draft.index)

    def expression(self, rule: Rule, index: int | None) -> str | None:
        """The rule's formula over defined names and cells; None where a column is printed nowhere."""
        assert rule.formula is not None
        rates = {n: r for n, r in self.rates_in_force().items() if n in rule.references}
        names = {n: self.target(n, rule.references[n], rule.each, index) for n in rule.formula.names if n not in rates}
        if any(not target for target in names.values()):
            return None
        return _excel(rule.formula.text, tuple(names.items()), tuple(rates.items()))

    def rates_in_force(self) -> dict[str, Fraction]:
        in_force = self.assessment.parameters
        return {n: d.value for n, d in in_force.items() if isinstance(d.value, Fraction)}

    def target(self, name: str, reference: Reference, each: str, index: int | None) -> str:
        """The defined name or cell a formula's name becomes."""
        own = reference.stage == self.stage.stage.name
        match reference.kind:
            case "item":
                cell = self.inputs.get(f"{self.stage.key}.{each}[{index}].{reference.path}")
                return self.address(*cell) if cell and not cell[1].part else ""
            case "item_step":
                cell = self.items.get(f"{each}[{index}].{reference.path}")
                return self.address(*cell) if cell else ""
            case "step" if own:
                return self.home(reference.path)
            case "column" if own:
                return self.column(reference.path)
            case "field" if own and f"{self.stage.key}.{reference.path}" in self.inputs:
                # a step may bear the name of the item it settles
                name = f"{name}_入力" if self.book.step(self.stage.stage.name, name) else name
                self.names[name] = self.address(*self.inputs[f"{self.stage.key}.{reference.path}"])
                return name
            case "column":
                return ""
        return self.constant(name, reference)

    def home(self, name: str) -> str:
        """The defined name of a step of this stage; one printed nowhere gets its cell on 計算根拠."""
        if name not in self.names:
            line = next(
                (n for n in self.assessment.lines if n.stage == self.stage and n.step.name == name and n.index is None),
                None,
            )
            if line is None:
                return ""
            self.explain(line)
        return name

    def column(self, path: str) -> str:
        head, _, tail = path.rpartition(".")
        cells: list[tuple[str, Draft]] = []
        while head:
            at = f"{head}[{len(cells)}].{tail}"
            cell = self.items.get(at) or self.inputs.get(f"{self.stage.key}.{at}")
            if cell is None:
                break
            cells.append(cell)
        if not cells:
            return ""
        runs: list[list[tuple[str, Draft]]] = []
        for title, draft in cells:
            before = runs[-1][-1] if runs else None
            if before and (title, draft.column, draft.row) == (before[0], before[1].column, before[1].row + 1):
                runs[-1].append((title, draft))
            else:
                runs.append([(title, draft)])
        if len(runs) > 1 and not self.template:
            return ""
        found = []
        for number, run in enumerate(runs):
            (title, first), (_, last) = run[0], run[-1]
            found.append(path + ("_続" + str(number) * (number > 1) if number else ""))
            self.names[found[-1]] = f"{self.address(title, first)}:${letters(last.column)}${last.row + 1}"
        # several areas as so many arguments: a name for areas on two sheets is nothing that Excel can add up
        return ",".join(found)

    def parameter(self, name: str) -> None:
        dated = self.assessment.parameters[name]
        cell = Draft(0, 1, 1, 1, _BOX, shown_parameter(dated.value), "value")
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
        cell = Draft(0, 1, 1, 1, _BOX, "", "value", value)
        cell.text, cell.format = formatted(value, "金額")
        self.names[name] = self.basis.row(name, cell, "", "", self.origin(name, reference))
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
        text = told(line)
        if step.each:
            cell = Draft(0, 1, 1, 1, replace(_BOX, align="center"), "各行", "text")
            self.basis.row(f"{step.each}の{step.name}", cell, text, step.basis, step.remark)
            return
        if step.name in self.basis.steps:
            return
        self.basis.steps.add(step.name)
        cell = Draft(0, 1, 1, 1, _BOX, "", "value", line.value)
        cell.text, cell.format = formatted(line.value, step.format)
        if step.name in self.names:
            cell.formula = step.name
            self.basis.row(step.name, cell, text, step.basis, step.remark)
            return
        expression = self.expression(step, None)  # before the row, so that what it needs stands above
        cell.formula = expression or ""
        self.names[step.name] = self.basis.row(step.name, cell, text, step.basis, step.remark)


def told(line: Line) -> str:
    """A line's formula, and below it what went in."""
    text = line.step.formula.text if line.step.formula else ""
    inputs = "" if line.step.each else "、".join(f"{name} {shown}" for name, shown in line.told.items())
    return f"{text}\n{inputs}" if inputs else text


def basis_row(text: str) -> Grid:
    """計算根拠 with one row alone, which tells this."""
    basis = _Basis("")
    basis.grid.drafts.clear()
    basis.row("", Draft(0, 1, 1, 1, _BOX, "", "value"), text, "", "")
    basis.grid.drafts = [draft for draft in basis.grid.drafts if draft.text]
    return basis.grid


def _quoted(text: str) -> str:
    return text.replace('"', '""')


class _Basis:
    """The sheet 計算根拠, row by row."""

    def __init__(self, title: str):
        position = Position("", 0, 0)
        form = Form(BASIS_SHEET, title, "form", (210.0, 297.0), (15.0, 12.0, 15.0, 12.0), _COLUMNS, None, (), position)
        self.grid = Grid(None, form)
        self.steps: set[str] = set()
        self._add([Draft(0, 0, 1, 5, Style(font="gothic", size=11), title, "title")], 8)
        head = replace(_BOX, align="center", fill="E7E6E6")
        self._add([Draft(0, n, 1, 1, head, text, "label") for n, text in enumerate(_HEADINGS)], 7)
        self.grid.header = (1, 2)

    def _add(self, drafts: list[Draft], height: float) -> None:
        row = len(self.grid.heights)
        for draft in drafts:
            draft.row = row
        self.grid.drafts += drafts
        self.grid.heights.append(height)
        self.grid.grow.append(True)
        self.grid.groups.append((row, row + 1))

    def row(self, name: str, value: Draft, told: str, basis: str, remark: str) -> str:
        """Add a row; the address of its value."""
        numeric = value.format or isinstance(value.value, int)
        value.style = replace(value.style, align="right" if numeric else "center")
        texts = {0: name, 2: told, 3: basis, 4: remark}
        self._add([Draft(0, n, 1, 1, _BOX, text, "text") for n, text in texts.items()] + [value], 7)
        return Linker.address(BASIS_SHEET, value)
