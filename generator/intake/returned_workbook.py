"""A workbook with a list of its cells → what it says, whatever version of the form it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator import roundtrip
from generator.document import ListedCell, ReturnToken
from generator.intake.returned import (
    ADVICE,
    Answer,
    CellError,
    Returned,
    canonical,
    cell_text,
    joined,
    token_of,
    unknown_item,
)
from generator.intake.untrusted import xlsx_reader
from generator.intake.untrusted.refusal import unreadable
from generator.intake.untrusted.workbook import ReadCell, ReadSheet, Workbook, row_and_column
from generator.problem import Position, Problem, UnreadableError
from generator.scheme.schema import Item, Schema

_TARGET = re.compile(r"\$?(?:'((?:[^']|'{2})+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})\Z")
_LISTED = 20_000  # cells that a form may list
_ROWS = 10_000_000  # more than any sheet has: orders the cells of a book


@dataclass(frozen=True)
class WorkbookForm:
    """A workbook whose token fits its list of cells; ``listed`` names them as the form was given out.

    ``sheets``: by the defined name of each form, where it now is in the book (from 1) and its sheet.
    """

    book: Workbook
    file: str
    token: ReturnToken
    listed: tuple[ListedCell, ...]
    sheets: dict[str, tuple[int, ReadSheet]]

    def answers(self, schema: Schema) -> Returned:
        """What each input says. Raises UnreadableError for a path that the scheme does not have."""
        return _AnswerReader(self).read(schema)

    def position(self, listed: ListedCell) -> Position:
        """Where a cell is now, as a user sees it."""
        number, sheet = self.sheets[listed.form]
        row, column = row_and_column(listed.cell)
        return Position(self.file, number * _ROWS + row, column, cell=f"「{sheet.name}」{listed.cell}")

    def cell(self, listed: ListedCell) -> ReadCell | None:
        """What a cell holds; None for nothing."""
        return self.sheets[listed.form][1].cells.get(listed.cell)

    def name_of(self, listed: ListedCell) -> str:
        """The defined name of a computed cell, such as 補助申請額; '' where it has none."""
        at = (self.sheets[listed.form][1].name, listed.cell)
        ours = (roundtrip.FORM_NAME, roundtrip.END_NAME)
        return next((n for n in self.book.names if not n.startswith(ours) and _target(self.book, n) == at), "")


def read(data: bytes, file: str, keys: Sequence[str] = ()) -> WorkbookForm:
    """The form in a workbook called ``file`` in messages; ``keys``: the office's, newest first.

    Raises UnreadableError for a file that is no form of ours, was tampered with or is signed by a key not ours.
    """
    book = xlsx_reader.read(data, file)
    page = next((s for s in book.sheets if _text(s, "A1") == roundtrip.TITLE and _text(s, "A2")), None)
    if page is None:
        message = "この Excel には、どの欄がどの項目かを示す印がありません（役所が配った元の様式などです）"
        raise unreadable(file, message, ADVICE, code="intake.no-form")
    if _text(page, "B1") != roundtrip.VERSION:
        message = "この版の yoshiki より新しいもので作られた用紙です"
        raise unreadable(file, message, "yoshiki を新しくしてください", code="intake.newer-program")
    token = token_of(_text(page, "A2"), keys, file)
    listed = _listed(page, file)
    if roundtrip.digest(listed) != token.digest:
        message = "用紙の印（どの欄がどの項目か）が書き換えられています"
        raise unreadable(file, message, ADVICE, code="intake.form-changed")
    return WorkbookForm(book, file, token, listed, _sheets(book, listed, file))


def _text(sheet: ReadSheet, address: str) -> str:
    cell = sheet.cells.get(address)
    return cell.text.removesuffix(".0") if cell is not None else ""


def _damaged(file: str) -> UnreadableError:
    return unreadable(file, "用紙の印が壊れています", ADVICE, code="intake.form-damaged")


def _listed(page: ReadSheet, file: str) -> tuple[ListedCell, ...]:
    listed: list[ListedCell] = []
    row = roundtrip.FIRST_ROW
    while form := _text(page, f"A{row}"):
        address, blank = _text(page, f"B{row}"), page.cells.get(f"D{row}")
        if not row_and_column(address)[0] or len(listed) >= _LISTED:
            raise _damaged(file)
        listed.append(ListedCell(form, address, _text(page, f"C{row}"), blank.text if blank is not None else ""))
        row += 1
    return tuple(listed)


def _sheets(book: Workbook, listed: Sequence[ListedCell], file: str) -> dict[str, tuple[int, ReadSheet]]:
    """The sheets by their defined names, wherever they are and whatever they are called now."""
    titles = {s.name.casefold(): (n, s) for n, s in enumerate(book.sheets, 1)}
    sheets: dict[str, tuple[int, ReadSheet]] = {}
    for last in (cell for cell in listed if cell.path == roundtrip.END):
        begin = _target(book, last.form)
        end = _target(book, last.form.replace(roundtrip.FORM_NAME, roundtrip.END_NAME))
        if begin is None or begin[0].casefold() not in titles:
            message = "用紙のシートが削られているか、印が失われています"
            raise unreadable(file, message, ADVICE, code="intake.sheet-missing")
        sheets[last.form] = titles[begin[0].casefold()]
        if begin[1] != "A1" or (end is not None and end[1] != last.cell):
            message = f"「{sheets[last.form][1].name}」に行や列が加えられたり、削られたりしています"
            hint = "行や列を元に戻してください。欄が足りないときは、欄の多い用紙を作り直します"
            raise unreadable(file, message, hint, code="intake.cells-moved")
    if any(cell.form not in sheets for cell in listed):
        raise _damaged(file)
    return sheets


def _target(book: Workbook, name: str) -> tuple[str, str] | None:
    """The sheet and the address that a defined name refers to; None where it is no single cell."""
    match = _TARGET.match(book.names.get(name, ""))
    if match is None:
        return None
    return (match[1].replace("''", "'") if match[1] else match[2]), f"{match[3]}{match[4]}"


class _AnswerReader:
    """Reads the listed cells of one form, and gathers what is wrong with them."""

    def __init__(self, form: WorkbookForm):
        self._form = form
        self._problems: list[Problem] = []
        self._sheet_names = {sheet.name: name for name, (_, sheet) in form.sheets.items()}

    def read(self, schema: Schema) -> Returned:
        answers: dict[str, list[Answer]] = {}
        items: dict[str, Item] = {}
        cells = Counter(listed.path for listed in self._form.listed)
        for listed in self._form.listed:
            if listed.path == roundtrip.COMPUTED:
                self._check_computed(listed)
            elif listed.path != roundtrip.END:
                path = canonical(listed.path, schema)
                item = schema.at(path) if path else None
                if item is None:
                    raise unknown_item(listed.path, self._form.file)
                items[path] = item
                # of a date spread over several cells each number is a part, and none a day's serial
                part = replace(item, kind="文字") if item.kind == "日付" and cells[listed.path] > 1 else item
                answers.setdefault(path, []).append(self._answer(listed, path, part))
        return Returned(tuple(self._joined(a, items[p]) for p, a in answers.items()), tuple(self._problems))

    def _joined(self, answers: list[Answer], item: Item) -> Answer:
        answer, problem = joined(answers, item)
        if problem is not None:
            self._problems.append(problem)
        return answer

    def _answer(self, listed: ListedCell, path: str, item: Item) -> Answer:
        cell, position = self._form.cell(listed), self._form.position(listed)
        default = listed.blank.startswith("=")
        if cell is not None and cell.formula:
            if default and self._neutral(cell) == listed.blank[1:]:
                return Answer(path, None, position)
            self._problems.append(_formula_in_input(cell, position, item))
            if not cell.text:
                return Answer(path, None, position)
        try:
            text = cell_text(cell, item, "" if default else listed.blank, self._form.book.date1904)
        except CellError as error:
            self._problems.append(error.at(position, item))
            text = None
        return Answer(path, text, position, default and text is not None)

    def _check_computed(self, listed: ListedCell) -> None:
        """A warning where a cell no longer holds our formula. Its amount is computed here anyway."""
        cell = self._form.cell(listed)
        if cell is None:
            changed = "消されています"
        elif not cell.formula:
            changed = "直接書き換えられています"
        # '?': the program that saved it keeps the formula in a way that tells nothing
        elif cell.formula == "?" or self._neutral(cell) == listed.blank:
            return
        else:
            changed = "別の計算式に変えられています"
        name = self._form.name_of(listed)
        hint = "この欄の額はこちらで計算し直したものを使います。額を変えたいときは、もとになる欄を直してください"
        position, label = self._form.position(listed), f"「{name}」" if name else ""
        message = f"計算で決まる欄が{changed}"
        self._problems.append(
            Problem(message, position, label, hint, level="warning", code="intake.computed-cell-changed")
        )

    def _neutral(self, cell: ReadCell) -> str:
        return roundtrip.neutral(cell.formula, self._sheet_names)


def _formula_in_input(cell: ReadCell, position: Position, item: Item) -> Problem:
    label = f"「{item.title}」"
    if not cell.text:
        message = "計算式が書かれていますが、その値が入っていません"
        return Problem(message, position, label, "値を書いてください", code="intake.formula-without-value")
    shown = "" if item.personal else f"（{cell.text[:20]}）"
    message = f"計算式が書かれています。今の値{shown}を読み取りました"
    return Problem(message, position, label, level="warning", code="intake.formula-in-input")
