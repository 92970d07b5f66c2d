"""A case as the forms of one of its stages see it: what their texts may name, what the applicant answers in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from generator.case import cross_references
from generator.case.assess import Assessment, value_of_blank
from generator.case.document_number import DocumentNumbers
from generator.case.model import Case, StageRef
from generator.problem import Problem, SchemeError
from generator.scheme.form import CellSpec, Form, RowSpec
from generator.scheme.model import FormSpec
from generator.scheme.rules import PREVIOUS, Step
from generator.scheme.text_template import Text
from generator.values import Value


@dataclass
class StageView:
    """An assessed case seen from one stage; made for one composition and thrown away with it."""

    case: Case
    assessment: Assessment
    stage: StageRef
    numbers: DocumentNumbers
    fillable: bool = False  # the forms are to be filled in: with room for what is not known yet
    blanks: dict[tuple[str, str], Value] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        scheme = self.case.scheme
        context = dict(self.case.completed)
        if self.stage.index is not None:
            context[self.stage.stage.name] = context[self.stage.stage.name][self.stage.index]
        computed: dict[str, Any] = dict.fromkeys(scheme.rulebook.parameters)
        computed |= {name: dated.value for name, dated in self.assessment.parameters.items()}
        own = self.stage.key
        computed |= {name: value for (key, name), value in self.assessment.values.items() if key == own}
        self.context = context | {"計算": computed}
        # in a repeated stage the section's name means this one
        self.own_section = {self.stage.stage.name: own} if self.stage.index is not None else {}

    def of(self, form_spec: FormSpec) -> StageView:
        """The view of what held on the date that a form bears: this one, where nothing has changed until then."""
        number = self.numbers.get((form_spec.id, self.stage.index or 0))
        case = self.case.as_of(number.date if number else cross_references.dated(self.case, form_spec, self.stage))
        return self if case is self.case else replace(self, case=case)

    def form_specs(self) -> list[FormSpec]:
        """The forms of the stage, whether they are made or not."""
        return [form_spec for form_spec in self.case.scheme.forms if form_spec.stage == self.stage.stage.name]

    def form(self, form_spec: FormSpec) -> Form:
        """The version of a form that governs the case."""
        return form_spec.version(self.assessment.governing)

    def names(self, form_spec: FormSpec) -> dict[str, Any]:
        """What the texts of a form may name: the case, what was computed, and what the form quotes."""
        before = {a.before: item.completed(self.assessment.case.before(self.stage).get(a.of))
                  for a in self.case.scheme.history
                  if a.stage == self.stage.stage.name and (item := self.case.scheme.schema.at(a.of))}  # fmt: skip
        return (
            self.context
            | before
            | cross_references.quotations(self.case, self.numbers, self.form(form_spec), form_spec, self.stage)
        )

    def is_made(self, form_spec: FormSpec, names: dict[str, Any] | None = None) -> bool:
        """Whether the form's ``when`` holds, and the office has set what it rests on.

        ``names``: what `names` gives, where that is at hand.

        Raises SchemeError where the condition cannot be composed.
        """
        if not self.fillable and self.assessment.awaits(self.form(form_spec), self.stage):
            return False
        if form_spec.when is None:
            return True
        try:
            return bool(form_spec.when.render(names or self.names(form_spec)))
        except ValueError as error:
            raise SchemeError(
                [Problem(str(error), self.form(form_spec).position, code="layout.condition-not-composed")]
            ) from error

    def composed(self, at: CellSpec | RowSpec, text: Text, context: dict[str, Any]) -> str:
        """A text of a form, with what it names. Raises SchemeError where it cannot be composed."""
        if text.constant:
            return text.source
        try:
            return text.render(context)
        except ValueError as error:
            raise SchemeError([Problem(str(error), at.position, code="layout.text-not-composed")]) from error

    def blank(self, step: Step) -> Value:
        """What a step of a list gives for an empty row."""
        key = step.each, step.name
        if key not in self.blanks:
            self.blanks[key] = value_of_blank(step, self.assessment, self.stage)
        return self.blanks[key]

    def earlier(self, path: str) -> str:
        """The list a path means: 前.経費 is the one of the nearest earlier stage that has it."""
        inner = path.removeprefix(PREVIOUS)
        if inner == path:
            return path
        paths = (f"{ref.key}.{inner}" for ref in self.case.earlier(self.stage))
        return next((p for p in paths if self.case.get(p)), f"{self.case.stages[0].key}.{inner}")

    def asks(self, path: str) -> bool:
        """Whether the applicant answers this in the forms of the stage."""
        if not path.startswith(f"{self.stage.key}."):
            return False
        parts, schema = path.split("."), self.case.scheme.schema
        around = (schema.at(".".join(parts[:count])) for count in range(1, len(parts) + 1))
        return not any(item and item.office for item in around)

    def rows_for(self, path: str) -> int:
        """How many items of a list the forms of the stage have rows for."""
        rows = (spec for form_spec in self.form_specs() for spec in self.form(form_spec).rows)
        return max((spec.least for spec in rows if spec.repeat == path), default=0)
