"""Returned files for the tests: workbooks of the samples, changed as people and programs change them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import blanks
import openpyxl
import samples
from blanks import Section

from generator import roundtrip
from generator.case.build import load_case
from generator.case.model import Case
from generator.intake import returned_workbook, take_in
from generator.intake.take_in import Received
from generator.intake.untrusted import xlsx_reader
from generator.problem import ProblemError
from generator.render import renderer
from generator.scheme.load import Schemes
from generator.source.nodes import Source

PLAIN, RICH = samples.PLAIN, samples.RICH
APPLICATION = "申請一式.xlsx"


def schemes() -> Schemes:
    return samples.known()


def application(sample: Path = PLAIN) -> bytes:
    return samples.files(sample, "xlsx")[APPLICATION]


def returnable(sample: Path) -> dict[str, bytes]:
    """The sample's workbooks that an applicant fills in, by file name."""
    return {_file(section): workbook_of(section) for section in blanks.sections([sample])}


def workbook_of(section: Section) -> bytes:
    """The workbook of the finished case with what was written in that section."""
    return samples.files(section.sample, "xlsx")[_file(section)]


def _file(section: Section) -> str:
    case = full(section.sample)
    stage = next(s for s in case.stages if s.stage.name == section.stage and (s.index or 0) == section.index)
    return f"{stage.file}一式.xlsx"


def key_of(data: bytes) -> str:
    """The stage that a workbook says it is of: 申請, 変更[0]."""
    return returned_workbook.read(data, "x.xlsx").token.stage


def full(sample: Path) -> Case:
    return load_case(sample, schemes())[0]


def before(sample: Path, key: str) -> Source | None:
    """The sample as it stood before the stage; None where the stage begins it."""
    return _section(sample, key).before()


def expected(sample: Path, key: str) -> Any:
    """What the applicant wrote in that stage."""
    return _section(sample, key).given()


def _section(sample: Path, key: str) -> Section:
    name, _, index = key.partition("[")
    return Section(sample, name, int(index.removesuffix("]") or 0))


def signed(keys: tuple[str, ...] = (), **changes: object) -> bytes:
    """A blank application of the sample with another token, signed by the first of the keys."""
    document = samples.documents(PLAIN)[0]
    assert document.token is not None
    return bytes(renderer("xlsx")(roundtrip.sealed_document(document, replace(document.token, **changes), keys)))


def take(data: bytes, name: str = APPLICATION, **more: Any) -> Received:
    return take_in.take(data, name, schemes(), **more)


def refused(data: bytes, name: str = APPLICATION, **more: Any) -> str:
    """The message of the one Problem with which a file is refused."""
    try:
        take(data, name, **more)
    except ProblemError as error:
        assert len(error.problems) == 1
        return error.problems[0].message
    raise AssertionError("it was not refused")


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
    assert found
    return rezipped(moved, lambda n, p: p, {"xl/sharedStrings.xml": change(b"<sst %b>%b</sst>" % (main, items))})
