"""What the names in a formula mean: a class for each kind of thing that a name can stand for."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

T = TypeVar("T", covariant=True)


class ReferenceReader(Protocol[T]):
    """Finds what references stand for, in a case or in a workbook; a method for each kind."""

    def field(self, reference: FieldReference) -> T:
        """What stands for an answer outside of any list."""

    def item(self, reference: ItemReference) -> T:
        """What stands for an answer in the item of the list that the rule follows."""

    def step(self, reference: StepReference) -> T:
        """What stands for the value of a step outside of any list."""

    def item_step(self, reference: ItemStepReference) -> T:
        """What stands for the value of a step for the item of the list that the rule follows."""

    def column(self, reference: ColumnReference) -> T:
        """What stands for the answers or values of all items of a list."""

    def parameter(self, reference: ParameterReference) -> T:
        """What stands for a dated value of rules.yaml."""

    def previous(self, reference: PreviousReference) -> T:
        """What stands for the value of a step in the nearest earlier stage that has it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A name's meaning: the ``stage`` whose section it is in ('' for none), and its ``path`` below that section or,
    in a list, below the item; or the name of a step or parameter. Its subclasses add no field, and so are dataclasses
    with no further word."""

    computed: ClassVar[bool] = False  # a step's value
    in_row: ClassVar[bool] = False  # of one item of the list that the rule follows

    stage: str
    path: str

    @abstractmethod
    def read(self, reader: ReferenceReader[T]) -> T:
        """What the reader finds for this reference."""

    def item_path(self, each: str) -> str:
        """The path in the schema of the item whose answer this is, in a rule that follows the list ``each``; '' for
        what nobody answers."""
        return ""


class FieldReference(Reference):
    """An answer outside of any list."""

    __slots__ = ()

    def read(self, reader: ReferenceReader[T]) -> T:
        """The reader's `field` of this reference."""
        return reader.field(self)

    def item_path(self, each: str) -> str:
        """The path of the answer, whatever list the rule follows."""
        return f"{self.stage}.{self.path}"


class ItemReference(Reference):
    """An answer in the item of the list that the rule follows."""

    __slots__ = ()

    in_row: ClassVar[bool] = True

    def read(self, reader: ReferenceReader[T]) -> T:
        """The reader's `item` of this reference."""
        return reader.item(self)

    def item_path(self, each: str) -> str:
        """The path of the answer below the list ``each``."""
        return f"{self.stage}.{each}.{self.path}"


class StepReference(Reference):
    """What a step computes outside of any list."""

    __slots__ = ()

    computed: ClassVar[bool] = True

    def read(self, reader: ReferenceReader[T]) -> T:
        """The reader's `step` of this reference."""
        return reader.step(self)


class ItemStepReference(Reference):
    """What a step computes for the item of the list that the rule follows."""

    __slots__ = ()

    computed: ClassVar[bool] = True
    in_row: ClassVar[bool] = True

    def read(self, reader: ReferenceReader[T]) -> T:
        """The reader's `item_step` of this reference."""
        return reader.item_step(self)


class ColumnReference(Reference):
    """The answers or computed values of all items of a list; ``path`` is the list's, then the item's."""

    __slots__ = ()

    def read(self, reader: ReferenceReader[T]) -> T:
        """The reader's `column` of this reference."""
        return reader.column(self)

    def item_path(self, each: str) -> str:
        """The path of the answer, whatever list the rule follows."""
        return f"{self.stage}.{self.path}"


class ParameterReference(Reference):
    """A dated value of rules.yaml."""

    __slots__ = ()

    def read(self, reader: ReferenceReader[T]) -> T:
        """The reader's `parameter` of this reference."""
        return reader.parameter(self)


class PreviousReference(Reference):
    """前.: a step's value in the nearest earlier stage that has it."""

    __slots__ = ()

    def read(self, reader: ReferenceReader[T]) -> T:
        """The reader's `previous` of this reference."""
        return reader.previous(self)
