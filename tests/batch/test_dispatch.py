"""A batch on a Dask cluster leaves the same files as one on this computer, byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import clusters
import command
import many
import offices
import pytest
from command import Said
from samples import PROGRAM, SMALL

from generator.storage.case_folder import MANIFEST

COUNT = 48  # enough that a worker can be killed in the middle
CASE = Path(many.SCHEME) / "B-002"


def run(*arguments: str) -> Said:
    return command.run(*arguments, forms=SMALL)


def files(folder: Path) -> dict[str, bytes]:
    """All that a reader of the output sees; locks and the like are hidden."""
    found = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cases, some of them faulty, and what comes of them on this computer."""
    root = tmp_path_factory.mktemp("desk")
    many.write(root / "cases", COUNT)
    (root / "cases" / "z.yaml").write_bytes(b"\xff\xfe")
    shutil.copy(root / "cases" / "B-001.yaml", root / "cases" / "zz.yaml")  # its number is taken
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        said = run("batch", "cases", "--format", "pdf", "--jobs", "1", "--out", "local")
    assert said.code == 1 and "作成" in said.out
    return root


def batch(dask: clusters.Dask, desk: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> str:
    monkeypatch.chdir(desk)
    said = run("batch", "cases", "--format", "pdf", "--out", out, "--engine", "dask", "--scheduler", dask.address)
    assert said.code == 1
    return said.out


def test_a_worker_killed_in_the_middle_leaves_no_trace(dask: clusters.Dask, desk: Path) -> None:
    doomed = dask.worker("doomed", YOSHIKI_FORMS=str(SMALL))
    out = desk / "killed"
    words = [sys.executable, "-m", "generator", "--forms", str(SMALL), "batch", "cases", "--format", "pdf"]
    words += ["--out", "killed", "--engine", "dask", "--scheduler", dask.address]
    environment = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    process = subprocess.Popen(words, cwd=desk, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        while len(list(out.glob(f"*/*/{MANIFEST}"))) < 6:
            assert process.poll() is None
            time.sleep(0.01)
        clusters.kill(doomed)
        assert len(list(out.glob(f"*/*/{MANIFEST}"))) < COUNT - 10, "it was not in the middle"
        said, _ = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 1, said.decode()
    assert files(out) == files(desk / "local")


def test_the_second_run_makes_nothing(dask: clusters.Dask, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing or spoilt: nothing else is sent."""
    assert "作成" in batch(dask, desk, monkeypatch, "second")
    (desk / "second" / CASE / MANIFEST).unlink()
    said = batch(dask, desk, monkeypatch, "second")
    assert "作成 1件、最新" in said
    made = {n: d for n, d in files(desk / "second").items() if "/" in n}
    assert made == {n: d for n, d in files(desk / "local").items() if "/" in n}


@pytest.mark.parametrize("protocol", ["file", "local"])
def test_workers_write_to_a_url(
    dask: clusters.Dask, desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, protocol: str
) -> None:
    """As file:// a folder that every worker has; as local:// fsspec's own way into it, as into any store."""
    url = f"{protocol}://{tmp_path.as_posix()}/out"
    batch(dask, desk, monkeypatch, url)
    assert files(tmp_path / "out") == files(desk / "local")
    case = tmp_path / "out" / CASE
    (case / MANIFEST).unlink()
    assert "作成 1件、最新" in batch(dask, desk, monkeypatch, url)


def test_local_workers_write_to_a_url(desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(desk)
    run("batch", "cases", "--format", "pdf", "--jobs", "1", "--out", f"local://{tmp_path.as_posix()}")
    assert files(tmp_path) == files(desk / "local")


def test_numbers_come_from_postgresql(
    dask: clusters.Dask, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers have neither the register nor the issued documents; what is wrong with those is told all the same."""
    desk = offices.office(tmp_path / "office", database)
    paths = [desk.case(f"N-{n}") for n in range(1, 9)]
    for path in paths[:6]:
        desk.issue(path)
    edited = desk.case("N-2", amount=40000)
    issued = sorted((desk.root / "発行文書").rglob("*.pdf")) or sorted(desk.root.rglob("04*.pdf"))
    lost = next(p for p in issued if "N-3" in p.as_posix())
    lost.unlink()
    monkeypatch.chdir(desk.root)
    common = ("batch", "cases", "--ledger", database, "--jobs", "1")
    said = run(*common, "--out", "local")
    assert "作成 6件" in said.out and "要確認 2件" in said.out
    text = (desk.root / "local" / "manifest.jsonl").read_text(encoding="utf-8")
    assert edited.name in text and "で発行した文書と違います" in text and "発行文書がありません" in text
    run(*common, "--out", "dask", "--engine", "dask", "--scheduler", dask.address)
    assert files(desk.root / "dask") == files(desk.root / "local")


def test_one_option_without_the_other(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    for given in (["--engine", "dask"], ["--scheduler", "tcp://127.0.0.1:1"]):
        said = run("batch", "cases", *given)
        assert said.code == 2 and "--engine dask --scheduler" in said.err
