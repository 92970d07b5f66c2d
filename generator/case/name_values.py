"""What the names of a rule stand for in a case: answers, and the amounts computed so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.case.model import INVALID, Case, StageRef
from generator.scheme.parameters import Dated
from generator.scheme.references import (
    ColumnReference,
    FieldReference,
    ItemReference,
    ItemStepReference,
    ParameterReference,
    PreviousReference,
    Reference,
    StepReference,
)
from generator.scheme.rules import Rule

Key = tuple[str, str]  # stage key, and name or list[i].name
Values = dict[Key, Any]


class UnknownError(Exception):
    """An input is missing or unreadable: nothing is concluded."""


class UndefinedError(UnknownError):
    """A parameter has no value in force."""


def previous(case: Case, values: Values, stage: StageRef | None, name: str) -> tuple[StageRef, Any] | None:
    """The nearest earlier stage that has the step, and its value there; None where there is none."""
    return next(((ref, values[ref.key, name]) for ref in case.earlier(stage) if (ref.key, name) in values), None)


class Names:
    """What the names of a rule stand for in a case, as far as it is computed."""

    def __init__(self, case: Case, parameters: dict[str, Dated], values: Values):
        self.case, self.parameters, self.values = case, parameters, values

    def lookup(self, rule: Rule, stage: StageRef | None, index: int | None) -> Callable[[str], Any]:
        """What a formula asks for a name of the rule, seen from a stage and from an item of the rule's list."""
        values: dict[str, Any] = {}
        reader = _NameReader(self, rule.each, stage, index)

        def value(name: str) -> Any:
            if name not in values:
                read = rule.references[name].read(reader)
                if read is INVALID or (isinstance(read, list) and INVALID in read):
                    raise UnknownError
                values[name] = read
            return values[name]

        return value

    def column(self, key: str, path: str) -> Any:
        """The values of all items of a list of the section ``key``; INVALID where there is no readable list."""
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


@dataclass(frozen=True, slots=True)
class _NameReader:
    """Reads references as seen from a stage and from an item of a list; INVALID for what is missing or unreadable."""

    names: Names
    each: str
    stage: StageRef | None
    index: int | None

    def field(self, reference: FieldReference) -> Any:
        return self.names.case.get(f"{section(reference, self.stage)}.{reference.path}")

    def step(self, reference: StepReference) -> Any:
        key, values = section(reference, self.stage), self.names.values
        if (key, reference.path) in values:
            return values[key, reference.path]
        return None if self.names.case.get(key) is None else INVALID

    def item(self, reference: ItemReference) -> Any:
        key = section(reference, self.stage)
        return self.names.case.get(f"{key}.{self.each}[{self.index}].{reference.path}")

    def item_step(self, reference: ItemStepReference) -> Any:
        key = section(reference, self.stage)
        return self.names.values.get((key, f"{self.each}[{self.index}].{reference.path}"), INVALID)

    def column(self, reference: ColumnReference) -> Any:
        return self.names.column(section(reference, self.stage), reference.path)

    def parameter(self, reference: ParameterReference) -> Any:
        dated = self.names.parameters.get(reference.path)
        if dated is None:
            raise UndefinedError
        return list(dated.value) if isinstance(dated.value, tuple) else dated.value

    def previous(self, reference: PreviousReference) -> Any:
        earlier = previous(self.names.case, self.names.values, self.stage, reference.path)
        return None if earlier is None else earlier[1]


def section(reference: Reference, stage: StageRef | None) -> str:
    """The path of the section a reference is in: in a list of stages the one that it is seen from."""
    return stage.key if stage is not None and reference.stage == stage.stage.name else reference.stage
