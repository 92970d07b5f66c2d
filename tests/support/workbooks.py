"""Workbooks read without the library that wrote them: cells with formula and value, from xlsx and from ods."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile

Element = ElementTree.Element
Value = float | str | bool
Address = tuple[str, str]  # worksheet, A1

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CACHED = re.compile(rb'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(?: t="[a-z]+")?>(<f>[^<]*</f>)<v>[^<]*</v></c>')
_EPOCH = date(1899, 12, 30)
_NAME = re.compile(r"[^\W\d][\w.]*")
_REFERENCE = re.compile(
    r"(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^\W\d]\w*))!)?"
    r"(?<![\w.$])\$?(?P<first>[A-Z]{1,3})\$?(?P<row>[0-9]+)(?::\$?(?P<last>[A-Z]{1,3})\$?(?P<end>[0-9]+))?(?![\w.(])"
)


@dataclass(frozen=True)
class Content:
    """A cell that is not empty. ``value``: what the file says it shows; of a formula the cached one."""

    value: Value
    formula: str = ""


@dataclass(frozen=True)
class Workbook:
    sheets: tuple[str, ...]
    cells: dict[Address, Content]
    names: dict[str, str]  # defined name → what it stands for

    @property
    def formulas(self) -> dict[Address, Content]:
        return {at: content for at, content in self.cells.items() if content.formula}


def read(data: bytes) -> Workbook:
    """An xlsx."""
    with ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    book = ElementTree.fromstring(parts["xl/workbook.xml"])
    shared = ElementTree.fromstring(parts["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in parts else ()
    strings = [_unescaped("".join(t.text or "" for t in item.iter(f"{_S}t"))) for item in shared]
    cells: dict[Address, Content] = {}
    sheets = tuple(sheet.attrib["name"] for sheet in book.iter(f"{_S}sheet"))
    for number, sheet in enumerate(sheets, 1):
        for cell in ElementTree.fromstring(parts[f"xl/worksheets/sheet{number}.xml"]).iter(f"{_S}c"):
            content = _content(cell, strings)
            if content is not None:
                cells[sheet, cell.attrib["r"]] = content
    names = {n.attrib["name"]: n.text or "" for n in book.iter(f"{_S}definedName")}
    return Workbook(sheets, cells, names)


def _content(cell: Element, strings: list[str]) -> Content | None:
    formula, value, kind = cell.findtext(f"{_S}f", ""), cell.findtext(f"{_S}v"), cell.get("t", "n")
    if kind == "inlineStr":
        return Content(_unescaped("".join(t.text or "" for t in cell.iter(f"{_S}t"))), formula)
    if value is None:
        return Content("", formula) if formula else None
    match kind:
        case "s":
            return Content(strings[int(value)], formula)
        case "str":
            return Content(_unescaped(value), formula)
        case "b":
            return Content(value == "1", formula)
        case "n":
            return Content(float(value), formula)
    raise ValueError(f"{cell.attrib['r']}: type {kind}")


def _unescaped(text: str) -> str:
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)


def without_values(data: bytes) -> bytes:
    """The xlsx without the values of its formulas, so that whoever opens it has to calculate."""
    return rewritten(data, lambda xml: _CACHED.sub(rb"\1>\2</c>", xml))


def with_value(data: bytes, at: Address, value: str) -> bytes:
    """The xlsx with another number in one cell: of a formula the cached value."""
    sheet, coordinate = at
    pattern = re.compile(rb'(<c r="%b"[^>]*>(?:<f>[^<]*</f>)?<v>)[^<]*' % coordinate.encode())

    def edit(xml: bytes) -> bytes:
        out, count = pattern.subn(rb"\g<1>" + value.encode(), xml)
        assert count == 1, f"{coordinate} found {count} times"
        return out

    return rewritten(data, edit, f"xl/worksheets/sheet{read(data).sheets.index(sheet) + 1}.xml")


def rewritten(data: bytes, edit: Callable[[bytes], bytes], only: str = "") -> bytes:
    """The package with its worksheets (or ``only`` one part) edited."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            wanted = name == only if only else name.startswith("xl/worksheets/sheet")
            target.writestr(name, edit(part) if wanted else part)
    return out.getvalue()


