"""Forms to be filled in, filled in as an applicant would: with openpyxl, by what stands in a case."""

from __future__ import annotations

import datetime
import functools
import io
import warnings
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import samples

from generator.case.model import Case
from generator.document import Cell, Document
from generator.intake import blank_forms
from generator.japan import wareki
from generator.render import renderer
from generator.scheme.load import Schemes
from generator.source import read as source
from generator.source.nodes import Source

TODAY = datetime.date(2025, 6, 2)
SCHEME = "kawasaki-sdgs-model"
SAMPLES = samples.ROOT / "fixtures" / SCHEME


def sample(number: str) -> Path:
    return SAMPLES / f"{number}.yaml"


@functools.cache
def blank(stage: str = "申請", number: str = "", keys: tuple[str, ...] = (), index: int = 0) -> Document:
    """The forms of a stage; for a sample case as it was before that stage (in a list of them the one at ``index``)."""
    known = Schemes([samples.FORMS])
    case = blank_forms.blank(known.get(SCHEME)) if not number else before(number, stage, index)
    return blank_forms.compose(case, stage, TODAY, keys=keys)


def before(number: str, stage: str, index: int = 0) -> Case:
    """A sample without the sections of the stage (from ``index`` on) and of all that come after it."""
    known = Schemes([samples.FORMS])
    case = blank_forms.of_case(source.read(sample(number)), known, stage)
    names = [s.name for s in case.scheme.stages]
    later = names[names.index(stage) :]
    data = {k: v for k, v in case.data.items() if k not in later}
    if index:
        data[stage] = case.data[stage][:index]
    return Case(case.scheme, case.number, data, {}, case.source)


@functools.cache
def workbook(document: Document) -> bytes:
    return bytes(renderer("xlsx")(document))


def whole(number: str) -> Case:
    known = Schemes([samples.FORMS])
    return blank_forms.of_case(source.read(sample(number)), known, "申請")


def place(sheet: str, cell: Cell) -> tuple[str, str]:
    return sheet, f"{openpyxl.utils.get_column_letter(cell.column + 1)}{cell.row + 1}"


def answers(document: Document, case: Case) -> dict[tuple[str, str], Any]:
    """What the applicant types into which cell."""
    found: dict[tuple[str, str], Any] = {}
    parts: dict[str, list[tuple[str, Cell]]] = {}
    for sheet in document.sheets:
        for cell in sheet.cells:
            if cell.field and not cell.formula:
                parts.setdefault(cell.field, []).append((sheet.name, cell))
    for path, cells in parts.items():
        value = case.get(path)
        if value is None:
            continue
        if len(cells) == 4:
            era, year = wareki.era_letter(value), wareki.era_year(value)[1]
            for (sheet_name, cell), part in zip(cells, (era, year, value.month, value.day), strict=True):
                found[place(sheet_name, cell)] = part
            continue
        ((sheet_name, cell),) = cells
        found[place(sheet_name, cell)] = typed(value, cell)
    return found


def typed(value: Any, cell: Cell) -> Any:
    if isinstance(value, bool):
        return ("☑" if value else "□") if cell.mark else ("はい" if value else "いいえ")
    return float(value) if isinstance(value, Fraction) else value


def filled(data: bytes, given: Mapping[tuple[str, str], Any]) -> bytes:
    """The workbook with these values, saved by openpyxl."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, address), value in given.items():
        cell = book[sheet][address]
        assert not cell.protection.locked, f"{sheet}!{address} is locked"
        cell.value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sections() -> list[tuple[str, str, int]]:
    """Each section of each sample that an applicant writes: stage, sample, place in a list."""
    scheme = Schemes([samples.FORMS]).get(SCHEME)
    found = []
    for path in sorted(SAMPLES.glob("*.yaml")):
        case = whole(path.stem)
        for stage in blank_forms.stages(scheme):
            given = case.get(stage.name)
            found += [(stage.name, path.stem, n) for n in range(len(given or ()) if stage.many else given is not None)]
    return found


def section(stage: str, number: str, index: int) -> Any:
    """What the applicant wrote there, without what the city adds later."""
    case = whole(number)
    listed = case.scheme.stage(stage).many
    item = case.scheme.schema.at(stage)
    assert item is not None
    item = item.items if listed else item
    assert item is not None
    given = case.get(f"{stage}[{index}]" if listed else stage)
    return {k: v for k, v in given.items() if not item.properties[k].office}


def earlier(number: str, stage: str, index: int = 0) -> Source:
    """The sample's file as it was before the stage."""
    read, case = source.read(sample(number)), whole(number)
    names = [s.name for s in case.scheme.stages]
    later = names[names.index(stage) :]
    kept = {key: entry for key, entry in read.root.entries.items() if key not in later}
    if index:
        key, listed = read.root.entries[stage]
        assert isinstance(listed, source.Sequence)
        kept[stage] = key, source.Sequence(listed.items[:index], listed.position)
    return replace(read, root=source.Mapping(kept, read.root.position))
