"""The wheel is all that a Windows office gets: it must hold the forms and work from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


PIP = ("-m", "pip", "--no-input", "--disable-pip-version-check")


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Offline: the build backend is in the lock, nothing is fetched for the build.
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", str(ROOT), cwd=folder)
    (made,) = folder.glob("yoshiki-*.whl")
    return made


def test_holds_the_program_and_every_form_and_nothing_else(wheel: Path) -> None:
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    program = [p.relative_to(ROOT).as_posix() for p in ROOT.glob("generator/**/*.py")]
    forms = ["generator/forms/" + p.relative_to(ROOT / "forms").as_posix() for p in ROOT.glob("forms/*/*")]
    assert forms
    assert sorted(names) == sorted([*program, *forms, "generator/py.typed"])


def test_works_from_an_unrelated_folder(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(*PIP, "install", "--no-deps", "--no-index", "--target", str(site), str(wheel), cwd=tmp_path)

    there = run("-c", "import generator; print(generator.__file__)", cwd=elsewhere, PYTHONPATH=str(site))
    assert Path(there.strip()).is_relative_to(site)  # and not the tree that the tests run in

    for scheme in (p.parent.name for p in ROOT.glob("forms/*/scheme.yaml")):
        assert scheme in run("-m", "generator", "forms", cwd=elsewhere, PYTHONPATH=str(site))
        sample = min(ROOT.glob(f"fixtures/{scheme}/*.yaml"))
        run("-m", "generator", "check", str(sample), cwd=elsewhere, PYTHONPATH=str(site))
