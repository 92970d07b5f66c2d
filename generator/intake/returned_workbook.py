"""A workbook with our marks → what it says. It is read by its own list of cells, whatever version it is of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator import roundtrip
from generator.document import ListedCell, Token
from generator.intake.returned import Answer, Returned, canonical, joined, words
from generator.intake.untrusted.xlsx_reader import Cell, Sheet, Workbook, row_and_column
from generator.intake.untrusted.zip_file import refuse
from generator.problem import Position, Problem
from generator.scheme.schema import Item, Schema

_TARGET = re.compile(r"\$?(?:'((?:[^']|'{2})+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})\Z")
_ADVICE = (
    "こちらが渡した用紙（yoshiki template か render で作ったもの）に書いて返してもらうか、内容を YAML に書いてください"
)
_ENTRIES = 20_000
_ROWS = 10_000_000  # more than any sheet has: orders the cells of a book


@dataclass(frozen=True)
class Marked:
    """A workbook whose marks are read: its token and where its forms are now."""

    book: Workbook
    file: str
    token: Token
    entries: tuple[ListedCell, ...]
    sheets: dict[str, tuple[int, Sheet]]  # defined name → number and sheet

    def position(self, entry: ListedCell) -> Position:
        number, sheet = self.sheets[entry.form]
        row, column = row_and_column(entry.cell)
        return Position(self.file, number * _ROWS + row, column, cell=f"「{sheet.name}」{entry.cell}")

    def cell(self, entry: ListedCell) -> Cell | None:
        return self.sheets[entry.form][1].cells.get(entry.cell)


def marked(book: Workbook, file: str, keys: Sequence[str]) -> Marked:
    """Find the marks. Raises ProblemError for a workbook that is none of ours or was tampered with."""
    page = next((s for s in book.sheets if _text(s, "A1") == roundtrip.TITLE and _text(s, "A2")), None)
    if page is None:
        refuse(file, "この Excel には、どの欄がどの項目かを示す印がありません（役所が配った元の様式などです）", _ADVICE)
    if _text(page, "B1") != roundtrip.VERSION:
        refuse(file, "この版の yoshiki より新しいもので作られた用紙です", "yoshiki を新しくしてください")
    try:
        token = roundtrip.read(_text(page, "A2"), keys)
    except ValueError as error:
        refuse(file, f"用紙を受け付けられません: {error}", _ADVICE)
    entries = tuple(_entries(page, file))
    if roundtrip.digest(entries) != token.digest:
        refuse(file, "用紙の印（どの欄がどの項目か）が書き換えられています", _ADVICE)
    return Marked(book, file, token, entries, _sheets(book, entries, file))


def _text(sheet: Sheet, address: str) -> str:
    cell = sheet.cells.get(address)
    return cell.text.removesuffix(".0") if cell is not None else ""


def _entries(page: Sheet, file: str) -> list[ListedCell]:
    found: list[ListedCell] = []
    last = max((row_and_column(a)[0] for a in page.cells), default=0)
    for row in range(roundtrip.FIRST_ROW, last + 1):
        form, cell, path, blank = (_text(page, f"{c}{row}") if c != "D" else _raw(page, row) for c in "ABCD")
        if not form:
            break
        if not row_and_column(cell)[0] or len(found) >= _ENTRIES:
            refuse(file, "用紙の印が壊れています", _ADVICE)
        found.append(ListedCell(form, cell, path, blank))
    return found


def _raw(page: Sheet, row: int) -> str:
    cell = page.cells.get(f"D{row}")
    return cell.text if cell is not None else ""


def _sheets(book: Workbook, entries: Sequence[ListedCell], file: str) -> dict[str, tuple[int, Sheet]]:
    """The sheets by their defined names, wherever they are and whatever they are called now."""
    titles = {s.name.casefold(): (n, s) for n, s in enumerate(book.sheets, 1)}
    found: dict[str, tuple[int, Sheet]] = {}
    for entry in entries:
        if entry.path != roundtrip.END:
            continue
        begin = _corner(book, entry.form)
        end = _corner(book, entry.form.replace(roundtrip.FORM_NAME, roundtrip.END_NAME))
        if begin is None or begin[0].casefold() not in titles:
            refuse(file, "用紙のシートが削られているか、印が失われています", _ADVICE)
        if begin[1] != "A1" or (end is not None and end[1] != entry.cell):
            title = titles[begin[0].casefold()][1].name
            refuse(
                file,
                f"「{title}」に行や列が加えられたり、削られたりしています",
                "行や列を元に戻してください。欄が足りないときは、欄の多い用紙を作り直します",
            )
        found[entry.form] = titles[begin[0].casefold()]
    if any(e.form not in found for e in entries):
        refuse(file, "用紙の印が壊れています", _ADVICE)
    return found


def _corner(book: Workbook, name: str) -> tuple[str, str] | None:
    match = _TARGET.match(book.names.get(name, ""))
    if match is None:
        return None
    return (match[1].replace("''", "'") if match[1] else match[2]), f"{match[3]}{match[4]}"


def answers(marked: Marked, schema: Schema) -> Returned:
    """What each input says. Raises ProblemError for a path that the scheme does not have."""
    problems: list[Problem] = []
    given: dict[str, list[Answer]] = {}
    titles = {sheet.name: form for form, (_, sheet) in marked.sheets.items()}
    cells = Counter(entry.path for entry in marked.entries)
    for entry in marked.entries:
        if entry.path == roundtrip.COMPUTED:
            problems += _overwritten(marked, entry, titles)
        elif entry.path != roundtrip.END:
            path = canonical(entry.path, schema)
            item = schema.at(path) if path else None
            if item is None:
                refuse(marked.file, f"用紙の項目「{entry.path[:60]}」は、今のこの制度にありません", _ADVICE)
            # of a date spread over several cells each number is a part, and none a day's serial
            told = replace(item, kind="文字") if item.kind == "日付" and cells[entry.path] > 1 else item
            given.setdefault(path, []).append(_answer(marked, entry, path, told, titles, problems))
    found = []
    for path, several in given.items():
        item = schema.at(path)
        assert item is not None
        answer, wrong = joined(several, item)
        if wrong:
            problems.append(Problem(wrong, answer.position, f"「{item.title}」", "一つの欄に書いてください"))
        found.append(answer)
    return Returned(marked.token, tuple(found), tuple(problems))


def _answer(
    marked: Marked, entry: ListedCell, path: str, item: Item, titles: dict[str, str], problems: list[Problem]
) -> Answer:
    cell, position = marked.cell(entry), marked.position(entry)
    default = entry.blank.startswith("=")
    if cell is not None and cell.formula:
        if default and roundtrip.neutral(cell.formula, titles) == entry.blank[1:]:
            return Answer(path, None, position)
        if not cell.text:
            problems.append(
                Problem(
                    "計算式が書かれていますが、その値が入っていません",
                    position,
                    f"「{item.title}」",
                    "値を書いてください",
                )
            )
            return Answer(path, None, position)
        shown = "" if item.personal else f"（{cell.text[:20]}）"
        problems.append(
            Problem(
                f"計算式が書かれています。今の値{shown}を読み取りました", position, f"「{item.title}」", level="warning"
            )
        )
    try:
        text = words(cell, item, "" if default else entry.blank, marked.book.date1904)
    except ValueError as error:
        problems.append(Problem(str(error), position, f"「{item.title}」", "書き直してください"))
        text = None
    return Answer(path, text, position, default and text is not None)


def _overwritten(marked: Marked, entry: ListedCell, titles: dict[str, str]) -> list[Problem]:
    """A computed cell that no longer holds our formula. Its amount is computed here anyway."""
    cell = marked.cell(entry)
    if cell is not None and cell.formula == "?":  # the program that saved it keeps it in a way that tells nothing
        return []
    if cell is not None and cell.formula and roundtrip.neutral(cell.formula, titles) == entry.blank:
        return []
    changed = (
        "別の計算式に変えられています"
        if cell is not None and cell.formula
        else "直接書き換えられています"
        if cell
        else "消されています"
    )
    form = titles_of(marked, entry)
    name = f"「{form}」" if form else ""
    hint = "この欄の額はこちらで計算し直したものを使います。額を変えたいときは、もとになる欄を直してください"
    return [Problem(f"計算で決まる欄が{changed}", marked.position(entry), name, hint, level="warning")]


def titles_of(marked: Marked, entry: ListedCell) -> str:
    """The defined name of a computed cell, such as 補助申請額; '' where it has none."""
    sheet = marked.sheets[entry.form][1].name
    for name in marked.book.names:
        if not name.startswith((roundtrip.FORM_NAME, roundtrip.END_NAME)) and _corner(marked.book, name) == (
            sheet,
            entry.cell,
        ):
            return name
    return ""
