"""Run by the tests: takes files in, each in a process of its own, and tells what was said and in how much memory."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

from generator.intake import take_in
from generator.problem import ProblemError
from generator.scheme.load import Schemes

_HANGS = 60  # seconds of CPU


def peak() -> float:
    """The most memory this process ever had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # not ru_maxrss: a process inherits that of the one that started it
        found = re.search(r"VmHWM:\s*([0-9]+)", status.read_text())
        return int(found[1]) / 1024 if found else 0.0
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def take(file: str, known: Schemes) -> dict[str, object]:
    """What is said of a file, by which code, and the most memory in MB."""
    data = Path(file).read_bytes()
    told, code = "taken", ""
    try:
        take_in.take(data, file, known)
    except ProblemError as error:
        told, code = error.problems[0].message, error.problems[0].code
    return {"told": told, "code": code, "megabytes": peak()}


def guard() -> None:
    """Ends this process when it never would; far from what any file needs."""
    if sys.platform != "win32":
        import resource  # Windows has none

        resource.setrlimit(resource.RLIMIT_CPU, (_HANGS, _HANGS))


def apart(file: str, known: Schemes) -> None:
    """Tells it from a process of its own, a copy of this one: what was allocated for another file would count."""
    if hasattr(os, "fork") and (child := os.fork()):
        os.waitpid(child, 0)
        return
    guard()
    print(json.dumps({file: take(file, known)}), flush=True)
    if hasattr(os, "fork"):
        os._exit(0)


if __name__ == "__main__":
    for given in sys.argv[2:]:
        apart(given, Schemes([Path(sys.argv[1])]))
