"""The logical structure of every PDF, as it is drawn and with issued pages taken into it."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
import samples
import tagged
from pypdf import PdfReader

from generator.render.pdf import render


def test_the_tree_reads_every_text_once_and_in_order(sample: Path) -> None:
    for made in samples.documents(sample):
        tree = tagged.read(samples.files(sample, "pdf")[f"{made.name}.pdf"])
        printed = [sheet for sheet in made.sheets if sheet.printed]
        assert tree.tag == "Document" and [kid.tag for kid in tree.kids] == ["Sect"] * len(printed)
        for sheet, section in zip(printed, tree.kids, strict=True):
            expected = [sheet.stamp, *(c.text for c in sorted(sheet.cells, key=lambda c: (c.row, c.column)))]
            told = "".join(node.text for node in section.walk()).replace("\n", "").replace(" ", "")
            assert told == "".join(expected).replace("\n", "").replace(" ", ""), sheet.title
            assert section.title == sheet.title
            titles = "".join(c.text for c in sheet.cells if c.role == "title")
            assert "".join(node.text for node in section.find("H1")).replace("\n", "") == titles.replace("\n", "")
            assert not [node for node in section.walk() if node.kids and node.text]


def texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def titles(reader: PdfReader) -> list[str]:
    return [str(item.title) for item in reader.outline if not isinstance(item, list)]


@pytest.mark.costly
def test_it_is_read_as_if_it_were_drawn(stage: samples.Stage) -> None:
    """Half of the forms, then all: text, structure, bookmarks and labels are those of the stage drawn at once."""
    document = stage.document
    drawn = stage.files("pdf")[f"{document.name}.pdf"]
    single = samples.alone(document)
    for kept in (dict(list(single.items())[::2]), single):
        made = render(document, kept)
        assert texts(made) == texts(drawn)
        assert repr(tagged.read(made)) == repr(tagged.read(drawn))
        one, other = PdfReader(io.BytesIO(made), strict=True), PdfReader(io.BytesIO(drawn))
        assert one.page_labels == other.page_labels and titles(one) == titles(other)
        assert [p.mediabox for p in one.pages] == [p.mediabox for p in other.pages]
        assert made == render(document, kept)
