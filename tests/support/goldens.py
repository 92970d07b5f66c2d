"""Expected results kept under tests/golden/, a folder for each sample. Rewritten only by ``make goldens``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import pytest
import samples

FOLDER = samples.PROGRAM / "tests" / "golden"
_SHOWN = 40  # lines of difference a failure shows


def samples_of(regenerate: bool) -> list[Path]:
    """The samples that have goldens: those of each scheme with a folder here, and of every scheme to make them anew.

    A scheme that came without goldens gets them by ``make goldens``; from then on each of its samples needs them.
    """
    return [sample for sample in samples.ALL if regenerate or (FOLDER / sample.parent.name).is_dir()]


def check(folder: str, ending: str, made: Mapping[str, str], regenerate: bool) -> None:
    """Fails unless the files ``folder``/*``ending`` are exactly ``made`` (name without ending → text).

    With ``regenerate`` they are rewritten, and the test fails all the same: such a run proves nothing.
    """
    place = FOLDER / folder
    kept = {path.name.removesuffix(ending): path for path in place.glob(f"*{ending}")}
    if regenerate:
        place.mkdir(parents=True, exist_ok=True)
        for name, path in kept.items():
            if name not in made:
                path.unlink()
        for name, text in made.items():
            (place / f"{name}{ending}").write_bytes(text.encode("utf-8"))
        pytest.fail(f"{len(made)} expected results written to {place}: look at the difference, then run without it")
    wrong = [f"{name}{ending}: no expected result" for name in made if name not in kept]
    wrong += [f"{path.name}: expected, but no longer made" for name, path in kept.items() if name not in made]
    for name in made.keys() & kept.keys():
        expected = kept[name].read_bytes().decode("utf-8")
        if expected != made[name]:
            wrong.append(difference(expected, made[name], f"{name}{ending}"))
    if wrong:
        told = "\n".join(sorted(wrong))
        pytest.fail(f"{folder}\n{told}\nIf this is meant, run make goldens and look at the difference.")


def difference(expected: str, made: str, name: str) -> str:
    lines = list(difflib.unified_diff(expected.splitlines(), made.splitlines(), name, "made", lineterm="", n=1))
    more = [f"… {len(lines) - _SHOWN} more lines"] if len(lines) > _SHOWN else []
    return "\n".join(lines[:_SHOWN] + more)
