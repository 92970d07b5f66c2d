"""Formulas in the syntax of Excel: parsed, evaluated exactly, rewritten for a workbook.

In: the text of a formula.
Out: Formula (syntax.parse), its exact value (evaluation.evaluate), its text for a workbook (excel.to_excel).
May use: values, spreadsheet.
"""

__all__ = ["errors", "evaluation", "excel", "functions", "syntax"]
