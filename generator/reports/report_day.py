"""The day that a report tells of."""

from __future__ import annotations

import datetime

from generator.japan import wareki
from generator.problem import Problem, RefusedError


def as_of(day: datetime.date) -> str:
    """What a report says of its day: 令和7年6月2日現在. Raises RefusedError for a day before 1873."""
    try:
        return f"{wareki.format_date(day)}現在"
    except ValueError:
        message, hint = "この日の表は作れません", f"西暦{wareki.FIRST_YEAR}年1月1日からの日付を渡してください"
        raise RefusedError([Problem(message, hint=hint, code="reports.no-such-day")]) from None
