"""One operation, one module, read from top to bottom: check, render, explain, issue, correct, bundle.

In: cases and a register.
Out: what became of them, and files.
May use: layout, register, render, pypdf_log and what they may use.
"""

__all__ = [
    "begin_year",
    "bundle",
    "check",
    "corrections",
    "edit_case",
    "editor_files",
    "explain",
    "issue",
    "office_register",
    "order",
    "processes",
    "render",
    "settings",
]
