"""What a form to be filled in has beside its cells: rules for inputs, live texts, instructions, other items.

In: filled sheets, and linked ones.
Out: the same with inputs, and the sheets that help to fill them in.
May use: fill, measure, sheets.

What holds for every form to be filled in:

- Each cell with a ``field`` has an ``Input``: kind, prompt, choices, limit, and ``missing``, the formula that tells
  that an answer is still needed. The renderer of workbooks makes a data validation with Japanese messages and a
  conditional format of it; nothing of it is particular to a scheme.
- What the applicant did not write in this stage (earlier sections, what is the office's to write) is no input,
  whatever the layout calls it.
- Every further place of an item follows its input by formula, even while it is empty. The cells 元号・年・月・日 of one
  date are four inputs in a workbook and one field in a PDF.
- A composed text that reads exactly one input becomes a formula, found out by composing it with samples.
- Lists go on, under the same column heads, on 続紙; a paged form has one page more; a form with copies for each item of
  a list has one for each printed row. These sheets are hidden and have no print area, so that neither Excel nor
  LibreOffice prints them until they are shown: an outline cannot be opened on a protected sheet, a print area computed
  by a formula is ignored by LibreOffice and lost by openpyxl, and a sheet that is always visible is always printed.
- A column on two sheets has two defined names, which a formula takes as two arguments. SUMIF, COUNTIF and SUMPRODUCT,
  whose columns have to lie row by row beside each other, are written once for each piece and added.
- はい and いいえ stand in cells as words: a cell with TRUE would print TRUE, whatever its number format.
- Items that no form of the stage has a cell for stand on the sheet その他の項目.
- In a PDF what depends on an answer stays blank, and whoever takes the form in computes it.
"""

__all__ = ["input_rules", "instructions_sheet", "margin_notes", "other_items_sheet", "text_formulas"]
