"""Worker processes under supervision: one that dies or hangs costs its own task only.

A pool from the standard library gives up altogether when one process is killed, and never notices one that hangs.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

# Makes a worker's function, once in each process: so that what is costly to load is loaded there once.
Start = Callable[[], Callable[[Any], Any]]

_PATIENCE = 5.0  # seconds for a worker that is told to end; then it is killed
TRIES = 2  # a task is tried once more, in another process, after its worker was lost
_GARBAGE = 50_000  # objects made before garbage is looked for; about what a case makes


@dataclass(frozen=True)
class Lost(Generic[Task]):
    """A task whose workers died or hung each time; ``reason`` says which, in words for the report."""

    task: Task
    reason: str


@dataclass
class _Worker(Generic[Task]):
    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    tries: int = 0
    begun: float = 0.0


def _serve(start: bytes, pipe: Connection) -> None:
    try:
        gc.set_threshold(_GARBAGE)
        work = pickle.loads(start)()  # here, not by `multiprocessing`: most of the program is loaded by this
        first = True
        while True:
            pipe.send(work(pipe.recv()))
            if first:  # what is loaded by now stays: it need not be searched for garbage again and again
                gc.freeze()
                first = False
    except (EOFError, KeyboardInterrupt):
        pass  # the supervisor went away or was interrupted: nobody waits for an answer


class WorkerPool(Generic[Task, Result]):
    """A pool of ``size`` processes that work tasks off; ``limit`` seconds for one task."""

    def __init__(self, start: Start, size: int, limit: float):
        self.start, self.size, self.limit = start, size, limit
        self.context = multiprocessing.get_context("spawn")  # the same on every system
        self.workers: list[_Worker[Task]] = []

    def run(self, tasks: Iterable[Task], meanwhile: Callable[[], None] = lambda: None) -> Iterator[Result | Lost[Task]]:
        """The results as they come, in no order. The function must not raise: what it raises counts as a death.

        ``meanwhile``: what is worth doing here while the workers begin.
        """
        waiting = iter(tasks)
        again: deque[tuple[Task, int]] = deque()
        done = begun = False
        try:
            while True:
                while len([w for w in self.workers if w.task is not None]) < self.size:
                    if again:
                        task, tries = again.popleft()
                    elif done:
                        break
                    else:
                        next_ = next(waiting, None)
                        if next_ is None:
                            done = True
                            break
                        task, tries = next_, 0
                    self._give(task, tries)
                if not any(w.task is not None for w in self.workers):
                    return
                if not begun:
                    begun = True
                    meanwhile()
                yield from self._harvest(again)
        finally:
            self.close()

    def _give(self, task: Task, tries: int) -> None:
        worker = next((w for w in self.workers if w.task is None), None)
        if worker is None:
            ours, theirs = self.context.Pipe()
            process = self.context.Process(target=_serve, args=(pickle.dumps(self.start), theirs), daemon=True)
            process.start()
            theirs.close()
            worker = _Worker(process, ours)
            self.workers.append(worker)
        worker.task, worker.tries, worker.begun = task, tries + 1, time.monotonic()
        with contextlib.suppress(OSError):  # it died while idle: its sentinel tells so at once
            worker.pipe.send(task)

    def _harvest(self, again: deque[tuple[Task, int]]) -> Iterator[Result | Lost[Task]]:
        """Wait for an answer, a death or a deadline."""
        busy = [w for w in self.workers if w.task is not None]
        patience = max(0.0, min(w.begun for w in busy) + self.limit - time.monotonic())
        wait([*(w.pipe for w in busy), *(w.process.sentinel for w in busy)], timeout=patience)
        for worker in busy:
            task = worker.task
            assert task is not None
            try:
                if worker.pipe.poll():
                    result: Result = worker.pipe.recv()
                    worker.task = None
                    yield result
                    continue
            except (EOFError, OSError):
                pass
            reason = ""
            if not worker.process.is_alive() or worker.pipe.closed:
                reason = "処理していたプロセスが落ちました"
            elif time.monotonic() - worker.begun >= self.limit:
                reason = f"{self.limit:g}秒たっても終わりませんでした"
            if not reason:
                continue
            self._dismiss(worker)
            if worker.tries < TRIES:
                again.append((task, worker.tries))
            else:
                yield Lost(task, reason)

    def _dismiss(self, *workers: _Worker[Task]) -> None:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.pipe.close()
            self.workers.remove(worker)

    def close(self) -> None:
        """End the workers at once: their answers are here, and to leave in good order would take each its time."""
        for worker in self.workers:
            worker.process.terminate()
        for worker in self.workers:
            worker.process.join(_PATIENCE)
        self._dismiss(*self.workers)
