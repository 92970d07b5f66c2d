"""What is asked for when a document is issued, by whom, and what comes of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from generator.register.entry import Entry


@dataclass(frozen=True, slots=True)
class Order:
    """A document that is to be issued.

    ``form``: the form's id. ``nth``: which 変更, from 1; None for the only one or the next one. ``date``: of the
    document; None for the date that the case tells. ``reissue``: once more, for a ``reason`` that the register keeps.
    """

    form: str
    nth: int | None = None
    date: datetime.date | None = None
    reissue: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who issues, and when: ``today`` in Japan, and ``now``, this moment in UTC (2023-10-18T01:23:45Z)."""

    who: str
    today: datetime.date
    now: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A document with its number. ``issued_before``: it had been issued before, and nothing was done."""

    entry: Entry
    issued_before: bool
    folder: Path | None  # where its files are kept; None for a document given on paper
    later: datetime.date | None = None  # that a document with an earlier number of its series bears
