"""Dates in 和暦, yen, characters and open days, as Japanese offices write and count them.

In: texts and dates.
Out: dates, whole yen, exact quantities, and the words for them.
May use: values.
"""

__all__ = ["characters", "open_days", "wareki", "yen"]
