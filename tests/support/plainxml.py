"""The XML of Office files as people can compare it: a line for what belongs together, style numbers told in words."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZipFile

Element = ElementTree.Element
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Each of these on one line of its own, with all that is in it.
_WORD_LINES = ("p", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr")
_SHEET_LINES = ("cols", "sheetPr", "sheetViews", "headerFooter", "rowBreaks", "bookViews")
_ONE_LINE = frozenset((*_WORD_LINES, *_SHEET_LINES))
# Numbers a program gives anew on every save; they mean nothing. python-docx writes none today.
_IGNORED = re.compile(r"rsid\w*|paraId|textId")


def _local(tag: str) -> str:
    return tag.partition("}")[2] or tag


def _attributes(element: Element, ignored: tuple[str, ...] = ()) -> str:
    return "".join(
        f" {_local(key)}={quoteattr(value)}"
        for key, value in element.attrib.items()
        if not _IGNORED.fullmatch(_local(key)) and _local(key) not in ignored
    )


def _flat(element: Element) -> str:
    """The element on one line, without namespaces and without the layout of the file."""
    name = _local(element.tag)
    inner = escape(element.text) if element.text and (element.text.strip() or not len(element)) else ""
    inner = inner.replace("\n", "&#10;") + "".join(map(_flat, element))
    return f"<{name}{_attributes(element)}>{inner}</{name}>" if inner else f"<{name}{_attributes(element)}/>"


def _lines(element: Element, indent: str = "") -> Iterator[str]:
    name = _local(element.tag)
    if name in _ONE_LINE or not len(element):
        yield indent + _flat(element)
        return
    yield f"{indent}<{name}{_attributes(element)}>"
    for child in element:
        yield from _lines(child, indent + " ")
    yield f"{indent}</{name}>"


def letter(data: bytes) -> str:
    """document.xml of a docx."""
    with ZipFile(io.BytesIO(data)) as package:
        root = ElementTree.fromstring(package.read("word/document.xml"))
    return "\n".join(_lines(root)) + "\n"


class Workbook:
    """An xlsx, its sheets told one by one."""

    def __init__(self, data: bytes):
        with ZipFile(io.BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        self._book = ElementTree.fromstring(parts["xl/workbook.xml"])
        self._sheets = [
            ElementTree.fromstring(parts[f"xl/worksheets/sheet{n + 1}.xml"])
            for n in range(len(self._book.findall(f".//{_SHEET}sheet")))
        ]
        shared = ElementTree.fromstring(parts["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in parts else ()
        self._shared = ["".join(t.text or "" for t in si.iter(f"{_SHEET}t")) for si in shared]
        self._used: dict[str, str] = {}
        self._styles = _Styles(ElementTree.fromstring(parts["xl/styles.xml"]))

    def book(self) -> str:
        """workbook.xml: the names of sheets, print areas, defined names."""
        return "\n".join(_lines(self._book)) + "\n"

    def styles(self) -> dict[str, str]:
        """What the names of styles mean that the sheets told so far have used."""
        return self._used

    def sheet(self, number: int) -> str:
        """A worksheet: of each cell its style, its value and its formula."""
        out = []
        for part in self._sheets[number]:
            if _local(part.tag) != "sheetData":
                out += list(_lines(part))
                continue
            for row in part:
                out.append(f"<row{_attributes(row, ('spans',))}>")
                out += self._row(row)
        return "\n".join(out) + "\n"

    def _row(self, row: Element) -> Iterator[str]:
        empty: list[tuple[str, str]] = []
        for cell in row:
            told = self._styles.told[int(cell.get("s", "0"))]
            key = "s" + hashlib.sha256(told.encode()).hexdigest()[:5]
            assert self._used.setdefault(key, told) == told, "two styles with one name"
            if not len(cell):
                empty.append((cell.attrib["r"], key))
                continue
            yield from _run(empty)
            empty = []
            yield f" {cell.attrib['r']} {key} {self._content(cell)}"
        yield from _run(empty)

    def _content(self, cell: Element) -> str:
        kind, value = cell.get("t", "n"), cell.find(f"{_SHEET}v")
        formula = cell.find(f"{_SHEET}f")
        text = "" if value is None else value.text or ""
        if kind == "inlineStr":
            text = repr("".join(t.text or "" for t in cell.iter(f"{_SHEET}t")))
        else:
            text = repr(self._shared[int(text)]) if kind == "s" else f"({kind}) {text}"
        return text if formula is None else f"{text} ={formula.text}"


def _run(empty: list[tuple[str, str]]) -> Iterator[str]:
    """Empty cells in one line; those of one style as a range."""
    told: list[str] = []
    while empty:
        first, key = empty[0]
        same = next((n for n, (_, other) in enumerate(empty) if other != key), len(empty))
        last = empty[same - 1][0]
        told.append(f"{first}{'' if first == last else ':' + last} {key}")
        empty = empty[same:]
    if told:
        yield " " + ", ".join(told)


class _Styles:
    def __init__(self, root: Element):
        def listed(name: str) -> list[Element]:
            found = root.find(f"{_SHEET}{name}")
            return [] if found is None else list(found)

        fonts, fills, borders = listed("fonts"), listed("fills"), listed("borders")
        formats = {f.attrib["numFmtId"]: f.attrib["formatCode"] for f in listed("numFmts")}
        self.told = []
        for xf in listed("cellXfs"):
            number = xf.get("numFmtId", "0")
            parts = [
                _flat(fonts[int(xf.get("fontId", "0"))]),
                _flat(fills[int(xf.get("fillId", "0"))]) if xf.get("fillId", "0") != "0" else "",
                _bordered(borders[int(xf.get("borderId", "0"))]),
                f"format {formats.get(number, number)}" if number != "0" else "",
                *map(_flat, xf),
                "quoted" if xf.get("quotePrefix") == "1" else "",
            ]
            self.told.append(" ".join(filter(None, parts)))


def _bordered(border: Element) -> str:
    """left thin, top thin …; a colour only where it is not black."""
    sides = []
    for side in border:
        if style := side.get("style"):
            color = side.find(f"{_SHEET}color")
            other = "" if color is None or color.get("rgb", "").endswith("000000") else " " + _flat(color)
            sides.append(f"{_local(side.tag)} {style}{other}")
    return ", ".join(sides)
