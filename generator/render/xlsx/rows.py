"""The rows and cells of a worksheet as XML: typed values, formulas with their computed value, texts.

openpyxl lays a sheet out (`prepared`); what changes from case to case is written here, which is much faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import Any

from generator.document import Cell
from generator.render.markup import escape
from generator.render.xlsx.limits import stored
from generator.render.xlsx.sizes import SheetSizes
from generator.render.xlsx.styles import FONTS, ROOMY, SHIFT_JIS, SIGNS, Borders, Look, borders, look
from generator.spreadsheet.addresses import cell_address, column_letters
from generator.spreadsheet.serials import FIRST_DAY, serial
from generator.typography.fonts import RARE, runs

CellStyle = tuple[Look, Borders]

# What a cell's looks hang on besides its place, as far as its text is one line.
_about = attrgetter("value.__class__", "format", "field", "size", "style")


@dataclass(slots=True, eq=False)
class CellStyles:
    """The styles of one cell: one for each kind of edge under its span. Compared by identity."""

    styles: tuple[CellStyle, ...]
    _numbered: tuple[Mapping[CellStyle, int], tuple[str, ...]] | None = None

    def numbered(self, numbers: Mapping[CellStyle, int]) -> tuple[str, ...]:
        """What follows an opening: for each kind of edge where nothing stands, and last for the cell itself."""
        done = self._numbered
        if done is None or done[0] is not numbers:
            texts = [f'{numbers[style]}"' for style in self.styles]
            done = self._numbered = (numbers, (*(f"{text}/>" for text in texts), texts[0]))
        return done[1]


# What a cell's looks hang on of its lines: whether the only one is wider than its room; else how many there are, and
# whether the text has line ends of its own. None for a text that looks like a formula.
_Lines = bool | tuple[int, bool] | None


@dataclass(frozen=True, slots=True)
class _LastLook:
    """How the cell at a place looked when it was met last. What it said is kept only of the form's own words."""

    cell: Cell | None  # the form's own
    about: tuple[Any, ...]
    computed: bool  # whether it had a formula
    styles: CellStyles
    room: float  # mm: one line that is wider is shrunk
    lines: _Lines
    content: str  # of the form's own words

    def alike(self, about: tuple[Any, ...], cell: Cell) -> bool:
        """Whether another cell at this place looks the same."""
        if self.lines is None or self.computed != bool(cell.formula) or self.about != about:
            return False
        return _lines(cell, self.room) == self.lines


Written = tuple[CellStyles, str]  # how a cell looks, and what follows its style number


def _lines(cell: Cell, room: float) -> _Lines:
    if cell.text and cell.text[0] in SIGNS:
        return None
    if len(cell.lines) == 1 and "\n" not in cell.text:
        return cell.lines[0].width > room
    return len(cell.lines), "\n" in cell.text


