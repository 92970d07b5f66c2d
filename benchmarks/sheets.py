"""The sheets that every contestant draws: 第１号様式, 第２号様式 別紙, and 第２号様式 filled to the last character."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from generator.document import Cell, Document
from generator.operations.check import check_files
from generator.operations.render import documents_of
from generator.scheme.load import Schemes

ROOT = Path(__file__).parents[1]
FORMS = {"application": "01-application", "budget": "02b-budget", "plan": "02-plan"}


@cache
def stages() -> dict[str, Document]:
    """The stages of the sample that overflows everything, by name."""
    case = ROOT / "fixtures" / "kawasaki-sdgs-model" / "R5-002.yaml"
    checked = check_files([case], Schemes([ROOT / "forms"]))[0]
    assert checked.assessment is not None
    return {d.name: d for d in documents_of(checked.assessment)}


def documents() -> dict[str, Document]:
    """Name → the Document of one form."""
    return {name: stages()["申請一式"].only(file) for name, file in FORMS.items()}


def workbooks(count: int) -> dict[str, tuple[Document, ...]]:
    """The same sheets as workbooks of their own; formulas whose names lie elsewhere stay values."""
    return {name: tuple(map(alone, found)) for name, found in variants(count).items()}


def letters(count: int) -> dict[str, tuple[Document, ...]]:
    """第４号様式 and 第７号様式, which people edit in Word."""
    found = {
        "decision": stages()["決定一式"].only("04-decision"),
        "confirmation": stages()["確定一式"].only("07-confirmation"),
    }
    return _many(found, count)


def alone(document: Document) -> Document:
    """The document without formulas, which may name cells of the other sheets. What a form says by itself stays the
    same object in all of them, as in a run over many cases."""
    sheets = tuple(
        replace(s, cells=tuple(c._replace(formula="") if c.formula else c for c in s.cells)) for s in document.sheets
    )
    return replace(document, sheets=sheets, names=(), token=None)


@cache
def variants(count: int = 20) -> dict[str, tuple[Document, ...]]:
    """Each sheet ``count`` times. The first is the sample's; in the others every answer is another of the same length,
    in other characters, so that nobody gains by remembering what was written before."""
    return _many(documents(), count)


def _many(found: dict[str, Document], count: int) -> dict[str, tuple[Document, ...]]:
    texts = "".join(c.text for d in found.values() for s in d.sheets for c in s.cells)
    characters = sorted(c for c in set(texts) if "一" <= c <= "龥" and c.encode("cp932", "ignore"))
    return {name: tuple(_variant(d, _shift(characters, n)) for n in range(count)) for name, d in found.items()}


def _shift(characters: list[str], number: int) -> dict[int, str]:
    """Exchanges kanji for others, and the digits 1 to 9."""
    table: dict[int, str] = {}
    for one in (characters, "123456789"):
        table |= {ord(c): one[(n + number) % len(one)] for n, c in enumerate(one)}
    return table


def _variant(document: Document, table: dict[int, str]) -> Document:
    def changed(cell: Cell, letter: bool) -> Cell:
        answer = cell.role == "value" and isinstance(cell.value, str | int)
        if not (answer or (letter and cell.role == "text")) or cell.mark:
            return cell
        lines = tuple(line._replace(text=line.text.translate(table)) for line in cell.lines)
        value = cell.value.translate(table) if isinstance(cell.value, str) else cell.value
        if isinstance(value, int):
            value = int(str(value).translate(table))
        return cell._replace(text=cell.text.translate(table), value=value, lines=lines)

    sheets = (replace(s, cells=tuple(changed(c, s.kind == "letter") for c in s.cells)) for s in document.sheets)
    return replace(document, sheets=tuple(sheets))
