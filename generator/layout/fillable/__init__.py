"""What a form to be filled in has beside its cells: rules for inputs, live texts, instructions, other items.

In: filled sheets, and linked ones.
Out: the same with inputs, and the sheets that help to fill them in.
May use: layout.fill.
"""

__all__ = ["input_rules", "instructions_sheet", "margin_notes", "other_items_sheet", "text_formulas"]
