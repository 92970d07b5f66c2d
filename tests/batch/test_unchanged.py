"""What has not changed is not even read again; whatever it depends on, when it changes, makes it anew."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import offices
import pytest
import samples

from generator.batch import render_many
from generator.batch.render_many import Options
from generator.case import build
from generator.cli.clock import today
from generator.operations.render import Rendered, render_files
from generator.operations.settings import Settings
from generator.register.register import Register
from generator.reports.outcome import CURRENT, MADE, OTHER, Outcome
from generator.scheme.load import Schemes
from generator.storage import fingerprint
from generator.storage.destination import Folder
from generator.typography import fonts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "L-001.yaml"
    path.write_text(samples.PLAIN.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def known() -> Schemes:
    return samples.known()


def render(path: Path, register: Register | None = None) -> Rendered:
    (done,) = render_files([path], known(), path.parent / "out", ("xlsx",), register=register)
    return done


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("the case was read again")

    monkeypatch.setattr(build, "build_case", refuse)


def test_an_unchanged_case_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = render(path)
    assert first.made
    unread(monkeypatch)
    again = render(path)
    assert not again.made and again.checked.ok
    assert again.checked.about and again.checked.about.number == "L-001"
    assert (again.folder, again.files) == (first.folder, first.files)


def test_its_warnings_are_told_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub("項目: [^,]*,", "項目: 機材,", text, count=1), encoding="utf-8")
    told = render(path).checked.problems
    assert [p.level for p in told] == ["warning"]
    unread(monkeypatch)
    assert render(path).checked.problems == told


@pytest.mark.parametrize("damage", ["missing", "changed", "manifest"])
def test_what_was_damaged_is_made_again(path: Path, damage: str) -> None:
    first = render(path)
    assert first.folder
    target = first.folder / ("manifest.json" if damage == "manifest" else first.files[0])
    before = target.read_bytes()
    if damage == "missing":
        target.unlink()
    else:
        target.write_bytes(before[:-9])
    assert render(path).made
    assert target.read_bytes() == before


def test_another_case_of_the_same_number_does_not_slip_by(path: Path) -> None:
    render(path)
    other = path.with_name("other.yaml")
    other.write_text(path.read_text(encoding="utf-8") + "\n# 写し\n", encoding="utf-8")
    done = list(render_files([path, other], known(), path.parent / "out", ("xlsx",)))
    assert [d.checked.ok for d in done] == [True, False]
    assert not render(path).made


def test_what_a_crash_left_is_cleared_away(path: Path) -> None:
    folder = render(path).folder
    assert folder
    left = folder.with_name(f".{folder.name}.new")
    left.mkdir()
    assert not render(path).made
    assert not left.exists()


@pytest.mark.parametrize("part", ["program", "packages", "fonts"])
def test_what_it_is_made_with_counts(path: Path, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fingerprint.program
    assert render(path).made
    program.cache_clear()
    if part == "program":
        monkeypatch.setattr(fingerprint, "program", lambda: "another")
    elif part == "packages":
        monkeypatch.setattr(fingerprint, "packages", lambda: {"lxml": "0"})
    else:
        monkeypatch.setattr(fonts, "digest", lambda: "other fonts")
    assert render(path).made
    program.cache_clear()


def test_every_package_of_the_program_counts() -> None:
    lock = Path(__file__).parents[2] / "requirements.lock"
    locked = {line.split("==")[0] for line in lock.read_text(encoding="utf-8").splitlines() if "==" in line}
    found = fingerprint.packages()
    assert {"yoshiki", "click", "lxml", "markupsafe", "six"} <= set(found) and all(found.values())
    build = {"hatchling", "packaging", "pathspec", "pluggy", "tomlkit", "trove-classifiers"}
    elsewhere = {"tzdata", "colorama", "psycopg-binary"}  # other systems; the database's driver
    assert {name for name in locked if name[0] not in " #"} - build - elsewhere <= set(found)


def test_the_register_counts(tmp_path: Path) -> None:
    desk = offices.office(tmp_path / "office")
    path = desk.case("A-1")
    assert render(path, desk.register()).made
    assert not render(path, desk.register()).made
    desk.issue(path)
    assert render(path, desk.register()).made
    assert not render(path, desk.register()).made
    other = desk.case("A-2")
    desk.issue(other)
    assert not render(path, desk.register()).made  # another case's number


def outcomes(path: Path, **more: Any) -> list[Outcome]:
    options = Options(Folder(path.parent / "out"), today(), Settings(forms=(samples.SMALL,)), ("xlsx",), **more)
    return [render_many._start(options)(str(path))]


def test_the_batch_tells_the_same_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = outcomes(path)
    assert first.state == MADE and dict(first.amounts)["申請額"]
    unread(monkeypatch)
    (again,) = outcomes(path)
    assert again.state == CURRENT
    assert {**again.as_json(), "結果": ""} == {**first.as_json(), "結果": ""} and again.party == first.party
    assert outcomes(path, year="令和4年度")[0].state == OTHER
    assert outcomes(path, year="令和6年度")[0].state == CURRENT


def test_the_batch_after_render_and_render_after_the_batch(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = render(path).folder
    assert folder and outcomes(path)[0].state == CURRENT
    assert "報告" in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["told"]
    unread(monkeypatch)
    assert not render(path).made and outcomes(path)[0].state == CURRENT
