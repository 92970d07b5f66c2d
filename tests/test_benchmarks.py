"""What the benchmarks compare us with is drawn of the same documents, whatever these are made of by now."""

from __future__ import annotations

import io

import openpyxl
import pypdf

from benchmarks import sheets
from benchmarks.peers import bare_peer
from generator.render import renderer


def test_the_bare_writer_draws_the_pages() -> None:
    for name, variants in sheets.variants(2).items():
        for number in range(2):
            theirs = pypdf.PdfReader(io.BytesIO(bare_peer.Contestant(list(variants)).draw(number)))
            ours = pypdf.PdfReader(io.BytesIO(renderer("pdf")(variants[number])))
            assert len(theirs.pages) == len(ours.pages), name


def test_answers_change_and_what_a_form_says_does_not() -> None:
    for first, other in sheets.workbooks(2).values():
        one, two = (openpyxl.load_workbook(io.BytesIO(renderer("xlsx")(d))).worksheets[0] for d in (first, other))
        texts = [[cell.value for row in sheet for cell in row] for sheet in (one, two)]
        assert texts[0] != texts[1] and any(a == b and isinstance(a, str) for a, b in zip(*texts, strict=True))
