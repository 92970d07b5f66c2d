"""The PDF file itself: its objects, their table, and what the file says of itself.

In: objects as PDF syntax. Out: the bytes of the file. May use: the Document (titles and date only) and `deflate`.
"""

__all__ = ["metadata", "outline", "syntax", "writer"]
