"""The cells of a stage joined by formulas and defined names, and the sheet that explains the amounts.

In: filled sheets.
Out: linked sheets, with the sheet 計算根拠 as the last one.
May use: fill, fillable, measure, sheets.
"""

__all__ = ["calculation_sheet", "linking"]
