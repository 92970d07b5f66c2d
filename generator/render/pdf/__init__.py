"""PDF: the sheets of a Document as tagged pages with embedded fonts and selectable text.

In: Document. Out: the bytes of a file that is PDF/A at level A and PDF/UA-1: fit for the archive, and for a screen
reader. From the ground up: `file` (objects, what the file says of itself), `fonts`, `page` (what is seen), `structure`
(what is read aloud); then `prepared` (a sheet drawn), `assembly` (all of it in one file) and `acroform` (forms to be
filled in). May use: cache, deflate, document, paper, problem, roundtrip, typography.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.document import Document
from generator.render.pdf.assembly import NOTHING_ISSUED, Assembly, EmbeddedFile, IssuedBytes
from generator.render.pdf.file.outline import Bookmark
from generator.render.pdf.prepared import Drawings

__all__ = ["Drawings", "EmbeddedFile", "acroform", "bind", "render"]


def render(document: Document, issued: IssuedBytes = NOTHING_ISSUED, drawings: Drawings | None = None) -> bytes:
    """The document as a PDF/A-2a file: every printed sheet page by page, a bookmark for each when there are several.

    ``issued``: the name of a form's own file → the PDF as it was issued; these pages are taken from there and not
    drawn. ``drawings``: shared by all files that are made of one Document, so that each sheet is drawn once. The same
    document gives the same bytes. Raises UnavailableError for a font that is missing or cannot be embedded and for an
    issued file that a later program wrote, RefusedError for more rare characters than one file can hold.
    """
    assembly = Assembly(drawings)
    bookmarks = assembly.draw(document, assembly.root, issued)
    return assembly.data(document, bookmarks)


def bind(
    about: Document,
    documents: Sequence[Document],
    embedded: Sequence[EmbeddedFile] = (),
    claim: bool = True,
    issued: IssuedBytes = NOTHING_ISSUED,
) -> bytes:
    """Several documents as one PDF/A-3a file with files attached: a bookmark for each document, its sheets below.

    ``about`` gives title, author, subject and date. ``claim``: whether the file says that it is PDF/A and PDF/UA;
    not, when pages of others are to be added. ``issued`` and what is raised as for `render`.
    """
    assembly = Assembly()
    bookmarks = []
    for document in documents:
        below = assembly.draw(document, assembly.root.add("Part"), issued)
        if below:
            bookmarks.append(Bookmark(document.name, below[0].page, below[0].top, below))
    return assembly.data(about, bookmarks, embedded, claim)
