"""A case under its rules: each amount with formula, inputs and article, and every requirement that is not met."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from generator import formula, wareki, yen
from generator.case import INVALID, Case, StageRef
from generator.document import Value
from generator.formula import Formula
from generator.problem import Problem
from generator.rulebook import Check, Dated, Reference, Rule, Step

Values = dict[tuple[str, str], Any]  # (stage key, name or list[i].name) → value


@dataclass(frozen=True, slots=True)
class Line:
    """One computed amount, as `explain` and the sheet 計算根拠 tell it."""

    stage: StageRef
    step: Step
    index: int | None  # of the list item, from 0
    value: Value
    inputs: tuple[tuple[str, Value | tuple[Value, ...]], ...]

    @property
    def told(self) -> dict[str, str]:
        """The inputs as they are printed."""
        kinds = {name: reference.kind for name, reference in self.step.references.items()}
        return {n: shown_parameter(v) if kinds[n] == "parameter" else shown(v) for n, v in self.inputs}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Assessment:
    case: Case
    governing: datetime.date
    parameters: dict[str, Dated]
    lines: tuple[Line, ...]
    values: Values

    def value(self, stage: str, name: str) -> Any:
        """A step's value in the stage with this key; ``name`` may be an item's: 補助対象経費[2].金額."""
        return self.values.get((stage, name))

    def previous(self, stage: StageRef, name: str) -> tuple[StageRef, Any] | None:
        """The nearest earlier stage that has the step, and its value there."""
        return _previous(self.case, self.values, stage, name)


class _Unknown(Exception):
    """An input is missing or unreadable: nothing is concluded."""


def shown(value: Value | tuple[Value, ...]) -> str:
    """A value as messages and explanations print it."""
    match value:
        case None:
            return "（空欄）"
        case bool():
            return "はい" if value else "いいえ"
        case int():
            return yen.format_yen(value)
        case Fraction():
            return yen.format_quantity(value)
        case datetime.date():
            return wareki.format_date(value)
        case tuple():
            return "、".join(shown(v) for v in value)
    return str(value)


def shown_parameter(value: Value | tuple[str, ...]) -> str:
    """A parameter's value; a ratio as the ordinance writes it: 2分の1."""
    return f"{value.denominator}分の{value.numerator}" if isinstance(value, Fraction) else shown(value)


def assess(case: Case) -> tuple[Assessment | None, tuple[Problem, ...]]:
    """Compute every step and check of the stages the case has reached.

    No Assessment without a governing date in force; a step whose inputs are unknown is left out.
    """
    governing = case.get(case.scheme.governing)
    if not isinstance(governing, datetime.date):
        return None, ()
    if governing < case.scheme.begins:
        begins = wareki.format_date(case.scheme.begins)
        return None, (
            case.problem(
                case.scheme.governing, f"この制度が始まる {begins} より前の日付です", "日付を確かめてください", "附則"
            ),
        )
    run = _Run(case, governing)
    run.order()
    run.steps()
    run.checks()
    problems = sorted(run.problems, key=lambda p: (p.position.line, p.position.column) if p.position else (0, 0))
    return Assessment(case, governing, run.parameters, tuple(run.lines), run.values), tuple(problems)


def _previous(case: Case, values: Values, stage: StageRef, name: str) -> tuple[StageRef, Any] | None:
    refs = case.stages
    for ref in reversed(refs[: refs.index(stage)]):
        if (ref.key, name) in values:
            return ref, values[ref.key, name]
    return None


