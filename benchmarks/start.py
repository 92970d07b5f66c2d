"""How long a command takes before and beside its work: `make bench-start`.

What the program takes is divided by what Python takes to import the libraries that nobody could do without, measured
in turns in the same run: the ratio says the same on a slow and on a busy machine. Of each, the fastest run counts.

python -m benchmarks.start --runs 20
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import machine

ROOT = Path(__file__).parents[1]
SAMPLE = sorted((ROOT / "fixtures").glob("*/*.yaml"))[0]


@dataclass(frozen=True)
class Goal:
    """``floor``: what the imports alone take. ``most``: how many times as long the command may take."""

    name: str
    arguments: tuple[str, ...]
    floor: str
    most: float


GOALS = (
    Goal("yoshiki --help", ("--help",), "import click", 1.6),
    Goal("yoshiki check 案件.yaml", ("check", str(SAMPLE)), "import click, yaml", 4.0),
)


def _seconds(command: list[str], folder: str) -> float:
    """Of one run, from its start to its end, outside of any office."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "YOSHIKI_FORMS": str(ROOT / "forms")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # a program that is in use is compiled already
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def measured(runs: int) -> list[tuple[Goal, float, float]]:
    """Of each goal: the seconds of the imports and of the command."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for goal in GOALS:
            floor = [sys.executable, "-c", goal.floor]
            command = [sys.executable, "-m", "generator", *goal.arguments]
            _seconds(command, folder)  # compiled, and on the disk's cache
            times = [(_seconds(floor, folder), _seconds(command, folder)) for _ in range(runs)]
            found.append((goal, min(t[0] for t in times), min(t[1] for t in times)))
    return found


def table(found: list[tuple[Goal, float, float]]) -> str:
    """The ratios as markdown."""
    lines = ["| command | its time | imports alone | ratio | goal |", "|---|--:|--:|--:|--:|"]
    for goal, floor, own in found:
        times = f"{own * 1000:.0f} ms | `{goal.floor}` {floor * 1000:.0f} ms"
        lines.append(f"| `{goal.name}` | {times} | {own / floor:.2f} | {goal.most:g} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="of each command and of each floor")
    options = parser.parse_args()
    print(table(measured(options.runs)))
    print()
    print(machine())


if __name__ == "__main__":
    main()
