"""Returned files for the tests: workbooks of the samples, changed as people and programs change them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import samples

from generator.case.build import load_case
from generator.case.model import Case
from generator.intake import returned_workbook, take_in
from generator.intake.take_in import Taken
from generator.intake.untrusted import xlsx_reader
from generator.problem import ProblemError
from generator.scheme.load import Schemes
from generator.scheme.roles import Role
from generator.scheme.schema import Item
from generator.source import read as source
from generator.source.nodes import Mapping, Sequence, Source

KAWASAKI = samples.ROOT / "fixtures" / "kawasaki-sdgs-model"
PLAIN, RICH, RARE = KAWASAKI / "R5-001.yaml", KAWASAKI / "R5-002.yaml", KAWASAKI / "R5-005.yaml"
APPLICATION = "申請一式.xlsx"

_schemes: list[Schemes] = []


def schemes() -> Schemes:
    if not _schemes:
        _schemes.append(Schemes([samples.FORMS]))
    return _schemes[0]


def application(sample: Path = PLAIN) -> bytes:
    return samples.files(sample, "xlsx")[APPLICATION]


def returnable(sample: Path) -> dict[str, bytes]:
    """The sample's workbooks that an applicant fills in, by file name."""
    found = {}
    for document, (name, data) in zip(samples.documents(sample), samples.files(sample, "xlsx").items(), strict=True):
        assert document.token
        scheme = schemes().get(document.token.scheme)
        stage = document.token.stage.partition("[")[0]
        if any(e.stage == stage and e.role is Role.APPLICANT for e in scheme.forms):
            found[name] = data
    return found


def key_of(data: bytes) -> str:
    return returned_workbook.read(data, "x.xlsx").token.stage


def full(sample: Path) -> Case:
    return load_case(sample, schemes())[0]


def before(sample: Path, key: str) -> Source | None:
    """The sample as it stood before the stage; None where the stage begins it."""
    whole, read = full(sample), source.read(sample)
    order = [s.name for s in whole.scheme.stages]
    name, _, index = key.partition("[")
    if name == order[0]:
        return None
    entries: dict[str, Any] = {}
    for section, (node, value) in read.root.entries.items():
        if section == name and index and int(index[:-1]):
            assert isinstance(value, Sequence)
            entries[section] = (node, Sequence(value.items[: int(index[:-1])], value.position))
        elif section not in order or order.index(section) < order.index(name):
            entries[section] = (node, value)
    return Source(read.name, read.lines, Mapping(entries, read.root.position), read.digest)


def take(data: bytes, name: str = APPLICATION, **more: Any) -> Taken:
    return take_in.take(data, name, schemes(), **more)


def refused(data: bytes, name: str = APPLICATION, **more: Any) -> str:
    """The message of the one Problem with which a file is refused."""
    try:
        take(data, name, **more)
    except ProblemError as error:
        assert len(error.problems) == 1
        return error.problems[0].message
    raise AssertionError("it was not refused")


def without_city(item: Item, value: Any) -> Any:
    """The value without what only the city gives: that is on no sheet of the applicant."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if not item.properties[k].office}
        return {k: without_city(item.properties[k], v) for k, v in kept.items()}
    if isinstance(value, list):
        assert item.items is not None
        return [without_city(item.items, v) for v in value]
    return value


def expected(sample: Path, key: str) -> Any:
    case = full(sample)
    item = case.scheme.schema.at(key)
    assert item is not None
    return without_city(item, case.get(key))


def cell_of(data: bytes, path: str) -> tuple[str, str]:
    """The sheet and address of an item's first input."""
    form = returned_workbook.read(data, "x.xlsx")
    entry = next(e for e in form.listed if e.path == path)
    return form.sheets[entry.form][1].name, entry.cell


def computed(data: bytes, name: str) -> tuple[str, str]:
    """The sheet and address of a defined name."""
    book = xlsx_reader.read(data, "x.xlsx")
    found = re.fullmatch(r"'?([^'!]+)'?!\$?([A-Z]+)\$?([0-9]+)", book.names[name])
    assert found
    return found[1], found[2] + found[3]


def saved(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook opened by another program (openpyxl), changed and saved."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(data: bytes, values: dict[str, Any]) -> bytes:
    """The workbook with values typed into the inputs of these paths."""
    places = {path: cell_of(data, path) for path in values}

    def change(book: Any) -> None:
        for path, value in values.items():
            sheet, address = places[path]
            book[sheet][address].value = value

    return saved(data, change)


def rezipped(data: bytes, edit: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> bytes:
    """The package with its parts edited; None leaves a part out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = edit(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in (extra or {}).items():
            new.writestr(name, part)
    return out.getvalue()


_STRICT = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    (b"http://schemas.openxmlformats.org/drawingml/2006/main", b"http://purl.oclc.org/ooxml/drawingml/main"),
)


def strict(data: bytes) -> bytes:
    """The workbook as Excel's strict format has it."""

    def edit(name: str, part: bytes) -> bytes:
        for usual, new in _STRICT:
            part = part.replace(usual, new)
        return part.replace(b"<workbook ", b'<workbook conformance="strict" ') if name == "xl/workbook.xml" else part

    return rezipped(data, edit)


def shared(data: bytes, change: Callable[[bytes], bytes] = lambda part: part) -> bytes:
    """The workbook with its texts in a table of shared strings, as Excel writes them; ``change`` edits that part."""
    found: list[bytes] = []

    def text(match: re.Match[bytes]) -> bytes:
        found.append(match[2])
        return b'%b t="s"><v>%d</v></c>' % (match[1], len(found) - 1)

    def edit(name: str, part: bytes) -> bytes:
        if name.startswith("xl/worksheets/sheet"):
            return re.sub(rb'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?) t="inlineStr"><is>(.*?)</is></c>', text, part)
        if name == "xl/_rels/workbook.xml.rels":
            kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
            more = b'<Relationship Id="rIdS" Type="%b" Target="sharedStrings.xml"/></Relationships>' % kind
            return part.replace(b"</Relationships>", more)
        return part

    moved = rezipped(data, edit)
    items = b"".join(b"<si>%b</si>" % item for item in found)
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    assert len(found) > 100
    return rezipped(moved, lambda n, p: p, {"xl/sharedStrings.xml": change(b"<sst %b>%b</sst>" % (main, items))})
