"""Word: the letters, as paragraphs and tables that a clerk can go on writing in.

In: Document. Out: the bytes of a docx file with the sheets made for Word. `body` goes down the rows of a sheet,
`plan` tells which are paragraphs (`paragraph`) and which make a table (`table`); `prepared` keeps what python-docx has
drawn, so that a case only fills in its words.

May use: cache, markup, package, document, paper, typography.
"""

from __future__ import annotations

import io
from datetime import datetime, time

import docx
from docx.document import Document as WordDocument

from generator.document import Document
from generator.render.docx.blank import package
from generator.render.docx.body import write_sheet
from generator.render.docx.prepared import PreparedLetters, properties_of
from generator.render.docx.section import begin_section
from generator.render.package import repack

__all__ = ["render"]


def render(document: Document) -> bytes:
    """The document's sheets made for Word (``word`` is true) as a docx file, each a section of its own.

    The same document gives the same bytes, and the pages are those of ``Sheet.pages``.
    Raises ValueError when no sheet is made for Word.
    """
    if not any(sheet.word for sheet in document.sheets):
        raise ValueError(f"{document.name} has no sheet for Word")
    return _LETTERS.render(document)


def _drawn(document: Document) -> bytes:
    """The package as python-docx lays it out."""
    sheets = [sheet for sheet in document.sheets if sheet.word]
    word = docx.Document(package())
    for number, sheet in enumerate(sheets):
        begin_section(word, sheet, first=number == 0, stamped=any(s.stamp for s in sheets))
        write_sheet(word, sheet)
    _describe(word, document)
    out = io.BytesIO()
    word.save(out)
    return repack(out.getvalue())


_LETTERS = PreparedLetters(_drawn)


def _describe(word: WordDocument, document: Document) -> None:
    properties = word.core_properties
    title, author, subject = properties_of(document)
    properties.title, properties.author, properties.subject = title, author, subject
    properties.language = "ja-JP" if document.language == "ja" else document.language
    properties.last_modified_by = author
    properties.revision = 1
    properties.created = properties.modified = datetime.combine(document.date, time())
