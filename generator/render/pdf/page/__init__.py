"""What is seen on a page: where rows and columns lie, borders, fills, texts, charts, as operators.

In: sheets and cells. Out: pieces of content streams. All lengths are points, from the page's lower left corner.
May use: file, fonts, document, paper, typography.
"""

__all__ = ["chart", "empty_page", "grid", "operators", "text"]
