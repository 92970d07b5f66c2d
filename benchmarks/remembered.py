"""What a second look at many cases costs, of which nothing has changed: `make bench-remembered`.

`status` and `check` are run twice over the same invented cases, outside of any office, each run a new process. The
first one works everything out, the second one finds what the first one kept: the goal is under 3 seconds on two
processors and under 200 MB. Both must say the same.

python -m benchmarks.remembered --count 10000
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks import cases
from benchmarks.report import machine
from benchmarks.yearend import Run, yoshiki


def measured(count: int, folder: Path) -> dict[str, tuple[Run, Run]]:
    """Of each command: the run that works everything out, and the one after it."""
    os.environ["YOSHIKI_CACHE"] = str(folder / "cache")
    files = folder / "cases"
    files.mkdir()
    for name, text in cases.cases(count, seed=1):
        (files / name).write_text(text, encoding="utf-8")
    found = {}
    for command, given in (("status", ["."]), ("check", [name.name for name in sorted(files.iterdir())])):
        first, again = (yoshiki(command, *given, cwd=files) for _ in range(2))
        if first.said != again.said:
            raise RuntimeError(f"{command}: what was kept is not what was worked out")
        found[command] = first, again
    return found


def table(count: int, found: dict[str, tuple[Run, Run]]) -> str:
    """The times and the memory as markdown."""
    lines = [f"| {count:,} cases | worked out | unchanged | memory, unchanged |", "|---|--:|--:|--:|"]
    for command, (first, again) in found.items():
        lines.append(f"| `yoshiki {command}` | {first.seconds:.1f} s | {again.seconds:.2f} s | {again.main:.0f} MB |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(table(options.count, measured(options.count, Path(folder))))
    print()
    print(machine())


if __name__ == "__main__":
    main()
