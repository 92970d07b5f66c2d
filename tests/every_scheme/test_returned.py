"""Out and back: a form filled in as an applicant would is taken in as the case that it was filled in from.

Both ways out are tried: the blank form into which somebody types, and the sheets of a finished case.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import blanks
import fillable
import libreoffice
import parts
import pytest
import samples
import workbooks
from blanks import Section

from generator.case import assess
from generator.case.build import load_case
from generator.intake import take_in
from generator.problem import format_problem
from generator.scheme.model import Scheme
from generator.scheme.parameters import Dated

pytestmark = pytest.mark.xdist_group("libreoffice")  # one start of it; what is typed is typed once
needs_office = pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")


@functools.cache
def typed(section: Section) -> bytes:
    """The blank workbook of a section with what its sample says typed into it."""
    document = section.document()
    return blanks.filled(blanks.workbook(document), blanks.answers(document, blanks.whole(section.sample)))


def comes_back(section: Section, data: bytes, name: str) -> None:
    """Nothing is a mistake, no computed cell is taken for one that somebody overwrote, and no word is lost."""
    taken = take_in.take(data, name, samples.known(), into=section.before())
    told = "\n".join(format_problem(p) for p in taken.problems)
    assert taken.fine, told
    assert not [p for p in taken.problems if p.position and p.position.cell and "計算" in p.message], told
    assert (taken.stage.stage.name, taken.stage.index or 0) == (section.stage, section.index)
    assert taken.case.get(taken.stage.key) == section.given()


@pytest.mark.costly
def test_typed_into_the_blank_workbook(section: Section) -> None:
    comes_back(section, typed(section), "記入済み.xlsx")


@pytest.mark.costly
def test_typed_into_the_blank_pdf(section: Section) -> None:
    data = fillable.filled(section.document(), blanks.whole(section.sample))
    comes_back(section, data, "記入済み.pdf")


@pytest.mark.costly
def test_the_sheets_of_a_case_in_every_shape(section: Section) -> None:
    """As they were made, in Excel's strict format, and with shared texts, as Excel writes them."""
    data = parts.workbook_of(section)
    comes_back(section, data, "一式.xlsx")
    comes_back(section, parts.strict(data), "一式.xlsx")
    comes_back(section, parts.strict(parts.shared(data)), "一式.xlsx")


@pytest.fixture(scope="session")
def saved(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """As ods, of each section: the sheets of the finished case, and the blank ones that were typed into."""
    every = blanks.sections(samples.ALL) if pytestconfig.getoption("--all-samples") else blanks.few_sections()
    given = {f"{section}/case.xlsx": parts.workbook_of(section) for section in every}
    given |= {f"{section}/typed.xlsx": typed(section) for section in every}
    return libreoffice.converted(given, "ods", tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="session")
def again(saved: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same as xlsx."""
    between = {f"{Path(name).with_suffix('.ods')}": data for name, data in saved.items()}
    made = libreoffice.converted(between, "xlsx", tmp_path_factory.mktemp("again"))
    return dict(zip(saved, made.values(), strict=True))


@pytest.mark.costly
@needs_office
@pytest.mark.parametrize("which", ["case", "typed"])
def test_saved_by_libreoffice(section: Section, which: str, again: Mapping[str, bytes]) -> None:
    """The sheets of the case and the blank ones that were typed into, saved as ods and again as xlsx."""
    comes_back(section, again[f"{section}/{which}.xlsx"], "保存.xlsx")


@pytest.mark.costly
@needs_office
def test_amounts_follow_what_is_typed(section: Section, saved: Mapping[str, bytes]) -> None:
    """LibreOffice computes from what was typed what the program computes from the case; nothing is an error."""
    document = section.document()
    shown = workbooks.read_ods(saved[f"{section}/typed.xlsx"])
    assert not [at for at, value in shown.items() if isinstance(value, str) and value.startswith(("#", "Err:"))]
    case = section.returned()
    assessment, _ = assess.assess(case)
    assert assessment is not None
    stage = next(s for s in case.stages if s.stage.name == section.stage and (s.index or 0) == section.index)
    if section.first and assessment.parameters != in_force(case.scheme):
        return  # a blank form that begins a case computes by the values of the day on which it is given out
    names = dict(document.names)
    for step in [name for (key, name) in assessment.values if key == stage.key and name in names]:
        sheet, _, cell = names[step].rpartition("!")
        value = assessment.value(stage.key, step)
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert shown[sheet.strip("'"), cell.replace("$", "")] == value, step


def in_force(scheme: Scheme) -> dict[str, Dated]:
    """The parameters on the day on which the blank forms of the tests are given out."""
    begun = {
        name: [dated for dated in versions if dated.begins <= blanks.TODAY]
        for name, versions in scheme.rulebook.parameters.items()
    }
    return {name: dated[-1] for name, dated in begun.items() if dated}


@pytest.mark.costly
def test_the_written_case_is_the_same(sample: Path, tmp_path: Path) -> None:
    (section,) = [s for s in blanks.sections([sample]) if s.first]
    taken = take_in.take(parts.workbook_of(section), "一式.xlsx", samples.known())
    file = tmp_path / "case.yaml"
    file.write_bytes(taken.written())
    read, problems = load_case(file, samples.known())
    assert not [p for p in problems if p.level == "error"]
    assert read.number == blanks.whole(sample).number
    assert read.data[section.stage] == section.given()