def read_ods(data: bytes) -> dict[Address, Value]:
    """The values of an OpenDocument spreadsheet as its program calculated them; an error is its text, '#NAME?'."""
    with ZipFile(io.BytesIO(data)) as package:
        root = ElementTree.fromstring(package.read("content.xml"))
    values: dict[Address, Value] = {}
    for table in root.iter(f"{_TABLE}table"):
        row = 0
        for line in table.iter(f"{_TABLE}table-row"):
            for column, cell in _across(line):
                if (value := _ods_value(cell)) is not None:
                    values[table.attrib[f"{_TABLE}name"], f"{letters(column)}{row + 1}"] = value
            row += int(line.get(f"{_TABLE}number-rows-repeated", "1"))
    return values


def _across(line: Element) -> Iterator[tuple[int, Element]]:
    column = 0
    for cell in line:
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        for n in range(times if len(cell) else 0):  # an empty cell may stand for thousands
            yield column + n, cell
        column += times


def _ods_value(cell: Element) -> Value | None:
    match cell.get(f"{_OFFICE}value-type"):
        case None:
            return None
        case "boolean":
            return cell.attrib[f"{_OFFICE}boolean-value"] == "true"
        case "date":
            return float((date.fromisoformat(cell.attrib[f"{_OFFICE}date-value"][:10]) - _EPOCH).days)
        case "string":
            return "\n".join(_words(p) for p in cell.findall(f"{_TEXT}p"))
    if cell.get(f"{_CALC}value-type") == "error":
        return "".join(cell.itertext())
    return float(cell.attrib[f"{_OFFICE}value"])


def _words(element: Element) -> str:
    text = element.text or ""
    for child in element:
        match child.tag:
            case f if f == f"{_TEXT}s":
                text += " " * int(child.get(f"{_TEXT}c", "1"))
            case f if f == f"{_TEXT}tab":
                text += "\t"
            case f if f == f"{_TEXT}line-break":
                text += "\n"
            case _:
                text += _words(child)
        text += child.tail or ""
    return text


@functools.cache
def letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def circle(book: Workbook) -> list[Address]:
    """Cells whose formulas lead back to where they began, in that order; [] where none does.

    A formula counts as depending on all that it names, whatever its conditions would leave out.
    """
    done: set[Address] = set()
    formulas = book.formulas
    for start in formulas:
        path: dict[Address, None] = {}
        todo: list[Address | None] = [start]  # None: the cell entered last is done
        while todo:
            at = todo.pop()
            if at is None:
                done.add(path.popitem()[0])
            elif at in path:
                return [*path][[*path].index(at) :]
            elif at not in done:
                path[at] = None
                todo += [None, *(cell for cell in _named(book, at) if cell in formulas)]
    return []


def _named(book: Workbook, at: Address) -> Iterator[Address]:
    """The cells that a formula names, itself or by defined names."""
    words = re.sub(r'"(?:[^"]|"")*"', '""', book.cells[at].formula)
    words += "".join(f"+{book.names[name]}" for name in _NAME.findall(_REFERENCE.sub("", words)) if name in book.names)
    for match in _REFERENCE.finditer(words):
        sheet = match["quoted"].replace("''", "'") if match["quoted"] else match["plain"] or at[0]
        first, last = (match["first"], match["row"]), (match["last"] or match["first"], match["end"] or match["row"])
        for column in range(number(first[0]), number(last[0]) + 1):
            for row in range(int(first[1]), int(last[1]) + 1):
                yield sheet, f"{letters(column)}{row}"


@functools.cache
def number(name: str) -> int:
    """The column of letters, from 0."""
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column - 1
