"""The words of pypdf about PDFs of others: never into a log, for they may be what stands in the file."""

from __future__ import annotations

import logging


def silence() -> None:
    """Let pypdf say nothing from now on, in this process; what is wrong with a file we tell ourselves.

    Set once and never taken back, so that threads need not know of each other.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
