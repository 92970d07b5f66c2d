"""The inputs of a form to be filled in: what each accepts, when an answer is still missing, what is counted beside it.

All of it follows from the schema; nothing here knows a scheme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from generator.case import prompts
from generator.case.model import Case
from generator.document import Input, Style
from generator.japan import characters
from generator.layout.fillable import text_formulas
from generator.layout.sheets import (
    FilledCell,
    FilledSheet,
    LinkedCell,
    LinkedSheet,
    choices_of,
    own_address,
)
from generator.scheme.schema import Item, Schema
from generator.spreadsheet import cell_format, character_formulas
from generator.spreadsheet.addresses import sheet_prefix
from generator.spreadsheet.literals import text_expression

TINT = "FFF9E1"
ASIDE = (3.0, 22.0, 62.0)  # mm: a gap, the count, a note
_ERAS = ("T", "S", "H", "R")
_NOTE = Style(font="gothic", size=8, smallest=5, align="left", valign="top")
_COUNT = Style(font="gothic", size=9, smallest=5, align="right", valign="top")
_COUNTED = "字数_"  # and a number: the defined name of a count
_ASKED = 6  # inputs that are looked at to see whether a row of a list is begun
_DATE = "元号から日まで続けて書いてください（例 昭和38年4月5日、S38.4.5）"
Starting = dict[str, list[tuple[str, LinkedCell]]]  # part of a case → the cells of its items, with their worksheets


def with_items(sheets: Iterable[FilledSheet], schema: Schema) -> tuple[FilledSheet, ...]:
    """Before linking: every input knows its item, and a choice among many gets room for its words beside it."""
    made = []
    for sheet in sheets:
        cells = [cell._replace(item=schema.at(cell.field)) if cell.field else cell for cell in sheet.cells]
        columns = len(sheet.frame.form.columns)
        beside = []
        for cell in cells:
            end = cell.column + cell.columns
            if cell.field.endswith("]") and len(cell.choices) > 1 and columns > end:
                style = replace(cell.style, align="left")
                beside.append(FilledCell(cell.row, end, 1, columns - end, style, "", "text", choice=cell.field))
        made.append(replace(sheet, cells=(*cells, *beside)))
    return tuple(made)


def equipped(sheets: Sequence[LinkedSheet], case: Case) -> tuple[tuple[LinkedSheet, ...], dict[str, str]]:
    """After linking: each input with what it accepts, with counts beside the forms; and the counts' defined names."""
    schema = case.scheme.schema
    starting: Starting = {}
    for sheet in sheets:
        for cell in sheet.cells:
            for scope in _scopes(cell.field or cell.follows, schema):
                starting.setdefault(scope, []).append((sheet.frame.name, cell))
    names: dict[str, str] = {}
    made = []
    for sheet in sheets:
        name = sheet.frame.name
        inputs = [_equipped(cell, name, schema, starting) if _is_input(cell) else cell for cell in sheet.cells]
        made.append(_counted(replace(sheet, cells=tuple(inputs)), names))
    return tuple(made), names


def _is_input(cell: LinkedCell) -> bool:
    return bool(cell.field) and not cell.formula


def _equipped(cell: LinkedCell, sheet: str, schema: Schema, starting: Starting) -> LinkedCell:
    assert cell.item is not None
    needed = _required(cell.field, schema)
    scope = next(iter(_scopes(cell.field, schema)), "")
    asked = _input(cell, cell.item, needed, _missing(sheet, cell, scope, starting) if needed else "")
    shape = cell.format or cell_format.awaiting(cell.item.kind, cell.shape)
    return cell._replace(input=asked, style=replace(cell.style, fill=TINT), format=shape)


def _input(cell: LinkedCell, item: Item, needed: bool, missing: str) -> Input:
    kind = cell.shape if cell.part else item.script or item.kind
    choices = _ERAS if kind == "元号" else choices_of(item)
    if item.kind == "真偽":
        choices = (text_formulas.ON, text_formulas.NO) if cell.mark else ("はい", "いいえ")
    how = prompts.prompt(kind, item.example)
    if choices and not cell.part:
        how = (
            f"当てはまるときは {text_formulas.ON}、当てはまらないときは {text_formulas.NO} を選んでください"
            if cell.mark
            else prompts.LIST
        )
    told = [item.description] if item.description and not cell.part else []
    if told and item.example and not choices:
        how = ""
    limit = [f"{item.limit}字以内（改行は数えません）"] if item.limit else []
    plain = _DATE if cell.part else "" if kind == "文章" else how
    if cell.mark:
        plain = "当てはまるときに印を付けてください"
    prompt, plain = (_said([*told, *limit, h], needed) for h in (how, plain))
    over = f"{item.limit}字を超えています（改行は字数に数えません）" if item.limit else ""
    refusal = prompts.LIST if choices else prompts.refusal(kind, item.example) or over
    names = cell.names
    return Input(kind, item.title, prompt, plain, choices, names, item.limit, needed, refusal=refusal, missing=missing)


