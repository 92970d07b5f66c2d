"""Each mistake a case can hold, in its own folder: case.yaml and, in expected.txt, all that `yoshiki check` says.

The expected text is what a clerk reads. ``make goldens`` writes it anew; read each change before keeping it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import samples
from command import run
from kawasaki_samples import SCHEME

from generator.operations import settings
from generator.operations.check import check_files
from generator.scheme.load import Schemes

ERRORS = samples.PROGRAM / "tests" / "errors"
FOLDERS = sorted(p for p in ERRORS.iterdir() if p.is_dir())
# What cannot or should not be kept in a repository is made when the test runs.
PREPARED: dict[str, Callable[[Path], object]] = {
    "too-large": lambda path: path.write_bytes(b"# one byte too many\n" + b"#" * (1_000_001 - 20)),
    "directory": lambda path: path.mkdir(),
    "missing-file": lambda path: None,
}
# Words of the sample cases that are somebody's name, address, birth date, sex, telephone number or mail.
PERSONAL = re.compile(
    r"見本町|例示町|見本　|例示　|作例|ミホン|太郎|花子|一歩|昭和38|平成32|昭和99|令和6年4月5日|: 男|044-000"
    r"|example\.jp|架空講師会|仮想木工"
)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scheme of the cases alone: where a name is wrong, the hint lists all schemes that there are."""
    made = tmp_path_factory.mktemp("forms")
    shutil.copytree(samples.FORMS / SCHEME, made / SCHEME)
    return made


def _case(folder: Path, tmp_path: Path) -> Path:
    """The folder's case where its name in messages is `case.yaml` and nothing else is around it."""
    path = tmp_path / "case.yaml"
    if folder.name in PREPARED:
        PREPARED[folder.name](path)
    else:
        shutil.copyfile(folder / "case.yaml", path)
    return path


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_message(folder: Path, forms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, regenerate: bool) -> None:
    _case(folder, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "_OWN_FORMS", ())
    said = run("check", "case.yaml", forms=forms)
    told = f"{said.output}終了コード {said.code}\n"
    expected = folder / "expected.txt"
    if regenerate:
        if not expected.is_file() or expected.read_text(encoding="utf-8") != told:
            expected.write_text(told, encoding="utf-8", newline="\n")
            pytest.fail(f"{expected} written: read it, then run without --regenerate")
        return
    assert told == expected.read_text(encoding="utf-8"), "If this is meant, run make goldens and read the change."


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_problem_is_complete(folder: Path, forms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the wording: a place, a remedy, Japanese, no personal data."""
    path = _case(folder, tmp_path)
    monkeypatch.chdir(tmp_path)
    (checked,) = check_files([Path("case.yaml")], Schemes([forms]))
    problems: list[dict[str, Any]] = [problem.as_json() for problem in checked.problems]
    for problem in problems:
        assert problem["file"] == "case.yaml"
        assert problem["hint"], problem
        assert re.search("[ぁ-ん]", problem["message"]), problem
        if problem["line"] and path.is_file() and folder.name != "broken-utf-8":
            lines = path.read_text(encoding="utf-8").split("\n")
            assert 1 <= problem["line"] <= len(lines)
            assert 1 <= problem["column"] <= len(lines[problem["line"] - 1]) + 1, problem
    shown = (folder / "expected.txt").read_text(encoding="utf-8")
    assert checked.ok == shown.endswith("終了コード 0\n")
    assert problems, "a folder here holds a case with something to say about it"
    shown = "\n".join(line for line in shown.splitlines() if not line.startswith("   直し方"))  # examples, not contents
    assert not PERSONAL.search(shown), PERSONAL.search(shown)


def test_no_folder_is_forgotten() -> None:
    """A folder without case.yaml must be one that is prepared, and the other way round."""
    without = {f.name for f in FOLDERS if not (f / "case.yaml").is_file()}
    assert without == set(PREPARED)
