"""The workers of a Dask cluster with the ways of a pool: one that dies or hangs costs its own task only.

Each worker is given one task at a time. Left to itself Dask would give it several, count its death against all of
them, try each three times more, and wait for one that hangs as long as it hangs.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import pickle
import queue
import threading
import time
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from generator.problem import Problem, UnavailableError
from generator.workers.pool import TRIES, Lost, Result, Start, Task

INSTALL = "pip install 'yoshiki[cluster]' で入れてください"
_POLL = 1.0  # seconds until a worker that went away is missed
_ANSWER = 10.0  # seconds the scheduler has to answer

# What has to be the same on both sides so that results are equal: its name in Japanese → its digest.
Environment = Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class _Answer:
    """Exactly one of them is set, but for ``result`` that may be anything."""

    result: Any = None
    differing: tuple[str, ...] = ()
    raised: str = ""


@dataclass
class _Running(Generic[Task]):
    task: Task
    tries: int
    begun: float
    future: Any


class _Waiting(Generic[Task]):
    """The tasks that wait, and how often each was tried."""

    def __init__(self, tasks: Iterable[Task]):
        self.fresh = ((task, 0) for task in tasks)
        self.at_hand: deque[tuple[Task, int]] = deque()

    def __bool__(self) -> bool:
        if not self.at_hand:
            self.at_hand.extend(itertools.islice(self.fresh, 1))
        return bool(self.at_hand)

    def take(self) -> tuple[Task, int]:
        return self.at_hand.popleft()

    def put_back(self, task: Task, tries: int) -> None:
        self.at_hand.append((task, tries))


_serving: dict[str, Callable[[Any], Any]] = {}  # of the worker: the function of the present run
_one_at_a_time = threading.Lock()  # whatever its number of threads, our libraries see one


def _serve(blob: bytes) -> _Answer:
    """Runs on a worker. It never raises: Dask would log its arguments, and they hold the contents of a case."""
    try:
        pool_id, start, environment, expected, task = pickle.loads(zlib.decompress(blob))
        with _one_at_a_time:
            if pool_id not in _serving:
                here = environment()
                if differing := tuple(name for name in expected if expected[name] != here.get(name)):
                    return _Answer(differing=differing)
                _serving.clear()
                _serving[pool_id] = start()
            return _Answer(_serving[pool_id](task))
    except Exception as error:
        return _Answer(raised=type(error).__name__)


def _nothing() -> Mapping[str, str]:
    return {}


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of a scheduler; UnavailableError where Dask is not installed or the scheduler does not answer."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise UnavailableError([Problem("Dask が入っていません", hint=INSTALL, code="workers.no-dask")]) from None
    try:
        client = distributed.Client(address, timeout=_ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError, ImportError):
        raise UnavailableError([_silent(address)]) from None
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=_ANSWER)


def _silent(address: str) -> Problem:
    hint = "dask scheduler が動いているか、アドレス（例 tcp://計算機:8786）が正しいかを確かめてください"
    return Problem(f"Dask のスケジューラー（{address}）につながりません", hint=hint, code="workers.no-scheduler")


class Cluster(Generic[Task, Result]):
    """The workers that the scheduler at ``address`` has, now and later; ``limit`` seconds for one task.

    A worker whose ``environment`` is not as ours is given nothing; ``tell`` is told so once. ``patience``: seconds to
    wait for a worker while there is none.
    """

    def __init__(
        self,
        start: Start,
        address: str,
        limit: float,
        environment: Environment = _nothing,
        tell: Callable[[str], None] = lambda _: None,
        patience: float = 60.0,
    ):
        self.start, self.address, self.limit = start, address, limit
        self.environment, self.tell, self.patience = environment, tell, patience
        self.pool_id = uuid.uuid4().hex
        self.busy: dict[str, _Running[Task]] = {}
        self.refused: set[str] = set()
        self.answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

    def run(self, tasks: Iterable[Task]) -> Iterator[Result | Lost[Task]]:
        """The results as they come, in no order. The function must not raise: what it raises counts as a death.

        Raises UnavailableError where Dask is not installed, the scheduler does not answer or no worker is fit.
        """
        self.expected = dict(self.environment())
        self.waiting = _Waiting(tasks)
        workers: set[str] = set()
        polled, seen = 0.0, time.monotonic()
        with connected(self.address) as self.client, self._let_go():
            while self.waiting or self.busy:
                if time.monotonic() - polled >= _POLL:
                    workers, polled = self._present(), time.monotonic()
                    yield from self._missed(workers)
                fit = workers - self.refused
                for address in sorted(fit - self.busy.keys()):
                    if self.waiting:
                        self._give(address, *self.waiting.take())
                seen = time.monotonic() if fit else seen
                if time.monotonic() - seen > self.patience:
                    raise self._nobody(workers)
                yield from self._harvest()

    @contextlib.contextmanager
    def _let_go(self) -> Iterator[None]:
        """Whatever is still under way in the end is given up."""
        try:
            yield
        finally:
            for given in self.busy.values():
                with contextlib.suppress(Exception):
                    given.future.cancel()
            self.busy.clear()

    def _nobody(self, workers: set[str]) -> UnavailableError:
        if workers:
            hint = "ワーカーに、この計算機と同じ版の yoshiki・様式・書体を入れてください"
            return UnavailableError([Problem("仕事を任せられるワーカーがありません", hint=hint, code="workers.unfit")])
        hint = f"dask worker {self.address} --nthreads 1 を動かしてから、もう一度実行してください（続きから始めます）"
        return UnavailableError([Problem("Dask のワーカーが一つもありません", hint=hint, code="workers.none")])

    def _present(self) -> set[str]:
        try:
            return set(self.client.nthreads())
        except OSError:  # CommClosedError and TimeoutError are of this kind
            raise UnavailableError([_silent(self.address)]) from None

    def _give(self, address: str, task: Task, tries: int) -> None:
        blob = zlib.compress(pickle.dumps((self.pool_id, self.start, self.environment, self.expected, task)), 1)
        key = f"yoshiki-{uuid.uuid4().hex}"
        future = self.client.submit(
            _serve, blob, key=key, workers=[address], allow_other_workers=False, retries=0, pure=False
        )
        self.busy[address] = _Running(task, tries + 1, time.monotonic(), future)
        future.add_done_callback(lambda done: self.answers.put((address, done)))

    def _harvest(self) -> Iterator[Result | Lost[Task]]:
        """Wait a moment for an answer."""
        try:
            address, future = self.answers.get(timeout=_POLL)
        except queue.Empty:
            return
        given = self.busy.get(address)
        if given is None or given.future is not future:
            return  # of a task that was taken back in the meantime
        try:
            answer = future.result(timeout=_ANSWER)
        except TimeoutError:  # the worker went away with its answer, or the network is slow
            self.answers.put((address, future))
            return
        except Exception as error:  # KilledWorker, or what kept the worker from finding our program
            answer = _Answer(raised=type(error).__name__)
            if isinstance(error, ImportError) or isinstance(error.__cause__, ImportError):
                answer = _Answer(differing=("プログラム",))
        if answer.differing:
            self.refused.add(address)
            self.tell(f"{address}: {'・'.join(answer.differing)}が手元と違うワーカーなので、使いません")
            self.waiting.put_back(given.task, given.tries - 1)
            self._release(address)
        elif answer.raised:
            yield from self._back(address, "処理していたプロセスが落ちました")
        else:
            self._release(address)
            yield answer.result

    def _missed(self, workers: set[str]) -> Iterator[Lost[Task]]:
        """The tasks of workers that went away or hang."""
        for address, given in list(self.busy.items()):
            if address not in workers:
                yield from self._back(address, "処理していたプロセスが落ちました")
            elif time.monotonic() - given.begun >= self.limit:
                self._restart(address)
                workers.discard(address)  # whatever comes in its place has to be seen first
                yield from self._back(address, f"{self.limit:g}秒たっても終わりませんでした")

    def _restart(self, address: str) -> None:
        """End a worker that hangs: its nanny starts another. One without a nanny is given nothing any more."""
        self.refused.add(address)
        with contextlib.suppress(Exception):
            if self.client.restart_workers([address], timeout=_ANSWER, raise_for_error=False).get(address) == "OK":
                self.refused.discard(address)

    def _back(self, address: str, reason: str) -> Iterator[Lost[Task]]:
        given = self._release(address)
        if given.tries < TRIES:
            self.waiting.put_back(given.task, given.tries)
        else:
            yield Lost(given.task, reason)

    def _release(self, address: str) -> _Running[Task]:
        given = self.busy.pop(address)
        with contextlib.suppress(Exception):
            if given.future.done():
                given.future.release()
            else:
                given.future.cancel()
        return given