def _said(sentences: Sequence[str], needed: bool) -> str:
    optional = [] if needed else ["（書かなくてもかまいません）"]
    return "。".join(t.rstrip("。") for t in (*sentences, *optional) if t)


def _required(path: str, schema: Schema) -> bool:
    """Whether the item is asked for wherever what it belongs to is given."""
    parent, _, key = path.rpartition(".")
    above = schema.at(parent)
    if path.endswith("]"):
        return path.endswith("[0]")
    return above is not None and key in above.required


def _scopes(path: str, schema: Schema) -> Iterator[str]:
    """The parts around an item that need not be given, the innermost first: a further row of a list, say."""
    parts = path.split(".")
    for count in range(len(parts) - 1, 1, -1):
        at = ".".join(parts[:count])
        name = parts[count - 1].partition("[")[0]
        above = schema.at(".".join(parts[: count - 1]))
        if at.endswith("]"):
            listed = schema.at(at[: at.rindex("[")])
            asked = above is not None and name in above.required and listed is not None
            if not (asked and listed is not None and int(at[at.rindex("[") + 1 : -1]) < max(1, listed.least)):
                yield at
        elif above is not None and name not in above.required:
            yield at


def _empty(cell: LinkedCell) -> str:
    source = own_address(cell)
    if cell.value is None and cell.text and not cell.mark:
        return f'OR({source}="",{source}={text_expression(cell.text)})'
    return f'{source}=""'


# A condition for a format does well to look at its own sheet alone.
def _missing(sheet: str, cell: LinkedCell, scope: str, starting: Starting) -> str:
    if cell.mark:
        return ""
    if not scope:
        return _empty(cell)
    others = [c for name, c in starting[scope] if name == sheet and c is not cell and not c.mark][:_ASKED]
    if not others:
        return ""
    return f"AND({_empty(cell)},NOT(AND({','.join(map(_empty, others))})))"


def _counted(sheet: LinkedSheet, names: dict[str, str]) -> LinkedSheet:
    """The sheet with the count of each limited answer right of the form, where nothing is printed.

    It is a formula under a name, which a check (of 255 characters at the most) can use as well; ``names`` gets it.
    """
    name, column = sheet.frame.name, len(sheet.frame.form.columns) + 1
    cells: list[LinkedCell] = []
    counts: list[LinkedCell] = []
    for cell in sheet.cells:
        limit = cell.input.limit if cell.input else None
        if cell.input is None or not limit:
            cells.append(cell)
            continue
        defined = f"{_COUNTED}{len(names) + 1}"
        names[defined] = character_formulas.count_formula(sheet_prefix(name)[:-1], own_address(cell), limit)
        cells.append(cell._replace(input=replace(cell.input, count=defined)))
        value = characters.count(cell.text if cell.value is not None else "")
        count = LinkedCell(cell.row, column, 1, 1, _COUNT, f"{value}／{limit}字", "text", value, f'0"／{limit}字"',
                           formula=defined)  # fmt: skip
        counts.append(count._replace(warn=f"{own_address(count)}>{limit}"))
    if not counts:
        return sheet
    return replace(sheet, cells=(*cells, *counts), aside=ASIDE)


def pointed(sheets: Sequence[LinkedSheet]) -> tuple[LinkedSheet, ...]:
    """Beside the last row of a list that goes on elsewhere: where, and how to get there."""
    where: dict[str, str] = {}
    for sheet in sheets:
        for cell in sheet.cells:
            if cell.field and sheet.frame.hidden:
                where.setdefault(_listed(cell.field), sheet.frame.name)
    return tuple(
        sheet if sheet.frame.hidden or sheet.frame.form_spec is None else _pointed(sheet, where) for sheet in sheets
    )


def _pointed(sheet: LinkedSheet, where: dict[str, str]) -> LinkedSheet:
    """``where``: list → the worksheet on which it goes on."""
    last = {listed: cell for cell in sheet.cells if cell.field and (listed := _listed(cell.field)) in where}
    cells, column = list(sheet.cells), len(sheet.frame.form.columns) + 2
    for listed, cell in last.items():
        text = f"欄が足りないときは、シート「{where[listed]}」に続けてください（シート見出しを右クリックし［再表示］）"
        rows = min(3, cell.row + 1)  # room for the words
        row = cell.row + 1 - rows
        if all(c.row + c.rows - 1 < row for c in cells if c.column == column):
            cells.append(LinkedCell(row, column, rows, 1, _NOTE, text, "text"))
    return replace(sheet, cells=tuple(cells), aside=ASIDE) if last else sheet


def _listed(path: str) -> str:
    """The list that an item stands in, '' outside of any."""
    return path[: path.rindex("[")] if "[" in path.rpartition(".")[0] else ""
