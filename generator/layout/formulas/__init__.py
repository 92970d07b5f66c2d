"""The cells of a stage joined by formulas and defined names, and the sheet that explains the amounts.

In: filled cells.
Out: the same with formulas, and the sheet 計算根拠.
May use: layout.fillable.
"""

__all__ = ["calculation_sheet", "linking"]
