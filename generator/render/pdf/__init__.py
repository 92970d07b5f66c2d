"""PDF: the sheets of a Document as pages with embedded fonts and selectable text."""

from __future__ import annotations

import hashlib
from typing import Any

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFPage,
    PDFResourceDictionary,
    PDFString,
)

from generator.document import Document, Sheet
from generator.render.pdf.face import EmbeddedFaces
from generator.render.pdf.objects import MM, add_stream, number
from generator.render.pdf.page import contents

_PRODUCER = "Yoshiki"


def render(document: Document) -> bytes:
    """The document as a PDF file: every printed sheet page by page, a bookmark for each sheet when there are several.

    The same document gives the same bytes. Raises ProblemError for a font that is
    missing or cannot be embedded.
    """
    pdf = PDFDocument(compression=0, invariant=1, pdfVersion=(1, 7), lang=document.language)
    resources = PDFResourceDictionary()
    resources.basicFonts()  # reportlab's font dictionary that all pages share; filled below
    pdf.Reference(resources, "Resources")
    faces = EmbeddedFaces()
    digest = hashlib.sha256(repr((document.title, document.author, document.subject, document.date)).encode("utf-8"))
    starts = []
    for sheet in document.sheets:
        if sheet.printed:
            starts.append((sheet, pdf.thisPageRef()))
            for content in contents(sheet, faces):
                _add_page(pdf, sheet, content, resources)
                digest.update(content)
    for face in faces:
        pdf.idToObject["BasicFonts"][face.name] = face.embed(pdf)
        digest.update(face.tag.encode("ascii"))
    pdf.info = _information(document)
    pdf.Catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})
    pdf.Catalog.Outlines = _bookmarks(pdf, starts) if len(starts) > 1 else None
    if len(starts) > 1:
        pdf.Catalog.PageMode = PDFName("UseOutlines")
    identity = digest.hexdigest()[:32]
    pdf._ID = f"[<{identity}> <{identity}>]".encode("ascii")
    return bytes(pdf.format())


def _add_page(pdf: PDFDocument, sheet: Sheet, content: bytes, resources: Any) -> None:
    page = PDFPage()
    page.MediaBox = PDFArray([0, 0, *(number(side * MM) for side in sheet.paper)])
    page.Resources = pdf.Reference(resources)
    page.Contents = add_stream(pdf, f"{pdf.thisPageName()}.content", content)
    pdf.addPage(page)


def _information(document: Document) -> Any:
    """Title and so on; the dates are the document's, at midnight in Japan."""
    at = PDFString(f"D:{document.date:%Y%m%d}000000+09'00'")
    texts = {"Title": document.title, "Author": document.author, "Subject": document.subject}
    given = {key: PDFString(text) for key, text in texts.items() if text}
    made = PDFString(_PRODUCER)
    return PDFDictionary({**given, "Creator": made, "Producer": made, "CreationDate": at, "ModDate": at})


def _bookmarks(pdf: PDFDocument, starts: list[tuple[Sheet, Any]]) -> Any:
    """A flat outline: each sheet's title leads to its first page."""
    outline = PDFDictionary({"Type": "/Outlines", "Count": len(starts)})
    parent = pdf.Reference(outline, "Outline")
    entries = [PDFDictionary({"Title": PDFString(sheet.title or sheet.name), "Parent": parent}) for sheet, _ in starts]
    references = [pdf.Reference(entry, f"Outline.{n}") for n, entry in enumerate(entries)]
    for n, (entry, (sheet, page)) in enumerate(zip(entries, starts, strict=True)):
        entry["Dest"] = PDFArray([page, "/XYZ", 0, number(sheet.paper[1] * MM), "null"])
        if n:
            entry["Prev"] = references[n - 1]
        if n + 1 < len(entries):
            entry["Next"] = references[n + 1]
    outline["First"], outline["Last"] = references[0], references[-1]
    return outline
