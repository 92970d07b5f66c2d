"""The sheet その他の項目: what a stage's section asks for and no form of the stage has a cell for.

In the workbook only, outside of what is printed, so that a returned workbook holds the whole section.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from generator.case.model import Case, StageRef
from generator.document import Style
from generator.layout.fill.sheet_builder import SheetBuilder
from generator.layout.measure import capacity, static_text
from generator.layout.sheets import FilledCell, FilledSheet
from generator.paper import A4_PORTRAIT, PLAIN_MARGINS
from generator.problem import Position
from generator.scheme.form import Form
from generator.scheme.roles import Role
from generator.scheme.schema import Item
from generator.spreadsheet.cell_format import formatted
from generator.typography import typeset

SHEET = "その他の項目"
_COLUMNS = (9.0, 45.0, 33.0, 33.0, 33.0, 33.0)
_FORM = Form(SHEET, "", "form", A4_PORTRAIT, PLAIN_MARGINS, _COLUMNS, None, (), Position("", 0, 0))
_FORMATS = {"円": "金額", "数量": "数量", "日付": "和暦"}
_BOX = Style(font="gothic", size=9, left="thin", top="thin", right="thin", bottom="thin")
_AMOUNT, _CENTRED = replace(_BOX, align="right"), replace(_BOX, align="center")
_HEAD = replace(_CENTRED, size=8, fill="E7E6E6")
_TITLE, _HEADING = Style(font="gothic", size=11), Style(font="gothic", size=9)
_NOTE = Style(font="gothic", size=8)
_NARROW = min(_COLUMNS[1:])  # mm, of a column of a table
_SHORT = typeset.surely_held(_NARROW, capacity.TALLEST, _BOX)  # characters on one line that any cell holds
_MARKED = replace(_BOX, align="center", size=12)


def sheet(case: Case, stage: StageRef, sheets: Sequence[FilledSheet], fillable: bool = False) -> FilledSheet | None:
    """The sheet for a stage whose forms are ``sheets``; None where they are not the applicant's or hold everything.

    ``fillable``: it has a check box for the answer いいえ besides: a form has one for はい alone, and one that is off
    may as well not have been answered.
    """
    if not any(sheet.frame.form_spec is not None and sheet.frame.form_spec.role is Role.APPLICANT for sheet in sheets):
        return None
    item = case.scheme.schema.at(stage.key)
    assert item is not None
    others = _OtherItems(case, {cell.field for sheet in sheets for cell in sheet.cells if cell.field})
    others.say(
        (0, len(_COLUMNS), _TITLE, f"{stage.label}の、様式に欄のない項目（様式には印刷されません）", "title"),
        height=9.0,
    )
    others.section(item, stage.key, item.title)
    if fillable:
        others.refusals([cell for sheet in sheets for cell in sheet.cells if cell.mark and cell.field])
    if len(others.builder.heights) == 1:
        return None
    return FilledSheet(others.builder.frame(SHEET), tuple(others.cells))


def holds(value: object, width: float = sum(_COLUMNS[2:4])) -> bool:
    """Whether a cell of this sheet has room for certain for each text of a part of a case, ``width`` mm wide.

    What stands in a list has a column of its table.
    """
    if isinstance(value, str):
        return typeset.surely_fits(value, width, capacity.TALLEST, _BOX)
    if isinstance(value, list):
        below, width = value, _NARROW
    else:
        below = list(value.values()) if isinstance(value, dict) else []
    for part in below:
        if isinstance(part, str) and len(part) <= _SHORT and "\n" not in part:
            continue
        if isinstance(part, str | dict | list) and not holds(part, width):
            return False
    return True


@lru_cache(maxsize=1024)
def leaves(item: Item) -> tuple[tuple[Item, str], ...]:
    """The scalars of an item that the applicant gives, but for those inside of lists and optional parts; each with
    its path from there."""
    if item.office or item.kind == "list":
        return ()
    if item.kind != "object":
        return ((item, ""),)
    given = (b for key, b in item.properties.items() if b.kind not in ("object", "list") or key in item.required)
    return tuple((leaf, f".{below.key}{at}") for below in given for leaf, at in leaves(below))


class _OtherItems:
    """The sheet row by row, for the items whose paths are not ``shown`` on a form."""

    def __init__(self, case: Case, shown: set[str]):
        self.case, self.shown = case, shown
        listed = {at[: at.rindex("]") + 1] for at in shown if "]" in at}
        self.items = set().union(*map(_items, listed))
        self.builder = SheetBuilder(_FORM)
        self.cells: list[FilledCell] = []
        self.kept = False  # the row before stays with the next one

    def say(self, *words: static_text.Word, height: float = 7, keep: bool = False) -> int:
        """A row that begins with words; its number. ``keep``: on the same page as the next one."""
        row = self.builder.rows((height,))
        if self.kept:
            self.builder.join(row)
        self.kept = keep
        self.cells += self.builder.say(row, *words)
        return row

    def heading(self, text: str) -> None:
        """Words above the rows that follow."""
        self.say((0, len(_COLUMNS), _HEADING, text, "heading"), keep=True)

    def section(self, item: Item, path: str, title: str) -> None:
        """The scalars of a part line by line, then each list in it as a table."""
        rest = [(leaf, at) for leaf, below in leaves(item) if (at := path + below) not in self.shown]
        if rest:
            self.heading(f"【{title}】")
        for leaf, at in rest:
            row = self.say((0, 2, _BOX, leaf.title, "label"), (4, 2, _NOTE, leaf.description, "text"))
            self.input(leaf, at, row, 2, 2)
        for key, below in item.properties.items():
            self.lists(below, f"{path}.{key}", key in item.required)

    def refusals(self, boxes: Sequence[FilledCell]) -> None:
        """For each check box of the forms one that is on when the answer is いいえ."""
        first = {box.field: box for box in reversed(boxes)}
        if first:
            self.heading("【様式の、印を付ける欄の項目で、当てはまらないことをはっきり示すとき】")
        for path, box in reversed(first.items()):
            item = self.case.scheme.schema.at(path)
            assert item is not None
            refused = box.value is not None and box.mark == "off"
            note = "Excel では様式の欄で □ を選びます。PDF ではここに印を付けます"
            row = self.say((0, 2, _BOX, f"{item.title}：いいえ", "label"), (4, 2, _NOTE, note, "text"))
            sign = "☑" if refused else "☐"
            mark = "on" if refused else "off"
            own = box._replace(row=row, column=2, rows=1, columns=2, style=_MARKED, text=sign, value=sign, mark=mark)
            self.cells.append(own._replace(refusing=True))

    def lists(self, item: Item, path: str, required: bool) -> None:
        """The lists in a part, each as a table."""
        if item.kind not in ("object", "list"):
            return
        given = self.case.get(path)
        if item.office or (given is None and not required and item.kind != "list"):
            return
        if item.kind == "object":
            for key, below in item.properties.items():
                self.lists(below, f"{path}.{key}", key in item.required)
        elif given is not None or required or self.rows(path):
            self.table(item, path, given if isinstance(given, list) else [])

    def rows(self, path: str) -> int:
        """How many items of the list the forms have room for."""
        count = 0
        while f"{path}[{count}]" in self.items:
            count += 1
        return count

    def table(self, item: Item, path: str, values: list[object]) -> None:
        """A list: what the forms do not show of its items, in as many rows as they have room for."""
        assert item.items is not None
        each = item.items
        count = max(len(values), self.rows(path), 1)
        if each.kind not in ("object", "list"):
            if not self.rows(path):
                told = item.description.replace(f"（例 {item.example}）", "")  # that is how a case file lists them
                self.heading(f"【{item.title}】{told}")
                for n in range(max(count, len({str(c) for c in each.choices}) or 10)):
                    self.input(each, f"{path}[{n}]", self.say(_number(n)), 1, 2)
            return
        below = {at: leaf for leaf, at in leaves(each)}
        columns = [at for at in below if any(f"{path}[{n}]{at}" not in self.shown for n in range(count))]
        named = next((at for at in below if at not in columns), "")
        wide = len(_COLUMNS) - 2
        for first in range(0, len(columns), wide):
            self.block(item, path, count, named, {at: below[at] for at in columns[first : first + wide]})
        nested = [(key, part) for key, part in each.properties.items() if part.kind in ("object", "list")]
        for n in range(len(values)):
            for key, part in nested:
                if self.case.get(f"{path}[{n}].{key}") is not None:
                    self.lists(part, f"{path}[{n}].{key}", False)

    def block(self, item: Item, path: str, count: int, named: str, columns: dict[str, Item]) -> None:
        """Up to four columns of a list, each row beside the name that the form has for it."""
        self.heading(f"【{item.title}】")
        titles = ("番号", self.name_of(item, named), *(leaf.title for leaf in columns.values()))
        self.say(*((n, 1, _HEAD, title, "label") for n, title in enumerate(titles)), keep=True)
        for n in range(count):
            row = self.say(_number(n))
            if named:
                self.input(item, f"{path}[{n}]{named}", row, 1, 1)
            for column, (at, leaf) in enumerate(columns.items(), 2):
                if f"{path}[{n}]{at}" not in self.shown:
                    self.input(leaf, f"{path}[{n}]{at}", row, column, 1)

    def name_of(self, item: Item, named: str) -> str:
        """What the item at a path below the items of a list is called; '' for the empty path."""
        assert item.items is not None
        leaf = item.items
        for key in named.split(".")[1:]:
            leaf = leaf.properties[key]
        return leaf.title if named else ""

    def input(self, item: Item, path: str, row: int, column: int, span: int) -> None:
        """The cell of an item."""
        value = self.case.get(path)
        text, shown = formatted(value, _FORMATS.get(item.kind, "文字"))
        style = _AMOUNT if item.kind in ("円", "数量") else _BOX
        given = text if isinstance(value, bool) else value
        self.cells.append(FilledCell(row, column, 1, span, style, text, "value", given, shown, path))


def _number(index: int) -> static_text.Word:
    """What stands before a row of a list."""
    return 0, 1, _CENTRED, str(index + 1), "label"


@lru_cache(maxsize=8192)
def _items(path: str) -> tuple[str, ...]:
    """The items of lists that a path leads through."""
    return tuple(path[: bracket.end()] for bracket in re.finditer(r"\]", path))
