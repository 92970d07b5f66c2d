"""`batch` on a Dask cluster: cases are sent with all that a worker needs of this computer, and their files come back.

A worker has the program, the forms and the fonts, nothing else: no case files, no office, no register, no issued
documents, no key. Files go straight to a place that every worker reaches, or else come back with the outcome.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.batch import render_many
from generator.batch.render_many import SECONDS, Options
from generator.case import identity
from generator.operations.office_register import OfficeRegister
from generator.operations.settings import Settings
from generator.problem import ProblemError
from generator.register import snapshot
from generator.register.register import Reading
from generator.register.snapshot import CaseSnapshot
from generator.reports.outcome import CURRENT, Outcome
from generator.scheme.files import digest
from generator.scheme.load import Schemes
from generator.scheme.office_values import OfficeValues
from generator.source import read
from generator.storage import fingerprint
from generator.storage.destination import Carried, Folder, Parcel
from generator.typography import fonts
from generator.workers import dask_pool
from generator.workers.dask_pool import Cluster
from generator.workers.pool import Lost

_WRITERS = 8  # files that come back are written side by side: most of the time goes in waiting for the disk


@dataclass(frozen=True)
class Sent:
    """A case on its way to a worker: its file's name and bytes, and what the register tells of it."""

    path: str
    data: bytes = field(repr=False)
    extract: CaseSnapshot | None = field(repr=False)  # None outside of any office


@dataclass(frozen=True)
class Delivery:
    """What a worker made of a case; ``parcels``: its files, where they have to be written on this computer."""

    outcome: Outcome
    parcels: tuple[Parcel, ...] = field(default=(), repr=False)


def run(
    paths: Sequence[Path],
    options: Options,
    scheduler: str,
    there: Callable[[], Settings],
    tell: Callable[[str], None],
    limit: float = SECONDS,
) -> Iterator[Outcome]:
    """`render_many.run` on the workers of a Dask scheduler, with the same outcomes.

    ``there``: asked on each worker where that computer has its schemes. ``tell`` is told of workers not used.

    Raises ProblemError where the cluster cannot be reached or has no worker that would make the same files.
    """
    schemes, reading = options.settings.schemes(), OfficeRegister(options.settings).reading()
    names, twice = render_many.distinct(paths)
    yield from twice
    local = isinstance(options.out, Folder) and not options.out.shared
    waiting: list[str] = []
    for name in names:  # what lies on this computer is looked into here
        outcome = _kept(name, options, schemes, reading) if local else None
        if outcome is None:
            waiting.append(name)
        else:
            yield outcome
    if not waiting:
        return
    unreadable: deque[Outcome] = deque()

    def sent() -> Iterator[Sent]:
        for name in waiting:
            try:
                yield Sent(name, read.bytes_of(name), _extract(name, reading))
            except ProblemError:
                unreadable.append(render_many.attempt(name, options, schemes, reading))

    start = functools.partial(_start, options, there, local, options.settings.parameters())
    environment = functools.partial(_environment, there)
    workers: Cluster[Sent, Delivery] = Cluster(start, scheduler, limit, environment, tell)
    with ThreadPoolExecutor(_WRITERS) as writers:
        writing: deque[Future[Outcome]] = deque()
        for result in workers.run(sent()):
            if isinstance(result, Lost):
                yield render_many.lost_outcome(result.task.path, result.reason)
            else:
                writing.append(writers.submit(_delivered, result, options))
            while len(writing) > _WRITERS or (writing and writing[0].done()):
                yield writing.popleft().result()
            while unreadable:
                yield unreadable.popleft()
        yield from (future.result() for future in writing)
    yield from unreadable


def ready(scheduler: str) -> None:
    """Look whether the scheduler can be reached.

    Raises ProblemError where the scheduler does not answer: said before anything is done that stays done.
    """
    with dask_pool.connected(scheduler):
        pass


def _kept(name: str, options: Options, schemes: Schemes, reading: Reading | None) -> Outcome | None:
    try:
        return render_many.unchanged(Path(name), options, schemes, reading)
    except Exception:  # whatever is wrong with it is told where it is made
        return None


def _extract(path: str, reading: Reading | None) -> CaseSnapshot | None:
    return snapshot.take(reading, *identity.head(Path(path))) if reading else None


def _delivered(delivery: Delivery, options: Options) -> Outcome:
    """The outcome once its files are where they belong."""
    try:
        made = [parcel.deliver(options.out) for parcel in delivery.parcels]
    except Exception as error:
        return render_many.broken_outcome(delivery.outcome.path, error)
    return delivery.outcome if all(made) else replace(delivery.outcome, state=CURRENT)


def _start(
    options: Options, there: Callable[[], Settings], local: bool, own: OfficeValues
) -> Callable[[Sent], Delivery]:
    """The function that a worker does its tasks with.

    It computes with the parameters that the office has set on the computer of the batch.
    """
    settings = there()
    schemes = settings.schemes(lambda: own)

    def work(sent: Sent) -> Delivery:
        carried = Carried()
        here = replace(options, out=carried) if local else options
        with settings.fonts_used():
            outcome = render_many.attempt(sent.path, here, schemes, sent.extract, sent.data)
        return Delivery(outcome, tuple(carried.parcels))

    return work


def _environment(there: Callable[[], Settings]) -> Mapping[str, str]:
    """All that files depend on besides case and register."""
    settings = there()
    folders = settings.schemes().folders
    forms = {f"様式（{name}）": digest(folder) for name, folder in folders.items()}
    with settings.fonts_used():
        return {"プログラム": fingerprint.program(), "書体": fonts.digest(), **forms}
