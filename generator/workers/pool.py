"""A crew of worker processes under supervision: one that dies or hangs costs its own piece of work only.

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

Piece = TypeVar("Piece")
Result = TypeVar("Result")

# Makes a worker's function, once in each process: so that what is costly to load is loaded there once.
Start = Callable[[], Callable[[Any], Any]]

TRIES = 2  # a piece is tried once more, in another process, after its worker was lost
_GARBAGE = 50_000  # objects made before garbage is looked for; about what a case makes


@dataclass(frozen=True)
class Lost(Generic[Piece]):
    """A piece whose workers died or hung each time; ``reason`` says which, in words for the report."""

    piece: Piece
    reason: str


@dataclass
class _Worker(Generic[Piece]):
    process: BaseProcess
    pipe: Connection
    piece: Piece | None = None
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


class Crew(Generic[Piece, Result]):
    """``size`` processes that work pieces off; ``limit`` seconds for one piece."""

    def __init__(self, start: Start, size: int, limit: float):
        self.start, self.size, self.limit = start, size, limit
        self.context = multiprocessing.get_context("spawn")  # the same on every system
        self.workers: list[_Worker[Piece]] = []

    def run(
        self, pieces: Iterable[Piece], meanwhile: Callable[[], None] = lambda: None
    ) -> Iterator[Result | Lost[Piece]]:
        """The results as they come, in no order. The function must not raise: what it raises counts as a death.

        ``meanwhile``: what is worth doing here while the workers begin.
        """
        waiting = iter(pieces)
        again: deque[tuple[Piece, int]] = deque()
        done = begun = False
        try:
            while True:
                while len([w for w in self.workers if w.piece is not None]) < self.size:
                    if again:
                        piece, tries = again.popleft()
                    elif done:
                        break
                    else:
                        found = next(waiting, None)
                        if found is None:
                            done = True
                            break
                        piece, tries = found, 0
                    self._give(piece, tries)
                if not any(w.piece is not None for w in self.workers):
                    return
                if not begun:
                    begun = True
                    meanwhile()
                yield from self._harvest(again)
        finally:
            self.close()

    def _give(self, piece: Piece, tries: int) -> None:
        worker = next((w for w in self.workers if w.piece is None), None)
        if worker is None:
            ours, theirs = self.context.Pipe()
            process = self.context.Process(target=_serve, args=(pickle.dumps(self.start), theirs), daemon=True)
            process.start()
            theirs.close()
            worker = _Worker(process, ours)
            self.workers.append(worker)
        worker.piece, worker.tries, worker.begun = piece, tries + 1, time.monotonic()
        with contextlib.suppress(OSError):  # it died while idle: its sentinel tells so at once
            worker.pipe.send(piece)

    def _harvest(self, again: deque[tuple[Piece, int]]) -> Iterator[Result | Lost[Piece]]:
        """Wait for an answer, a death or a deadline."""
        busy = [w for w in self.workers if w.piece is not None]
        patience = max(0.0, min(w.begun for w in busy) + self.limit - time.monotonic())
        wait([*(w.pipe for w in busy), *(w.process.sentinel for w in busy)], timeout=patience)
        for worker in busy:
            piece = worker.piece
            assert piece is not None
            try:
                if worker.pipe.poll():
                    result: Result = worker.pipe.recv()
                    worker.piece = None
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
                again.append((piece, worker.tries))
            else:
                yield Lost(piece, reason)

    def _dismiss(self, *workers: _Worker[Piece]) -> None:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.pipe.close()
            self.workers.remove(worker)

    def close(self) -> None:
        """End the workers at once: their answers are here, and to leave in good order would take each its time."""
        self._dismiss(*self.workers)
