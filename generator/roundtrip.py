"""What a workbook or PDF carries so that it can come back: its token and the list of its cells.

ARCHITECTURE.md, "What a workbook carries so that it can come back", is the contract.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

from generator.document import Cell, Document, Sheet, Value

SHEET, TITLE, VERSION, FIRST_ROW = "_yoshiki", "yoshiki", "1", 4
FORM_NAME = "_様式_"  # and the sheet's number from 1: the defined name that finds the sheet again
END_NAME = "_様式末_"  # the defined name of its last cell: where it has moved, rows or columns were inserted
END = "]"  # stands for the path of the sheet's last cell
COMPUTED = "="  # stands for the path where a cell is computed; its formula is then in `blank`
PDF_TOKEN = "/Yoshiki"  # the token's key in the information dictionary of a fillable PDF
_SALT = "yoshiki"
_PIECES = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'{2})*'!|[^\s"'!(),+\-*/<>=&^:;{}%$]+!|[\s$]+|.""", re.DOTALL)


class Entry(NamedTuple):
    """One row of the sheet ``_yoshiki``."""

    form: str  # _様式_2
    cell: str  # E12
    path: str  # case path of an input, COMPUTED or END
    blank: str  # what is printed there as long as nothing is given; a default formula begins with '='


@dataclass(frozen=True, slots=True)
class Token:
    """What a file was made for."""

    scheme: str
    stage: str  # key: 申請, 変更[1]
    number: str  # 案件番号, '' where it is not known yet
    applicant: str  # name, '' where it is not known yet
    forms: Mapping[str, str]  # form id → the date of its version
    program: str
    digest: str  # of the entries


@cache
def letters(column: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(cell: Cell) -> str:
    return f"{letters(cell.column)}{cell.row + 1}"


def last(sheet: Sheet) -> str:
    """The address of the sheet's last cell."""
    return f"{letters(len(sheet.columns) - 1)}{len(sheet.heights)}"


def entries(document: Document) -> tuple[Entry, ...]:
    """The inputs and the computed cells of a document, sheet by sheet."""
    sheets, found = _last[0]
    if sheets is not document.sheets:
        found = _entries(document)
        _last[0] = document.sheets, found
    return found


# Asked for twice in a row: when a document is sealed, and when its workbook is written.
_last: list[tuple[tuple[Sheet, ...], tuple[Entry, ...]]] = [((), ())]


def _entries(document: Document) -> tuple[Entry, ...]:
    marks = tuple((sheet.name, f"{FORM_NAME}{n}") for n, sheet in enumerate(document.sheets, 1))
    known = _neutral(marks)
    found = []
    for sheet, (_, mark) in zip(document.sheets, marks, strict=True):
        for cell in sheet.cells:
            if cell.field:
                default = f"={known(cell.formula)}" if cell.formula else ""
                found.append(Entry(mark, address(cell), cell.field, default or _blank(cell)))
            elif cell.formula:
                found.append(Entry(mark, address(cell), COMPUTED, known(cell.formula)))
        found.append(Entry(mark, last(sheet), END, ""))
    return tuple(found)


def _blank(cell: Cell) -> str:
    """A check box that says no in the case keeps saying it; one that nobody answered stays unanswered."""
    given: Value = cell.value
    if cell.mark:
        return "☐" if cell.mark == "off" and given is None else ""
    return cell.text if given is None else ""


def neutral(formula: str, marks: Mapping[str, str]) -> str:
    """A formula written so that it compares: no spaces or $, upper case, sheets by their defined name."""

    def piece(match: re.Match[str]) -> str:
        text = match[0]
        if text[0] == '"':
            return text
        if text.endswith("!") and len(text) > 1:
            sheet = text[1:-2].replace("''", "'") if text[0] == "'" else text[:-1]
            return f"{marks.get(sheet, sheet)}!"
        return "" if text[0] in "$ \t\r\n" else text.upper()

    return _PIECES.sub(piece, formula.removeprefix("=").replace("_xlfn.", ""))


@lru_cache(maxsize=64)
def _neutral(marks: tuple[tuple[str, str], ...]) -> Callable[[str], str]:
    """`neutral` for documents with these sheets: cases of the same shape have the same formulas."""
    sheets = dict(marks)
    return lru_cache(maxsize=256)(lambda formula: neutral(formula, sheets))


def digest(rows: Iterable[Entry]) -> str:
    """sha256 (hex) of the rows in their order."""
    return hashlib.sha256(json.dumps(list(rows), ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def fields(names: Iterable[str]) -> tuple[Entry, ...]:
    """The entries of a fillable PDF: its field names, which are case paths, in their sorted order."""
    return tuple(Entry("", "", name, "") for name in sorted(set(names)))


def written(token: Token, keys: Sequence[str] = ()) -> str:
    """The token as a file carries it: JSON, signed where there are keys (newest first)."""
    plain = {one.name: getattr(token, one.name) for one in dataclasses.fields(token)} | {"forms": dict(token.forms)}
    if not keys:
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return str(_signer(keys).dumps(plain))


def read(text: str, keys: Sequence[str] = ()) -> tuple[Token, bool]:
    """The token in ``text``, and whether it is signed. Raises ValueError, in Japanese."""
    signed = not text.lstrip().startswith("{")
    if signed and not keys:
        raise ValueError("署名を確かめる鍵がありません")
    if len(text) > 32_767:
        raise ValueError("用紙の印が読めません")
    try:
        plain = _signer(keys).loads(text) if signed else json.loads(text)
    except Exception:  # BadSignature, or whatever is wrong with the payload
        raise ValueError("署名が正しくありません" if signed else "用紙の印が読めません") from None
    return _token(plain), signed


def _token(plain: object) -> Token:
    names = ("scheme", "stage", "number", "applicant", "program", "digest")
    if not isinstance(plain, dict) or not all(isinstance(plain.get(n), str) for n in names):
        raise ValueError("用紙の印が読めません")
    forms = plain.get("forms")
    if not isinstance(forms, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in forms.items()):
        raise ValueError("用紙の印が読めません")
    given = {n: str(plain[n]) for n in names}
    return Token(**given, forms=forms)


def _signer(keys: Sequence[str]) -> Any:
    from itsdangerous import URLSafeSerializer  # only offices with a key need it

    return URLSafeSerializer(list(reversed(keys)), salt=_SALT)  # it wants the newest last


def sealed(document: Document, token: Token | None = None, keys: Sequence[str] = ()) -> Document:
    """The document with its token, which lists the cells it now has. Without ``token`` its own is made anew."""
    if token is None:
        if not document.token:
            return document
        token, _ = read(document.token, keys)
    return replace(document, token=written(replace(token, digest=digest(entries(document))), keys))
