"""The sheet 計算根拠: each amount with its formula, what went in, and its basis."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from generator.case.assess import ComputedLine
from generator.document import Style
from generator.layout.fill.sheet_builder import SheetBuilder
from generator.layout.measure import capacity, static_text
from generator.layout.sheets import FilledCell, FilledSheet, LinkedCell, LinkedSheet, address, linked
from generator.paper import A4_PORTRAIT, PLAIN_MARGINS
from generator.problem import Position
from generator.scheme.form import Form
from generator.typography import typeset
from generator.values import Value, is_amount

SHEET = "計算根拠"
_COLUMNS = (38.0, 26.0, 66.0, 25.0, 31.0)
_LEAST = 7  # mm, a row
_VALUE, _TOLD = 1, 2  # columns
_MOST_SHOWN = 40  # characters of an answer too long for its row: on the form where it was given it stands whole
_HEADINGS = ("項目", "値", "計算式と入力", "根拠", "備考")
BOX = Style(font="gothic", size=9, left="thin", top="thin", right="thin", bottom="thin")
_AMOUNT, _CENTRED = replace(BOX, align="right"), replace(BOX, align="center")
_HEAD, _TITLE = replace(_CENTRED, fill="E7E6E6"), Style(font="gothic", size=11)


class PrintedAmount(NamedTuple):
    """What a row of the sheet tells: a value, how it is printed and shown, the formula that gives it."""

    value: Value
    text: str
    format: str = ""
    formula: str = ""


class CalculationSheet:
    """The sheet, row by row."""

    def __init__(self, title: str):
        self.builder = SheetBuilder(_form(title))
        self.cells: list[LinkedCell] = []
        self.explained: set[str] = set()  # the steps that have a row
        self._say(self.builder.rows((8,)), (0, 5, _TITLE, title, "title"))
        self._say(self._row(), *((n, 1, _HEAD, text, "label") for n, text in enumerate(_HEADINGS)))
        self.builder.header = (1, 2)

    @property
    def sheet(self) -> LinkedSheet:
        """The sheet with the rows that it has."""
        return LinkedSheet(self.builder.frame(SHEET), tuple(self.cells))

    @property
    def next_address(self) -> str:
        """Where the value of the next row will stand."""
        return address(SHEET, len(self.builder.heights), _VALUE)

    def each_row(self, name: str, told: str, basis: str, remark: str) -> None:
        """Add a row of words, which tells how the values of a list come about."""
        texts = ((0, BOX, name), (_VALUE, _CENTRED, "各行"), (_TOLD, BOX, told), (3, BOX, basis), (4, BOX, remark))
        self._say(self._row(), *((n, 1, style, text, "text") for n, style, text in texts))

    def row(self, name: str, amount: PrintedAmount, told: str, basis: str, remark: str) -> str:
        """Add a row; the address of its value. ``told``: what `explanation` gives of its line."""
        value, text, shown, formula = amount
        style = _AMOUNT if shown or is_amount(value) else _CENTRED
        if isinstance(value, str) and not typeset.surely_fits(text, _COLUMNS[_VALUE], capacity.TALLEST, style):
            text = f"{text[:_MOST_SHOWN]}…"  # the cell holds all of it, for the formulas
        stored = text if isinstance(value, bool) else value  # here, too, はい and いいえ stand in their cells as words
        where, row = self.next_address, self._row()
        self.cells += map(linked, self.builder.put(row, _words(row, name, basis, remark, not told)))
        if told:
            self.cells.append(LinkedCell(row, _TOLD, 1, 1, BOX, told, "text"))
        self.cells.append(LinkedCell(row, _VALUE, 1, 1, style, text, "value", stored, shown, formula=formula))
        return where

    def _row(self) -> int:
        return self.builder.rows((_LEAST,))

    def _say(self, row: int, *words: static_text.Word) -> None:
        self.cells += map(linked, self.builder.say(row, *words))


@typeset.remembered(4096)
def _words(row: int, name: str, basis: str, remark: str, untold: bool) -> static_text.RowWords:
    """What stands in a row beside its value and what is told of it."""
    texts = {0: name, 3: basis, 4: remark} | ({2: ""} if untold else {})
    words = tuple((n, 1, BOX, text, "text") for n, text in texts.items())
    return static_text.row_words(_COLUMNS, capacity.tallest(1, _form("")), row, _LEAST, words)


@lru_cache(maxsize=64)
def _form(title: str) -> Form:
    position = Position("", 0, 0)
    return Form(SHEET, title, "form", A4_PORTRAIT, PLAIN_MARGINS, _COLUMNS, None, (), position)


def explanation(line: ComputedLine) -> str:
    """A line's formula, and below it what went in."""
    text = line.step.formula.text if line.step.formula else ""
    inputs = "" if line.step.each else "、".join(f"{name} {shown}" for name, shown in line.told.items())
    return f"{text}\n{inputs}" if inputs else text


def has_room(text: str) -> bool:
    """Whether what `explanation` gives fits there for certain."""
    return typeset.surely_fits(text, _COLUMNS[_TOLD], capacity.TALLEST, BOX)


def row_of(text: str) -> FilledSheet:
    """The sheet with one row alone, which tells this."""
    builder = SheetBuilder(_form(""))
    return FilledSheet(builder.frame(SHEET), (FilledCell(builder.rows((_LEAST,)), _TOLD, 1, 1, BOX, text, "text"),))
