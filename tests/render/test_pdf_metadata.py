"""What a PDF says of itself, and the colours it means."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
import samples
from PIL import Image, ImageCms
from pypdf import PdfReader

from generator.document import Document
from generator.render.pdf import render
from generator.render.pdf.file.icc import srgb

DC, RDF = "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@pytest.fixture(scope="module")
def letter() -> Document:
    return samples.documents(samples.PLAIN)[0].only("01-application")


def test_xmp_and_information_tell_the_same(letter: Document) -> None:
    made = replace(letter, title="＜A&B＞ <𠮷>", author="見本市", subject="要綱", date=date(2024, 2, 29))
    reader = PdfReader(io.BytesIO(render(made)), strict=True)
    packet = reader.root_object["/Metadata"].get_data()  # type: ignore[attr-defined]
    tree = ElementTree.fromstring(packet.decode("utf-8").strip("\ufeff"))
    told = {
        key: [li.text for li in tree.iter(f"{DC}{key}") for li in li.iter(f"{RDF}li")]
        for key in ("title", "creator", "description", "language")
    }
    assert told == {"title": [made.title], "creator": ["見本市"], "description": ["要綱"], "language": ["ja"]}
    assert reader.metadata and reader.metadata.title == made.title
    assert packet.count(b"2024-02-29T00:00:00+09:00") == 3


def test_a_document_without_title_still_has_one(letter: Document) -> None:
    reader = PdfReader(io.BytesIO(render(replace(letter, title=""))))
    assert reader.metadata and reader.metadata.title == "01-application"


def test_the_profile_is_srgb_to_an_independent_reader() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb()))
    known = ImageCms.createProfile("sRGB")
    colours = [(r, g, b) for r in range(0, 256, 15) for g in range(0, 256, 15) for b in range(0, 256, 15)]
    image = Image.new("RGB", (len(colours), 1))
    image.putdata(colours)
    moved = ImageCms.profileToProfile(image, known, profile)
    assert moved is not None
    differences = [abs(a - b) for a, b in zip(image.tobytes(), moved.tobytes(), strict=True)]
    assert max(differences) <= 1
    assert struct.unpack_from(">L", srgb())[0] == len(srgb()) < 700
    assert ImageCms.getProfileDescription(profile).strip() == "sRGB"
