"""The texts of an issued form, kept beside it, and what an edited case would change in them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from generator.case.model import Case
from generator.document import Document, Sheet
from generator.japan import wareki
from generator.scheme.schema import Item

_SHORTEST = 2  # characters of a personal value looked for in texts


@dataclass(frozen=True, slots=True)
class CellText:
    """A printed cell; ``field``: the case path it shows, '' for a composed text; ``personal``: not to be told."""

    sheet: str
    row: int
    column: int
    label: str
    field: str
    text: str
    personal: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A printed text that is no longer the same, with its cell as in `CellText`; '' where there was or is no cell."""

    label: str
    field: str
    before: str
    after: str
    personal: bool


def texts(document: Document, case: Case) -> tuple[CellText, ...]:
    """Every cell with a text, sheet by sheet in reading order."""
    private = tuple(dict.fromkeys(_personal(case.scheme.schema.root, case.data)))
    return tuple(cell for sheet in document.sheets if sheet.printed for cell in _cells(sheet, case, private))


def _cells(sheet: Sheet, case: Case, private: tuple[str, ...]) -> Iterator[CellText]:
    label, row = "", -1
    for cell in sheet.cells:
        if cell.row != row:
            label, row = "", cell.row
        if not cell.text:
            continue
        item = case.scheme.schema.at(cell.field) if cell.field else None
        personal = bool(item and item.personal) or any(p in cell.text for p in private)
        yield CellText(sheet.name, cell.row, cell.column, label, cell.field, cell.text, personal)
        if cell.role == "label":
            label = cell.text


def _personal(item: Item, value: Any) -> Iterator[str]:
    """Each personal value of a case as it may be printed."""
    if item.kind == "object" and isinstance(value, dict):
        for key, below in item.properties.items():
            yield from _personal(below, value.get(key))
    elif item.kind == "list" and item.items is not None and isinstance(value, list):
        for element in value:
            yield from _personal(item.items, element)
    elif item.personal and isinstance(value, datetime.date):
        yield wareki.format_date(value)
    elif item.personal and isinstance(value, str) and len(value) >= _SHORTEST:
        yield value


def dump(cells: Sequence[CellText]) -> bytes:
    """The texts as JSON, as they are kept beside an issued document."""
    return (json.dumps([asdict(c) for c in cells], ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def load(data: bytes) -> tuple[CellText, ...]:
    """The texts that `dump` gave. ``data`` is trusted: its SHA-256 stands in the register."""
    return tuple(CellText(**given) for given in json.loads(data))


def changes(before: Sequence[CellText], after: Sequence[CellText]) -> list[Change]:
    """What differs, in reading order; a row put in between does not make all that follows differ."""
    from difflib import SequenceMatcher  # slow to load, and only what was changed since is compared

    differing: list[Change] = []
    match = SequenceMatcher(None, [(c.label, c.text) for c in before], [(c.label, c.text) for c in after], False)
    for what, first, end, start, stop in match.get_opcodes():
        if what == "equal":
            continue
        for n in range(max(end - first, stop - start)):
            old = before[first + n] if first + n < end else None
            new = after[start + n] if start + n < stop else None
            shown = new or old
            assert shown is not None
            personal = any(c.personal for c in (old, new) if c is not None)
            differing.append(
                Change(shown.label, shown.field, old.text if old else "", new.text if new else "", personal)
            )
    return differing
