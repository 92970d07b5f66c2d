"""Every PDF is fit for the archive, those to be filled in too: PDF/A-2a, PDF/A-2b and PDF/UA-1, as veraPDF sees it."""

from __future__ import annotations

import json
from pathlib import Path

import blanks
import controls
import filelock
import offices
import pytest
import samples
import verapdf

from generator.intake import blank_forms
from generator.operations import bundle, issue
from generator.operations.order import Order
from generator.operations.render import documents_of, files_of
from generator.render.pdf import acroform
from generator.scheme.load import Schemes

pytestmark = pytest.mark.skipif(not verapdf.available(), reason="needs a JDK and JAXB (Debian: libjaxb-java)")
STAGE = "一式"  # in the name of a file that holds a whole stage
# Stage, and the sample that is known before it: none, much, and an application already filled in.
FILLABLE = {"blank": ("申請", ""), "later": ("実績", "R5-001"), "prefilled": ("申請", "R5-001")}
# Samples with documents that are issued, and the form that stays a draft: a stage then has pages issued and drawn.
ISSUED = {"R5-001": "", "R5-002": "10", "R5-008": "14"}
Verdicts = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="session")
def verdicts(run_folder: Path) -> Verdicts:
    """Of every sample's files and of the controls: one start of Java for all processes of the run."""
    done = run_folder / "archive.json"
    with filelock.FileLock(f"{done}.lock"):
        if not done.exists():
            files: dict[str, tuple[bytes, tuple[str, ...]]] = {}
            for sample in samples.ALL:
                name = samples.name(sample)
                for file, data in samples.files(sample, "pdf").items():
                    # Whatever meets 2a meets 2b; that is asked in so many words of the stages, which hold all forms.
                    files[f"{name}/{file}"] = (data, controls.ALL if STAGE in file else ("2a", "ua1"))
                files[f"{name}/{bundle.FILE}"] = (bundled(sample, run_folder / "bundles"), ("3a", "ua1"))
            good = next(data for name, (data, _) in files.items() if name.endswith("/02b-budget.pdf"))
            for name, (how, _) in controls.CONTROLS.items():
                files[name] = (controls.spoilt(good, how), controls.ALL)
            for name in ISSUED:
                files |= issued(name, run_folder / "issued" / name)
            for name in FILLABLE:
                files[name] = (fillable(name), controls.ALL)
            for name, (how, _) in controls.FILLABLE.items():
                files[name] = (controls.spoilt(files["later"][0], how), controls.ALL)
            found = verapdf.validate(files, run_folder / "archive")
            done.write_text(json.dumps(found), encoding="utf-8")
    found = json.loads(done.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def issued(name: str, folder: Path) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    """Of a sample in an office: the stages and the bundle with the pages of what was issued in them."""
    desk, known = offices.office(folder), Schemes([samples.FORMS])
    sample = next(path for path in samples.ALL if path.stem == name)
    assessment = offices.assessed(sample, known)
    for stage in assessment.case.stages:
        for form in assessment.case.scheme.forms:
            if form.series and form.stage == stage.stage.name and form.id != ISSUED[name]:
                order = Order(form.id, (stage.index or 0) + 1)
                issue.issue(desk.register(), assessment, known, order, offices.CLERK)
    register = desk.register()
    marks, kept = register.marks(assessment.case), register.kept(assessment.case)
    assert len(marks) >= 2
    found: dict[str, tuple[bytes, tuple[str, ...]]] = {}
    for document in documents_of(assessment, marks):
        made = dict(files_of(document, ["pdf"], (), kept))
        found[f"issued/{name}/{document.name}"] = (made[f"{document.name}.pdf"], controls.ALL)
    done = bundle.bundle(sample, known, folder / "out", [], register)
    assert done.path, done.checked.problems
    return found | {f"issued/{name}/{bundle.FILE}": (done.path.read_bytes(), ("3a", "ua1"))}


def fillable(name: str) -> bytes:
    stage, number = FILLABLE[name]
    if name == "prefilled":
        made = blank_forms.compose(blanks.before(number, "実績"), stage, blanks.TODAY)
    else:
        made = blanks.blank(stage, number)
    return acroform.render(blank_forms.fillable(made))


def bundled(sample: Path, out: Path) -> bytes:
    done = bundle.bundle(sample, Schemes([samples.FORMS]), out, [])
    assert done.path, done.checked.problems
    return done.path.read_bytes()


@pytest.mark.parametrize("sample", samples.ALL, ids=samples.name)
def test_every_form_and_stage_is_fit_for_the_archive(sample: Path, verdicts: Verdicts) -> None:
    files = samples.files(sample, "pdf")
    assert any(STAGE in file for file in files) and any(STAGE not in file for file in files)
    wrong = [
        f"{file} {profile}: {rule}"
        for file in files
        for profile, rules in verdicts[f"{samples.name(sample)}/{file}"].items()
        for rule in rules
    ]
    assert not wrong, "\n".join(wrong[:40])


@pytest.mark.parametrize("sample", samples.ALL, ids=samples.name)
def test_every_bundle_is_fit_for_the_archive(sample: Path, verdicts: Verdicts) -> None:
    assert verdicts[f"{samples.name(sample)}/{bundle.FILE}"] == {"3a": [], "ua1": []}


@pytest.mark.parametrize("name", ISSUED)
def test_what_holds_issued_pages_is_fit_for_the_archive(name: str, verdicts: Verdicts) -> None:
    found = {file: verdict for file, verdict in verdicts.items() if file.startswith(f"issued/{name}/")}
    assert len(found) >= 4 and f"issued/{name}/{bundle.FILE}" in found
    for file, verdict in found.items():
        profiles = ("3a", "ua1") if file.endswith(bundle.FILE) else controls.ALL
        assert verdict == {profile: [] for profile in profiles}, file


@pytest.mark.parametrize("name", FILLABLE)
def test_every_form_to_be_filled_in_is_fit_for_the_archive(name: str, verdicts: Verdicts) -> None:
    assert verdicts[name] == {profile: [] for profile in controls.ALL}


@pytest.mark.parametrize("name", controls.CONTROLS | controls.FILLABLE)
def test_what_is_not_fit_is_seen(name: str, verdicts: Verdicts) -> None:
    failed = {profile for profile, rules in verdicts[name].items() if rules}
    assert failed == set((controls.CONTROLS | controls.FILLABLE)[name][1]), json.dumps(
        verdicts[name], ensure_ascii=False, indent=1
    )
