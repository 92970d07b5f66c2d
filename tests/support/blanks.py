"""Forms to be filled in, filled in as an applicant would: with openpyxl, by what stands in a case."""

from __future__ import annotations

import datetime
import functools
import io
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
import samples

from generator.case.model import Case
from generator.document import Cell, Document
from generator.intake import blank_forms
from generator.japan import wareki
from generator.render import renderer
from generator.scheme.schema import Item
from generator.source import nodes
from generator.source import read as source
from generator.source.nodes import Source

TODAY = datetime.date(2025, 6, 2)


@dataclass(frozen=True)
class Section:
    """What an applicant wrote of one stage of a sample; ``index``: which of its list, 0 where there is none."""

    sample: Path
    stage: str
    index: int = 0

    def __str__(self) -> str:
        return f"{samples.name(self.sample)}-{self.stage}-{self.index}"

    @property
    def scheme(self) -> str:
        return self.sample.parent.name

    @property
    def first(self) -> bool:
        """Whether it begins the case."""
        return self.stage == first_stage(self.scheme)

    def document(self) -> Document:
        """The form to be filled in with it: as it was handed out before."""
        if self.first:
            return blank(self.scheme, self.stage)
        return blank(self.scheme, self.stage, self.sample, index=self.index)

    def before(self) -> Source | None:
        """The case that it goes on with; None where it begins one."""
        return None if self.first else earlier(self.sample, self.stage, self.index)

    def given(self) -> Any:
        """What the applicant wrote there, without what the office adds later."""
        case = whole(self.sample)
        listed = case.scheme.stage(self.stage).many
        item = case.scheme.schema.at(f"{self.stage}[{self.index}]" if listed else self.stage)
        assert item is not None
        return without_city(item, case.get(f"{self.stage}[{self.index}]" if listed else self.stage))

    def returned(self) -> Case:
        """The case as it is when the applicant has filled the form in: nothing of this stage from the office yet."""
        case = whole(self.sample) if self.first else before(self.sample, self.stage, self.index)
        if self.first:
            return Case(case.scheme, case.number, {**_head(case), self.stage: self.given()}, {}, case.source)
        earlier_items = case.data.get(self.stage, []) if case.scheme.stage(self.stage).many else None
        given = self.given() if earlier_items is None else [*earlier_items, self.given()]
        return Case(case.scheme, case.number, {**case.data, self.stage: given}, {}, case.source)


@dataclass(frozen=True)
class Template:
    """The forms of a stage to be filled in, for a sample as it was before that stage; None: for nobody yet."""

    scheme: str
    stage: str
    sample: Path | None

    def __str__(self) -> str:
        return f"{self.scheme}-{self.stage}" + (f"-{self.sample.stem}" if self.sample else "")

    def document(self) -> Document:
        return blank(self.scheme, self.stage, self.sample)


def _head(case: Case) -> dict[str, Any]:
    """What stands in a case beside its stages."""
    stages = {stage.name for stage in case.scheme.stages}
    return {key: value for key, value in case.data.items() if key not in stages}


def first_stage(scheme: str) -> str:
    return samples.known().get(scheme).stages[0].name


@functools.cache
def blank(scheme: str, stage: str, sample: Path | None = None, keys: tuple[str, ...] = (), index: int = 0) -> Document:
    """The forms of a stage; for a sample case as it was before that stage (in a list of them the one at ``index``)."""
    case = blank_forms.blank(samples.known().get(scheme)) if sample is None else before(sample, stage, index)
    return blank_forms.compose(case, stage, TODAY, keys=keys)


def before(sample: Path, stage: str, index: int = 0) -> Case:
    """A sample without the sections of the stage (from ``index`` on) and of all that come after it."""
    case = blank_forms.of_case(source.read(sample), samples.known(), stage)
    names = [s.name for s in case.scheme.stages]
    later = names[names.index(stage) :]
    data = {k: v for k, v in case.data.items() if k not in later}
    if index:
        data[stage] = case.data[stage][:index]
    return Case(case.scheme, case.number, data, {}, case.source)


@functools.cache
def workbook(document: Document) -> bytes:
    return bytes(renderer("xlsx")(document))


@functools.cache
def whole(sample: Path) -> Case:
    return blank_forms.of_case(source.read(sample), samples.known(), first_stage(sample.parent.name))


def place(sheet: str, cell: Cell) -> tuple[str, str]:
    return sheet, f"{openpyxl.utils.get_column_letter(cell.column + 1)}{cell.row + 1}"


def answers(document: Document, case: Case) -> dict[tuple[str, str], Any]:
    """What the applicant types into which cell."""
    typed_in: dict[tuple[str, str], Any] = {}
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
                typed_in[place(sheet_name, cell)] = part
            continue
        ((sheet_name, cell),) = cells
        typed_in[place(sheet_name, cell)] = typed(value, cell)
    return typed_in


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


def without_city(item: Item, value: Any) -> Any:
    """The value without what only the office gives: that is on no sheet of the applicant."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if not item.properties[k].office}
        return {k: without_city(item.properties[k], v) for k, v in kept.items()}
    if isinstance(value, list):
        assert item.items is not None
        return [without_city(item.items, v) for v in value]
    return value


def sections(of: Iterable[Path]) -> list[Section]:
    """Each section of these samples that an applicant writes."""
    found = []
    for sample in of:
        case = whole(sample)
        for stage in blank_forms.stages(case.scheme):
            given = case.get(stage.name)
            count = len(given or ()) if stage.many else int(given is not None)
            found += [Section(sample, stage.name, n) for n in range(count)]
    return found


def few_sections() -> list[Section]:
    """A few that between them have every form that an applicant fills in, and every list goes on in one of them."""
    return _few(sections(samples.chosen()), lambda section: ["once more"] if section.index else [])


def templates() -> list[Template]:
    """A few forms to be filled in that between them have every form an applicant fills in: of each scheme those that
    begin a case, those of later stages for samples that have come to them."""
    found = []
    for sample in samples.chosen():
        scheme = sample.parent.name
        for stage in blank_forms.stages(whole(sample).scheme):
            begins = stage.name == first_stage(scheme)
            if begins or whole(sample).get(stage.name) is not None:
                found.append(Template(scheme, stage.name, None if begins else sample))
    return _few(list(dict.fromkeys(found)), lambda template: [])


_Of = TypeVar("_Of", bound=Section | Template)


def _few(things: Sequence[_Of], more: Callable[[_Of], list[str]]) -> list[_Of]:
    """Those that between them have every form of their stages, and what else is told of one."""
    held = {}
    for thing in things:
        scheme = samples.known().get(thing.scheme)
        made = samples.forms(thing.sample) if thing.sample else None
        forms = [form.id for form in scheme.forms_of(thing.stage) if made is None or form.id in made]
        held[thing] = [f"{scheme.id} {thing.stage} {part}" for part in [*forms, *more(thing)]]
    return samples.fewest(held)


def earlier(sample: Path, stage: str, index: int = 0) -> Source:
    """The sample's file as it was before the stage."""
    read, case = source.read(sample), whole(sample)
    names = [s.name for s in case.scheme.stages]
    later = names[names.index(stage) :]
    kept = {key: entry for key, entry in read.root.entries.items() if key not in later}
    if index:
        key, listed = read.root.entries[stage]
        assert isinstance(listed, nodes.Sequence)
        kept[stage] = key, nodes.Sequence(listed.items[:index], listed.position)
    return replace(read, root=nodes.Mapping(kept, read.root.position))


def whole_of_nobody(scheme: str) -> Case:
    """A case of which nothing is known."""
    return blank_forms.blank(samples.known().get(scheme))
