"""Where the items and values of a stage stand in its workbook: each in the first cell that shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.layout.sheets import FilledCell, FilledSheet, Place


@dataclass
class Places:
    """The index of a stage's cells. Made by `places_of`, and not changed afterwards."""

    inputs: dict[str, Place] = field(default_factory=dict)  # case path → its first cell
    items: dict[str, Place] = field(default_factory=dict)  # list[i].name → cell of a value computed row by row
    homes: dict[str, Place] = field(default_factory=dict)  # step → its cell
    parts: dict[tuple[str, str], Place] = field(default_factory=dict)  # case path and 元号, 年, 月 or 日 → its input
    words: dict[str, Place] = field(default_factory=dict)  # path of a choice → where its words stand beside it

    def source(self, cell: FilledCell) -> Place:
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
                place = Place(name, cell)
                first = places.inputs.setdefault(cell.field, place).cell
                if fillable and cell.part and first.part:
                    places.parts.setdefault((cell.field, cell.shape), place)
            elif cell.computed is not None:
                value, reference, each, index = cell.computed
                if reference.kind == "item_step":
                    places.items.setdefault(f"{each}[{index}].{value}", Place(name, cell))
                elif reference.kind == "step" and reference.stage == stage:
                    places.homes.setdefault(value, Place(name, cell))
            elif cell.choice:
                places.words.setdefault(cell.choice, Place(name, cell))
    return places
