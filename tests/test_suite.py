"""The tests themselves: a scheme joins them by being there, and a run that makes goldens anew fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import samples

SCHEME = "tiny"
SAMPLES = samples.SMALL / "samples" / SCHEME


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """pytest in a process of its own, outside of this run."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "CI"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--quiet", *map(str, arguments)],
        cwd=samples.PROGRAM,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )


def asked(tree: Path) -> dict[str, str]:
    """The environment in which the tests are those of the scheme copied in."""
    return {"YOSHIKI_TEST_TREE": str(tree), "YOSHIKI_TEST_SCHEME": SCHEME}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree like this one, with a scheme and its samples copied in."""
    for folder in ("forms", "fixtures"):
        shutil.copytree(samples.PROGRAM / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".*", "issued"))
    shutil.copytree(samples.SMALL / SCHEME, tmp_path / "forms" / SCHEME)
    shutil.copytree(SAMPLES, tmp_path / "fixtures" / SCHEME)
    return tmp_path


@pytest.mark.costly
def test_a_scheme_copied_in_goes_through_everything(tree: Path, pytestconfig: pytest.Config) -> None:
    """It has tests in every module, and passes them; those that are costly only where all samples are asked for."""
    asked_for = ("tests/every_scheme", "-k", SCHEME, "-rs", "-vv")
    listed = run(*asked_for, "--collect-only", **asked(tree))
    modules = {path.name for path in (samples.PROGRAM / "tests" / "every_scheme").glob("test_*.py")}
    assert modules - {"test_golden.py", "test_pictures.py"} <= {name for name in modules if name in listed.stdout}
    chosen = () if pytestconfig.getoption("--all-samples") else ("-m", "not costly")
    done = run(*asked_for, *chosen, **asked(tree))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "SKIPPED" not in done.stdout


def test_a_scheme_with_a_fault_does_not(tree: Path) -> None:
    """The control: a sample with a mistake in it."""
    (sample,) = (tree / "fixtures" / SCHEME).glob("*.yaml")
    text = sample.read_text(encoding="utf-8")
    assert "令和5年10月2日" in text
    sample.write_text(text.replace("令和5年10月2日", "きのう"), encoding="utf-8")
    done = run("tests/every_scheme/test_schema.py", "tests/every_scheme/test_determinism.py", "-k",
               f"{SCHEME}/{sample.stem}", **asked(tree))  # fmt: skip
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout


def test_a_run_that_makes_goldens_anew_fails_though_nothing_changed() -> None:
    one = "tests/kawasaki/test_errors.py::test_message[alias-bomb]"
    assert run(one).returncode == 0
    assert run(one, "--regenerate").returncode == pytest.ExitCode.TESTS_FAILED


def test_goldens_are_not_made_anew_in_ci() -> None:
    done = run("tests/kawasaki/test_errors.py", "--regenerate", CI="1")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR and "in CI" in done.stderr


def test_only_the_tests_of_kawasaki_know_it() -> None:
    tests = samples.PROGRAM / "tests"
    names = re.compile("kawasaki|川崎")
    knowing = {path.relative_to(tests).as_posix() for path in tests.rglob("*.py")
               if names.search(path.read_text(encoding="utf-8"))}  # fmt: skip
    others = {name for name in knowing if not name.startswith("kawasaki/")}
    # a helper of its tests, and what runs the documents, which show it
    assert others == {"test_suite.py", "support/kawasaki_samples.py", "support/documents.py"}
