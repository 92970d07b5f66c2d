"""A worker that dies or hangs costs its own task only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))  # spawned processes find pool_work the same way

import pool_work

from generator.workers.pool import Lost, WorkerPool


def run(tasks: list[str], size: int = 2, limit: float = 60) -> tuple[set[str], list[Lost[str]]]:
    pool: WorkerPool[str, str] = WorkerPool(pool_work.start, size, limit)
    results = list(pool.run(tasks))
    assert pool.workers == []
    return {r for r in results if isinstance(r, str)}, [r for r in results if isinstance(r, Lost)]


def test_every_piece_is_worked_off_once() -> None:
    tasks = [f"p{n}" for n in range(50)]
    done, lost = run(tasks)
    assert done == {f"{p} done" for p in tasks} and not lost


def test_no_pieces_no_processes() -> None:
    assert run([]) == (set(), [])


@pytest.mark.parametrize("bad", ["die:", "raise:x"])
def test_a_death_costs_its_piece_only(bad: str) -> None:
    done, lost = run(["a", bad, "b", "c"])
    assert done == {"a done", "b done", "c done"}
    assert [one.task for one in lost] == [bad] and "落ちました" in lost[0].reason


def test_a_piece_is_tried_once_more_elsewhere(tmp_path: Path) -> None:
    task = f"die-once:{tmp_path / 'mark'}"
    done, lost = run([task, "a"])
    assert done == {f"{task} done", "a done"} and not lost


def test_a_hanging_worker_is_given_up() -> None:
    done, lost = run(["hang:", "a", "b"], limit=3)
    assert done == {"a done", "b done"}
    assert [one.task for one in lost] == ["hang:"] and "3秒" in lost[0].reason


def test_stopping_in_the_middle_leaves_no_process() -> None:
    pool: WorkerPool[str, str] = WorkerPool(pool_work.start, 2, 60)
    results = pool.run(["a", "b", "hang:", "c"])
    next(results)
    processes = [w.process for w in pool.workers]
    results.close()  # type: ignore[attr-defined]
    assert pool.workers == [] and not any(p.is_alive() for p in processes if p._popen)  # type: ignore[attr-defined]
