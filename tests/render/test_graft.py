"""Pages that were issued taken into another PDF: contents, fonts and structure are those of the file they come from."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import samples
import tagged
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from generator.document import Document
from generator.problem import ProblemError
from generator.render.pdf import render

SAMPLE = next(path for path in samples.ALL if path.stem == "R5-002")


def texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def alone(document: Document) -> dict[str, bytes]:
    """Each form of a stage in a file of its own, by its name."""
    return {f"{s.file}.pdf": render(document.only(s.file)) for s in document.sheets if s.printed}


def titles(reader: PdfReader) -> list[str]:
    return [item.title for item in reader.outline if not isinstance(item, list)]


@pytest.mark.parametrize("sample", samples.ALL, ids=samples.name)
def test_it_is_read_as_if_it_were_drawn(sample: Path) -> None:
    """Half of the forms, then all: text, structure, bookmarks and labels are those of the stage drawn at once."""
    for document in samples.documents(sample):
        drawn = samples.files(sample, "pdf")[f"{document.name}.pdf"]
        single = alone(document)
        for kept in (dict(list(single.items())[::2]), single):
            made = render(document, kept)
            assert texts(made) == texts(drawn), document.name
            assert repr(tagged.read(made)) == repr(tagged.read(drawn)), document.name
            one, other = PdfReader(io.BytesIO(made), strict=True), PdfReader(io.BytesIO(drawn))
            assert one.page_labels == other.page_labels and titles(one) == titles(other)
            assert [p.mediabox for p in one.pages] == [p.mediabox for p in other.pages]
            assert made == render(document, kept)


def objects(data: bytes, kind: str) -> set[bytes]:
    """The raw streams of page contents or font files."""
    found = set()
    for page in PdfReader(io.BytesIO(data)).pages:
        if kind == "contents":
            found.add(page["/Contents"].get_object()._data)  # type: ignore[attr-defined]
            continue
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            found.add(descriptor["/FontFile2"].get_object()._data)
    return found


@pytest.mark.parametrize("kind", ["contents", "fonts"])
def test_contents_and_fonts_are_copied_byte_for_byte(kind: str) -> None:
    document = samples.documents(SAMPLE)[0]
    kept = alone(document)
    copied = {stream for one in kept.values() for stream in objects(one, kind)}
    assert objects(render(document, kept), kind) == copied
    assert kind == "contents" or objects(render(document), kind) != copied  # drawn at once, they share their fonts


def _class_map(writer: PdfWriter) -> None:
    tree = writer.root_object["/StructTreeRoot"]
    tree[NameObject("/ClassMap")] = DictionaryObject()  # type: ignore[index]


def _element(writer: PdfWriter) -> None:
    whole = writer.root_object["/StructTreeRoot"]["/K"]  # type: ignore[index]
    whole.get_object()[NameObject("/ID")] = TextStringObject("1")


def _attributes(writer: PdfWriter) -> None:
    whole = writer.root_object["/StructTreeRoot"]["/K"]  # type: ignore[index]
    whole.get_object()[NameObject("/A")] = DictionaryObject({NameObject("/O"): NameObject("/Layout")})


def _page(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/Rotate")] = NameObject("/X")


def _untagged(writer: PdfWriter) -> None:
    del writer.root_object["/StructTreeRoot"]


@pytest.mark.parametrize("how", [_class_map, _element, _attributes, _page, _untagged])
def test_what_a_later_program_wrote_is_not_left_out_in_silence(how: Callable[[PdfWriter], None]) -> None:
    document = samples.documents(SAMPLE)[1]
    (name, data), *_ = alone(document).items()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    how(writer)
    later = io.BytesIO()
    writer.write(later)
    with pytest.raises(ProblemError, match="この版の yoshiki では一つにまとめられません"):
        render(document, {name: later.getvalue()})
