"""The same case gives the same bytes: again, elsewhere, under another locale, encoding, clock and order of hashes."""

from __future__ import annotations

import hashlib
import locale
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import samples

from generator.operations.check import check_files
from generator.operations.render import documents_of, files_of
from generator.render import FORMATS


def sums(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def known(sample: Path) -> dict[str, str]:
    return sums({name: data for kind in FORMATS for name, data in samples.files(sample, kind).items()})


def written(folder: Path) -> dict[str, str]:
    """The files of a case as they lie in its folder, without the manifest."""
    return sums({path.name: path.read_bytes() for path in folder.iterdir() if path.suffix[1:] in FORMATS})


def test_again_in_the_same_process(sample: Path) -> None:
    (checked,) = check_files([sample], samples.known())
    assert checked.assessment is not None
    again: dict[str, bytes] = {}
    for document in documents_of(checked.assessment):
        again |= dict(files_of(document, tuple(reversed(FORMATS)), ()))
    assert sums(again) == known(sample)


def other_locale() -> str:
    """A locale with its own decimal comma and letters, where the machine has one."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        for name in (
            "tr_TR.UTF-8",
            "tr_TR.utf8",
            "de_DE.UTF-8",
            "de_DE.utf8",
            "fr_FR.utf8",
            "ja_JP.UTF-8",
            "ja_JP.utf8",
        ):
            try:
                locale.setlocale(locale.LC_ALL, name)
            except locale.Error:
                continue
            return name
        return "C.UTF-8"
    finally:
        locale.setlocale(locale.LC_ALL, before)


SURROUNDINGS = {
    "plain-C": {"LC_ALL": "C", "PYTHONHASHSEED": "1", "TZ": "UTC0"},
    "cp932": {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp932", "PYTHONHASHSEED": "2", "TZ": "JST-9"},
    "elsewhere": {"LC_ALL": other_locale(), "PYTHONHASHSEED": "3", "TZ": "EST5EDT", "PYTHONOPTIMIZE": "1"},
}


@pytest.mark.costly
@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_in_another_process(scheme: str, surroundings: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """The samples of a scheme in one run, from another folder, the forms named."""
    every = samples.ALL if pytestconfig.getoption("--all-samples") else samples.chosen()
    given = [sample for sample in every if sample.parent.name == scheme]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    run = subprocess.run(
        [sys.executable, "-m", "generator", "--forms", str(samples.FORMS), "render", "--out", str(tmp_path / "out")]
        + [str(sample) for sample in given],
        cwd=tmp_path,
        env={**inherited, "PYTHONPATH": str(samples.PROGRAM), **SURROUNDINGS[surroundings]},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, (run.stdout + run.stderr).decode("utf-8", "backslashreplace")
    for sample in given:
        assert written(tmp_path / "out" / samples.name(sample)) == known(sample), samples.name(sample)
    assert "ファイル" in run.stdout.decode("utf-8")


def test_another_case_gives_other_bytes() -> None:
    """The control: the sums tell files apart."""
    one, other = (known(sample) for sample in (samples.PLAIN, samples.RICH))
    assert all(one[name] != other[name] for name in one.keys() & other.keys())
