"""The PDF file itself: its objects, their table, and what the file says of itself.

In: objects as PDF syntax. Out: the bytes of the file. May use: document; and deflate.
"""

__all__ = ["metadata", "outline", "syntax", "writer"]
