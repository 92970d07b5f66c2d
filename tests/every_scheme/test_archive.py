"""Every PDF is fit for the archive, those to be filled in too: PDF/A-2a, PDF/A-2b and PDF/UA-1, as veraPDF sees it."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

import blanks
import controls
import filelock
import offices
import pytest
import samples
import verapdf
from blanks import Template

from generator.intake import blank_forms
from generator.operations import bundle, issue
from generator.operations.check import check_files
from generator.operations.order import Order
from generator.operations.render import documents_of, files_of
from generator.problem import ProblemError
from generator.register.records import file_of
from generator.render.pdf import acroform

pytestmark = [
    pytest.mark.costly,
    pytest.mark.skipif(not verapdf.available(), reason="needs a JDK and JAXB (Debian: libjaxb-java)"),
    pytest.mark.xdist_group("verapdf"),  # one start of Java for the run; whoever waited for it would do nothing else
]
STAGE = "一式"  # in the name of a file that holds a whole stage
CONTROLS = controls.CONTROLS | controls.FILLABLE
Orders = dict[str, tuple[bytes, tuple[str, ...]]]  # name of a file → the file and the profiles it is to meet
Verdicts = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="session")
def verdicts(run_folder: Path, pytestconfig: pytest.Config) -> Verdicts:
    """Of the files of the samples, of the forms to be filled in and of the controls: one start of Java for the run."""
    done = run_folder / "archive.json"
    with filelock.FileLock(f"{done}.lock"):
        if not done.exists():
            orders = spoilt()
            for sample in samples.ALL if pytestconfig.getoption("--all-samples") else samples.chosen():
                orders |= rendered(sample, run_folder)
                for held_back in range(2):
                    orders |= issued(sample, held_back, run_folder)
            for template in blanks.templates_of(samples.chosen()):
                orders |= fillable(template)
            found = verapdf.validate(orders, run_folder / "archive")
            done.write_text(json.dumps(found), encoding="utf-8")
    found = json.loads(done.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def rendered(sample: Path, run_folder: Path) -> Orders:
    """A file for each form and stage of a sample, and the bundle of all."""
    name = samples.name(sample)
    # Whatever meets 2a meets 2b; that is asked in so many words of the stages, which hold all forms.
    orders: Orders = {
        f"{name}/{file}": (data, controls.ALL if STAGE in file else ("2a", "ua1"))
        for file, data in samples.files(sample, "pdf").items()
    }
    done = bundle.bundle(sample, samples.known(), run_folder / "bundles", [])
    assert done.path, done.checked.problems
    return orders | {f"{name}/{bundle.FILE}": (done.path.read_bytes(), ("3a", "ua1"))}


@functools.cache
def numbered(sample: Path) -> tuple[Order, ...]:
    """The documents of the sample that get a number, in the order of the stages."""
    (checked,) = check_files([sample], samples.known(), fit=False)
    assert checked.assessment is not None
    case, made = checked.assessment.case, samples.files(sample, "pdf")
    return tuple(
        Order(form.id, (stage.index or 0) + 1)
        for stage in case.stages
        for form in case.scheme.forms
        if form.series and form.stage == stage.stage.name and f"{file_of(form, stage.index or 0)}.pdf" in made
    )


def issued(sample: Path, held_back: int, run_folder: Path) -> Orders:
    """Of a sample in an office: the stages and the bundle with the pages of what was issued in them.

    ``held_back``: how many documents, the last ones, stay drafts: a stage then has pages issued and drawn.
    """
    orders = numbered(sample)[: len(numbered(sample)) - held_back]
    if not orders:
        return {}
    folder = run_folder / "issued" / f"{samples.name(sample).replace('/', '-')}-{held_back}"
    desk, known = offices.office(folder), samples.known()
    assessment = offices.assessed(sample, known)
    for order in orders:
        issue.issue(desk.register(), assessment, known, order, offices.CLERK)
    register = desk.register()
    numbers, kept = register.numbers(assessment.case), register.issued_files(assessment.case)
    assert len(numbers) == len(orders)
    name, found = f"issued/{held_back}/{samples.name(sample)}", Orders()
    for document in documents_of(assessment, numbers):
        made = dict(files_of(document, ["pdf"], (), kept))
        found[f"{name}/{document.name}"] = (made[f"{document.name}.pdf"], controls.ALL)
    done = bundle.bundle(sample, known, folder / "out", [], register)
    assert done.path, done.checked.problems
    return found | {f"{name}/{bundle.FILE}": (done.path.read_bytes(), ("3a", "ua1"))}


def fillable(template: Template) -> Orders:
    """The form to be filled in; of a later stage also the one that begins the case, with all that is known in it."""
    found: Orders = {f"{template}": (acroform.render(blank_forms.fillable(template.document())), controls.ALL)}
    known = prefilled(template)
    return found | ({f"{template}/prefilled": (known, controls.ALL)} if known else {})


@functools.cache
def prefilled(template: Template) -> bytes:
    """The form that begins the case with what is known of it; b'' where the font of a field lacks a character."""
    if template.sample is None:
        return b""
    first = blanks.first_stage(template.scheme)
    made = blank_forms.compose(blanks.before(template.sample, template.stage), first, blanks.TODAY)
    try:
        return acroform.render(blank_forms.fillable(made))
    except ProblemError as error:
        assert "入力欄の書体にありません" in error.problems[0].message
        return b""


def spoilt() -> Orders:
    """Files of the small scheme made unfit in one way each."""
    made = samples.files(samples.PLAIN, "pdf")["01b-costs.pdf"]
    form = acroform.render(blank_forms.fillable(blanks.blank("lecture", "報告", samples.PLAIN)))
    found: Orders = {name: (controls.spoilt(made, how), controls.ALL) for name, (how, _) in controls.CONTROLS.items()}
    return found | {name: (controls.spoilt(form, how), controls.ALL) for name, (how, _) in controls.FILLABLE.items()}


def broken(verdicts: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    return [f"{file} {profile}: {rule}" for file, told in verdicts.items() for profile, rules in told.items()
            for rule in rules]  # fmt: skip


def test_every_form_and_stage_and_the_bundle_are_fit_for_the_archive(sample: Path, verdicts: Verdicts) -> None:
    files = [*samples.files(sample, "pdf"), bundle.FILE]
    assert any(STAGE in file for file in files) and any(STAGE not in file for file in files)
    told = {file: verdicts[f"{samples.name(sample)}/{file}"] for file in files}
    assert told[bundle.FILE].keys() == {"3a", "ua1"} and not broken(told), "\n".join(broken(told)[:40])


@pytest.mark.parametrize("held_back", range(2))
def test_what_holds_issued_pages_is_fit_for_the_archive(sample: Path, held_back: int, verdicts: Verdicts) -> None:
    prefix = f"issued/{held_back}/{samples.name(sample)}/"
    told = {file: verdict for file, verdict in verdicts.items() if file.startswith(prefix)}
    expected = len(samples.documents(sample)) + 1 if len(numbered(sample)) > held_back else 0
    assert len(told) == expected and not broken(told), "\n".join(broken(told)[:40])


def test_every_form_to_be_filled_in_is_fit_for_the_archive(template: Template, verdicts: Verdicts) -> None:
    told = {file: verdict for file, verdict in verdicts.items() if file in (f"{template}", f"{template}/prefilled")}
    assert len(told) == 1 + bool(prefilled(template)) and not broken(told), "\n".join(broken(told)[:40])


@pytest.mark.parametrize("name", CONTROLS)
def test_what_is_not_fit_is_seen(name: str, verdicts: Verdicts) -> None:
    failed = {profile for profile, rules in verdicts[name].items() if rules}
    assert failed == set(CONTROLS[name][1]), json.dumps(verdicts[name], ensure_ascii=False, indent=1)
