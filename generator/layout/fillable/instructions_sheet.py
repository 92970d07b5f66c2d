"""The sheet 記入の手引 of a form to be filled in: each item with its place, how to answer, whether it must be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from generator.document import Style
from generator.layout.fill.sheet_builder import SheetBuilder
from generator.layout.sheets import LinkedCell, LinkedSheet, own_address
from generator.paper import A4_PORTRAIT, PLAIN_MARGINS
from generator.problem import Position
from generator.scheme.form import Form

SHEET = "記入の手引"
_COLUMNS = (36.0, 22.0, 40.0, 64.0, 12.0, 12.0)
_HEADINGS = ("シート", "セル", "項目", "書き方", "必須", "字数")
_BOX = Style(font="gothic", size=9, left="thin", top="thin", right="thin", bottom="thin")
_CENTRED = replace(_BOX, align="center")
_HEAD = replace(_CENTRED, fill="E7E6E6")
_WORDS = (
    "色の付いた欄に記入してください。ほかの欄は保護されています（パスワードはありません）。",
    "書かなければならないのに空いている欄は、濃い色で示されます。欄を選ぶと書き方が表示されます。",
    "合計などの金額と、ほかの様式に写す項目は、自動で入ります。",
    "シート「その他の項目」には、様式に欄のない項目があります。印刷はされませんが、忘れずに記入してください。",
    "欄が足りないときは続紙に記入します。シート見出しを右クリックし、［再表示］で選んでください。使わない続紙は印刷されません。",
    "文が枠に収まらないときは、行の境目を引いて行を高くできます。",
    "シートや行・列を加えたり削ったりせずに、Excel の形式（.xlsx）のまま保存して返してください。",
)


def sheet(sheets: Sequence[LinkedSheet], heading: str) -> LinkedSheet:
    """The inputs of all sheets, in their order; the rows of a list as one line."""
    form = Form(SHEET, "", "form", A4_PORTRAIT, PLAIN_MARGINS, _COLUMNS, None, (), Position("", 0, 0))
    builder, cells = SheetBuilder(form), []
    whole = len(_COLUMNS)
    title, words = Style(font="gothic", size=12), Style(font="gothic", size=9)
    cells.append(LinkedCell(builder.rows((10,)), 0, 1, whole, title, heading, "title"))
    for sentence in _WORDS:
        cells.append(LinkedCell(builder.rows((5.5,)), 0, 1, whole, words, f"・{sentence}", "text"))
    row = builder.rows((7,))
    cells += [LinkedCell(row, n, 1, 1, _HEAD, text, "label") for n, text in enumerate(_HEADINGS)]
    builder.header = (row, row + 1)
    for name, inputs in _items(sheets):
        cells += _row(builder.rows((6,)), name, inputs)
    return LinkedSheet(builder.frame(SHEET), tuple(cells))


def _row(row: int, sheet: str, inputs: Sequence[LinkedCell]) -> list[LinkedCell]:
    """An item that is asked for in these cells of a worksheet."""
    asked = inputs[0].input
    assert asked is not None
    first, last = (own_address(cell).replace("$", "") for cell in (inputs[0], inputs[-1]))
    part = f"（{asked.kind}）" if inputs[0].part else ""
    texts = (
        sheet,
        first if first == last else f"{first}～{last}",
        asked.title + part,
        asked.prompt,
        "必須" if asked.required else "",
        f"{asked.limit}字" if asked.limit else "",
    )
    styles = (_BOX, _BOX, _BOX, _BOX, _CENTRED, _CENTRED)
    return [LinkedCell(row, n, 1, 1, styles[n], text, "text") for n, text in enumerate(texts)]


def _items(sheets: Sequence[LinkedSheet]) -> list[tuple[str, list[LinkedCell]]]:
    """The inputs item by item, each with the name of its worksheet."""
    items: dict[tuple[str, str, str], list[LinkedCell]] = {}
    for sheet in sheets:
        if sheet.frame.hidden:  # the same items once more
            continue
        for cell in sorted((c for c in sheet.cells if c.input), key=lambda c: (c.row, c.column)):
            bare = re.sub(r"\[\d+\]", "", cell.field)
            items.setdefault((sheet.frame.name, bare, cell.shape if cell.part else ""), []).append(cell)
    return [(name, cells) for (name, _, _), cells in items.items()]
