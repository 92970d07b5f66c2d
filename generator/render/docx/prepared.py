"""Letters are prepared once by python-docx for all documents that look alike; a case then only fills in its words.

What a letter looks like in Word depends on its grid, its styles and how many lines its texts take, never on the words
themselves. So python-docx draws it with placeholders for the words, and these are exchanged. A letter in which
python-docx makes elements of characters (a tab, a rare character with a font of its own) is drawn for itself.
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
from generator.render.package import Part, Pieces, cut_at_placeholders, filled_in, pack, part, placeholder, unpack
from generator.typography.fonts import state

_DAY = date(1901, 2, 3)  # stands for the document's date
_DAY_TEXT = b"1901-02-03T00:00:00Z"
_MOST = 200  # letters kept
_LONGEST = 255  # characters python-docx takes for a property


@dataclass(frozen=True, slots=True)
class PreparedLetter:
    """Parts of the package: whole, or cut at the placeholders of the words that are filled in."""

    parts: tuple[Part | tuple[str, Pieces], ...]

    def filled(self, words: list[bytes]) -> bytes:
        """The package with these words, in the order of their placeholders' numbers."""
        return pack(p if isinstance(p, Part) else part(p[0], filled_in(p[1], words)) for p in self.parts)


class PreparedLetters:
    """The letters prepared so far, as many as fit. ``draw`` makes a package the slow way."""

    def __init__(self, draw: Callable[[Document], bytes]):
        self._draw = draw
        self._letters: Cache[tuple[PreparedLetter, list[Style]]] = Cache(_MOST)

    def render(self, document: Document) -> bytes:
        """The package of a document, drawn now if none that looks alike was met yet. Threads may call it at once."""
        if any(_drawn_whole(c) for s in document.sheets if s.word for c in s.cells):
            return self._draw(document)
        # the styles are kept with their letter, so that no other gets their identity; nothing else of the document is
        letter, _ = self._letters.get(_key(document), lambda: (self._prepared(document), _styles(document)))
        return letter.filled(_words(document))

    def _prepared(self, document: Document) -> PreparedLetter:
        return _cut(self._draw(_with_placeholders(document)))


def _styles(document: Document) -> list[Style]:
    return [cell.style for sheet in document.sheets if sheet.word for cell in sheet.cells]


def _drawn_whole(cell: Cell) -> bool:
    """Whether python-docx makes elements of characters in the text, so that no placeholder can stand for it."""
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
    return state(), document.language, tuple(sheets)


def properties_of(document: Document) -> tuple[str, str, str]:
    """Title, author and subject, as far as python-docx takes them."""
    return document.title[:_LONGEST], document.author[:_LONGEST], document.subject[:_LONGEST]


def _words(document: Document) -> list[bytes]:
    """Everything that is filled in: the date, the properties, then the texts of the cells line by line."""
    words = [f"{document.date.isoformat()}T00:00:00Z".encode()]
    words += [escape(text).encode() for text in properties_of(document)]
    for sheet in document.sheets:
        if sheet.word:
            words += [escape(line).encode() for cell in sheet.cells for line in segments(cell)]
    return words


def _with_placeholders(document: Document) -> Document:
    """The same document with placeholders for words; line ends and the full-width spaces at the end of a text stay."""
    number = 4
    sheets = []
    for sheet in document.sheets:
        cells: list[Cell] = []
        for cell in sheet.cells if sheet.word else ():
            lines = segments(cell)
            words = [placeholder(number + n) if line else "" for n, line in enumerate(lines)]
            number += len(lines)
            spaces = "　" * (len(cell.text) - len(cell.text.rstrip("　")))
            if lines:
                # segments() gives the spaces back to the words unless they became an indent
                ends = spaces if len(segments(cell._replace(text="x" + spaces))[-1]) == 1 else ""
                cells.append(cell._replace(text="\n".join(words) + ends))
            else:
                cells.append(cell)
        sheets.append(replace(sheet, cells=tuple(cells)) if sheet.word else sheet)
    title, author, subject = map(placeholder, (1, 2, 3))
    return replace(document, title=title, author=author, subject=subject, date=_DAY, sheets=tuple(sheets))


def _cut(package: bytes) -> PreparedLetter:
    parts: list[Part | tuple[str, Pieces]] = []
    for name, data in unpack(package).items():
        cut = cut_at_placeholders(data.replace(_DAY_TEXT, placeholder(0).encode()))
        parts.append(part(name, data) if len(cut) == 1 else (name, cut))
    return PreparedLetter(tuple(parts))
