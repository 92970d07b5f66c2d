"""PDF: the sheets of a Document as tagged pages with embedded fonts and selectable text.

Every file is PDF/A at level A and PDF/UA-1: fit for the archive, and for a screen reader.
"""

from __future__ import annotations

from generator.document import Document
from generator.render.pdf.book import Book


def render(document: Document) -> bytes:
    """The document as a PDF/A-2a file: every printed sheet page by page, a bookmark for each when there are several.

    The same document gives the same bytes. Raises ProblemError for a font that is
    missing or cannot be embedded.
    """
    book = Book()
    marks = book.draw(document, book.root)
    return book.data(document, marks)
