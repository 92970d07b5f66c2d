"""A letter is laid out once for each shape it takes; a case then only fills in its words.

What a letter looks like in Word hangs on its grid, its styles, and how many lines its texts take, never on the words
themselves. So python-docx draws it with marks in place of the words, and the marks are exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from generator.document import Cell, Document, Style
from generator.render.cache import Cache
from generator.render.docx.paragraph import rare_runs, segments
from generator.render.markup import escape
from generator.render.package import Part, Pieces, joined, mark, pack, part, pieces, unpack

_DAY = date(1901, 2, 3)  # stands for the document's date
_DAY_TEXT = b"1901-02-03T00:00:00Z"
_MOST = 200  # shapes kept
_LONGEST = 255  # characters python-docx takes for a property


@dataclass(frozen=True, slots=True)
class Shape:
    """Parts of the package: whole, or as pieces between which slots (numbers of words) stand."""

    parts: tuple[Part | tuple[str, Pieces], ...]

    def filled(self, words: list[bytes]) -> bytes:
        return pack(one if isinstance(one, Part) else part(one[0], joined(one[1], words)) for one in self.parts)


class Shapes:
    """The shapes met so far, the latest kept. ``draw`` makes a package the slow way."""

    def __init__(self, draw: Callable[[Document], bytes]):
        self._draw = draw
        self._shapes: Cache[tuple[Shape, list[Style]]] = Cache(_MOST)

    def render(self, document: Document) -> bytes:
        """The package of a document, drawn now if none of its shape was met yet. Threads may call it at once."""
        if any(_drawn_whole(c) for s in document.sheets if s.word for c in s.cells):
            return self._draw(document)
        # the styles are kept with their shape, so that no other gets their identity; nothing else of the document is
        shape, _ = self._shapes.get(_key(document), lambda: (_shape(self._draw(_marked(document))), _styles(document)))
        return shape.filled(_words(document))


def _styles(document: Document) -> list[Style]:
    return [cell.style for sheet in document.sheets if sheet.word for cell in sheet.cells]


def _drawn_whole(cell: Cell) -> bool:
    """Whether python-docx makes elements of characters in the text, so that no mark can stand for it."""
    return "\t" in cell.text or "\r" in cell.text or bool(rare_runs(cell.text, cell))


def _key(document: Document) -> Any:
    sheets = []
    for sheet in document.sheets:
        if sheet.word:
            cells = [
                (c.row, c.column, c.rows, c.columns, id(c.style), c.size, len(c.lines), c.role, c.mark, bool(c.field),
                 len(c.text) - len(c.text.rstrip("　")), tuple(map(bool, segments(c))))
                for c in sheet.cells
            ]  # fmt: skip
            sheets.append((sheet.form, sheet.frame, tuple(cells)))
    return document.language, tuple(sheets)


def _properties(document: Document) -> tuple[str, str, str]:
    return document.title[:_LONGEST], document.author[:_LONGEST], document.subject[:_LONGEST]


def _words(document: Document) -> list[bytes]:
    """Everything that is filled in: the date, the properties, then the texts of the cells line by line."""
    words = [f"{document.date.isoformat()}T00:00:00Z".encode()]
    words += [escape(text).encode() for text in _properties(document)]
    for sheet in document.sheets:
        if sheet.word:
            words += [escape(line).encode() for cell in sheet.cells for line in segments(cell)]
    return words


def _marked(document: Document) -> Document:
    """The same document with marks for words; texts keep their line ends and the full-width spaces they end with."""
    number = 4
    sheets = []
    for sheet in document.sheets:
        cells: list[Cell] = []
        for cell in sheet.cells if sheet.word else ():
            lines = segments(cell)
            marks = [mark(number + n) if line else "" for n, line in enumerate(lines)]
            number += len(lines)
            spaces = "　" * (len(cell.text) - len(cell.text.rstrip("　")))
            if lines:
                # segments() gives the spaces back to the words unless they became an indent
                ends = spaces if len(segments(cell._replace(text="x" + spaces))[-1]) == 1 else ""
                cells.append(cell._replace(text="\n".join(marks) + ends))
            else:
                cells.append(cell)
        sheets.append(replace(sheet, cells=tuple(cells)) if sheet.word else sheet)
    title, author, subject = map(mark, (1, 2, 3))
    return replace(document, title=title, author=author, subject=subject, date=_DAY, sheets=tuple(sheets))


def _shape(package: bytes) -> Shape:
    parts: list[Part | tuple[str, Pieces]] = []
    for name, data in unpack(package).items():
        cut = pieces(data.replace(_DAY_TEXT, mark(0).encode()))
        parts.append(part(name, data) if len(cut) == 1 else (name, cut))
    return Shape(tuple(parts))
