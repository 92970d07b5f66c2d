"""Fonts cut down to the glyphs that a document uses, and embedded.

In: faces and the characters written with them. Out: font objects of a PDF file.
May use: file, problem, typography; and deflate.
"""

__all__ = ["embedded", "to_unicode"]
