"""From how many cases on several processes are worth their start."""

from __future__ import annotations

import os

MANY = 100  # cases; of so many it is also worth keeping what was found out


def processes(cases: int, jobs: int | None) -> int:
    """How many processes work on so many cases: ``jobs``; None: one for each processor where the cases are many."""
    return jobs or (os.cpu_count() or 1 if cases >= MANY else 1)
