"""How a spreadsheet writes things: addresses, texts, days, number formats, formulas over characters.

In: rows, columns, texts, and values with the format that a layout names.
Out: the words of a workbook, and of a value the text that is printed.
May use: japan, values.
"""

__all__ = ["addresses", "cell_format", "character_formulas", "literals", "serials"]
