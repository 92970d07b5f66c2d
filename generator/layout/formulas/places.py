"""Where the items and values of a stage stand in its workbook: each in the first cell that shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.layout.sheets import FilledCell, FilledSheet, SheetCell
from generator.scheme.references import ItemStepReference, StepReference


@dataclass
class Places:
    """The index of a stage's cells. Made by `places_of`, and not changed afterwards."""

    inputs: dict[str, SheetCell] = field(default_factory=dict)  # case path → its first cell
    items: dict[str, SheetCell] = field(default_factory=dict)  # list[i].name → cell of a value computed row by row
    homes: dict[str, SheetCell] = field(default_factory=dict)  # step → its cell
    parts: dict[tuple[str, str], SheetCell] = field(default_factory=dict)  # case path and 元号, 年, 月, 日 → input
    words: dict[str, SheetCell] = field(default_factory=dict)  # path of a choice → where its words stand beside it

    def source(self, cell: FilledCell) -> SheetCell:
        """The input that a cell of an item repeats; its own place where it is the input."""
        first = self.inputs[cell.field]
        return self.parts.get((cell.field, cell.shape), first)


def places_of(sheets: Iterable[FilledSheet], stage: str, fillable: bool) -> Places:
    """Where everything stands on the sheets of a stage of this name.

    ``fillable``: in a form to be filled in each part of a date is an input by itself.
    """
    places = Places()
    for sheet in sheets:
        name = sheet.frame.name
        for cell in sheet.cells:
            if cell.field:
                sheet_cell = SheetCell(name, cell)
                first = places.inputs.setdefault(cell.field, sheet_cell).cell
                if fillable and cell.part and first.part:
                    places.parts.setdefault((cell.field, cell.shape), sheet_cell)
            elif cell.computed is not None:
                value, reference, each, index = cell.computed
                if isinstance(reference, ItemStepReference):
                    places.items.setdefault(f"{each}[{index}].{value}", SheetCell(name, cell))
                elif isinstance(reference, StepReference) and reference.stage == stage:
                    places.homes.setdefault(value, SheetCell(name, cell))
            elif cell.choice:
                places.words.setdefault(cell.choice, SheetCell(name, cell))
    return places
