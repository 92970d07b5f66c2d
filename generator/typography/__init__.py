"""Font files and lines: glyphs, advances, 禁則, and what fits into a width and height in mm.

In: texts and styles.
Out: lines, sizes, glyphs.
May use: problem, document, paper.
"""

__all__ = ["face", "fonts", "typeset"]
