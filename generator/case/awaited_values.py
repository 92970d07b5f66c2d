"""What has no value as long as the office has not set a parameter, and what therefore waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.case.model import Case, StageRef
from generator.case.name_values import Key, Values, previous, section
from generator.problem import Problem
from generator.scheme.references import (
    ColumnReference,
    FieldReference,
    ItemReference,
    ItemStepReference,
    ParameterReference,
    PreviousReference,
    StepReference,
)


@dataclass(slots=True)
class AwaitedReader:
    """Reads references as what they wait for: the Problem of a value that the office has to set, or None.

    ``awaited``: the parameters (stage key '') and steps without a value, and by the name '' each stage with a
    requirement that cannot be decided. ``each``: the list that the rule follows.
    """

    case: Case
    values: Values
    awaited: Mapping[Key, Problem]
    stage: StageRef
    each: str

    def step(self, reference: StepReference) -> Problem | None:
        """What the step's value waits for."""
        return self.awaited.get((section(reference, self.stage), reference.path))

    def parameter(self, reference: ParameterReference) -> Problem | None:
        """What the parameter itself waits for."""
        return self.awaited.get(("", reference.path))

    def item_step(self, reference: ItemStepReference) -> Problem | None:
        """What the step waits for in any item of the list."""
        return self._of_list(section(reference, self.stage), self.each, reference.path)

    def column(self, reference: ColumnReference) -> Problem | None:
        """What the first item waits for that has no value yet."""
        head, _, tail = reference.path.rpartition(".")
        return self._of_list(section(reference, self.stage), head, tail)

    def _of_list(self, key: str, each: str, name: str) -> Problem | None:
        items = self.case.get(f"{key}.{each}")
        paths = (f"{each}[{n}].{name}" for n in range(len(items) if isinstance(items, list) else 0))
        return next((self.awaited[key, path] for path in paths if (key, path) in self.awaited), None)

    def previous(self, reference: PreviousReference) -> Problem | None:
        """What the value of the earlier stage waits for."""
        earlier = previous(self.case, self.values, self.stage, reference.path)
        return None if earlier is None else self.awaited.get((earlier[0].key, reference.path))

    def field(self, reference: FieldReference) -> None:
        """An answer waits for nothing."""

    def item(self, reference: ItemReference) -> None:
        """An answer waits for nothing."""
