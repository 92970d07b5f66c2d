"""A form filled with a case: rows repeated, texts composed, names resolved.

In: Form and Assessment.
Out: filled cells, row by row.
May use: layout.measure.
"""

__all__ = ["continuation", "fill", "name_scopes"]
