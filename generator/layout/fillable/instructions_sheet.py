"""The sheet 記入の手引 of a form to be filled in: each item with its place, how to answer, whether it must be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from generator.document import Style
from generator.layout.fillable import text_formulas
from generator.layout.filled_cell import Draft, Grid
from generator.problem import Position
from generator.scheme.form import Form

SHEET = "記入の手引"
_COLUMNS = (36.0, 22.0, 40.0, 64.0, 12.0, 12.0)
_HEADINGS = ("シート", "セル", "項目", "書き方", "必須", "字数")
_BOX = Style(font="gothic", size=9, left="thin", top="thin", right="thin", bottom="thin")
_HEAD = replace(_BOX, align="center", fill="E7E6E6")
_WORDS = (
    "色の付いた欄に記入してください。ほかの欄は保護されています（パスワードはありません）。",
    "書かなければならないのに空いている欄は、濃い色で示されます。欄を選ぶと書き方が表示されます。",
    "合計などの金額と、ほかの様式に写す項目は、自動で入ります。",
    "シート「その他の項目」には、様式に欄のない項目があります。印刷はされませんが、忘れずに記入してください。",
    "欄が足りないときは続紙に記入します。シート見出しを右クリックし、［再表示］で選んでください。使わない続紙は印刷されません。",
    "文が枠に収まらないときは、行の境目を引いて行を高くできます。",
    "シートや行・列を加えたり削ったりせずに、Excel の形式（.xlsx）のまま保存して返してください。",
)


def grid(grids: Sequence[Grid], titles: Sequence[str], heading: str) -> Grid:
    """Of the inputs of all sheets, in their order; the rows of a list as one line."""
    form = Form(SHEET, "", "form", (210.0, 297.0), (15.0, 12.0, 15.0, 12.0), _COLUMNS, None, (), Position("", 0, 0))
    made = Grid(None, form)
    whole = len(_COLUMNS)
    _add(made, [Draft(0, 0, 1, whole, Style(font="gothic", size=12), heading, "title")], 10)
    for words in _WORDS:
        _add(made, [Draft(0, 0, 1, whole, Style(font="gothic", size=9), f"・{words}", "text")], 5.5)
    _add(made, [Draft(0, n, 1, 1, _HEAD, text, "label") for n, text in enumerate(_HEADINGS)], 7)
    made.header = (len(made.heights) - 1, len(made.heights))
    for places in _items(grids, titles):
        title, draft = places[0]
        asked = draft.input
        assert asked is not None
        first, last = (text_formulas.address(p).rpartition("!")[2].replace("$", "") for p in (places[0], places[-1]))
        part = f"（{asked.kind}）" if draft.part else ""
        texts = (
            title,
            first if first == last else f"{first}～{last}",
            asked.title + part,
            asked.prompt,
            "必須" if asked.required else "",
            f"{asked.limit}字" if asked.limit else "",
        )
        row = [Draft(0, n, 1, 1, _BOX, text, "text") for n, text in enumerate(texts)]
        row[4].style = row[5].style = replace(_BOX, align="center")
        _add(made, row, 6)
    return made


def _items(grids: Sequence[Grid], titles: Sequence[str]) -> list[list[tuple[str, Draft]]]:
    found: dict[tuple[str, str, str], list[tuple[str, Draft]]] = {}
    for sheet, title in zip(grids, titles, strict=True):
        if sheet.hidden:  # the same items once more
            continue
        for draft in sorted((d for d in sheet.drafts if d.input), key=lambda d: (d.row, d.column)):
            bare = re.sub(r"\[\d+\]", "", draft.field)
            found.setdefault((title, bare, draft.shape if draft.part else ""), []).append((title, draft))
    return list(found.values())


def _add(made: Grid, drafts: list[Draft], height: float) -> None:
    row = len(made.heights)
    for draft in drafts:
        draft.row = row
    made.drafts += drafts
    made.heights.append(height)
    made.grow.append(True)
    made.groups.append((row, row + 1))
