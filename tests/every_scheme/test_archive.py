"""Every PDF is fit for the archive, those to be filled in too: PDF/A-2a, PDF/A-2b and PDF/UA-1, as veraPDF sees it."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import blanks
import controls
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
    pytest.mark.xdist_group("verapdf"),  # one start of Java for the run
]
STAGE = "一式"  # in the name of a file that holds a whole stage
CONTROLS = controls.CONTROLS | controls.FILLABLE
Orders = dict[str, tuple[bytes, tuple[str, ...]]]  # name of a file → the file and the profiles it is to meet
Verdicts = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="session")
def verdicts(stages: Sequence[samples.Stage], tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """Of the files of the samples and of the forms to be filled in."""
    folder, orders = tmp_path_factory.mktemp("archive"), Orders()
    for stage in stages:
        orders |= rendered(stage)
    for sample in dict.fromkeys(stage.sample for stage in stages):
        orders |= bundled(sample, folder) | issued(sample, folder)
    for template in blanks.templates():
        orders |= fillable(template)
    return verapdf.validate(orders, folder)


@pytest.fixture(scope="session")
def spoilt_verdicts(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """Of the controls."""
    return verapdf.validate(spoilt(), tmp_path_factory.mktemp("spoilt"))


def rendered(stage: samples.Stage) -> Orders:
    """A file for each form of a stage, and one for all of them."""
    # Whatever meets 2a meets 2b (the controls say so); that is asked in so many words of the stages.
    return {
        f"{stage}/{file}": (data, controls.ALL if STAGE in file else ("2a", "ua1"))
        for file, data in stage.files("pdf").items()
    }


def bundled(sample: Path, folder: Path) -> Orders:
    done = bundle.bundle(sample, samples.known(), folder / "bundles", [])
    assert done.path, done.checked.problems
    return {f"{samples.name(sample)}/{bundle.FILE}": (done.path.read_bytes(), ("3a", "ua1"))}


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


def issued(sample: Path, folder: Path) -> Orders:
    """Of a sample in an office: the stages that hold what was issued, and the bundle, each with those pages in them.

    First without the last document: its stage then has pages drawn beside the issued ones. Then with all.
    """
    desk, known = offices.office(folder / f"issued-{samples.name(sample).replace('/', '-')}"), samples.known()
    assessment, found = offices.assessed(sample, known), Orders()
    for order in numbered(sample):
        issue.issue(desk.register(), assessment, known, order, offices.CLERK)
        left = len(numbered(sample)) - len(desk.register().numbers(assessment.case))
        if left > 1:
            continue
        register = desk.register()
        numbers, kept = register.numbers(assessment.case), register.issued_files(assessment.case)
        for document in documents_of(assessment, numbers):
            if any(f"{sheet.file}.pdf" in kept for sheet in document.sheets):
                made = dict(files_of(document, ["pdf"], (), kept))[f"{document.name}.pdf"]
                found[f"issued/{left}/{samples.name(sample)}/{document.name}"] = (made, ("2a", "ua1"))
        done = bundle.bundle(sample, known, desk.root / "out", [], register)
        assert done.path, done.checked.problems
        found[f"issued/{left}/{samples.name(sample)}/{bundle.FILE}"] = (done.path.read_bytes(), ("3a", "ua1"))
    return found


def fillable(template: Template) -> Orders:
    """The form to be filled in; of a later stage also the one that begins the case, with all that is known in it."""
    profiles = ("2a", "ua1")
    found: Orders = {f"{template}": (acroform.render(blank_forms.fillable(template.document())), profiles)}
    known = prefilled(template)
    return found | ({f"{template}/prefilled": (known, profiles)} if known else {})


def prefilled(template: Template) -> bytes:
    """The form that begins the case with what is known of it; b'' where the font of a field lacks a character."""
    return begun(template.sample) if template.sample else b""


@functools.cache
def begun(sample: Path) -> bytes:
    """The form that begins a sample's case, filled in with it; it is the same whatever has come after."""
    made = blank_forms.compose(blanks.whole(sample), blanks.first_stage(sample.parent.name), blanks.TODAY)
    try:
        return acroform.render(blank_forms.fillable(made))
    except ProblemError as error:
        assert [p.code for p in error.problems] == ["render.not-in-field-font"]
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


def test_every_form_and_stage_is_fit_for_the_archive(stage: samples.Stage, verdicts: Verdicts) -> None:
    files = list(stage.files("pdf"))
    assert any(STAGE in file for file in files) and any(STAGE not in file for file in files)
    told = {file: verdicts[f"{stage}/{file}"] for file in files}
    assert not broken(told), "\n".join(broken(told)[:40])


def test_the_bundle_is_fit_for_the_archive(stages: Sequence[samples.Stage], verdicts: Verdicts) -> None:
    told = {file: verdict for file, verdict in verdicts.items() if file.endswith(bundle.FILE)}
    assert {samples.name(stage.sample) for stage in stages} <= {file.rpartition("/")[0] for file in told}
    assert all(verdict.keys() == {"3a", "ua1"} for verdict in told.values())
    assert not broken(told), "\n".join(broken(told)[:40])


@pytest.mark.parametrize("left", range(2))
def test_what_holds_issued_pages_is_fit_for_the_archive(
    left: int, stages: Sequence[samples.Stage], verdicts: Verdicts
) -> None:
    for sample in {stage.sample for stage in stages}:
        prefix = f"issued/{left}/{samples.name(sample)}/"
        told = {file: verdict for file, verdict in verdicts.items() if file.startswith(prefix)}
        issuing = {order.form for order in numbered(sample)[: len(numbered(sample)) - left]}
        named = {s.document.name for s in every_stage(sample) if s.forms & issuing}
        assert {file.removeprefix(prefix) for file in told} == (named | {bundle.FILE} if issuing else set())
        assert not broken(told), "\n".join(broken(told)[:40])


def every_stage(sample: Path) -> list[samples.Stage]:
    return [samples.Stage(sample, n) for n in range(len(samples.documents(sample)))]


def test_every_form_to_be_filled_in_is_fit_for_the_archive(template: Template, verdicts: Verdicts) -> None:
    told = {file: verdict for file, verdict in verdicts.items() if file in (f"{template}", f"{template}/prefilled")}
    assert len(told) == 1 + bool(prefilled(template)) and not broken(told), "\n".join(broken(told)[:40])


def test_the_names_of_some_samples_can_be_shown_in_fields() -> None:
    templates = [template for template in blanks.templates() if template.sample]
    assert {t.scheme for t in templates if prefilled(t)} == {t.scheme for t in templates}


@pytest.mark.parametrize("name", CONTROLS)
def test_what_is_not_fit_is_seen(name: str, spoilt_verdicts: Verdicts) -> None:
    failed = {profile for profile, rules in spoilt_verdicts[name].items() if rules}
    assert failed == set(CONTROLS[name][1]), json.dumps(spoilt_verdicts[name], ensure_ascii=False, indent=1)
    assert "2a" in failed or "2b" not in failed
