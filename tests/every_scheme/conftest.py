"""What every scheme of the tree goes through, whatever is in forms/ and fixtures/.

A test that asks for ``scheme``, ``sample``, ``stage``, ``section``, ``template`` or ``golden`` (a sample with expected
results) is run for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import blanks
import goldens
import libreoffice
import pytest
import samples

# argument of a test → what it is run for, and what each is called
EACH: dict[str, tuple[Callable[[bool], Sequence[Any]], Callable[[Any], str]]] = {
    "scheme": (lambda few: samples.SCHEMES, str),
    "sample": (lambda few: samples.chosen() if few else samples.ALL, samples.name),
    "stage": (samples.stages, str),
    "section": (lambda few: blanks.few_sections() if few else blanks.sections(samples.ALL), str),
    "template": (lambda few: blanks.templates(), str),
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


@pytest.fixture(scope="session")
def stages(pytestconfig: pytest.Config) -> tuple[samples.Stage, ...]:
    """The stages that costly tests take."""
    return samples.stages(not pytestconfig.getoption("--all-samples"))


@pytest.fixture(scope="session")
def prints(stages: Sequence[samples.Stage], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """What LibreOffice prints of the workbook and the letters of each of them, as PDF: stage/file."""
    given = {f"{s}/{file}": data for s in stages for kind in ("xlsx", "docx") for file, data in s.files(kind).items()}
    return libreoffice.converted(given, "pdf", tmp_path_factory.mktemp("prints"))
