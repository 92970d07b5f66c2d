"""From how many cases on several processes are worth their start."""

from __future__ import annotations

import os

from generator.problem import Problem, RefusedError

MANY = 100  # cases; of so many it is also worth keeping what was found out


def processes(cases: int, jobs: int | None) -> int:
    """How many processes work on so many cases: ``jobs``; None: one for each processor where the cases are many."""
    return jobs or (os.cpu_count() or 1 if cases >= MANY else 1)


def refuse_jobs(jobs: int | None) -> None:
    """Raise RefusedError for what is no number of processes; None is as many as `processes` says."""
    if jobs is not None and jobs < 1:
        message, hint = "手分けするプロセスの数が正しくありません", "1以上の整数を渡してください"
        raise RefusedError([Problem(message, hint=hint, code="batch.no-jobs")])
