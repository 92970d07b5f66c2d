"""The workers of a Dask cluster: one that dies, hangs or is of another make costs its own task only, or nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import clusters
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))  # the workers find pool_work the same way

import pool_work

from generator.problem import ProblemError
from generator.workers import dask_pool
from generator.workers.dask_pool import Cluster
from generator.workers.pool import Lost


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clusters.Dask]:
    with clusters.dask(tmp_path_factory.mktemp("dask")) as made:
        made.worker("one", nanny=True, OWN_ENVIRONMENT="right")
        made.worker("two", nanny=True, OWN_ENVIRONMENT="right")
        yield made


def run(dask: clusters.Dask, tasks: list[str], limit: float = 60) -> tuple[set[str], list[Lost[str]]]:
    made: Cluster[str, str] = Cluster(pool_work.start, dask.address, limit)
    results = list(made.run(tasks))
    assert not made.busy
    return {r for r in results if isinstance(r, str)}, [r for r in results if isinstance(r, Lost)]


def test_every_piece_is_worked_off_once(dask: clusters.Dask) -> None:
    tasks = [f"p{n}" for n in range(50)]
    done, lost = run(dask, tasks)
    assert done == {f"{p} done" for p in tasks} and not lost


def test_no_pieces(dask: clusters.Dask) -> None:
    assert run(dask, []) == (set(), [])


@pytest.mark.parametrize("bad", ["die:", "raise:x"])
def test_a_death_costs_its_piece_only(dask: clusters.Dask, bad: str) -> None:
    done, lost = run(dask, ["a", bad, "b", "c"])
    assert done == {"a done", "b done", "c done"}
    assert [one.task for one in lost] == [bad] and "落ちました" in lost[0].reason


def test_a_piece_is_tried_once_more_elsewhere(dask: clusters.Dask, tmp_path: Path) -> None:
    task = f"die-once:{tmp_path / 'mark'}"
    done, lost = run(dask, [task, "a"])
    assert done == {f"{task} done", "a done"} and not lost


@pytest.mark.torture
def test_a_hanging_worker_is_given_up(dask: clusters.Dask) -> None:
    done, lost = run(dask, ["hang:", "a", "b"], limit=5)
    assert done == {"a done", "b done"}
    assert [one.task for one in lost] == ["hang:"] and "5秒" in lost[0].reason


def test_a_worker_of_another_make_is_given_nothing(dask: clusters.Dask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_ENVIRONMENT", "right")
    other = dask.worker("other", OWN_ENVIRONMENT="wrong")
    told: list[str] = []
    try:
        made: Cluster[str, str] = Cluster(pool_work.start, dask.address, 60, pool_work.environment, told.append)
        assert set(made.run(["a", "b", "c", "d"])) == {f"{p} done" for p in "abcd"}
        assert len(told) == 1 and "環境が手元と違う" in told[0]
    finally:
        clusters.kill(other)
    monkeypatch.setenv("OWN_ENVIRONMENT", "a third")
    made = Cluster(pool_work.start, dask.address, 60, pool_work.environment, told.append, patience=3)
    with pytest.raises(ProblemError, match="任せられるワーカー"):
        list(made.run(["a"]))


_WITHOUT = """
import sys
from importlib.abc import MetaPathFinder

class Without(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {"generator", "pool_work"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Without())
"""


def test_a_scheduler_without_our_program(tmp_path: Path) -> None:
    """It reads what it hands on: Dask then raises a RuntimeError caused by what it could not import."""
    (tmp_path / "sitecustomize.py").write_text(_WITHOUT, encoding="utf-8")
    told: list[str] = []
    with clusters.dask(tmp_path, PYTHONPATH=str(tmp_path)) as made:
        made.worker("one")
        cluster: Cluster[str, str] = Cluster(pool_work.start, made.address, 60, tell=told.append, patience=2)
        with pytest.raises(ProblemError, match="任せられるワーカー"):
            list(cluster.run(["a"]))
    assert len(told) == 1 and "プログラムが手元と違う" in told[0]


def test_no_worker_at_all(tmp_path: Path) -> None:
    with clusters.dask(tmp_path) as made:
        empty: Cluster[str, str] = Cluster(pool_work.start, made.address, 60, patience=2)
        with pytest.raises(ProblemError, match="一つもありません"):
            list(empty.run(["a"]))


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_pool, "_ANSWER", 1.0)
    nobody: Cluster[str, str] = Cluster(pool_work.start, "tcp://127.0.0.1:9", 60)
    with pytest.raises(ProblemError, match="つながりません"):
        list(nobody.run(["a"]))


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    nobody: Cluster[str, str] = Cluster(pool_work.start, "tcp://127.0.0.1:9", 60)
    with pytest.raises(ProblemError) as refused:
        list(nobody.run(["a"]))
    assert "yoshiki[cluster]" in refused.value.problems[0].hint


def test_the_contents_of_a_piece_are_never_logged(dask: clusters.Dask) -> None:
    run(dask, ["raise:山田花子", "die:山田花子"])
    for log in dask.folder.glob("*.log"):
        assert "山田" not in log.read_text(encoding="utf-8", errors="replace")
