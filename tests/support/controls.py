"""Good PDF files spoilt in one way each: what the validator has to see."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

ALL = ("2a", "2b", "ua1")


def elements(writer: PdfWriter, kind: str) -> Iterator[DictionaryObject]:
    for number in range(1, len(writer._objects) + 1):
        found = writer.get_object(number)
        if isinstance(found, DictionaryObject) and found.get("/S") == kind and "/P" in found:
            yield found


def _nothing(_: PdfWriter) -> None:
    """Only written anew by pypdf: shows that this alone spoils nothing."""


def _font(writer: PdfWriter) -> None:
    fonts = writer.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        del font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]["/FontFile2"]


def _encryption(writer: PdfWriter) -> None:
    writer.encrypt("", "geheim", algorithm="RC4-128")


def _tags(writer: PdfWriter) -> None:
    del writer.root_object["/StructTreeRoot"], writer.root_object["/MarkInfo"]
    for page in writer.pages:
        del page["/StructParents"]


def _metadata(writer: PdfWriter) -> None:
    del writer.root_object["/Metadata"]


def _intent(writer: PdfWriter) -> None:
    del writer.root_object["/OutputIntents"]


def _language(writer: PdfWriter) -> None:
    del writer.root_object["/Lang"]


def _title(writer: PdfWriter) -> None:
    del writer.root_object["/ViewerPreferences"]


def _heading(writer: PdfWriter) -> None:
    for heading in elements(writer, "/H1"):
        heading[NameObject("/S")] = NameObject("/H3")


def _scope(writer: PdfWriter) -> None:
    for head in elements(writer, "/TH"):
        del head["/A"]


def _span(writer: PdfWriter) -> None:
    head = next(elements(writer, "/TD"))
    head[NameObject("/A")] = DictionaryObject(
        {NameObject("/O"): NameObject("/Table"), NameObject("/ColSpan"): NumberObject(9)}
    )


def _unmarked(writer: PdfWriter) -> None:
    stream = StreamObject()
    stream.set_data(b"0 0 10 10 re f\n" + writer.pages[0].get_contents().get_data())
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)


def _script(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")})
    writer.root_object[NameObject("/OpenAction")] = action


def _width(writer: PdfWriter) -> None:
    font = next(iter(writer.pages[0]["/Resources"]["/Font"].values())).get_object()
    font["/DescendantFonts"][0].get_object()[NameObject("/W")] = ArrayObject()
    font["/DescendantFonts"][0].get_object()[NameObject("/DW")] = NumberObject(777)


def _text(writer: PdfWriter) -> None:
    for font in writer.pages[0]["/Resources"]["/Font"].values():
        del font.get_object()["/ToUnicode"]


def _comment(writer: PdfWriter) -> None:
    note = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Text")})
    note[NameObject("/Rect")] = ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])
    note[NameObject("/Contents")] = TextStringObject("付箋")
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


# How a file is spoilt, and the profiles it then does not meet.
CONTROLS: dict[str, tuple[Callable[[PdfWriter], None], tuple[str, ...]]] = {
    "nothing": (_nothing, ()),
    "font not embedded": (_font, ALL),
    "encrypted": (_encryption, ("2a", "2b")),
    "not tagged": (_tags, ("2a", "ua1")),
    "no metadata": (_metadata, ALL),
    "no output intent": (_intent, ("2a", "2b")),
    "no language": (_language, ("ua1",)),
    "title not shown": (_title, ("ua1",)),
    "heading skipped": (_heading, ("ua1",)),
    "header cell of nothing": (_scope, ("ua1",)),
    "table with a ragged edge": (_span, ("ua1",)),
    "content without tag": (_unmarked, ("ua1",)),
    "script": (_script, ("2a", "2b")),
    "widths unlike the font's": (_width, ALL),
    "text that cannot be read": (_text, ("2a", "ua1")),
    "comment": (_comment, ALL),
}


def _widgets(writer: PdfWriter) -> Iterator[DictionaryObject]:
    for page in writer.pages:
        for annotation in page.get("/Annots", ()):
            yield annotation.get_object()


def _nameless(writer: PdfWriter) -> None:
    parent = next(_widgets(writer))["/Parent"].get_object()
    assert isinstance(parent, DictionaryObject)
    del parent["/TU"]


def _astray(writer: PdfWriter) -> None:
    del next(_widgets(writer))["/StructParent"]


def _blank(writer: PdfWriter) -> None:
    del next(_widgets(writer))["/AP"]


def _unprinted(writer: PdfWriter) -> None:
    next(_widgets(writer))[NameObject("/F")] = NumberObject(0)


def _left_to_the_viewer(writer: PdfWriter) -> None:
    writer.set_need_appearances_writer(True)


# The same of a form to be filled in.
FILLABLE: dict[str, tuple[Callable[[PdfWriter], None], tuple[str, ...]]] = {
    "field without a name": (_nameless, ("ua1",)),
    "field outside of the structure": (_astray, ("ua1",)),
    "field without appearance": (_blank, ("2a", "2b")),
    "field not printed": (_unprinted, ("2a", "2b")),
    "appearances left to the viewer": (_left_to_the_viewer, ("2a", "2b")),
}


def spoilt(good: bytes, how: Callable[[PdfWriter], None]) -> bytes:
    """The file, changed by ``how`` and written by pypdf."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(good)))
    how(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
