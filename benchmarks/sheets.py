"""The sheets that every contestant draws: 第１号様式, 第２号様式 別紙, and 第２号様式 filled to the last character."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from generator import pipeline
from generator.document import Document

ROOT = Path(__file__).parents[1]
FORMS = {"application": "01-application", "budget": "02b-budget", "plan": "02-plan"}


@cache
def stages() -> dict[str, Document]:
    """The stages of the sample that overflows everything, by name."""
    case = ROOT / "fixtures" / "kawasaki-sdgs-model" / "R5-002.yaml"
    checked = pipeline.check([case], pipeline.schemes(ROOT / "forms"))[0]
    assert checked.assessment is not None
    return {d.name: d for d in pipeline.documents(checked.assessment)}


def documents() -> dict[str, Document]:
    """Name → the Document of one form."""
    return {name: stages()["申請一式"].only(file) for name, file in FORMS.items()}


def workbooks(count: int) -> dict[str, tuple[Document, ...]]:
    """The same sheets as workbooks of their own; formulas whose names lie elsewhere stay values."""
    return {name: tuple(map(_alone, found)) for name, found in variants(count).items()}


def letters(count: int) -> dict[str, tuple[Document, ...]]:
    """第４号様式 and 第７号様式, which people edit in Word."""
    found = {
        "decision": stages()["決定一式"].only("04-decision"),
        "confirmation": stages()["確定一式"].only("07-confirmation"),
    }
    return {name: tuple(_variant(d, n) for n in range(count)) for name, d in found.items()}


def _alone(document: Document) -> Document:
    sheets = tuple(replace(s, cells=tuple(replace(c, formula="") for c in s.cells)) for s in document.sheets)
    return replace(document, sheets=sheets, names=(), token="")


@cache
def variants(count: int = 20) -> dict[str, tuple[Document, ...]]:
    """Each sheet ``count`` times with another first text, so that nobody gains by remembering a whole page."""
    return {name: tuple(_variant(document, n) for n in range(count)) for name, document in documents().items()}


def _variant(document: Document, number: int) -> Document:
    sheets = []
    for sheet in document.sheets:
        done = False
        cells = []
        for cell in sheet.cells:
            if not done and cell.field and len(cell.lines) == 1 and cell.value != "" and isinstance(cell.value, str):
                text = cell.text[:-2] + f"{number:02d}" if len(cell.text) > 2 else cell.text
                cell = replace(cell, text=text, value=text, lines=(replace(cell.lines[0], text=text),))
                done = True
            cells.append(cell)
        sheets.append(replace(sheet, cells=tuple(cells)))
    return replace(document, sheets=tuple(sheets))
