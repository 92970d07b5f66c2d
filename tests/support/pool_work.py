"""What the tests of the pools let workers do; a module of its own, since spawned processes import it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def environment() -> dict[str, str]:
    return {"環境": os.environ.get("OWN_ENVIRONMENT", "")}


def start() -> Callable[[str], str]:
    return work


def work(task: str) -> str:
    word, _, rest = task.partition(":")
    match word:
        case "die":
            os._exit(9)
        case "hang":
            time.sleep(600)
        case "die-once":
            mark = Path(rest)
            if not mark.exists():
                mark.touch()
                os._exit(9)
        case "raise":
            raise RuntimeError(rest)
    return f"{task} done"
