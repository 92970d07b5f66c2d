"""Places, days and numbers of processes that cannot be: the face refuses each with a Problem, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import offices
import pytest
from offices import CLERK, Desk
from refusals import told

from generator.api import (
    BatchOptions,
    BulkOrder,
    RefusedError,
    Settings,
    UnreadableError,
    Workspace,
    draw,
    office_folder,
    write_file,
)

DAY = CLERK.today
EARLY = (date.min, date(1872, 12, 31))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    return tmp_path / "file"


def test_a_file_is_not_written_where_a_folder_is(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for place in (Path("."), Path(".."), Path("/"), tmp_path / "folder"):
        assert told(RefusedError, partial(write_file, place, b"x")).code == "storage.no-file"
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_file_is_not_written_below_a_file(file: Path) -> None:
    for place in (file / "a", file / "a" / "b"):
        problem = told(RefusedError, partial(write_file, place, b"x"))
        assert problem.code == "storage.no-folder" and problem.position and problem.position.file == str(file)
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["a\0b", "a\0/b", "\ud800"])
def test_a_name_that_no_file_can_have(space: Workspace, desk: Desk, tmp_path: Path, name: str) -> None:
    asked: list[Callable[[], object]] = [
        lambda: write_file(tmp_path / name, b"x"),
        lambda: list(space.render_files([desk.case("A-1")], tmp_path / name / "b")),
    ]
    for call in asked:
        assert told(RefusedError, call).code == "storage.unusable-name"


def test_a_name_with_a_nul(space: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "a\0b"
    assert told(RefusedError, lambda: space.create_office(place)).code == "storage.unusable-name"
    options = BatchOptions(str(place), DAY)
    assert told(RefusedError, lambda: space.ready(options)).code == "storage.unusable-name"
    lost = Workspace(Settings((offices.FORMS,), tmp_path / "office", ledger="a\0b"))
    assert told(UnreadableError, lost.office).code == "register.place-unreadable"
    assert office_folder(place) is None
    assert [c.number for c in space.office().examine([place], BulkOrder("04"), CLERK)] == [""]


def test_files_stand_where_the_folders_of_cases_go(space: Workspace, desk: Desk, file: Path, tmp_path: Path) -> None:
    path = desk.case("A-1")
    (tmp_path / "b").mkdir()
    scheme = tmp_path / "b" / "tiny"
    scheme.write_text("mine", encoding="utf-8")
    case = tmp_path / "c" / "tiny" / "A-1"
    case.parent.mkdir(parents=True)
    case.write_text("mine", encoding="utf-8")
    for out, blocked in ((file, file), (file / "below", file), (tmp_path / "b", scheme), (tmp_path / "c", case)):
        for call in (lambda out=out: list(space.render_files([path], out)), partial(space.bundle, path, out)):
            for _ in range(2):
                problem = told(RefusedError, call)
                assert problem.code == "storage.no-folder" and problem.position
                assert problem.position.file == str(blocked) and blocked.read_text(encoding="utf-8") == "mine"


def test_files_stand_where_an_office_is_to_be(space: Workspace, file: Path) -> None:
    assert told(RefusedError, lambda: space.create_office(file / "below")).code == "storage.no-folder"


def test_what_stands_where_received_files_go(space: Workspace, desk: Desk, file: Path, tmp_path: Path) -> None:
    case = space.read_file(desk.case("A-1"))
    ((name, data),) = space.fillable("tiny", "申請", DAY, case, ("xlsx",)).items()
    received = space.receive(data, name)
    assert received.fine
    assert told(RefusedError, lambda: space.file_received(received, file)).code == "storage.no-folder"
    (tmp_path / "folder" / "A-1.yaml").mkdir(parents=True)
    problem = told(UnreadableError, lambda: space.file_received(received, tmp_path / "folder"))
    assert problem.code == "source.folder"
    nowhere = space.read(Path(case.source.name).read_bytes(), str(tmp_path / "nowhere" / "x.yaml"))
    problem = told(UnreadableError, lambda: space.file_received(received, tmp_path / "folder", nowhere))
    assert problem.code == "source.missing-file"


def test_a_batch_could_not_begin_where_something_else_stands(
    space: Workspace, desk: Desk, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "out" / "manifest.jsonl").mkdir(parents=True)
    (tmp_path / "report.pdf").mkdir()
    asked = {
        "storage.no-file": (
            BatchOptions(str(tmp_path / "out"), DAY),
            BatchOptions(str(tmp_path / "new"), DAY, report=tmp_path / "report.pdf"),
        ),
        "storage.no-folder": (BatchOptions(str(tmp_path / "new"), DAY, report=file / "report.pdf"),),
        "reports.no-such-day": tuple(BatchOptions(str(tmp_path / "new"), day) for day in EARLY),
        "batch.no-jobs": tuple(BatchOptions(str(tmp_path / "new"), DAY, jobs=jobs) for jobs in (0, -1)),
    }
    for code, several in asked.items():
        for options in several:
            for call in (space.ready, partial(space.batch, [desk.case("A-1")])):
                assert told(RefusedError, partial(call, options)).code == code
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("day", EARLY)
def test_a_table_of_a_day_before_the_calendar(space: Workspace, desk: Desk, day: date) -> None:
    ledger, overview = space.office().ledger(), space.overview([desk.case("A-1")], day)
    assert told(RefusedError, lambda: ledger.document(space.schemes(), day)).code == "reports.no-such-day"
    assert told(RefusedError, overview.document).code == "reports.no-such-day"
    assert draw(replace(overview, day=date(1873, 1, 1)).document(), "xlsx")


@pytest.mark.parametrize("jobs", [0, -1])
def test_there_is_no_such_number_of_processes(space: Workspace, desk: Desk, jobs: int) -> None:
    paths = [desk.case("A-1")]
    asked: list[Callable[[], object]] = [
        lambda: space.check_files(paths, jobs=jobs),
        lambda: space.check_files(paths, issued=False, jobs=jobs),
        lambda: space.office().examine(paths, BulkOrder("04"), CLERK, jobs),
    ]
    for call in asked:
        assert told(RefusedError, call).code == "batch.no-jobs"


def test_processes_share_the_work_also_outside_of_the_register(space: Workspace, desk: Desk) -> None:
    paths = [desk.case("A-1"), desk.case("A-2", decided="きのう")]
    alone = space.check_files(paths, issued=False)
    shared = space.check_files(paths, issued=False, jobs=2)
    assert [(r.path, r.ok, r.problems) for r in shared] == [(r.path, r.ok, r.problems) for r in alone]
    assert all(r.case is None and r.about for r in shared)  # another process had them
