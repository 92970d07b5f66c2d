"""What a batch is to do, and what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.japan import wareki
from generator.operations.settings import Settings
from generator.problem import Problem, RefusedError
from generator.reports.outcome import FAILED, PROBLEMS


@dataclass(frozen=True)
class BatchOptions:
    """What holds for all cases of a batch.

    ``out``: a folder or a URL. ``today``: the day of the report. ``formats``: () for all. ``stage``: only the forms
    of this stage. ``year``: only cases whose governing date lies in this 年度, as `fiscal_year` reads it. ``jobs``:
    processes that share the work. ``report``: one file (.xlsx or .pdf) for the report; None for both kinds in ``out``.

    ``scheduler``: of a Dask cluster that shall do the work; ``there`` is asked on each of its workers where that
    computer has its schemes, and has to be picklable (None: where this one has them).
    """

    out: str
    today: datetime.date
    formats: tuple[str, ...] = ()
    stage: str = ""
    year: str = ""
    jobs: int = 1
    report: Path | None = None
    scheduler: str = ""
    there: Callable[[], Settings] | None = None


def fiscal_year(text: str) -> str:
    """The name (令和5年度) of the 年度 that somebody typed, '' for none. Raises RefusedError for what is no year."""
    try:
        return wareki.parse_year("年度", text) if text else ""
    except ValueError as error:
        raise RefusedError([Problem(str(error), hint=wareki.YEAR_HINT, code="batch.no-year")]) from None


@dataclass(frozen=True)
class BatchResult:
    """What a batch came to. ``states``: how many cases ended as 作成, 最新, 要確認, 失敗 and 対象外. ``reports``:
    where they were written.
    """

    states: Mapping[str, int]
    reports: tuple[str, ...]

    @property
    def faulty(self) -> int:
        """Cases with problems of their own, of which nothing was made."""
        return self.states[PROBLEMS]

    @property
    def failed(self) -> int:
        """Cases that could not be made for a reason that is not theirs."""
        return self.states[FAILED]
