"""A real Dask cluster on loopback: a scheduler and workers, each a process of its own started from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PATIENCE = 120.0  # seconds; the machine may be busy
# Otherwise each process looks at itself a hundred times a second, whether there is work or not.
_QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
}


@dataclass
class Dask:
    """``folder``: for logs and what Dask leaves behind."""

    folder: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        path = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "support")))
        (self.folder / name).mkdir(parents=True, exist_ok=True)
        with open(self.folder / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                cwd=self.folder / name,
                env={**os.environ, **_QUIET, "PYTHONPATH": path, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def worker(self, name: str, nanny: bool = False, **environment: str) -> subprocess.Popen[bytes]:
        """A worker with one thread; it has joined when this returns."""
        told = str(self.folder / "scheduler.json")
        guarded = "--nanny" if nanny else "--no-nanny"
        place = ("--host", "127.0.0.1", "--local-directory", str(self.folder / name))
        process = self.start(
            name,
            "worker",
            "--scheduler-file",
            told,
            "--nthreads",
            "1",
            guarded,
            "--no-dashboard",
            *place,
            **environment,
        )
        self.wait(name, b"Registered to")
        return process

    def wait(self, name: str, words: bytes) -> None:
        deadline = time.monotonic() + _PATIENCE
        log = self.folder / f"{name}.log"
        while words not in log.read_bytes():
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8", errors="replace")
            time.sleep(0.1)


@contextmanager
def dask(folder: Path, **environment: str) -> Iterator[Dask]:
    """A scheduler without workers; whatever was started is stopped in the end. ``environment``: the scheduler's."""
    made = Dask(folder)
    try:
        told = folder / "scheduler.json"
        made.start(
            "scheduler",
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            str(told),
            **environment,
        )
        deadline = time.monotonic() + _PATIENCE
        while not made.address:
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.1)
            try:
                made.address = json.loads(told.read_text(encoding="utf-8"))["address"]
            except (OSError, ValueError):
                continue
        yield made
    finally:
        for process in reversed(made.processes):
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, to what it started as well."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    elif process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
