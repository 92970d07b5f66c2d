"""The fonts of a workspace are its own: in one process and at the same time, others have theirs."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import offices
import pytest
from offices import CLERK, Desk

from generator.api import (
    BatchOptions,
    BulkOrder,
    Case,
    Order,
    ProblemError,
    Settings,
    UnavailableError,
    UnreadableError,
    Workspace,
    draw,
)
from generator.typography import fonts

RARE_NAME = "𠮷野　𩸽男"  # of the fonts only IPAmj Mincho has them
FACES = [face.path for font, bold in fonts._CHAINS for face in fonts.chain(font, bold)]


@pytest.fixture
def every(tmp_path: Path) -> Path:
    """A folder with all fonts."""
    return copied(tmp_path / "every", FACES)


@pytest.fixture
def usual(tmp_path: Path) -> Path:
    """A folder without that of rare characters."""
    return copied(tmp_path / "usual", [path for path in FACES if "ipa" not in path.name.lower()])


@pytest.fixture
def no_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer whose system has no fonts."""
    monkeypatch.setattr(fonts, "_system_folders", lambda: ())
    monkeypatch.setattr(fonts, "_library", fonts.Library())
    fonts._of.cache_clear()
    yield
    fonts._of.cache_clear()


def copied(folder: Path, paths: list[Path]) -> Path:
    folder.mkdir()
    for path in dict.fromkeys(paths):
        shutil.copy(path, folder)
    return folder


def space(desk: Desk, *places: Path) -> Workspace:
    return Workspace(Settings((offices.FORMS,), desk.root, fonts=places))


def work(space: Workspace, path: Path) -> tuple[list[str], bytes]:
    """What `check` says of the name, and a document if there is one."""
    case = space.read_file(path)
    codes = [problem.code for problem in space.check(case).problems]
    return codes, b"" if codes else space.render(case, ("pdf",))["04-decision.pdf"]


@pytest.mark.usefixtures("no_system")
def test_two_workspaces_have_each_its_own(desk: Desk, every: Path, usual: Path) -> None:
    rich, poor, path = space(desk, every), space(desk, usual), desk.case("A-1", name=RARE_NAME)
    for _ in range(2):
        assert work(rich, path)[0] == [] and "case.no-glyph" in work(poor, path)[0]


@pytest.mark.usefixtures("no_system")
def test_two_threads_have_each_its_own_at_the_same_time(desk: Desk, every: Path, usual: Path) -> None:
    path, both = desk.case("A-1", name=RARE_NAME), threading.Barrier(2)
    alone = work(space(desk, every), path), work(space(desk, usual), path)

    def begin(place: Path) -> list[tuple[list[str], bytes]]:
        own = space(desk, place)
        both.wait()
        return [work(own, path) for _ in range(20)]

    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(begin, (every, usual)))
    assert made == [[alone[0]] * 20, [alone[1]] * 20]


@pytest.mark.usefixtures("no_system")
def test_between_the_steps_of_one_another_has_its_own(desk: Desk, every: Path, usual: Path, tmp_path: Path) -> None:
    paths = [desk.case(f"A-{n}", name=RARE_NAME) for n in (1, 2)]
    rich = space(desk, every).render_files(paths, tmp_path / "rich", ("pdf",))
    poor = space(desk, usual).render_files(paths, tmp_path / "poor", ("pdf",))
    for _ in paths:
        assert next(rich).made and not next(poor).made
        with pytest.raises(UnavailableError):  # the caller has those of the system, and it has none
            fonts.chain("mincho")


@pytest.mark.usefixtures("no_system")
def test_whatever_a_workspace_does_is_done_with_its_fonts(desk: Desk, every: Path, tmp_path: Path) -> None:
    """Nothing falls back to the system's, which are not there."""
    own, path = space(desk, every), desk.case("A-1")
    case: Case = own.read_file(path)
    assert own.check(case).ok and own.check_files([path])[0].ok and own.check_files([path], jobs=2)[0].ok
    assert own.assessment(case) and own.render(case) and own.status(case, CLERK.today)
    assert all(draw(document, "xlsx") and draw(document, "pdf") for document in own.documents(case))
    assert own.bundle(path, tmp_path / "out").path
    blanks = own.fillable("tiny", "申請", CLERK.today, case)
    assert [own.receive(data, name).digest for name, data in blanks.items()]
    options = BatchOptions(str(tmp_path / "all"), CLERK.today, ("pdf",), jobs=1)
    own.ready(options)
    assert own.batch([path], options).states["作成"] == 1
    assert own.issue(case, Order("04"), CLERK).folder
    order = BulkOrder("04")
    office, second = own.office(), desk.case("A-2")
    plan = office.plan(order, office.examine([second], order, CLERK))
    assert [done.entry is not None for done in office.carry_out(plan, lambda: CLERK)] == [True]
    overview, ledger = own.overview([path], CLERK.today), office.ledger()
    for document in (overview.document(), ledger.document(own.schemes(), CLERK.today)):
        assert draw(document, "pdf") and draw(document, "xlsx")
    with pytest.raises(ProblemError):
        draw(replace(document, fonts=()), "pdf")


def test_what_the_settings_name_and_is_not_there_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    (tmp_path / "file").write_text("", encoding="utf-8")
    for settings, code, place in (
        (Settings((offices.FORMS, gone)), "settings.no-forms", gone),
        (Settings((tmp_path / "file",)), "settings.no-forms", tmp_path / "file"),
        (Settings(fonts=(gone,)), "settings.no-fonts", gone),
    ):
        with pytest.raises(UnreadableError) as caught:
            partial(Workspace, settings)()
        (problem,) = caught.value.problems
        assert problem.code == code and problem.position and problem.position.file == str(place) and problem.hint


def test_what_is_no_longer_there_is_told_at_each_call(tmp_path: Path, desk: Desk) -> None:
    """An office's own scheme on a drive that is away must not go over to the one that came with the program."""
    forms = shutil.copytree(offices.FORMS, tmp_path / "forms")
    own = Workspace(Settings((forms,)))
    case = own.read_file(desk.case("A-1"))
    forms.rename(tmp_path / "away")
    calls: list[Callable[[], object]] = [
        own.schemes, own.faults, lambda: own.read(b""), lambda: own.check(case), lambda: own.documents(case),
        lambda: list(own.render_files([desk.case("A-2")], tmp_path / "out")),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(UnreadableError) as caught:
            call()
        (problem,) = caught.value.problems
        assert problem.code == "settings.no-forms"
    assert not (tmp_path / "out").exists()
    (tmp_path / "away").rename(forms)
    assert own.check(case).ok
