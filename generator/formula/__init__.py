"""Formulas in the syntax of Excel: parsed, evaluated exactly, rewritten for a workbook.

In: the text of a formula.
Out: Formula, its exact value, its text for a workbook.
May use: document.
"""

__all__ = ["evaluation", "functions", "syntax"]
