"""Texts of a form to be filled in that follow what is typed: a composed text becomes a formula over inputs.

Jinja cannot be put into a workbook, but what a text makes of one input can be found out by trying: a text that
shows the input, one that only asks whether it is there, one that has words for each choice. A text of any other
kind stays as it is composed from what is known.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from generator.layout.sheets import FilledCell, FilledSheet, LinkedCell, LiveText, SheetCell, area, linked
from generator.spreadsheet import character_formulas
from generator.spreadsheet.literals import text_expression, text_literal

PAGES = "全葉"
ON, OFF, NO = "☑", "☐", "□"  # a check box: はい, not touched, いいえ
_SIGN = "\ue0f1"  # stands for a value; private, so no text has it
_LONGEST = 8000  # characters of a formula
_BELOW, _LINES = 3, 5  # more choices than that stand one after the other, in so many lines at the most
Inputs = Mapping[str, SheetCell]


class Followed(NamedTuple):
    """What becomes of a text that follows what is typed."""

    formula: str  # '' where none can be written
    blank: str | None  # what it says without an answer: on paper nothing follows
    lines: int = 0  # that may come to stand there


class Words(NamedTuple):
    """What stands beside a choice: what the forms call it."""

    formula: str
    text: str


@dataclass(frozen=True)
class TextFormulas:
    """The texts of a form to be filled in, as formulas."""

    texts: dict[int, Followed] = field(default_factory=dict)  # id of the cell → what becomes of it
    words: dict[int, Words] = field(default_factory=dict)  # id of the cell beside a choice → what stands there
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)  # path of a choice → what the forms call each

    def live_cell(self, cell: FilledCell) -> LinkedCell:
        """The cell of a text, with its formula if it has one."""
        followed = self.texts.get(id(cell))
        if followed is None:
            return linked(cell)
        formula, blank, lines = followed
        made = linked(cell)._replace(blank=blank, lines=lines)
        return made._replace(formula=formula, value=cell.text) if formula else made

    def words_cell(self, cell: FilledCell) -> LinkedCell:
        """The cell beside a choice, with its words."""
        words = self.words.get(id(cell))
        if words is None:
            return linked(cell)
        formula, text = words
        return linked(cell)._replace(formula=formula, text=text, value=text, blank="")


def follow(sheets: Iterable[FilledSheet], inputs: Inputs, beside: Inputs) -> TextFormulas:
    """The formula of each text that reads one input (or the number of pages) and no other.

    ``inputs``: case path → its first cell; ``beside``: path of a choice → the cell for its words.
    """
    made = TextFormulas()
    for sheet in sheets:
        for cell in sheet.cells:
            if cell.live is not None:
                followed = _followed(cell.live, inputs, beside, made)
                if followed is not None:
                    made.texts[id(cell)] = followed
    return made


def _followed(live: LiveText, inputs: Inputs, beside: Inputs, made: TextFormulas) -> Followed | None:
    """``made`` gets the words beside choices; None where the text hangs on more than one input."""
    read = {name: path for name, path in live.paths.items() if path in inputs or f"{path}[0]" in inputs}
    lines = 0
    if PAGES in live.paths:
        formula, blank = _pages(live, inputs), _tried(live, PAGES, "　")
    elif len(read) == 1:
        ((name, path),) = read.items()
        if path in inputs:
            formula, blank = _single(live, name, inputs[path]), _tried(live, name, None)
        else:
            formula, blank = _listed(live, name, path, inputs, beside, made), _tried(live, name, [])
            lines = _LINES if formula else 0
    else:
        return None
    return Followed(formula if len(formula) <= _LONGEST else "", blank, lines)


def _tried(live: LiveText, name: str, value: Any) -> str | None:
    """The text with another value at a dotted name; None where it cannot be composed."""
    head, *rest = name.split(".")
    context = dict(live.context)
    if not rest:
        context[head] = value
    else:
        at = context[head] = dict(context[head])
        for part in rest[:-1]:
            at[part] = dict(at[part])
            at = at[part]
        at[rest[-1]] = value
    try:
        return live.text.render(context)
    except (ValueError, TypeError, KeyError):
        return None


def _empty(place: SheetCell) -> str:
    source, cell = place.address, place.cell
    if cell.value is None and cell.text:
        return f'OR({source}="",{source}={text_expression(cell.text)})'
    return f'{source}=""'


def _pages(live: LiveText, inputs: Inputs) -> str:
    """The number of pages is one more as soon as something stands on the page kept for it."""
    start = f"{live.items}."
    path = next((path for path in inputs if path.startswith(start)), "") if live.items else ""
    text = _tried(live, PAGES, _SIGN)
    if not path or text is None or text.count(_SIGN) != 1:
        return ""
    listed, _, number = live.items.removesuffix("]").rpartition("[")
    key = path.removeprefix(live.items)
    first = last = inputs[path]
    index = int(number)
    while (below := inputs.get(f"{listed}[{index + 1}]{key}")) and below.sheet == first.sheet:
        last, index = below, index + 1
    whole = area(first, last)
    before, after = text.split(_SIGN)
    count = f"IF(COUNTA({whole})>0,{live.pages + 1},{live.pages})"
    return f"{text_expression(before)}&{count}&{text_expression(after)}"


def _single(live: LiveText, name: str, place: SheetCell) -> str:
    blank, source = _tried(live, name, None), place.address
    cell = place.cell
    choices = cell.choices
    if blank is None or cell.part:
        return ""
    if cell.kind == "真偽":
        yes, no = _tried(live, name, True), _tried(live, name, False)
        if yes is None or no is None:
            return ""
        other = f'IF(OR({source}="いいえ",{source}="{NO}"),{text_expression(no)},{text_expression(blank)})'
        return f'IF(OR({source}="はい",{source}="{ON}"),{text_expression(yes)},{other})'
    if choices:
        made = text_expression(blank)
        for choice in choices:
            text = _tried(live, name, choice)
            if text is None:
                return ""
            made = f"IF({source}={text_expression(choice)},{text_expression(text)},{made})"
        return made
    samples = (datetime.date(2023, 9, 20), datetime.date(2024, 1, 5)) if cell.kind == "日付" else (_SIGN, _SIGN * 2)
    first, second = (_tried(live, name, sample) for sample in samples)
    if first is None or second is None:
        return ""
    if first == second:
        return f"IF({_empty(place)},{text_expression(blank)},{text_expression(first)})"
    if cell.kind not in ("文字", "文章", "電話番号", "Eメール") or first.count(_SIGN) != 1:
        return ""
    before, after = first.split(_SIGN)
    kana = _tried(live, name, "あ" + _SIGN)
    if kana == f"{before}ア{_SIGN}{after}":
        source = character_formulas.katakana_formula(source)
    elif kana != f"{before}あ{_SIGN}{after}":
        return ""
    shown = "&".join(
        [*([text_expression(before)] if before else []), source, *([text_expression(after)] if after else [])]
    )
    return f"IF({_empty(place)},{text_expression(blank)},{shown})"


def _listed(live: LiveText, name: str, path: str, inputs: Inputs, beside: Inputs, made: TextFormulas) -> str:
    """A list of choices: the words of each stand beside its input, here they are joined."""
    places: list[SheetCell] = []
    while place := inputs.get(f"{path}[{len(places)}]"):
        places.append(place)
    choices, kind = places[0].cell.choices, places[0].cell.kind
    if len(choices) < 2 or any(place.cell.kind not in ("文字", "整数") for place in places):
        return ""
    values = [int(choice) if kind == "整数" else choice for choice in choices]
    words = [_tried(live, name, [value]) for value in values]
    both = _tried(live, name, values[:2])
    if any(word is None for word in words) or both is None:
        return ""
    names = tuple(map(str, words))
    first, second = names[:2]
    if not (both.startswith(first) and both.endswith(second) and len(both) >= len(first) + len(second)):
        return ""
    between = both[len(first) : len(both) - len(second)]
    array = ";".join(str(value) if isinstance(value, int) else text_expression(value) for value in values)
    told = ";".join(map(text_literal, names))
    joined = []
    for number, (_, cell) in enumerate(places):
        words_place = beside.get(f"{path}[{number}]")
        if words_place is None:
            return ""
        source = places[number].address
        formula = f'IF({source}="","",IFERROR(INDEX({{{told}}},MATCH({source},{{{array}}},0)),""))'
        text = next((word for value, word in zip(values, names, strict=True) if value == cell.value), "")
        made.words[id(words_place.cell)] = Words(formula, text)
        made.names[cell.field] = names
        joined.append(words_place.address)
    mark = f'IF(COUNTA({area(places[0], places[-1])})>{_BELOW},"、",{text_expression(between)})'
    return "&".join([joined[0], *(f'IF({words}="","",{mark}&{words})' for words in joined[1:])])
