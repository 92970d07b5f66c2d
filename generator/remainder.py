"""The sheet その他の項目: what a stage's section asks for and no form of the stage has a cell for.

In the workbook only, outside of what is printed, so that a returned workbook holds the whole section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator import rooms, typeset
from generator.case import Case, StageRef
from generator.document import Style
from generator.form import Form
from generator.grid import Draft, Grid, formatted
from generator.problem import Position
from generator.schema import Item

SHEET = "その他の項目"
_COLUMNS = (9.0, 45.0, 33.0, 33.0, 33.0, 33.0)
_FORMATS = {"円": "金額", "数量": "数量", "日付": "和暦"}
_BOX = Style(font="gothic", size=9, left="thin", top="thin", right="thin", bottom="thin")
_HEAD = replace(_BOX, size=8, align="center", fill="E7E6E6")
_NOTE = Style(font="gothic", size=8)
_SHORT = typeset.surely_held(min(_COLUMNS[1:]), rooms.TALLEST, _BOX)  # characters on one line that any cell holds


def grid(case: Case, stage: StageRef, grids: list[Grid], template: bool = False) -> Grid | None:
    """The sheet for one stage, whose forms are ``grids``; None where the forms are the city's or hold everything.

    In a ``template`` it has a check box for the answer いいえ besides: a form has one for はい alone, and one that is
    off may as well not have been answered.
    """
    if not any(g.entry is not None and g.entry.issuer == "申請者" for g in grids):
        return None
    item = case.scheme.schema.at(stage.key)
    assert item is not None
    sheet = _Remainder(case, {draft.field for g in grids for draft in g.drafts if draft.field})
    sheet.section(item, stage.key, item.title)
    if template:
        sheet.refusals([draft for g in grids for draft in g.drafts if draft.mark and draft.field])
    if not sheet.grid.heights:
        return None
    sheet.heading(f"{stage.label}の、様式に欄のない項目（様式には印刷されません）")
    return sheet.grid


def holds(value: object, width: float = sum(_COLUMNS[2:4])) -> bool:
    """Whether a cell of this sheet has room for certain for each text of a part of a case, ``width`` mm wide.

    What stands in a list has a column of its table.
    """
    if isinstance(value, str):
        short = len(value) <= _SHORT and "\n" not in value
        return short or typeset.surely_fits(value, width, rooms.TALLEST, _BOX)
    if isinstance(value, dict):
        return all([holds(v, width) for v in value.values()])
    return not isinstance(value, list) or all([holds(v, min(_COLUMNS[1:])) for v in value])


def leaves(item: Item, path: str, required: bool = True) -> Iterator[tuple[Item, str]]:
    """The scalars of an item that the applicant gives, but for those inside of lists and optional parts."""
    if item.city or not required:
        return
    if item.kind == "object":
        for key, below in item.properties.items():
            optional = below.kind in ("object", "list") and key not in item.required
            yield from leaves(below, f"{path}.{key}", not optional)
    elif item.kind != "list":
        yield item, path


class _Remainder:
    def __init__(self, case: Case, shown: set[str]):
        self.case, self.shown = case, shown
        self.items = {at[: found.end()] for at in shown for found in re.finditer(r"\]", at)}
        form = Form(SHEET, "", "form", (210.0, 297.0), (15.0, 12.0, 15.0, 12.0), _COLUMNS, None, (), Position("", 0, 0))
        self.grid = Grid(None, form)
        self.kept = False  # the row before stays with the next one

    def add(self, drafts: list[Draft], height: float = 7, keep: bool = False) -> None:
        """A row; ``keep``: on the same page as the next one."""
        row = len(self.grid.heights)
        for draft in drafts:
            draft.row = row
        self.grid.drafts += drafts
        self.grid.heights.append(height)
        self.grid.grow.append(True)
        if self.kept:
            row = self.grid.groups.pop()[0]
        self.grid.groups.append((row, len(self.grid.heights)))
        self.kept = keep

    def heading(self, text: str) -> None:
        """Put above all that is there."""
        for draft in self.grid.drafts:
            draft.row += 1
        self.grid.drafts.insert(0, Draft(0, 0, 1, len(_COLUMNS), Style(font="gothic", size=11), text, "title"))
        self.grid.heights.insert(0, 9.0)
        self.grid.grow.insert(0, True)
        self.grid.groups = [(0, 1), *((a + 1, b + 1) for a, b in self.grid.groups)]

    def section(self, item: Item, path: str, title: str) -> None:
        """The scalars of a part line by line, then each list in it as a table."""
        rest = [(leaf, at) for leaf, at in leaves(item, path) if at not in self.shown]
        if rest:
            self.add([Draft(0, 0, 1, len(_COLUMNS), replace(_NOTE, size=9), f"【{title}】", "heading")], keep=True)
        for leaf, at in rest:
            texts = [Draft(0, 0, 1, 2, _BOX, leaf.title, "label"), self.input(leaf, at, 2, 2)]
            self.add([*texts, Draft(0, 4, 1, 2, _NOTE, leaf.description, "text")])
        for key, below in item.properties.items():
            self.lists(below, f"{path}.{key}", key in item.required)

    def refusals(self, boxes: Sequence[Draft]) -> None:
        """For each check box of the forms one that is on when the answer is いいえ."""
        found = {draft.field: draft for draft in reversed(boxes)}
        if found:
            heading = "【様式の、印を付ける欄の項目で、当てはまらないことをはっきり示すとき】"
            self.add([Draft(0, 0, 1, len(_COLUMNS), replace(_NOTE, size=9), heading, "heading")], keep=True)
        for path, box in reversed(found.items()):
            item = self.case.scheme.schema.at(path)
            assert item is not None
            on = box.value is not None and box.mark == "off"
            label = Draft(0, 0, 1, 2, _BOX, f"{item.title}：いいえ", "label")
            own = replace(box, row=0, column=2, rows=1, columns=2, style=replace(_BOX, align="center", size=12))
            own.refusing, own.mark = True, "on" if on else "off"
            own.text = own.value = "☑" if on else "☐"
            note = "Excel では様式の欄で □ を選びます。PDF ではここに印を付けます"
            self.add([label, own, Draft(0, 4, 1, 2, _NOTE, note, "text")])

    def lists(self, item: Item, path: str, required: bool) -> None:
        given = self.case.get(path)
        if item.city or (given is None and not required and item.kind != "list"):
            return
        if item.kind == "object":
            for key, below in item.properties.items():
                self.lists(below, f"{path}.{key}", key in item.required)
        elif item.kind == "list" and (given is not None or required or self.rows(path)):
            self.table(item, path, given if isinstance(given, list) else [])

    def rows(self, path: str) -> int:
        """How many items of the list the forms have room for."""
        count = 0
        while f"{path}[{count}]" in self.items:
            count += 1
        return count

    def table(self, item: Item, path: str, given: list[object]) -> None:
        assert item.items is not None
        each = item.items
        count = max(len(given), self.rows(path), 1)
        if each.kind not in ("object", "list"):
            if not self.rows(path):
                told = item.description.partition("（例 [")[0]  # that is how a case file lists them
                heading = Draft(0, 0, 1, len(_COLUMNS), replace(_NOTE, size=9), f"【{item.title}】{told}", "heading")
                self.add([heading], keep=True)
                for n in range(max(count, len({str(c) for c in each.choices}) or 10)):
                    number = Draft(0, 0, 1, 1, replace(_BOX, align="center"), str(n + 1), "label")
                    self.add([number, self.input(each, f"{path}[{n}]", 1, 2)])
            return
        columns = [
            at for leaf, at in leaves(each, "") if any(f"{path}[{n}]{at}" not in self.shown for n in range(count))
        ]
        named = next((at for _, at in leaves(each, "") if at not in columns), "")
        known = dict((at, leaf) for leaf, at in leaves(each, ""))
        wide = len(_COLUMNS) - 2
        for first in range(0, len(columns), wide):
            self.block(item, path, count, named, {at: known[at] for at in columns[first : first + wide]})
        for n in range(len(given)):
            for key, below in each.properties.items():
                if self.case.get(f"{path}[{n}].{key}") is not None:
                    self.lists(below, f"{path}[{n}].{key}", False)

    def block(self, item: Item, path: str, count: int, named: str, columns: dict[str, Item]) -> None:
        """Up to four columns of a list, each row beside the name that the form has for it."""
        self.add([Draft(0, 0, 1, len(_COLUMNS), replace(_NOTE, size=9), f"【{item.title}】", "heading")], keep=True)
        head = [Draft(0, 0, 1, 1, _HEAD, "番号", "label"), Draft(0, 1, 1, 1, _HEAD, self.name_of(item, named), "label")]
        for n, leaf in enumerate(columns.values()):
            head.append(Draft(0, n + 2, 1, 1, _HEAD, leaf.title, "label"))
        self.add(head, keep=True)
        for n in range(count):
            row = [Draft(0, 0, 1, 1, replace(_BOX, align="center"), str(n + 1), "label")]
            if named:
                row.append(self.input(item, f"{path}[{n}]{named}", 1, 1))
            for column, (at, leaf) in enumerate(columns.items(), 2):
                if f"{path}[{n}]{at}" not in self.shown:
                    row.append(self.input(leaf, f"{path}[{n}]{at}", column, 1))
            self.add(row)

    def name_of(self, item: Item, named: str) -> str:
        found = self.case.scheme.schema.root
        assert item.items is not None
        found = item.items
        for key in named.split(".")[1:]:
            found = found.properties[key]
        return found.title if named else ""

    def input(self, item: Item, path: str, column: int, span: int) -> Draft:
        value = self.case.get(path)
        style = replace(_BOX, align="right") if item.kind in ("円", "数量") else _BOX
        draft = Draft(0, column, 1, span, style, "", "value", value, field=path)
        draft.text, draft.format = formatted(value, _FORMATS.get(item.kind, "文字"))
        if isinstance(value, bool):
            draft.value = draft.text
        return draft
