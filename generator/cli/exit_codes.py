"""What the program says to the shell when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.api import Report

EXIT_FINE, EXIT_PROBLEMS, EXIT_USAGE, EXIT_FAILED = 0, 1, 2, 3


def exit_code(reports: Sequence[Report]) -> int:
    """The exit code of a command that has checked cases: that of the worst it met."""
    if any(report.failed for report in reports):
        return EXIT_FAILED
    return EXIT_FINE if all(report.ok for report in reports) else EXIT_PROBLEMS
