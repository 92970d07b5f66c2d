"""All that can be written in a case is in the table of its scheme."""

from __future__ import annotations

import command
import pytest
import samples

from generator.scheme.schema import Item


def count(item: Item) -> int:
    below = item.items if item.items is not None else item
    return sum(1 + count(child) for child in below.properties.values())


@pytest.mark.parametrize("scheme", samples.SCHEMES)
def test_every_item_of_every_scheme_has_its_line(scheme: str) -> None:
    told = command.run("forms", "--items", scheme, forms=samples.FORMS).out
    known = samples.known().get(scheme)
    stages = known.schema.root.properties
    assert told.count("\n| `") == sum(count(stages[stage.name]) for stage in known.stages)


def test_of_no_scheme_there_is_none() -> None:
    said = command.run("forms", "--items", "ない制度", forms=samples.FORMS)
    assert said.code == 1 and "ない制度" in said.err
