"""What a PDF says of itself: the information dictionary, XMP with the standards it claims, the colour intent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape

from generator.document import Document
from generator.render.deflate import deflate
from generator.render.pdf.file.icc import srgb
from generator.render.pdf.file.syntax import Ref, array, dictionary, text_string
from generator.render.pdf.file.writer import PdfFile

_PRODUCER = "Yoshiki"

# pdfuaid is none of the schemas that PDF/A-2 knows, so the file describes it.
_EXTENSION = """<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>"""
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
_CLAIMING = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}


def describe(pdf: PdfFile, document: Document, part: int) -> tuple[Ref, dict[str, object]]:
    """Puts what the file says of itself into it: the reference to the information dictionary, and the catalog's entries
    for XMP, output intent and language.

    ``part``: which part of PDF/A (2 or 3) the file claims to follow at level A, and PDF/UA-1 with it; 0 claims nothing.
    Dates are the document's, at midnight in Japan.
    """
    at = text_string(f"D:{document.date:%Y%m%d}000000+09'00'")
    texts = {"Title": _title(document), "Author": document.author, "Subject": document.subject}
    given: dict[str, object] = {key: text_string(value) for key, value in texts.items() if value}
    producer = text_string(_PRODUCER)
    information = pdf.add(
        dictionary({**given, "Creator": producer, "Producer": producer, "CreationDate": at, "ModDate": at})
    )
    intent = {
        "Type": "/OutputIntent",
        "S": "/GTS_PDFA1",
        "OutputConditionIdentifier": text_string("sRGB"),
        "DestOutputProfile": pdf.deflated(_profile(), {"N": 3}),
    }
    metadata = {"Type": "/Metadata", "Subtype": "/XML"}
    return information, {
        "Metadata": pdf.raw(_xmp(document, part).encode("utf-8"), metadata),
        "OutputIntents": array([dictionary(intent)]),
        "Lang": text_string(document.language),
        "ViewerPreferences": dictionary({"DisplayDocTitle": "true"}),
        "MarkInfo": dictionary({"Marked": "true"}),
    }


@cache
def _profile() -> bytes:
    return deflate(srgb())


def _title(document: Document) -> str:
    return document.title or document.name


def _xmp(document: Document, part: int) -> str:
    at = f"{document.date.isoformat()}T00:00:00+09:00"
    claims: dict[str, object] = {"pdfaid:part": part, "pdfaid:conformance": "A", "pdfuaid:part": 1} if part else {}
    plain: Mapping[str, object] = {
        **claims,
        "dc:format": "application/pdf",
        "pdf:Producer": _PRODUCER,
        "xmp:CreatorTool": _PRODUCER,
        "xmp:CreateDate": at,
        "xmp:ModifyDate": at,
        "xmp:MetadataDate": at,
    }
    listed = {
        "dc:title": ("Alt", _title(document)),
        "dc:creator": ("Seq", document.author),
        "dc:description": ("Alt", document.subject),
        "dc:language": ("Bag", document.language),
    }
    lines = [f"<{name}>{value}</{name}>" for name, value in plain.items()]
    for name, (kind, value) in listed.items():
        if value:
            item = '<rdf:li xml:lang="x-default">' if kind == "Alt" else "<rdf:li>"
            lines.append(f"<{name}><rdf:{kind}>{item}{escape(value, quote=False)}</rdf:li></rdf:{kind}></{name}>")
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in (_NAMESPACES | (_CLAIMING if part else {})).items())
    return "\n".join(
        [
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
            f'<rdf:Description rdf:about="" {spaces}>',
            *lines,
            *([_EXTENSION] if part else []),
            "</rdf:Description></rdf:RDF></x:xmpmeta>",
            '<?xpacket end="w"?>',
        ]
    )
