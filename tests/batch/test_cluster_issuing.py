"""yoshiki batch --issue … --engine dask: one command numbers the cases here and makes their files on a cluster."""

from __future__ import annotations

import itertools
import secrets
import shutil
import threading
import time
from pathlib import Path

import clusters
import command
import offices
import pytest
from command import Said
from offices import Desk

from generator.cli import clock
from generator.register.entry import Entry, Keys
from generator.register.register import verify
from generator.storage.case_folder import MANIFEST
from generator.workers import dask_pool

COUNT = 24  # enough that a worker can be killed in the middle
CHANGES = "変更: [" + "{申請日: 令和5年11月1日, 承認日: 令和5年11月10日, 内容: 見本}, " * 4 + "]\n"
KEYS = Keys.fresh()  # of each copy of the office
MOMENT = "2025-06-02T01:23:45Z"


def batch(desk: Desk, *arguments: str) -> Said:
    """The command in the office, always at the same moment: all that is signed there is the same in each copy."""
    tokens = (f"{n:016x}" for n in itertools.count())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk.root)
        patch.setattr(clock, "now", lambda: MOMENT)
        patch.setattr(secrets, "token_hex", lambda _: next(tokens))
        return command.run("batch", "cases", "--format", "pdf", "--jobs", "1", *arguments, forms=offices.FORMS)


def prepared(root: Path, url: str = "") -> Desk:
    """An office whose decisions have their numbers. Some of its cases are faulty."""
    desk = offices.office(root, url, KEYS)
    for n in range(1, COUNT + 1):
        confirmed = "" if n % 8 == 0 else f"確定: {{確定日: 令和{6 + n % 2}年3月25日, 金額: 45000}}\n"
        desk.case(f"A-{n:02d}", decided="きのう" if n == 5 else "令和5年10月2日", more=CHANGES + confirmed)
    (root / "cases" / "z.yaml").write_bytes(b"\xff\xfe")
    assert batch(desk, "--issue", "04", "--yes", "--stage", "決定", "--out", "decided").code == 1
    return desk


def issued(desk: Desk) -> tuple[Entry, ...]:
    register = desk.register()
    assert list(verify(register)) == []
    return register.ledger.entries()


def files(folder: Path) -> dict[str, bytes]:
    found = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def is_the_same(desk: Desk, other: Desk) -> None:
    """The register, the documents kept, and all that was made."""
    assert issued(desk) == issued(other)
    for name in ("issued", "output"):
        ours, theirs = files(desk.root / name), files(other.root / name)
        assert ours.keys() == theirs.keys()
        assert [n for n in ours if ours[n] != theirs[n]] == []


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The office of which each test takes a copy."""
    return prepared(tmp_path_factory.mktemp("decided") / "office")


def copied(desk: Desk, root: Path) -> Desk:
    shutil.copytree(desk.root, root)
    return Desk(root)


@pytest.fixture(scope="module")
def local(decided: Desk, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Said]:
    """All of it by this computer alone."""
    desk = copied(decided, tmp_path_factory.mktemp("local") / "office")
    return desk, batch(desk, "--issue", "07", "--yes")


def on_cluster(dask: clusters.Dask) -> tuple[str, ...]:
    return "--issue", "07", "--yes", "--engine", "dask", "--scheduler", dask.address


def test_this_computer_gives_numbers_by_date_and_case(local: tuple[Desk, Said]) -> None:
    """What the cluster is held against."""
    desk, said = local
    assert said.code == 1 and "発行できないもの 2件" in said.out
    given = [e for e in issued(desk) if e.form == "07"]
    assert len(given) > 10
    assert given == sorted(given, key=lambda e: (e.date, e.case_number))
    for year in {e.year for e in given}:
        numbers = [e.number for e in given if e.year == year]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_one_command_as_on_this_computer(
    decided: Desk,
    local: tuple[Desk, Said],
    dask: clusters.Dask,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    store: str,
) -> None:
    if store == "postgresql":
        desk = prepared(tmp_path / "office", request.getfixturevalue("database"))
    else:
        desk = copied(decided, tmp_path / "office")
    said = batch(desk, *on_cluster(dask))
    there, told = local
    assert (said.code, said.out) == (told.code, told.out)
    is_the_same(desk, there)
    again = batch(desk, *on_cluster(dask))
    assert "新たに発行するものはありません" in again.out and "作成" not in again.out
    assert issued(desk) == issued(there)


@pytest.mark.torture
def test_a_worker_killed_in_the_middle(
    decided: Desk, local: tuple[Desk, Said], dask: clusters.Dask, tmp_path: Path
) -> None:
    desk = copied(decided, tmp_path / "office")
    output = desk.root / "output"
    seen: list[int] = []
    doomed = dask.worker("doomed-too", YOSHIKI_FORMS=str(offices.FORMS))

    def end() -> None:
        deadline = time.monotonic() + 300
        while len(list(output.glob(f"*/*/{MANIFEST}"))) < 4 and time.monotonic() < deadline:
            time.sleep(0.01)
        clusters.kill(doomed)
        seen.append(len(list(output.glob(f"*/*/{MANIFEST}"))))

    killer = threading.Thread(target=end)
    killer.start()
    said = batch(desk, *on_cluster(dask))
    killer.join()
    assert 4 <= seen[0] < COUNT - 6, "it was not in the middle"
    there, told = local
    assert (said.code, said.out) == (told.code, told.out)
    is_the_same(desk, there)


@pytest.mark.parametrize(
    ("arguments", "told", "code"),
    [
        (("--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"), "つながりません", 3),
        (("--out", "nowhere://bucket/folder"), "nowhere:// には書き出せません", 1),
    ],
)
def test_no_number_is_given_where_nothing_could_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str, code: int
) -> None:
    """The cluster and the place are tried before a number is taken, not after."""
    monkeypatch.setattr(dask_pool, "_ANSWER", 1.0)
    desk = offices.office(tmp_path / "office")
    desk.case("A-1")
    monkeypatch.chdir(desk.root)
    said = command.run("batch", "cases", "--issue", "04", "--yes", *arguments, forms=offices.FORMS)
    assert said.code == code and told in said.err
    assert issued(desk) == ()
