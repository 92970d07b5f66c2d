"""The Makefile's targets for a stage: they name the stage, and the scheme says which forms belong to it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import samples
from command import run

ROOT = Path(__file__).parents[2]
CASE = samples.RICH
SCHEME = samples.known().get(CASE.parent.name)
EACH = [samples.known().get(name) for name in samples.SCHEMES]

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this computer")


def told(*arguments: str) -> str:
    """What make would run, and runs not."""
    asked = ("make", "--no-print-directory", "--dry-run", "--old-file", "setup", *arguments)
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout


@needs_make
@pytest.mark.parametrize("target", ["decision", "change", "report", "confirmation"])
def test_a_target_asks_for_a_stage_of_a_scheme(target: str) -> None:
    stage = re.search(r'render "案件.yaml" --stage "(.+)"', told(target, "CASE=案件.yaml"))
    assert stage and any(scheme.forms_of(stage[1]) for scheme in EACH)


@needs_make
def test_any_stage_can_be_asked_for() -> None:
    assert 'render "案件.yaml" --stage "請求"' in told("stage", "CASE=案件.yaml", "STAGE=請求")


def test_the_makefile_knows_no_form() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    ids = {form.id for scheme in EACH for form in scheme.forms}
    assert ids and [id for id in ids if re.search(rf"[ \t\"']{id}(?:[ \t\"']|$)", text, re.MULTILINE)] == []


def test_a_stage_means_all_of_its_forms(tmp_path: Path) -> None:
    whole, listed = tmp_path / "whole", tmp_path / "listed"
    options = ("--format", "pdf", CASE, "--out")
    assert run("render", "--stage", "申請", *options, whole, forms=samples.SMALL).code == 0
    ids = [f"--form={form.id}" for form in SCHEME.forms_of("申請")]
    assert len(ids) > 1 and run("render", *ids, *options, listed, forms=samples.SMALL).code == 0
    made = {path.name: path.read_bytes() for path in whole.rglob("*.pdf")}
    assert made == {path.name: path.read_bytes() for path in listed.rglob("*.pdf")}
    assert made.keys() == {f"{form.file}.pdf" for form in SCHEME.forms_of("申請")}


@pytest.mark.parametrize("stage", ["まだない", "支払"])
def test_a_stage_without_forms_is_refused(stage: str) -> None:
    assert "支払" in [one.name for one in SCHEME.stages]
    said = run("render", "--stage", stage, CASE, forms=samples.SMALL)
    assert said.code == 2 and f"段階「{stage}」はありません（使えるのは 申請・決定・" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="the setup by make is for Debian")
@pytest.mark.parametrize("asked", ["all", "most"])
def test_the_setup_finds_the_fonts_that_yoshiki_finds(asked: str, tmp_path: Path) -> None:
    """The program that asks is in a script of the shell, which no type checker reads."""
    script = (ROOT / ".ci" / "fonts").read_text(encoding="utf-8")
    program = tmp_path / "found.py"
    (text,) = re.findall(r"<<'PYTHON'\n(.*?)^PYTHON$", script, flags=re.DOTALL | re.MULTILINE)
    program.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, program, asked], env=environment, capture_output=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, b"")
