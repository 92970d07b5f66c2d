"""A form filled with a case: rows repeated, texts composed, names resolved.

In: Form and Assessment.
Out: filled sheets.
May use: measure, sheets.
"""

__all__ = ["fill", "form_rows", "sheet_builder", "stage_view"]