class _Run:
    def __init__(self, case: Case, governing: datetime.date):
        self.case = case
        self.book = case.scheme.rulebook
        self.stages = case.stages  # those that are assessed
        self.values: Values = {}
        self.lines: list[Line] = []
        self.problems: list[Problem] = []
        self.parameters: dict[str, Dated] = {}
        for name, versions in self.book.parameters.items():
            in_force = [d for d in versions if d.begins <= governing]
            if in_force:
                self.parameters[name] = in_force[-1]
            else:
                message = f"{wareki.format_date(governing)}に効力のある「{name}」が定められていません"
                self.problems.append(
                    case.problem(case.scheme.governing, message, "rules.yaml に値と根拠を加えてください")
                )

    def order(self) -> None:
        """A stage rests on the ones before it: from the first gap on nothing is computed."""
        gap = ""
        for n, ref in enumerate(self.stages):
            before = self.case.scheme.stages[: self.case.scheme.stages.index(ref.stage)]
            gap = next((s.name for s in before if not s.many and self.case.get(s.name) is None), "")
            if gap:
                message = f"「{gap}」がないのに「{ref.stage.name}」が書かれています"
                self.problems.append(
                    self.case.problem(ref.key, message, f"手続の順に、「{gap}」から書いてください")
                )
            if gap or any(self.case.get(s.name) is INVALID for s in before):
                self.stages = self.stages[:n]
                return

    def lookup(self, rule: Rule, stage: StageRef, index: int | None) -> Callable[[str], Any]:
        def value(name: str) -> Any:
            found = self.reference(rule.references[name], rule, stage, index)
            if found is INVALID or (isinstance(found, list) and INVALID in found):
                raise _Unknown
            return found

        return value

    def reference(self, reference: Reference, rule: Rule, stage: StageRef, index: int | None) -> Any:
        key = stage.key if reference.stage == stage.stage.name else reference.stage
        match reference.kind:
            case "item":
                return self.case.get(f"{key}.{rule.each}[{index}].{reference.path}")
            case "item_step":
                return self.values.get((key, f"{rule.each}[{index}].{reference.path}"), INVALID)
            case "step":
                absent = INVALID if self.case.get(key) is not None else None
                return self.values.get((key, reference.path), absent)
            case "field":
                return self.case.get(f"{key}.{reference.path}")
            case "column":
                return self.column(key, reference.path)
            case "parameter":
                dated = self.parameters.get(reference.path)
                return (
                    INVALID if dated is None else list(dated.value) if isinstance(dated.value, tuple) else dated.value
                )
        found = _previous(self.case, self.values, stage, reference.path)
        return None if found is None else found[1]

    def column(self, key: str, path: str) -> Any:
        whole = self.case.get(f"{key}.{path}")
        if isinstance(whole, list):
            return whole
        head, _, tail = path.rpartition(".")
        items = self.case.get(f"{key}.{head}")
        if items is None:
            return []
        if items is INVALID:
            return INVALID
        if self.book.step(key.split("[")[0], tail, head):
            return [self.values.get((key, f"{head}[{n}].{tail}"), INVALID) for n in range(len(items))]
        return [self.case.get(f"{key}.{head}[{n}].{tail}") for n in range(len(items))]

    def places(self, rule: Rule) -> Iterator[tuple[StageRef, int | None]]:
        """Where a rule applies: each stage of its name, each item of its list."""
        for stage in self.stages:
            if stage.stage.name != rule.stage:
                continue
            if not rule.each:
                yield stage, None
                continue
            items = self.case.get(f"{stage.key}.{rule.each}")
            yield from ((stage, n) for n in range(len(items) if isinstance(items, list) else 0))

    def evaluate(self, parsed: Formula, rule: Rule, stage: StageRef, index: int | None) -> Value:
        try:
            return formula.evaluate(parsed, self.lookup(rule, stage, index))
        except ValueError as error:
            message = f"「{rule.name}」を計算できません（{error}）"
            self.problems.append(self.case.problem(stage.key, message, article=rule.basis))
            raise _Unknown from error

    def steps(self) -> None:
        """Stage by stage, in file order: a later stage uses an earlier one's steps, a later 変更 an earlier 変更."""
        for stage in self.stages:
            for step in self.book.steps:
                if step.stage == stage.stage.name:
                    self.step(step, stage)

    def step(self, step: Step, stage: StageRef) -> None:
        assert step.formula is not None
        for where, index in self.places(step):
            if where != stage:
                continue
            lookup = self.lookup(step, stage, index)
            name = step.name if index is None else f"{step.each}[{index}].{step.name}"
            try:
                value = self.evaluate(step.formula, step, stage, index)
                inputs = tuple((n, tuple(v) if isinstance(v := lookup(n), list) else v) for n in step.formula.names)
            except _Unknown:
                self.values[stage.key, name] = INVALID
                continue
            self.values[stage.key, name] = value
            self.lines.append(Line(stage, step, index, value, inputs))

    def checks(self) -> None:
        for check in self.book.checks:
            for stage, index in self.places(check):
                try:
                    self.check(check, stage, index)
                except _Unknown:
                    continue

    def check(self, check: Check, stage: StageRef, index: int | None) -> None:
        base = stage.key if index is None else f"{stage.key}.{check.each}[{index}]"
        word = ""
        if check.words:
            text = self.case.get(f"{base}.{check.words.field}")
            word = next((w for w in check.words.any if isinstance(text, str) and w in text), "")
            if not word:
                return
        elif check.formula is not None and self.evaluate(check.formula, check, stage, index) is True:
            return
        message = ""
        for piece in check.message:
            if isinstance(piece, Formula):
                message += shown(self.evaluate(piece, check, stage, index))
            else:
                message += word if piece == "語" else piece
        blamed = check.words.field if check.words else check.at
        path = f"{base}.{blamed}" if blamed else base
        self.problems.append(self.case.problem(path, message, check.hint, check.basis, check.level))
