"""What is read aloud: the logical structure of a sheet, and the tree of it in the file.

In: sheets. Out: elements (headings, paragraphs, tables, figures, fields), the order of a page's contents, and the
objects of the structure tree. May use: file, page, document.
"""

__all__ = ["element", "reading_order", "tree"]
