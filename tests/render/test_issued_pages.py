"""Pages that were issued taken into another PDF: contents, fonts and structure are those of the file they come from."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import samples
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from generator.problem import ProblemError
from generator.render.pdf import render

SAMPLE = samples.RICH


def objects(data: bytes, kind: str) -> set[bytes]:
    """The raw streams of page contents or font files."""
    found = set()
    for page in PdfReader(io.BytesIO(data)).pages:
        if kind == "contents":
            found.add(page["/Contents"].get_object()._data)
            continue
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            found.add(descriptor["/FontFile2"].get_object()._data)
    return found


@pytest.mark.parametrize("kind", ["contents", "fonts"])
def test_contents_and_fonts_are_copied_byte_for_byte(kind: str) -> None:
    """Those of another case under the same names: so nothing that is drawn now can be among them."""
    document, other = samples.documents(SAMPLE)[0], samples.documents(samples.PLAIN)[0]
    kept = samples.alone(other)
    copied = {stream for one in kept.values() for stream in objects(one, kind)}
    assert {f"{s.file}.pdf" for s in document.sheets if s.printed} == set(kept) and other != document
    assert objects(render(document, kept), kind) == copied
    assert not objects(render(document), kind) <= copied


def _class_map(writer: PdfWriter) -> None:
    tree = writer.root_object["/StructTreeRoot"]
    tree[NameObject("/ClassMap")] = DictionaryObject()


def _element(writer: PdfWriter) -> None:
    whole = writer.root_object["/StructTreeRoot"]["/K"]
    whole.get_object()[NameObject("/ID")] = TextStringObject("1")


def _attributes(writer: PdfWriter) -> None:
    whole = writer.root_object["/StructTreeRoot"]["/K"]
    whole.get_object()[NameObject("/A")] = DictionaryObject({NameObject("/O"): NameObject("/Layout")})


def _page(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/Rotate")] = NameObject("/X")


def _untagged(writer: PdfWriter) -> None:
    del writer.root_object["/StructTreeRoot"]


@pytest.mark.parametrize("how", [_class_map, _element, _attributes, _page, _untagged])
def test_what_a_later_program_wrote_is_not_left_out_in_silence(how: Callable[[PdfWriter], None]) -> None:
    document = samples.documents(SAMPLE)[1]
    (name, data), *_ = samples.alone(document).items()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    how(writer)
    later = io.BytesIO()
    writer.write(later)
    with pytest.raises(ProblemError, match="この版の yoshiki では一つにまとめられません"):
        render(document, {name: later.getvalue()})
