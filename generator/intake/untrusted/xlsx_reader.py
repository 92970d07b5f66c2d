"""A returned workbook: its sheets, cells and defined names, read part by part without trusting it.

Our own reader and not a library's: it reads the few parts that matter, and the strict format like the usual one.
"""

from __future__ import annotations

import re

from generator.intake.untrusted.refusal import RETURN_OUR_FORM, unreadable
from generator.intake.untrusted.workbook import Workbook
from generator.intake.untrusted.xlsx_parts import WorkbookParts
from generator.intake.untrusted.xlsx_sheet import SheetReader
from generator.intake.untrusted.xlsx_text import check_formula, shared_strings
from generator.intake.untrusted.xml import XmlError
from generator.intake.untrusted.zip_file import Package

_SHEETS, _NAMES = 60, 2_000
_FORBIDDEN_IN_TITLE = re.compile(r"[\\/?*\[\]:\x00-\x1f]")


def read(data: bytes, name: str) -> Workbook:
    """The workbook in ``data``, called ``name`` in messages. Raises UnreadableError."""
    parts = WorkbookParts(Package(data, name))
    related = parts.relations("").values()
    main = next((r.target for r in related if r.kind == "officeDocument"), "xl/workbook.xml")
    if main not in parts:
        raise unreadable(name, "Excel のファイルではない圧縮ファイルです", RETURN_OUR_FORM, code="intake.other-format")
    contents = _Contents(parts, main)
    _check_titles([title for title, _ in contents.sheets], name)
    relations = parts.relations(main)
    strings = next((shared_strings(parts, r.target) for r in relations.values() if r.kind == "sharedStrings"), [])
    sheets = []
    for title, id_ in contents.sheets:
        if id_ not in relations:
            message = "ファイルが壊れています（シートがありません）"
            raise unreadable(name, message, RETURN_OUR_FORM, code="intake.file-damaged")
        relation = relations[id_]
        if relation.kind == "worksheet":  # and not a chart on a sheet of its own
            parts.relations(relation.target)  # for the links that it must not have
            sheets.append(SheetReader(parts, title, strings).read(relation.target))
    return Workbook(tuple(sheets), contents.names, contents.date1904)


class _Contents:
    """The book's own part: its sheets as (title, id of the relation) and its defined names."""

    def __init__(self, parts: WorkbookParts, main: str):
        self.sheets: list[tuple[str, str]] = []
        self.names: dict[str, str] = {}
        self.date1904 = False
        self._file = parts.file
        self._name = ""
        self._chunks: list[str] = []
        parts.parse(main, self._start, self._end, self._chunks.append)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif name == "workbookPr":
            self.date1904 = attributes.get("date1904", "0") in ("1", "true")
        elif name == "definedName":
            self._name = "" if "localSheetId" in attributes else attributes.get("name", "")
            self._chunks.clear()

    def _end(self, name: str) -> None:
        if name != "definedName":
            return
        refers_to = "".join(self._chunks)
        check_formula(refers_to, self._file)
        if self._name:
            self.names[self._name] = refers_to
        if len(self.names) > _NAMES:
            raise XmlError("名前の定義が多すぎます", code="intake.too-many-names")


def _check_titles(titles: list[str], file: str) -> None:
    if not titles:
        raise unreadable(file, "シートがありません", RETURN_OUR_FORM, code="intake.no-sheets")
    if len(titles) > _SHEETS:
        raise unreadable(file, "シートが多すぎます", RETURN_OUR_FORM, code="intake.too-many-sheets")
    for title in titles:
        if not title or len(title) > 31 or _FORBIDDEN_IN_TITLE.search(title):
            message = "シートの名前に使えない文字（/ \\ : ? * [ ]）があるか、長すぎます"
            raise unreadable(file, message, "シートの名前を元に戻してください", code="intake.wrong-sheet-name")
