"""What the benchmarks compare us with is drawn of the same documents, whatever these are made of by now."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pypdf
import pytest

from benchmarks import remembered, sheets, start
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


def test_a_start_is_measured_against_imports() -> None:
    lines = start.table(start.measured(1)).splitlines()
    assert len(lines) == 2 + len(start.GOALS) and all(
        goal.name in line for goal, line in zip(start.GOALS, lines[2:], strict=True)
    )


def test_a_second_look_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOSHIKI_CACHE", "")
    found = remembered.measured(120, tmp_path)
    assert set(found) == {"status", "check"} and (tmp_path / "cache").is_dir()
    assert all("B1-000001" in first.said for first, _ in found.values())
