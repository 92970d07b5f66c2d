"""The measured figures of docs/scale.md: what a case costs, and what sending it to a cluster adds.

python -m benchmarks.cluster [--count 60]

Processor time, not the clock's: it hardly depends on what else the computer does.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.cases import cases
from generator.batch import render_many
from generator.operations.settings import Settings
from generator.reports import outcome
from generator.storage.destination import Carried, Folder
from generator.workers.dask_pool import Cluster

ROOT = Path(__file__).parents[1]
_SIZE = 1_200_000  # bytes that come back of a case
_PIECES = 300


def echo() -> Callable[[tuple[bytes, int]], bytes]:
    """A worker's function that does nothing but answer with so many bytes."""
    answer = os.urandom(_SIZE)
    return lambda piece: answer[: piece[1]]


def _milliseconds(paths: list[Path], options: render_many.Options) -> float:
    """Processor time of a case; what is kept in memory is let go at once."""
    known = options.settings.schemes()
    done, spent = 0, -time.process_time()
    for path in paths:
        done += render_many.attempt(str(path), options, known, None).state in (outcome.MADE, outcome.CURRENT)
        if isinstance(options.out, Carried):
            options.out.parcels.clear()
    return (spent + time.process_time()) / done * 1000


def case(folder: Path, count: int) -> None:
    paths = []
    for name, text in cases(count, 7):
        paths.append(folder / name)
        paths[-1].write_text(text, encoding="utf-8")
    day, forms = datetime.date(2024, 4, 1), Settings((ROOT / "forms",))
    carried, kept = render_many.Options(Carried(), day, forms), render_many.Options(Folder(folder / "out"), day, forms)
    _milliseconds(paths, carried)  # fonts and layouts are loaded
    print(f"case in memory: {_milliseconds(paths, carried):.0f} ms")
    print(f"case into a folder: {_milliseconds(paths, kept):.0f} ms")
    print(f"unchanged case: {_milliseconds(paths, kept):.1f} ms")
    files = [p for p in (folder / "out").rglob("*") if p.is_file() and not p.name.startswith(".")]
    made = len(list((folder / "out").rglob("manifest.json")))
    print(f"files of a case: {len(files) / made:.0f}, {sum(p.stat().st_size for p in files) / made / 1e6:.2f} MB")
    print(f"case file: {sum(p.stat().st_size for p in paths) / len(paths) / 1e3:.1f} KB")


def sending(folder: Path) -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    import clusters

    with clusters.dask(folder) as dask:
        workers = [dask.worker(name) for name in ("one", "two")]
        for size in (0, _SIZE):
            piece = (os.urandom(8000), size)
            list(Cluster(echo, dask.address, 60).run([piece] * 4))
            processes = {"scheduler": dask.processes[:1], "worker": workers}
            before = {name: _spent(own) for name, own in processes.items()}
            clock, ours = time.perf_counter(), time.process_time()
            list(Cluster(echo, dask.address, 60).run([piece] * _PIECES))
            clock, ours = time.perf_counter() - clock, time.process_time() - ours
            told = [f"{name} {(_spent(own) - before[name]) / _PIECES * 1000:.1f} ms" for name, own in processes.items()]
            print(f"sending, {size / 1e6:.1f} MB back: client {ours / _PIECES * 1000:.1f} ms, {', '.join(told)}, "
                  f"by the clock {clock / _PIECES * 1000:.1f} ms with two workers")  # fmt: skip


def _spent(processes: list[object]) -> float:
    import psutil  # comes with dask

    times = [psutil.Process(p.pid).cpu_times() for p in processes]  # type: ignore[attr-defined]
    return float(sum(t.user + t.system for t in times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        case(Path(folder), given.count)
        sending(Path(folder, "dask"))


if __name__ == "__main__":
    main()
