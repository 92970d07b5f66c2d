"""The rules of a stage as formulas of its workbook: over defined names, cells, and values put on 計算根拠.

A step lives where it is first printed, or on 計算根拠; what comes from another stage or is printed nowhere stands on
計算根拠 as a constant.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise

from generator.case.assess import Assessment, ComputedLine, shown_parameter, value_of
from generator.case.model import StageRef
from generator.formula.excel import BY_ROW, to_excel
from generator.formula.syntax import parse
from generator.layout.formulas import calculation_sheet
from generator.layout.formulas.calculation_sheet import CalculationSheet, PrintedAmount
from generator.layout.formulas.places import Places
from generator.layout.sheets import Computed, SheetCell, area
from generator.scheme.references import (
    ColumnReference,
    FieldReference,
    ItemReference,
    ItemStepReference,
    PreviousReference,
    Reference,
    StepReference,
)
from generator.scheme.rules import Rule
from generator.spreadsheet.cell_format import formatted
from generator.values import Value

Rate = tuple[str, int, int]  # a parameter, its numerator and denominator; to hash a Fraction takes long


class _ApartError(Exception):
    """Columns that ought to stand row by row beside each other do not."""


@lru_cache(maxsize=8192)
def _excel(text: str, names: tuple[tuple[str, str], ...], rates: tuple[Rate, ...]) -> str:
    """Cases of the same shape have the same formulas in the same cells."""
    return to_excel(parse(text), dict(names).__getitem__, _ratios(rates))


def _ratios(rates: Iterable[Rate]) -> dict[str, Fraction]:
    return {name: Fraction(above, below) for name, above, below in rates}


class Expressions:
    """Writes the formulas of one stage's workbook; ``names`` and ``sheet`` grow as formulas come to need them."""

    def __init__(self, places: Places, assessment: Assessment, stage: StageRef, fillable: bool):
        self.places, self.assessment, self.stage, self.fillable = places, assessment, stage, fillable
        self.book = assessment.case.scheme.rulebook
        self.names: dict[str, str] = {}  # the defined names of the workbook
        self.sheet = CalculationSheet(title=f"{stage.label}の計算根拠")
        self.worded: set[str] = set()  # cells of what is はい or いいえ: a workbook would print TRUE
        self.flags: dict[tuple[str, str], bool] = {}  # list and item → whether it is answered with はい or いいえ
        self.conditions: dict[tuple[str, str], bool] = {}  # list and step → whether its value is はい or いいえ
        self.lines = [line for line in assessment.lines if line.stage == stage]
        in_force = ((name, dated.value) for name, dated in assessment.parameters.items())
        self.rates = [(n, v.numerator, v.denominator) for n, v in in_force if isinstance(v, Fraction)]

    def settle(self, sheet_cell: SheetCell, computed: Computed) -> None:
        """Take note of a cell that shows a computed value, before any formula is written."""
        home = self.places.homes.get(computed.name)
        if home is not None and home.cell is sheet_cell.cell:
            self.names[computed.name] = sheet_cell.address
        if isinstance(sheet_cell.cell.value, bool) or self.condition(computed.each, computed.name):
            self.worded.add(sheet_cell.address)

    def condition(self, each: str, name: str) -> bool:
        """Whether a step of this stage gives はい or いいえ."""
        key = each, name
        if key not in self.conditions:
            step = self.book.step(self.stage.stage.name, name, each)
            self.conditions[key] = step is not None and self.book.is_condition(step)
        return self.conditions[key]

    def parameters(self) -> None:
        """Put every parameter in force on 計算根拠."""
        for name, dated in self.assessment.parameters.items():
            amount = isinstance(dated.value, int)
            shown = PrintedAmount(None, shown_parameter(dated.value))
            if isinstance(dated.value, int):
                shown = PrintedAmount(dated.value, *formatted(dated.value, "金額"))
            where = self.sheet.row(name, shown, "", dated.basis, dated.remark)
            if amount:  # a step may bear the same name, and then the formulas mean the step
                self.names.setdefault(name, where)

    def step(self, sheet_cell: SheetCell) -> str:
        """The formula of a cell where a step lives; '' where none can be written."""
        computed = sheet_cell.cell.computed
        assert computed is not None
        step = self.book.step(self.stage.stage.name, computed.name, computed.each)
        assert step is not None
        return self.answered(self.expression(step, computed.item_index), sheet_cell.address)

    def link(self, computed: Computed, value: Value) -> str:
        """The formula of a further cell that shows a value; '' where it stays as it is."""
        reference = computed.reference
        if isinstance(reference, ItemStepReference):
            return ""
        if isinstance(reference, StepReference) and reference.stage == self.stage.stage.name:
            return computed.name
        if value is None or isinstance(value, str):
            return ""
        return self.target(computed.name, reference, "", None)

    def explain_all(self) -> None:
        """Give each line of the stage its row on 計算根拠, the lines of a list one together."""
        told: set[tuple[str, str]] = set()
        for line in self.lines:
            if (line.step.each, line.step.name) not in told:
                told.add((line.step.each, line.step.name))
                self.explain(line)

    def explain(self, line: ComputedLine) -> None:
        """One row of 計算根拠; the home of a step that no form prints."""
        step, sheet = line.step, self.sheet
        told = calculation_sheet.explanation(line)
        if step.each:
            sheet.each_row(f"{step.each}の{step.name}", told, step.basis, step.remark)
            return
        if step.name in sheet.explained:
            return
        sheet.explained.add(step.name)
        formula, printed = step.name, step.name in self.names
        if not printed:  # before the row, so that what it needs stands above
            expression = self.expression(step, None)
        self.word(line.value, step.name)
        if not printed:
            self.names[step.name] = sheet.next_address
            formula = self.answered(expression, sheet.next_address)
        sheet.row(
            step.name,
            PrintedAmount(line.value, *formatted(line.value, step.format), formula),
            told,
            step.basis,
            step.remark,
        )

    def word(self, value: Value, step: str = "") -> None:
        """Take note where the value of the next row of 計算根拠 is はい or いいえ."""
        if isinstance(value, bool) or (step and self.condition("", step)):
            self.worded.add(self.sheet.next_address)

    def answered(self, expression: str, address: str) -> str:
        """The formula of a cell: one whose value is はい or いいえ says so."""
        return f'IF({expression},"はい","いいえ")' if expression and address in self.worded else expression

    def expression(self, rule: Rule, index: int | None) -> str:
        """The rule's formula over defined names and cells; '' where a column is printed nowhere."""
        assert rule.formula is not None
        rates = [rate for rate in self.rates if rate[0] in rule.references]
        numbers = [name for name, _, _ in rates]
        names = {
            name: self.target(name, rule.references[name], rule.each, index)
            for name in rule.formula.names
            if name not in numbers
        }
        if not all(names.values()):
            return ""
        terms = [(name, self.term(target)) for name, target in names.items()]
        if not any(function in rule.formula.text for function in BY_ROW):
            return _excel(rule.formula.text, tuple(terms), tuple(rates))
        try:
            areas = partial(self.areas, rule)
            return to_excel(rule.formula, dict(terms).__getitem__, _ratios(rates), areas=areas)
        except _ApartError:
            return ""

    def term(self, target: str) -> str:
        """The target as a formula uses it: words as TRUE and FALSE."""
        worded = target in self.worded or self.names.get(target) in self.worded
        return f'OR({target}="はい",{target}="☑")' if worded else target

    def target(self, name: str, reference: Reference, each: str, index: int | None) -> str:
        """The defined name or cell a formula's name becomes; '' where there is none."""
        own = reference.stage == self.stage.stage.name
        match reference:
            case ItemReference():
                path = f"{self.stage.key}.{each}[{index}].{reference.path}"
                sheet_cell = self.places.inputs.get(path)
                return (
                    self.input(path, sheet_cell, (each, reference.path))
                    if sheet_cell and not sheet_cell.cell.part
                    else ""
                )
            case ItemStepReference():
                sheet_cell = self.places.items.get(f"{each}[{index}].{reference.path}")
                return sheet_cell.address if sheet_cell else ""
            case StepReference() if own:
                return self.home(reference.path)
            case ColumnReference():
                return self.column(reference.path) if own else self.listed(name, reference)
            case FieldReference() if own:
                path = f"{self.stage.key}.{reference.path}"
                if sheet_cell := self.places.inputs.get(path):
                    # a step may bear the name of the item it settles
                    name = f"{name}_入力" if self.book.step(self.stage.stage.name, name) else name
                    self.names[name] = self.input(path, sheet_cell, ("", reference.path))
                    return name
        return self.constant(name, reference)

    def input(self, path: str, sheet_cell: SheetCell, name: tuple[str, str]) -> str:
        """The address of an input. ``name``: its list, and what it is called there."""
        if name not in self.flags:
            item = self.assessment.case.scheme.schema.at(path)
            self.flags[name] = item is not None and item.kind == "真偽"
        if self.flags[name]:
            self.worded.add(sheet_cell.address)
        return sheet_cell.address

    def home(self, name: str) -> str:
        """The defined name of a step of this stage; one printed nowhere gets its cell on 計算根拠."""
        if name not in self.names:
            line = next((n for n in self.lines if n.step.name == name and n.index is None), None)
            if line is None:
                return ""
            self.explain(line)
        return name

    def cells(self, path: str) -> list[SheetCell]:
        """The cells of a column in their order."""
        head, _, tail = path.rpartition(".")
        cells: list[SheetCell] = []
        while head:
            at = f"{head}[{len(cells)}].{tail}"
            sheet_cell = self.places.items.get(at) or self.places.inputs.get(f"{self.stage.key}.{at}")
            if sheet_cell is None:
                break
            cells.append(sheet_cell)
        return cells

    def areas(self, rule: Rule, names: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The columns in pieces: cut where any of them goes on in another place."""
        columns = [self.cells(rule.references[name].path) for name in names]
        if len({len(column) for column in columns}) != 1:
            raise _ApartError
        rows = list(zip(*columns, strict=True))
        cuts = [n for n, row in enumerate(rows) if n == 0 or not all(map(_below, rows[n - 1], row))]
        pieces = [rows[first:end] for first, end in pairwise((*cuts, len(rows)))]
        return [tuple(map(area, piece[0], piece[-1])) for piece in pieces]

    def column(self, path: str) -> str:
        """The defined names of a column, one for each run of cells; '' where it is printed nowhere in one piece."""
        runs: list[list[SheetCell]] = []
        for sheet_cell in self.cells(path):
            if runs and _below(runs[-1][-1], sheet_cell):
                runs[-1].append(sheet_cell)
            else:
                runs.append([sheet_cell])
        if not runs or (len(runs) > 1 and not self.fillable):
            return ""
        names = []
        for number, run in enumerate(runs):
            names.append(path + ("_続" + str(number) * (number > 1) if number else ""))
            self.names[names[-1]] = area(run[0], run[-1])
        # several areas as so many arguments: a name for areas on two sheets is nothing that Excel can add up
        return ",".join(names)

    def constant(self, name: str, reference: Reference) -> str:
        """A value from elsewhere, put on 計算根拠 under the name the formula uses."""
        if name not in self.names:
            value = value_of(self.assessment, reference, self.stage)
            self.word(value)
            amount = PrintedAmount(value, *formatted(value, "金額"))
            self.names[name] = self.sheet.row(name, amount, "", "", self.origin(reference))
        return name

    def listed(self, name: str, reference: ColumnReference) -> str:
        """A column from another stage, its values below each other on 計算根拠; '' where it has none."""
        if name not in self.names:
            values = self.assessment.column(reference, self.stage)
            if not values:
                return ""
            first = last = self.sheet.next_address
            for number, value in enumerate(values, 1):
                self.word(value)
                amount = PrintedAmount(value, *formatted(value, "金額"))
                last = self.sheet.row(f"{name}（{number}件目）", amount, "", "", self.origin(reference))
            self.names[name] = f"{first}:{last.rpartition('!')[2]}"
        return name

    def origin(self, reference: Reference) -> str:
        """Which stage a value is from, as 計算根拠 tells it; '' for this one."""
        if isinstance(reference, PreviousReference):
            previous = self.assessment.previous(self.stage, reference.path)
            return f"{previous[0].label}の値" if previous else ""
        return f"{reference.stage}の値" if reference.stage and reference.stage != self.stage.stage.name else ""


def _below(before: SheetCell, after: SheetCell) -> bool:
    (sheet, above), (other, cell) = before, after
    return (sheet, above.column, above.row + 1) == (other, cell.column, cell.row)
