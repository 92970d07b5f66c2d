"""The office: its settings, its register of official numbers, its issued documents, its budget.

In: an office's folder.
Out: entries, numbers and issued bytes; entries are only ever added.
May use: case, storage and what they may use.
"""

__all__ = [
    "archive",
    "budget",
    "entry",
    "issued_diff",
    "ledger",
    "office",
    "records",
    "register",
    "snapshot",
    "tracked_records",
]
