"""The sheet 計算根拠: each amount with its formula, what went in, and the article it rests on."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from generator.case.assess import Line
from generator.document import Style
from generator.layout.fillable import text_formulas
from generator.layout.filled_cell import Draft, Grid
from generator.layout.measure import capacity, static_text
from generator.problem import Position
from generator.scheme.form import Form
from generator.typography import typeset

SHEET = "計算根拠"
_COLUMNS = (38.0, 26.0, 66.0, 25.0, 31.0)
_LEAST = 7  # mm, a row
_HEADINGS = ("項目", "値", "計算式と入力", "根拠", "備考")
BOX = Style(font="gothic", size=9, left="thin", top="thin", right="thin", bottom="thin")
_AMOUNT, _CENTRED = replace(BOX, align="right"), replace(BOX, align="center")
_HEAD, _TITLE = replace(_CENTRED, fill="E7E6E6"), Style(font="gothic", size=11)


class Basis:
    """The sheet, row by row."""

    def __init__(self, title: str):
        self.grid = Grid(None, _form(title))
        self.steps: set[str] = set()
        static_text.say(self.grid, self._begun(8), (0, 5, _TITLE, title, "title"))
        static_text.say(self.grid, self._begun(), *((n, 1, _HEAD, text, "label") for n, text in enumerate(_HEADINGS)))
        self.grid.header = (1, 2)

    def _begun(self, height: float = _LEAST) -> int:
        row = len(self.grid.heights)
        self.grid.heights.append(height)
        self.grid.grow.append(True)
        self.grid.groups.append((row, row + 1))
        return row

    def said(self, name: str, told: str, basis: str, remark: str) -> None:
        """Add a row of words, which tells of each row of a list."""
        texts = ((0, BOX, name), (1, _CENTRED, "各行"), (2, BOX, told), (3, BOX, basis), (4, BOX, remark))
        static_text.say(self.grid, self._begun(), *((n, 1, style, text, "text") for n, style, text in texts))

    def row(self, name: str, value: Draft, told: str, basis: str, remark: str) -> str:
        """Add a row; the address of its value."""
        numeric = value.format or (isinstance(value.value, int) and not isinstance(value.value, bool))
        value.style = _AMOUNT if numeric else _CENTRED
        value.row = self._begun()
        static_text.put(self.grid, value.row, _words(value.row, name, basis, remark, not told))
        if told:
            self.grid.drafts.append(Draft(value.row, 2, 1, 1, BOX, told, "text"))
        self.grid.drafts.append(value)
        return text_formulas.address((SHEET, value))


@lru_cache(maxsize=4096)
def _words(row: int, name: str, basis: str, remark: str, untold: bool) -> static_text.Said:
    """What stands in a row beside its value and what is told of it."""
    texts = {0: name, 3: basis, 4: remark} | ({2: ""} if untold else {})
    words = tuple((n, 1, BOX, text, "text") for n, text in texts.items())
    return static_text.said(_COLUMNS, capacity.most(1, _form("")), row, _LEAST, words)


@lru_cache(maxsize=64)
def _form(title: str) -> Form:
    position = Position("", 0, 0)
    return Form(SHEET, title, "form", (210.0, 297.0), (15.0, 12.0, 15.0, 12.0), _COLUMNS, None, (), position)


def told(line: Line) -> str:
    """A line's formula, and below it what went in."""
    text = line.step.formula.text if line.step.formula else ""
    inputs = "" if line.step.each else "、".join(f"{name} {shown}" for name, shown in line.told.items())
    return f"{text}\n{inputs}" if inputs else text


def has_room(text: str) -> bool:
    """Whether what `told` gives fits there for certain."""
    return typeset.surely_fits(text, _COLUMNS[2], capacity.TALLEST, BOX)


def row_of(text: str) -> Grid:
    """The sheet with one row alone, which tells this."""
    basis = Basis("")
    basis.grid.drafts.clear()
    basis.row("", Draft(0, 1, 1, 1, BOX, "", "value"), text, "", "")
    basis.grid.drafts = [draft for draft in basis.grid.drafts if draft.text]
    return basis.grid
