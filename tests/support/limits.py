"""Run by the tests in a process of its own: take one file in, tell how long it took and what it said."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from generator.intake import take_in
from generator.problem import ProblemError
from generator.scheme.load import Schemes


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


if __name__ == "__main__":
    known = Schemes([Path(sys.argv[2])])
    data = Path(sys.argv[1]).read_bytes()
    begun = time.process_time()
    try:
        take_in.take(data, sys.argv[1], known)
        told = "taken"
    except ProblemError as error:
        told = error.problems[0].message
    print(json.dumps({"seconds": time.process_time() - begun, "megabytes": peak(), "told": told}))
