"""docs/項目.md is what `yoshiki forms --items` says of the scheme that comes along."""

from __future__ import annotations

import command
import pytest
import samples
from documents import ROOT

from generator.scheme.schema import Item

FILE = ROOT / "docs" / "項目.md"


def test_the_items_of_a_case_are_listed(regenerate: bool) -> None:
    said = command.run("forms", "--items", "kawasaki-sdgs-model")
    assert said.code == 0
    if regenerate:
        FILE.write_text(said.out, encoding="utf-8", newline="\n")
        pytest.fail(f"{FILE.name} written: read it, then run without --regenerate")
    assert said.out == FILE.read_text(encoding="utf-8"), "If this is meant, run make goldens and read the change."


@pytest.mark.parametrize("scheme", samples.SCHEMES)
def test_every_item_of_every_scheme_has_its_line(scheme: str) -> None:
    def count(item: Item) -> int:
        below = item.items if item.items is not None else item
        return sum(1 + count(child) for child in below.properties.values())

    known = samples.known().get(scheme)
    told = command.run("forms", "--items", scheme, forms=samples.FORMS).out
    stages = known.schema.root.properties
    assert told.count("\n| `") == sum(count(stages[stage.name]) for stage in known.stages)
    assert command.run("forms", "--items", "ない制度", forms=samples.FORMS).code == 1
