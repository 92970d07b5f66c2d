"""PDF: the sheets of a Document as tagged pages with embedded fonts and selectable text.

Every file is PDF/A at level A and PDF/UA-1: fit for the archive, and for a screen reader.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.document import Document
from generator.render.pdf.book import NONE, Attachment, Book, Issued
from generator.render.pdf.outline import Bookmark
from generator.render.pdf.shape import Drawings

__all__ = ["Attachment", "Drawings", "acroform", "bind", "render"]


def render(document: Document, issued: Issued = NONE, drawings: Drawings | None = None) -> bytes:
    """The document as a PDF/A-2a file: every printed sheet page by page, a bookmark for each when there are several.

    ``issued``: the name of a form's own file → the PDF as it was issued; these pages are taken from there and not
    drawn. ``drawings``: shared by all files that are made of one Document, so that each sheet is drawn once. The same
    document gives the same bytes. Raises ProblemError for a font that is missing or cannot be embedded, and for an
    issued file that a later program wrote.
    """
    book = Book(drawings)
    marks = book.draw(document, book.root, issued)
    return book.data(document, marks)


def bind(
    about: Document,
    documents: Sequence[Document],
    attachments: Sequence[Attachment] = (),
    claim: bool = True,
    issued: Issued = NONE,
) -> bytes:
    """Several documents as one PDF/A-3a file with files attached: a bookmark for each document, its sheets below.

    ``about`` gives title, author, subject and date. ``claim``: whether the file says that it is PDF/A and PDF/UA;
    not, when pages of others are to be added. ``issued`` and the rest as ``render``.
    """
    book = Book()
    marks = []
    for document in documents:
        below = book.draw(document, book.root.add("Part"), issued)
        if below:
            marks.append(Bookmark(document.name, below[0].page, below[0].top, below))
    return book.data(about, marks, attachments, claim)
