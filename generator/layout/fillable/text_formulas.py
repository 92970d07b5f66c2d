"""Texts of a form to be filled in that follow what is typed: a composed text becomes a formula over inputs.

Jinja cannot be put into a workbook, but what a text makes of one input can be found out by trying: a text that
shows the input, one that only asks whether it is there, one that has words for each choice. A text of any other
kind stays as it is composed from what is known.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from generator.japan import characters
from generator.layout.filled_cell import Draft, Live
from generator.roundtrip import letters

PAGES = "全葉"
ON, OFF, NO = "☑", "☐", "□"  # a check box: はい, not touched, いいえ
_SIGN = "\ue0f1"  # stands for a value; private, so no text has it
_LONGEST = 8000  # characters of a formula
_LITERAL = 250  # characters of one text in a formula
_BELOW, _LINES = 3, 5  # more choices than that stand one after the other, in so many lines at the most
Inputs = Mapping[str, tuple[str, Draft]]


def follow(draft: Draft, live: Live, inputs: Inputs) -> None:
    """Give the draft the formula of its text, if it reads one input (or the number of pages) and no other.

    What it says without an answer is its blank: on paper nothing follows.
    """
    read = {name: path for name, path in live.paths.items() if path in inputs or f"{path}[0]" in inputs}
    if PAGES in live.paths:
        made = _pages(live, inputs)
        draft.blank = _tried(live, PAGES, "　")
    elif len(read) == 1:
        ((name, path),) = read.items()
        made = _listed(draft, live, name, path, inputs) if path not in inputs else _single(live, name, path, inputs)
        draft.blank = _tried(live, name, None if path in inputs else [])
    else:
        return
    if made and len(made) <= _LONGEST:
        draft.formula, draft.value = made, draft.text


@lru_cache(maxsize=1024)
def _sheet(title: str) -> str:
    """A worksheet's name as formulas have it."""
    quoted = title.replace("'", "''")
    return f"'{quoted}'!$"


def address(place: tuple[str, Draft]) -> str:
    title, draft = place
    return f"{_sheet(title)}{letters(draft.column)}${draft.row + 1}"


def literal(text: str) -> str:
    """The text in a formula: line breaks as CHAR(10), a long one in pieces."""
    pieces = []
    for line in re.split("(\n)", text):
        if line == "\n":
            pieces.append("CHAR(10)")
        pieces += [
            '"' + line[n : n + _LITERAL].replace('"', '""') + '"' for n in range(0, len(line), _LITERAL) if line != "\n"
        ]
    return "&".join(pieces) or '""'


def _tried(live: Live, name: str, value: Any) -> str | None:
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


def _empty(place: tuple[str, Draft]) -> str:
    source, draft = address(place), place[1]
    if draft.value is None and draft.text:
        return f'OR({source}="",{source}={literal(draft.text)})'
    return f'{source}=""'


def _pages(live: Live, inputs: Inputs) -> str:
    """The number of pages is one more as soon as something stands on the page kept for it."""
    first = next((p for path, p in inputs.items() if path.startswith(live.items + ".")), None) if live.items else None
    text = _tried(live, PAGES, _SIGN)
    if first is None or text is None or text.count(_SIGN) != 1:
        return ""
    listed, _, start = live.items.removesuffix("]").rpartition("[")
    key = next(path for path, place in inputs.items() if place is first).removeprefix(live.items)
    last, number = first, int(start)
    while (below := inputs.get(f"{listed}[{number + 1}]{key}")) and below[0] == first[0]:
        last, number = below, number + 1
    area = f"{address(first)}:{address(last).rpartition('!')[2]}"
    before, after = text.split(_SIGN)
    count = f"IF(COUNTA({area})>0,{live.page + 1},{live.page})"
    return f"{literal(before)}&{count}&{literal(after)}"


def _single(live: Live, name: str, path: str, inputs: Inputs) -> str:
    place = inputs[path]
    blank, source = _tried(live, name, None), address(place)
    choices = place[1].choices
    if blank is None or place[1].part:
        return ""
    if place[1].kind == "真偽":
        yes, no = _tried(live, name, True), _tried(live, name, False)
        if yes is None or no is None:
            return ""
        other = f'IF(OR({source}="いいえ",{source}="{NO}"),{literal(no)},{literal(blank)})'
        return f'IF(OR({source}="はい",{source}="{ON}"),{literal(yes)},{other})'
    if choices:
        made = literal(blank)
        for choice in choices:
            text = _tried(live, name, choice)
            if text is None:
                return ""
            made = f"IF({source}={literal(choice)},{literal(text)},{made})"
        return made
    samples = (datetime.date(2023, 9, 20), datetime.date(2024, 1, 5)) if place[1].kind == "日付" else (_SIGN, _SIGN * 2)
    first, second = (_tried(live, name, sample) for sample in samples)
    if first is None or second is None:
        return ""
    if first == second:
        return f"IF({_empty(place)},{literal(blank)},{literal(first)})"
    if place[1].kind not in ("文字", "文章", "電話番号", "Eメール") or first.count(_SIGN) != 1:
        return ""
    before, after = first.split(_SIGN)
    kana = _tried(live, name, "あ" + _SIGN)
    if kana == f"{before}ア{_SIGN}{after}":
        source = characters.katakana(source)
    elif kana != f"{before}あ{_SIGN}{after}":
        return ""
    shown = "&".join([*([literal(before)] if before else []), source, *([literal(after)] if after else [])])
    return f"IF({_empty(place)},{literal(blank)},{shown})"


def _listed(draft: Draft, live: Live, name: str, path: str, inputs: Inputs) -> str:
    """A list of choices: the words of each stand beside its input (see ``words``), here they are joined."""
    cells: list[tuple[str, Draft]] = []
    while place := inputs.get(f"{path}[{len(cells)}]"):
        cells.append(place)
    choices = cells[0][1].choices
    if len(choices) < 2 or any(place[1].kind not in ("文字", "整数") for place in cells):
        return ""
    typed = [int(c) if cells[0][1].kind == "整数" else c for c in choices]
    words = [_tried(live, name, [value]) for value in typed]
    both = _tried(live, name, typed[:2])
    if any(w is None for w in words) or both is None:
        return ""
    first, second = str(words[0]), str(words[1])
    if not (both.startswith(first) and both.endswith(second) and len(both) >= len(first) + len(second)):
        return ""
    between = both[len(first) : len(both) - len(second)]
    beside = []
    for title, cell in cells:
        if cell.words is None:
            return ""
        array = ";".join(str(v) if isinstance(v, int) else literal(v) for v in typed)
        told = ";".join('"' + str(w).replace('"', '""') + '"' for w in words)
        source = address((title, cell))
        cell.words.formula = f'IF({source}="","",IFERROR(INDEX({{{told}}},MATCH({source},{{{array}}},0)),""))'
        cell.words.text = next((str(w) for v, w in zip(typed, words, strict=True) if v == cell.value), "")
        cell.words.value, cell.words.blank = cell.words.text, ""
        cell.named = tuple(map(str, words))
        beside.append(address((title, cell.words)))
    draft.lines = _LINES
    listed = f"{address(cells[0])}:{address(cells[-1]).rpartition('!')[2]}"
    mark = f'IF(COUNTA({listed})>{_BELOW},"、",{literal(between)})'
    return "&".join([beside[0], *(f'IF({b}="","",{mark}&{b})' for b in beside[1:])])
