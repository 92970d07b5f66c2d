"""A case under its rules: each amount with formula, inputs and basis, and every requirement that is not met."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, NoReturn

from generator.case.awaited_values import AwaitedReader
from generator.case.model import INVALID, Case, StageRef
from generator.case.name_values import Key, Names, UndefinedError, UnknownError, Values, previous, section
from generator.formula import evaluation
from generator.formula.syntax import Formula
from generator.japan import wareki, yen
from generator.problem import Problem, in_order
from generator.scheme.form import Form
from generator.scheme.parameters import Dated
from generator.scheme.references import (
    ColumnReference,
    FieldReference,
    ParameterReference,
    PreviousReference,
    Reference,
    StepReference,
)
from generator.scheme.rules import Check, Rule, Step
from generator.values import Value


@dataclass(frozen=True, slots=True)
class ComputedLine:
    """One computed amount, as `explain` and the sheet 計算根拠 tell it."""

    stage: StageRef
    step: Step
    index: int | None  # of the list item, from 0
    value: Value
    inputs: tuple[tuple[str, Value | tuple[Value, ...]], ...]

    @property
    def told(self) -> dict[str, str]:
        """The inputs as they are printed."""
        references = self.step.references
        told = (shown_parameter if isinstance(references[n], ParameterReference) else shown for n, _ in self.inputs)
        return {n: tell(v) for (n, v), tell in zip(self.inputs, told, strict=True)}


@dataclass(frozen=True)
class Assessment:
    """A case with everything that its rules compute."""

    case: Case
    governing: datetime.date
    parameters: dict[str, Dated]
    lines: tuple[ComputedLine, ...]
    values: Values
    awaited: Mapping[Key, Problem] = field(
        default_factory=dict
    )  # steps without a value, and what the office has to set

    def awaits(self, form: Form, stage: StageRef) -> Problem | None:
        """What the office has to set before a form of the stage can be made; None where nothing is lacking."""
        if not self.awaited:
            return None
        reader = AwaitedReader(self.case, self.values, self.awaited, stage, "")
        for each, name in form.computed:
            reader.each = each
            reference = self.case.scheme.rulebook.resolve(name, stage.stage.name, each)
            if reference is not None and (problem := reference.read(reader)):
                return problem
        return None

    def value(self, stage: str, name: str) -> Any:
        """A step's value in the stage with this key; ``name`` may be an item's: 経費[2].金額."""
        return self.values.get((stage, name))

    def column(self, reference: ColumnReference, stage: StageRef) -> list[Any]:
        """The answers or values of all items of a list, seen from a stage; [] where there is no readable list."""
        values = Names(self.case, self.parameters, self.values).column(section(reference, stage), reference.path)
        return values if isinstance(values, list) else []

    @cached_property
    def columns(self) -> tuple[ComputedLine, ...]:
        """The lines outside of lists that tell all values of a column or of a list."""
        lines = (line for line in self.lines if not line.step.each)
        return tuple(line for line in lines if any(isinstance(v, tuple) for _, v in line.inputs))

    def previous(self, stage: StageRef, name: str) -> tuple[StageRef, Any] | None:
        """The nearest earlier stage that has the step, and its value there."""
        return previous(self.case, self.values, stage, name)

    def evaluate(self, rule: Rule, stage: StageRef | None = None, index: int | None = None) -> Any:
        """A rule outside of rules.yaml, such as one of the procedure, as seen from a stage (and from an item of the
        list that the rule follows) or from the whole case.

        INVALID when an input is missing or unreadable; raises FormulaError where Excel would show an error.
        """
        assert rule.formula is not None
        names = Names(self.case, self.parameters, self.values)
        try:
            return evaluation.evaluate(rule.formula, names.lookup(rule, stage, index))
        except UnknownError:
            return INVALID


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


def shown_parameter(value: Value | tuple[Value, ...]) -> str:
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
                case.scheme.governing,
                f"この制度が始まる {begins} より前の日付です",
                "日付を確かめてください",
                "附則",
                code="case.before-the-scheme",
            ),
        )
    run = _Run(case, governing)
    run.order()
    run.steps()
    run.checks()
    problems = in_order(run.problems)
    return Assessment(case, governing, run.parameters, tuple(run.lines), run.values, run.awaited), tuple(problems)


def _input(lookup: Callable[[str], Any], name: str) -> Value | tuple[Value, ...]:
    """What a line of `explain` tells of a name; a parameter without value stands in a branch not taken."""
    try:
        value = lookup(name)
    except UndefinedError:
        return "（定めなし）"
    return tuple(value) if isinstance(value, list) else value


def undated(case: Case) -> Problem:
    """Why a case without other problems has no Assessment: the date that governs it is not written."""
    message, hint = "金額の定めを決める日付が分からないため、計算できません", "日付を書いてください"
    return case.problem(case.scheme.governing, message, hint, code="case.no-governing-date")


class _Run(Names):
    def __init__(self, case: Case, governing: datetime.date):
        super().__init__(case, {}, {})
        self.governing = governing
        self.awaited: dict[Key, Problem] = {}
        self.said: set[str] = set()
        self.book = case.scheme.rulebook
        self.stages = case.stages  # those that are assessed
        self.lines: list[ComputedLine] = []
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
                self.problems.append(
                    self.case.problem(ref.key, message, f"手続の順に、「{gap}」から書いてください", code="case.gap")
                )
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
        except UndefinedError:
            self.undefined(rule, stage)
            raise
        except ValueError as error:
            message = f"「{rule.name}」を計算できません（{error}）"
            self.problems.append(self.case.problem(stage.key, message, basis=rule.basis, code="case.not-computable"))
            raise UnknownError from error

    def undefined(self, rule: Rule, stage: StageRef) -> None:
        """Said once of a parameter, and only where a rule comes to need it: no value is made up.

        What the scheme leaves to the office only what rests on it waits for.
        """
        asked = (r.path for r in rule.references.values() if isinstance(r, ParameterReference))
        lacking = [name for name in asked if name not in self.parameters]
        left = set(lacking) <= set(self.book.left)
        name = "」「".join(n for n in lacking if n not in self.said)
        if not name:
            return
        on = wareki.format_date(self.governing)
        message = f"「{rule.name}」の計算に要る「{name}」の、{on}に効力のある値が定められていません"
        record = "from（効力の生じる日）・value（値）・basis（根拠）"
        hint = f"制度の rules.yaml で、parameters の「{name}」に {record} の一行を加えてください"
        if left:
            record = '{"から" = "効力の生じる日", "値" = "値", "根拠" = "根拠"}'
            place = f'役所のフォルダーの yoshiki.toml の ["定め"."{self.case.scheme.id}"] の下に'
            hint = f'{place}、「"{lacking[0]}" = [{record}]」のように書いてください。'
            hint += "それまで、この額の要る様式は作りません"
        level = "warning" if left else "error"
        problem = self.case.problem(stage.key, message, hint, rule.basis, level, code="case.no-value-in-force")
        self.said.update(lacking)
        self.problems.append(problem)
        if left:
            self.awaited |= {("", n): problem for n in lacking if n not in self.parameters}

    def awaited_by(self, rule: Rule, stage: StageRef) -> Problem | None:
        """What the office has to set before a rule that could not be computed can be; None where that is not why."""
        reader = AwaitedReader(self.case, self.values, self.awaited, stage, rule.each)
        return next((problem for r in rule.references.values() if (problem := r.read(reader))), None)

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
            except UnknownError:
                self.values[stage.key, name] = INVALID
                awaited = self.awaited_by(step, stage)
                if awaited:
                    self.awaited[stage.key, name] = awaited
                continue
            self.values[stage.key, name] = value
            self.lines.append(ComputedLine(stage, step, index, value, inputs))

    def checks(self) -> None:
        named: dict[str, list[StageRef]] = {}
        for stage in self.stages:
            named.setdefault(stage.stage.name, []).append(stage)
        for check in self.book.checks:
            for stage in named.get(check.stage, ()):
                for index in self.places(check, stage):
                    try:
                        self.check(check, stage, index)
                    except UnknownError:
                        awaited = self.awaited_by(check, stage)
                        if awaited and check.level == "error":
                            self.awaited[stage.key, ""] = awaited

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
        self.problems.append(self.case.problem(path, message, check.hint, check.basis, check.level, code="case.rule"))


def value_of(assessment: Assessment, reference: Reference, stage: StageRef) -> Value:
    """The value of a reference outside of any list, seen from a stage; None where there is none.

    Raises ValueError for a reference into a list.
    """
    value: Value = reference.read(_OutsideLists(assessment, stage))
    return value


@dataclass(frozen=True, slots=True)
class _OutsideLists:
    """Reads references that stand for one value, as it is printed."""

    assessment: Assessment
    stage: StageRef

    def step(self, reference: StepReference) -> Any:
        return self.assessment.value(section(reference, self.stage), reference.path)

    def field(self, reference: FieldReference) -> Any:
        return self.assessment.case.get(f"{section(reference, self.stage)}.{reference.path}")

    def parameter(self, reference: ParameterReference) -> Any:
        dated = self.assessment.parameters.get(reference.path)
        value = dated.value if dated else None
        return "、".join(value) if isinstance(value, tuple) else value

    def previous(self, reference: PreviousReference) -> Any:
        earlier = self.assessment.previous(self.stage, reference.path)
        return None if earlier is None else earlier[1]

    def item(self, reference: Reference) -> NoReturn:
        raise ValueError(f"{reference.path} は一つの値ではありません")

    item_step = column = item


def value_of_blank(step: Step, assessment: Assessment, stage: StageRef) -> Value:
    """The value of a row's step where the row is empty; what lies outside the row counts as it is."""

    def lookup(name: str) -> Value:
        reference = step.references[name]
        return None if reference.in_row else value_of(assessment, reference, stage)

    assert step.formula is not None
    try:
        return evaluation.evaluate(step.formula, lookup)
    except ValueError:  # such as a division by an empty cell: nothing is printed there
        return None
