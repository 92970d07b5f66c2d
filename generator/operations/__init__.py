"""One operation, one module, read from top to bottom: check, render, explain, issue, correct, bundle.

In: cases and a register.
Out: what became of them, and files.
May use: every room above in the order of ARCHITECTURE.md.
"""

__all__ = [
    "bundle",
    "check",
    "corrections",
    "explain",
    "issue",
    "many",
    "office_register",
    "order",
    "render",
    "settings",
]
