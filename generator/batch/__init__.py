"""The operations for many cases at once, by several processes or computers.

In: paths of cases.
Out: an Outcome for each, in any order; one bad case never stops the rest.
May use: reports, workers and what they may use.
"""

__all__ = ["batch", "issue_many", "options", "survey"]