class SheetRows:
    """Where the cells of some rows of a sheet stand, with those under their spans: the same for all that look alike.

    Words that the form prints by itself are written once; of other cells it is known only how they looked last time.
    """

    def __init__(self, cells: Sequence[Cell], rows: range) -> None:
        # row, column, coordinate, which cell, which of its borders
        coordinates: list[tuple[int, int, str, int, int]] = []
        self.borders: list[tuple[Borders, ...]] = []
        for number, cell in enumerate(cells):
            kinds: dict[Borders, int] = {}
            for row in range(cell.row, cell.row + cell.rows):
                for column in range(cell.column, cell.column + cell.columns):
                    edges = borders(cell, row, column)
                    which = kinds.setdefault(edges, len(kinds))
                    if (row, column) == (cell.row, cell.column):
                        assert which == 0
                        which = -1
                    coordinates.append((row, column, cell_address(row, column), number, which))
            self.borders.append(tuple(kinds))
        self._rows = rows
        self._places: list[list[tuple[str, int, int]]] = [[] for _ in rows]
        for row, _, coordinate, number, which in sorted(coordinates):
            self._places[row - rows.start].append((f'<c r="{coordinate}" s="', number, which))
        self._last: tuple[tuple[float, ...], list[_LastLook | None]] = ((), [])
        self._openings: tuple[tuple[float, ...], list[str]] = ((), [])

    def written(self, cells: Sequence[Cell], sizes: SheetSizes) -> list[Written]:
        """Each cell with its styles and its contents as XML.

        Raises RefusedError when a text is longer than an Excel cell can hold.
        """
        heights, last = self._last  # threads may share this: what each has begun with is its own
        if heights != sizes.heights:  # on them a cell's looks hang, too
            last = [None] * len(cells)
            self._last = (sizes.heights, last)
        written: list[Written] = []
        for number, cell in enumerate(cells):
            before = last[number]
            if before is not None and before.cell is cell:  # what a form says by itself is there once
                written.append((before.styles, before.content))
                continue
            about, content = _about(cell), _content(cell)
            if before is None or cell.own or not before.alike(about, cell):
                styles = tuple([(look(cell, sizes), edge) for edge in self.borders[number]])
                room = sizes.width(cell) * ROOMY
                own, words = (cell, content) if cell.own else (None, "")
                before = _LastLook(own, about, bool(cell.formula), CellStyles(styles), room, _lines(cell, room), words)
                last[number] = before
            written.append((before.styles, content))
        return written

    def write(self, sizes: SheetSizes, cells: Sequence[Written], numbers: Mapping[CellStyle, int]) -> str:
        """The XML between <sheetData> and its end; ``numbers``: of the styles in the workbook."""
        pieces = [styles.numbered(numbers) for styles, _ in cells]
        out: list[str] = []
        heights, openings = self._openings
        if heights != sizes.heights:
            openings = [f'<row r="{n + 1}" ht="{sizes.heights[n]:g}" customHeight="1">' for n in self._rows]
            self._openings = (sizes.heights, openings)
        for row, places in zip(openings, self._places, strict=True):
            out.append(row)
            for opening, number, which in places:
                out.append(opening)
                out.append(pieces[number][which])
                if which < 0:
                    out.append(cells[number][1])
            out.append("</row>")
        return "".join(out)


def plain(cell: Cell) -> str | bool | int | float:
    """The value as Excel stores it: dates as serials, exact fractions as doubles, text for all else."""
    value = cell.value
    if value is None:
        return cell.text
    if isinstance(value, date):
        return serial(value) if value >= FIRST_DAY else cell.text
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value


def _content(cell: Cell) -> str:
    """What follows a cell's style number."""
    value = plain(cell)
    if cell.formula:
        formula = escape(cell.formula)
        if isinstance(value, bool):
            return f' t="b"><f>{formula}</f><v>{int(value)}</v></c>'
        if isinstance(value, str):
            return f' t="str"><f>{formula}</f><v>{escape(stored(value))}</v></c>'
        return f"><f>{formula}</f><v>{value!r}</v></c>"
    if isinstance(value, str):
        if not value:
            return "/>"
        pieces = () if cell.mark else runs(value, cell.style.font)
        return _rich_text(pieces, cell) if pieces else inline(value)
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    return f"><v>{value!r}</v></c>"


def _rich_text(pieces: Sequence[tuple[str, bool]], cell: Cell) -> str:
    """A text with rare characters, which have a font of their own, from its type attribute on."""
    out = []
    for text, rare in pieces:
        size = f'<sz val="{cell.size:g}"/>'
        font = f'<rFont val="{RARE if rare else FONTS[cell.style.font]}"/><charset val="{SHIFT_JIS}"/>'
        kept = ' xml:space="preserve"'
        out.append(f"<r><rPr>{size}{font}</rPr><t{kept}>{escape(stored(text))}</t></r>")
    return f' t="inlineStr"><is>{"".join(out)}</is></c>'


def inline(text: str) -> str:
    """A text as the XML of its cell from the type attribute on; nothing in it is taken for a formula."""
    kept = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() or "\n" in text else ""
    return f' t="inlineStr"><is><t{kept}>{escape(stored(text))}</t></is></c>'


def rows_of_texts(rows: Iterable[tuple[int, Sequence[str]]]) -> str:
    """The XML of rows of plain texts, each given with the number of its row, counted from 1."""
    out: list[str] = []
    for row, texts in rows:
        out.append(f'<row r="{row}">')
        for n, text in enumerate(texts):
            if text:
                out.append(f'<c r="{column_letters(n)}{row}"{_place(text) if n in (1, 2) else inline(text)}')
        out.append("</row>")
    return "".join(out)


_place = lru_cache(maxsize=8192)(inline)  # addresses and case paths, the same from case to case; never an answer
