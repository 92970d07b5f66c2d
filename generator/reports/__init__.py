"""Tables over one or many cases: where they stand, what a year has come to, the register as a book.

In: assessments and outcomes.
Out: Documents, which any renderer draws.
May use: operations and what that may use.
"""

__all__ = ["annual", "budget_report", "ledger_report", "outcome", "overview", "report_day", "status"]
