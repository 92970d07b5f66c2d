"""What every scheme of the tree goes through: a test that asks for ``scheme``, ``sample``, ``section``, ``template``
or ``golden`` (a sample with expected results) is run for each of them, whatever is in forms/ and fixtures/."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import blanks
import goldens
import pytest
import samples

# argument of a test → what it is run for, and what each is called
EACH: dict[str, tuple[Callable[[bool], Sequence[Any]], Callable[[Any], str]]] = {
    "scheme": (lambda few: samples.SCHEMES, str),
    "sample": (lambda few: samples.chosen() if few else samples.ALL, samples.name),
    "section": (lambda few: blanks.sections(samples.chosen() if few else samples.ALL), str),
    "template": (lambda few: blanks.templates_of(samples.chosen()), str),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Costly tests take only as many samples as it needs to have every form, unless --all-samples is given."""
    costly = metafunc.definition.get_closest_marker("costly") is not None
    few = costly and not metafunc.config.getoption("--all-samples")
    if "golden" in metafunc.fixturenames:
        kept = goldens.samples_of(bool(metafunc.config.getoption("--regenerate")))
        metafunc.parametrize("golden", kept, ids=samples.name)
    for argument in EACH.keys() & set(metafunc.fixturenames):
        things, called = EACH[argument]
        metafunc.parametrize(argument, things(few), ids=called)
