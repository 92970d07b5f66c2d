"""A case under its rules: each amount with formula, inputs and article, and every requirement that is not met."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from generator.case.model import INVALID, Case, StageRef
from generator.formula import evaluation
from generator.formula.syntax import Formula
from generator.japan import wareki, yen
from generator.problem import Problem, in_order
from generator.scheme.rules import Check, Dated, Reference, Rule, Step
from generator.values import Value

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
        """A step's value in the stage with this key; ``name`` may be an item's: 経費[2].金額."""
        return self.values.get((stage, name))

    @cached_property
    def columns(self) -> tuple[Line, ...]:
        """The lines outside of lists that tell all values of a column or of a list."""
        lines = (line for line in self.lines if not line.step.each)
        return tuple(line for line in lines if any(isinstance(v, tuple) for _, v in line.inputs))

    def previous(self, stage: StageRef, name: str) -> tuple[StageRef, Any] | None:
        """The nearest earlier stage that has the step, and its value there."""
        return _previous(self.case, self.values, stage, name)

    def evaluate(self, rule: Rule, stage: StageRef | None = None) -> Any:
        """A rule outside of rules.yaml, such as one of the procedure, as seen from a stage or from the whole case.

        INVALID when an input is missing or unreadable; raises FormulaError where Excel would show an error.
        """
        assert rule.formula is not None
        names = _Names(self.case, self.parameters, self.values)
        try:
            return evaluation.evaluate(rule.formula, names.lookup(rule, stage, None))
        except _Unknown:
            return INVALID


class _Unknown(Exception):
    """An input is missing or unreadable: nothing is concluded."""


class _Undefined(_Unknown):
    """A parameter has no value in force."""


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


def assess(case: Case, otherwise: datetime.date | None = None) -> tuple[Assessment | None, tuple[Problem, ...]]:
    """Compute every step and check of the stages the case has reached.

    ``otherwise`` governs a case whose governing date is not known yet: a form to be filled in.
    No Assessment without a governing date in force; a step whose inputs are unknown is left out.
    """
    governing = case.get(case.scheme.governing) or otherwise
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
    problems = in_order(run.problems)
    return Assessment(case, governing, run.parameters, tuple(run.lines), run.values), tuple(problems)


def _previous(case: Case, values: Values, stage: StageRef | None, name: str) -> tuple[StageRef, Any] | None:
    refs = case.stages
    for ref in reversed(refs if stage is None else refs[: refs.index(stage)]):
        if (ref.key, name) in values and counts(case, ref):
            return ref, values[ref.key, name]
    return None


def counts(case: Case, ref: StageRef) -> bool:
    """Whether later stages look at this one for their 前. (a change not yet approved is passed over)."""
    path = ref.stage.counts
    return not path or case.get(f"{ref.key}.{path}" if ref.stage.many else path) is not None


class _Names:
    """What the names of a rule stand for in a case, as far as it is computed."""

    def __init__(self, case: Case, parameters: dict[str, Dated], values: Values):
        self.case, self.parameters, self.values = case, parameters, values

    def lookup(self, rule: Rule, stage: StageRef | None, index: int | None) -> Callable[[str], Any]:
        known: dict[str, Any] = {}

        def value(name: str) -> Any:
            if name in known:
                return known[name]
            found = self.reference(rule.references[name], rule, stage, index)
            if found is INVALID or (isinstance(found, list) and INVALID in found):
                raise _Unknown
            known[name] = found
            return found

        return value

    def reference(self, reference: Reference, rule: Rule, stage: StageRef | None, index: int | None) -> Any:
        key = stage.key if stage is not None and reference.stage == stage.stage.name else reference.stage
        match reference.kind:
            case "field":
                return self.case.get(f"{key}.{reference.path}")
            case "step":
                if (key, reference.path) in self.values:
                    return self.values[key, reference.path]
                return None if self.case.get(key) is None else INVALID
            case "item":
                return self.case.get(f"{key}.{rule.each}[{index}].{reference.path}")
            case "item_step":
                return self.values.get((key, f"{rule.each}[{index}].{reference.path}"), INVALID)
            case "column":
                return self.column(key, reference.path)
            case "parameter":
                dated = self.parameters.get(reference.path)
                if dated is None:
                    raise _Undefined
                return list(dated.value) if isinstance(dated.value, tuple) else dated.value
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
        if self.case.scheme.rulebook.step(key.split("[")[0], tail, head):
            return [self.values.get((key, f"{head}[{n}].{tail}"), INVALID) for n in range(len(items))]
        return [self.case.get(f"{key}.{head}[{n}].{tail}") for n in range(len(items))]


def _input(lookup: Callable[[str], Any], name: str) -> Value | tuple[Value, ...]:
    """What a line of `explain` tells of a name; a parameter without value stands in a branch not taken."""
    try:
        found = lookup(name)
    except _Undefined:
        return "（定めなし）"
    return tuple(found) if isinstance(found, list) else found


class _Run(_Names):
    def __init__(self, case: Case, governing: datetime.date):
        super().__init__(case, {}, {})
        self.governing = governing
        self.said: set[str] = set()
        self.book = case.scheme.rulebook
        self.stages = case.stages  # those that are assessed
        self.lines: list[Line] = []
        self.problems: list[Problem] = []
        for name, versions in self.book.parameters.items():
            in_force = [d for d in versions if d.begins <= governing]
            if in_force:
                self.parameters[name] = in_force[-1]

    def order(self) -> None:
        """A stage rests on the ones before it: from the first gap on nothing is computed."""
        gap = ""
        for n, ref in enumerate(self.stages):
            before = self.case.scheme.before(ref.stage)
            gap = next((s.name for s in before if self.case.get(s.name) is None), "")
            if gap:
                message = f"「{gap}」がないのに「{ref.stage.name}」が書かれています"
                self.problems.append(self.case.problem(ref.key, message, f"手続の順に、「{gap}」から書いてください"))
            if gap or any(self.case.get(s.name) is INVALID for s in before):
                self.stages = self.stages[:n]
                return

    def places(self, rule: Rule, stage: StageRef) -> Sequence[int | None]:
        """Where a rule applies in a stage of its name: once, or for each item of its list."""
        if not rule.each:
            return (None,)
        items = self.case.get(f"{stage.key}.{rule.each}")
        return range(len(items)) if isinstance(items, list) else ()

    def evaluate(self, parsed: Formula, rule: Rule, stage: StageRef, lookup: Callable[[str], Any]) -> Value:
        try:
            return evaluation.evaluate(parsed, lookup)
        except _Undefined:
            self.undefined(rule, stage)
            raise
        except ValueError as error:
            message = f"「{rule.name}」を計算できません（{error}）"
            self.problems.append(self.case.problem(stage.key, message, article=rule.basis))
            raise _Unknown from error

    def undefined(self, rule: Rule, stage: StageRef) -> None:
        """Said once of a parameter, and only where a rule comes to need it: no value is made up."""
        lacking = [r.path for r in rule.references.values() if r.kind == "parameter" and r.path not in self.parameters]
        name = "」「".join(n for n in lacking if n not in self.said)
        on = wareki.format_date(self.governing)
        message = f"「{rule.name}」の計算に要る「{name}」の、{on}に効力のある値が定められていません"
        record = "from（効力の生じる日）・value（値）・basis（根拠）"
        hint = f"制度の rules.yaml で、parameters の「{name}」に {record} の一行を加えてください"
        if name:
            self.said.update(lacking)
            self.problems.append(self.case.problem(stage.key, message, hint, rule.basis))

    def steps(self) -> None:
        """Stage by stage, in file order: a later stage uses an earlier one's steps, a later 変更 an earlier 変更."""
        for stage in self.stages:
            for step in self.book.steps_of.get(stage.stage.name, ()):
                self.step(step, stage)

    def step(self, step: Step, stage: StageRef) -> None:
        assert step.formula is not None
        for index in self.places(step, stage):
            lookup = self.lookup(step, stage, index)
            name = step.name if index is None else f"{step.each}[{index}].{step.name}"
            try:
                value = self.evaluate(step.formula, step, stage, lookup)
                inputs = tuple((n, _input(lookup, n)) for n in step.formula.names)
            except _Unknown:
                self.values[stage.key, name] = INVALID
                continue
            self.values[stage.key, name] = value
            self.lines.append(Line(stage, step, index, value, inputs))

    def checks(self) -> None:
        named: dict[str, list[StageRef]] = {}
        for stage in self.stages:
            named.setdefault(stage.stage.name, []).append(stage)
        for check in self.book.checks:
            for stage in named.get(check.stage, ()):
                for index in self.places(check, stage):
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
        lookup = self.lookup(check, stage, index)
        if not check.words and check.formula and self.evaluate(check.formula, check, stage, lookup) is True:
            return
        message = ""
        for piece in check.message:
            if isinstance(piece, Formula):
                message += shown(self.evaluate(piece, check, stage, lookup))
            else:
                message += word if piece == "語" else piece
        blamed = check.words.field if check.words else check.at
        path = f"{base}.{blamed}" if blamed else base
        self.problems.append(self.case.problem(path, message, check.hint, check.basis, check.level))


def value_of(assessment: Assessment, reference: Reference, stage: StageRef) -> Value:
    """The value a reference outside any list has, seen from a stage."""
    key = stage.key if reference.stage == stage.stage.name else reference.stage
    match reference.kind:
        case "step":
            found: Value = assessment.value(key, reference.path)
            return found
        case "field":
            given: Value = assessment.case.get(f"{key}.{reference.path}")
            return given
        case "parameter":
            dated = assessment.parameters.get(reference.path)
            value = dated.value if dated else None
            return "、".join(value) if isinstance(value, tuple) else value
        case "previous":
            earlier = assessment.previous(stage, reference.path)
            return None if earlier is None else earlier[1]
    raise ValueError(f"{reference.path} は一つの値ではありません")


def value_of_blank(step: Step, assessment: Assessment, stage: StageRef) -> Value:
    """The value of a row's step where the row is empty; what lies outside the row counts as it is."""

    def lookup(name: str) -> Value:
        reference = step.references[name]
        return None if reference.kind in ("item", "item_step") else value_of(assessment, reference, stage)

    assert step.formula is not None
    try:
        return evaluation.evaluate(step.formula, lookup)
    except ValueError:  # such as a division by an empty cell: nothing is printed there
        return None
