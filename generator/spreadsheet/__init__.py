"""What a workbook shows of a value: number formats of cells.

In: a value and the format that a layout names.
Out: the text, and the number format that shows the same.
May use: problem, document, japan, formula.
"""

__all__ = ["cell_format"]
