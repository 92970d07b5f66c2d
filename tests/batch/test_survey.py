"""What was found out of a case is told again without being worked out, until something it depends on has changed."""

from __future__ import annotations

import datetime
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import offices
import pytest
from command import FORMS, ROOT, run

from generator.api import workspace
from generator.batch import survey as surveys
from generator.batch.survey import Question, survey
from generator.operations import check, processes
from generator.operations.order import Order
from generator.operations.settings import Settings
from generator.reports.overview import Standing
from generator.storage import result_cache
from generator.storage.result_cache import NAME

SAMPLES = sorted((ROOT / "fixtures").glob("*/*.yaml"))
FAULTY = sorted((ROOT / "tests" / "errors").glob("*/case.yaml"))
DAY = datetime.date(2025, 6, 2)


class Desk:
    """A folder with cases, asked again and again; ``worked_out`` tells which cases were, since it was cleared."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch):
        self.office = offices.office(root / "office")
        self.settings = Settings((FORMS, offices.FORMS), self.office.root, cache=root / "own" / "yoshiki")
        self.worked_out: list[str] = []
        check_file = check.check_file

        def counted(path: Path, *more: Any) -> Any:
            self.worked_out.append(path.name)
            return check_file(path, *more)

        monkeypatch.setattr(surveys, "check_file", counted)

    def ask(self, *paths: Path, fit: bool = False, day: datetime.date | None = DAY) -> tuple[list[Standing], list[str]]:
        """The answers, and the names of the cases that had to be worked out."""
        self.worked_out.clear()
        return survey(paths, Question(self.settings, fit, day), 1), self.worked_out.copy()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(surveys, "MANY", 1)
    return Desk(tmp_path, monkeypatch)


@pytest.fixture
def issued(desk: Desk) -> Path:
    """A case whose decision was issued and that has gone on since: what was issued is read to compare."""
    path = desk.office.case("A-1")
    desk.office.issue(path)
    path.write_text(path.read_text(encoding="utf-8") + "# 続き\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("command", [("check",), ("check", "--json"), ("status", "--json"), ("status",)], ids=" ".join)
def test_the_same_is_said(command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each sample and each faulty case, by one process and by two, kept or not."""
    paths = [*SAMPLES, *FAULTY[::4], tmp_path / "missing.yaml"]
    monkeypatch.setenv("YOSHIKI_CACHE", str(tmp_path / "cache"))
    before = run(*command, *paths)
    assert not list(tmp_path.rglob(NAME)), "few cases are not kept"
    for module in (processes, surveys, workspace):
        monkeypatch.setattr(module, "MANY", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    first = run(*command, *paths)
    assert list(tmp_path.rglob(NAME)) == [tmp_path / "cache" / NAME]
    seen: list[Path] = []
    check_file = check.check_file

    def counted(path: Path, *more: Any) -> Any:
        seen.append(path)
        return check_file(path, *more)

    monkeypatch.setattr(surveys, "check_file", counted)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    again = run(*command, *paths)
    assert before.code != 0 and (before.code, before.output) == (first.code, first.output)
    assert (again.code, again.output) == (first.code, first.output)
    assert not set(seen) & set(SAMPLES) and len(seen) < len(paths) / 2


def test_today_is_looked_at_each_time(desk: Desk) -> None:
    for day in (DAY, DAY + datetime.timedelta(40), datetime.date(2023, 10, 2)):
        (found,), _ = desk.ask(SAMPLES[0], day=day)
        assert found.row is not None and found.row.today == day
    assert desk.ask(SAMPLES[0])[1] == []


def test_what_is_asked_makes_a_difference(desk: Desk) -> None:
    assert desk.ask(SAMPLES[0])[1] == [SAMPLES[0].name]
    (found,), worked_out = desk.ask(SAMPLES[0], fit=True, day=None)
    assert found.row is None and worked_out == [SAMPLES[0].name]
    assert desk.ask(SAMPLES[0], fit=True, day=None) == ([found], [])
    desk.settings = replace(desk.settings, office=None)
    assert desk.ask(SAMPLES[0])[1] == [SAMPLES[0].name], "outside of the office"


def test_a_changed_case_is_read(desk: Desk) -> None:
    one, two = desk.office.case("A-1"), desk.office.case("A-2")
    assert desk.ask(one, two)[1] == ["A-1.yaml", "A-2.yaml"]
    assert desk.ask(one, two)[1] == []
    desk.office.case("A-2", name="株式会社別")
    found, worked_out = desk.ask(one, two)
    assert worked_out == ["A-2.yaml"] and found[1].row and found[1].row.party == "株式会社別"
    moved = one.rename(one.with_name("B.yaml"))
    (found_there,), worked_out = desk.ask(moved)
    assert worked_out == ["B.yaml"] and found_there.report.path == moved


def test_a_changed_scheme_counts(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(offices.FORMS / "tiny", tmp_path / "forms" / "tiny")
    desk.settings = replace(desk.settings, forms=(tmp_path / "forms",))
    path = desk.office.case("A-1")
    assert desk.ask(path)[1] == desk.ask(path)[1] + ["A-1.yaml"]
    rules = tmp_path / "forms" / "tiny" / "rules.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + "# 改正\n", encoding="utf-8")
    assert desk.ask(path)[1] == ["A-1.yaml"]
    rules.write_text("[", encoding="utf-8")
    for _ in range(2):
        (found,), worked_out = desk.ask(path)
        assert found.report.failed and worked_out == ["A-1.yaml"], "a fault of the scheme is not kept"


@pytest.mark.parametrize("part", ["fingerprint.program", "fonts.digest"])
def test_another_program_and_other_fonts_count(desk: Desk, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    path = desk.office.case("A-1")
    desk.ask(path, fit=True)
    assert desk.ask(path, fit=True)[1] == []
    module, _, name = part.partition(".")
    monkeypatch.setattr(getattr(surveys, module), name, lambda: "other")
    assert desk.ask(path, fit=True)[1] == ["A-1.yaml"]


def test_an_entry_in_the_register_counts(desk: Desk) -> None:
    one, two = desk.office.case("A-1"), desk.office.case("A-2")
    desk.ask(one, two)
    desk.office.issue(one)
    found, worked_out = desk.ask(one, two)
    assert worked_out == ["A-1.yaml"] and found[0].row and found[0].row.issued
    assert desk.ask(one, two) == (found, [])


def _append(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")


@pytest.mark.parametrize("change", [Path.unlink, _append], ids=["lost", "altered"])
def test_an_issued_file_that_was_read_counts(desk: Desk, issued: Path, change: Callable[[Path], None]) -> None:
    (found,), _ = desk.ask(issued)
    assert found.report.ok and desk.ask(issued)[1] == []
    (kept,) = (desk.office.root / "issued").rglob("texts.json")
    before = kept.read_bytes()
    change(kept)
    for _ in range(2):
        (broken,), worked_out = desk.ask(issued)
        assert not broken.report.ok and worked_out == ["A-1.yaml"]
    kept.write_bytes(before)
    assert desk.ask(issued)[0] == [found]


def test_a_document_that_would_change_is_told_again(desk: Desk, issued: Path) -> None:
    issued.write_text(issued.read_text(encoding="utf-8").replace("50000", "49000"), encoding="utf-8")
    (first,), _ = desk.ask(issued)
    assert not first.report.ok
    assert desk.ask(issued) == ([first], [])
    desk.office.issue(issued, Order("04", reissue=True, reason="訂正"))
    (after,), worked_out = desk.ask(issued)
    assert after.report.ok and worked_out == ["A-1.yaml"]


def test_two_of_one_number_are_told_apart_each_time(desk: Desk) -> None:
    one = desk.office.case("A-1")
    two = one.with_name("copy.yaml")
    two.write_text(one.read_text(encoding="utf-8") + "#\n", encoding="utf-8")
    first, _ = desk.ask(one, two)
    assert [s.report.ok for s in first] == [True, False]
    assert desk.ask(one, two) == (first, [])
    found, _ = desk.ask(two, one)
    assert [s.report.ok for s in found] == [True, False]
    assert desk.ask(two)[0][0].report.ok


# ---- where it is kept ----


def test_it_is_kept_in_the_office_readable_by_its_owner_only(desk: Desk, tmp_path: Path) -> None:
    desk.ask(desk.office.case("A-1"))
    kept = desk.office.root / NAME
    assert kept.is_file() and not (tmp_path / "own" / "yoshiki" / NAME).exists()
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_shared_folder_keeps_none_of_it(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.storage.network_drive.filesystem", lambda path, mounts: "cifs")
    monkeypatch.setattr("generator.operations.office_register.OfficeRegister.reading", lambda self: None)
    path = desk.office.case("A-1")
    desk.ask(path)
    assert desk.ask(path)[1] == []
    assert not (desk.office.root / NAME).exists() and (tmp_path / "own" / "yoshiki" / NAME).is_file()


def test_where_nothing_can_be_written_the_answer_is_the_same(desk: Desk, tmp_path: Path) -> None:
    path = desk.office.case("A-1")
    found, _ = desk.ask(path)
    (desk.office.root / NAME).unlink()
    (desk.office.root / NAME).mkdir()
    (tmp_path / "own" / "yoshiki" / NAME).mkdir()
    for _ in range(2):
        assert desk.ask(path) == (found, ["A-1.yaml"])
    desk.settings = replace(desk.settings, cache=None)
    assert desk.ask(path) == (found, ["A-1.yaml"])


def test_a_damaged_file_is_made_anew(desk: Desk) -> None:
    paths = [desk.office.case(f"A-{n}") for n in range(5)]
    found, _ = desk.ask(*paths)
    kept = desk.office.root / NAME
    whole = kept.read_bytes()
    for damaged in (whole[: len(whole) // 2], bytes([*whole[:-1], whole[-1] ^ 1]), b""):
        kept.write_bytes(damaged)
        again, worked_out = desk.ask(*paths)
        assert again == found and len(worked_out) == 5
        assert desk.ask(*paths) == (found, [])


def test_an_interrupted_run_goes_on_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "_TOGETHER", 2)
    paths = [desk.office.case(f"A-{n}") for n in range(4)]
    desk.ask(*paths[:2])
    (desk.office.root / NAME).chmod(0o600)
    answer = surveys._Surveyor.answer

    def stopped(self: Any, name: str) -> Any:
        if name.endswith("A-3.yaml"):
            raise KeyboardInterrupt
        return answer(self, name)

    monkeypatch.setattr(surveys._Surveyor, "answer", stopped)
    with pytest.raises(KeyboardInterrupt):
        desk.ask(*(desk.office.case(f"A-{n}", amount=40000) for n in range(4)))
    monkeypatch.setattr(surveys._Surveyor, "answer", answer)
    assert desk.ask(*paths)[1] == ["A-2.yaml", "A-3.yaml"]
