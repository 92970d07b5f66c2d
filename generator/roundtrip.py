"""What a workbook or PDF carries so that it can come back: its token and the list of its cells.

Every workbook of a document with a token has a very hidden sheet ``_yoshiki``, which the renderer writes and intake
reads:

- A1, B1: ``yoshiki`` and the layout version of this sheet, ``1``.
- A2: the token as `written` gives it: JSON, or JSON signed with itsdangerous where the office has a key. It names the
  scheme, the stage's key, 案件番号 and applicant as far as they are known, the versions of the forms and of the
  program, and the digest of the rows below.
- From row 4 on a row for each listed cell. A: the defined name of the form's sheet (``_様式_1``, ``_様式_2``, …, each
  pointing at ``'sheet'!$A$1``, so that it survives renaming and reordering). B: the address of the cell. C: the case
  path of the input (``申請.経費[3].単価``). D: what was pre-printed there when blank; a default formula begins
  with ``=``.
- Where C is ``=``, the cell is computed, and D is its formula as `neutral` writes it.
- Where C is ``]``, it is the sheet's last cell, which ``_様式末_1``, ``_様式末_2``, … point at: where that has moved,
  rows or columns were inserted, and nothing is read.

A cell is an input where ``Cell.field`` is set; its path alone tells where the value belongs. The cells 元号, 年, 月 and
日 of one date may all be inputs of one path, and are put together in that order. A cell whose default formula still
stands was not given. In a workbook ☐ is a box that nobody touched, and □ one that was answered with いいえ. The token
holds the digest of the document's cells, so it is sealed (`sealed_document`) last.

A fillable PDF has the case paths as its field names, and the token under ``/Yoshiki`` in its information dictionary,
with the digest of its `listed_fields`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from generator.document import Cell, Document, ListedCell, ReturnToken, Sheet
from generator.problem import Problem
from generator.spreadsheet.addresses import cell_address
from generator.values import Value

SHEET, TITLE, VERSION, FIRST_ROW = "_yoshiki", "yoshiki", "1", 4
FORM_NAME = "_様式_"  # and the sheet's number from 1: the defined name that finds the sheet again
END_NAME = "_様式末_"  # the defined name of its last cell: where it has moved, rows or columns were inserted
END = "]"  # stands for the path of the sheet's last cell
COMPUTED = "="  # stands for the path where a cell is computed; its formula is then in `blank`
PDF_TOKEN = "/Yoshiki"  # the token's key in the information dictionary of a fillable PDF
_SALT = "yoshiki"
_WORDS = re.compile('"[^"]')  # a literal that is not empty
_PIECES = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'{2})*'!|[^\s"'!(),+\-*/<>=&^:;{}%$]+!|[\s$]+|.""", re.DOTALL)


def last(sheet: Sheet) -> str:
    """The address of the sheet's last cell."""
    return cell_address(len(sheet.heights) - 1, len(sheet.columns) - 1)


def listed(document: Document) -> tuple[ListedCell, ...]:
    """The inputs, the computed cells and the last cell of each sheet of a document, sheet by sheet."""
    names = tuple((sheet.name, f"{FORM_NAME}{n}") for n, sheet in enumerate(document.sheets, 1))
    normal = _neutral(names)
    cells = []
    for sheet, (_, name) in zip(document.sheets, names, strict=True):
        for cell in sheet.cells:
            address = cell_address(cell.row, cell.column) if cell.field or cell.formula else ""
            if cell.field:
                default = f"={normal(cell.formula)}" if cell.formula else ""
                cells.append(ListedCell(name, address, cell.field, default or _blank(cell)))
            elif cell.formula:
                cells.append(ListedCell(name, address, COMPUTED, normal(cell.formula)))
        cells.append(ListedCell(name, last(sheet), END, ""))
    return tuple(cells)


def _blank(cell: Cell) -> str:
    """A check box that says no in the case keeps saying it; one that nobody answered stays unanswered."""
    given: Value = cell.value
    if cell.mark:
        return "☐" if cell.mark == "off" and given is None else ""
    return cell.text if given is None else ""


def neutral(formula: str, form_names: Mapping[str, str]) -> str:
    """A formula written so that it compares: no spaces or $, upper case, sheets by their defined name.

    ``form_names``: the defined name of each sheet by what it is called now.
    """

    def piece(match: re.Match[str]) -> str:
        text = match[0]
        if text[0] == '"':
            return text
        if text.endswith("!") and len(text) > 1:
            sheet = text[1:-2].replace("''", "'") if text[0] == "'" else text[:-1]
            return f"{form_names.get(sheet, sheet)}!"
        return "" if text[0] in "$ \t\r\n" else text.upper()

    return _PIECES.sub(piece, formula.removeprefix("=").replace("_xlfn.", ""))


@lru_cache(maxsize=64)
def _neutral(form_names: tuple[tuple[str, str], ...]) -> Callable[[str], str]:
    """`neutral` for documents with these sheets: cases of the same shape have the same formulas. One with words in it
    is not kept, for they may be the applicant's."""
    sheets = dict(form_names)
    kept = lru_cache(maxsize=256)(lambda formula: neutral(formula, sheets))
    return lambda formula: neutral(formula, sheets) if _WORDS.search(formula) else kept(formula)


class TokenError(ValueError):
    """The text is no token, or its signature is none of this office's keys: ``problem`` tells it without a place."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.problem = Problem(message, code=code)


def digest(cells: Iterable[ListedCell]) -> str:
    """The SHA-256 (hex) of the listed cells in their order."""
    return hashlib.sha256(json.dumps(list(cells), ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def listed_fields(names: Iterable[str]) -> tuple[ListedCell, ...]:
    """The listed cells of a fillable PDF: its field names, which are case paths, in their sorted order."""
    return tuple(ListedCell("", "", name, "") for name in sorted(set(names)))


def sealed(token: ReturnToken, cells: tuple[ListedCell, ...], keys: Sequence[str] = ()) -> ReturnToken:
    """The token for a file with these cells, signed by the first of the keys (newest first) where there are any."""
    plain = replace(token, digest=digest(cells), signature="", cells=cells)
    if not keys:
        return plain
    signer = _serializer(keys).make_signer(_SALT)
    return replace(plain, signature=signer.get_signature(_payload(plain)).decode("ascii"))


def sealed_document(document: Document, token: ReturnToken, keys: Sequence[str] = ()) -> Document:
    """The document with its token for the cells that it now has; see `sealed`."""
    return replace(document, token=sealed(token, listed(document), keys))


def written(token: ReturnToken) -> str:
    """The token as a file carries it: JSON, or payload and signature where it is signed."""
    if token.signature:
        return f"{_payload(token).decode('ascii')}.{token.signature}"
    return json.dumps(_plain(token), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def read(text: str, keys: Sequence[str] = ()) -> ReturnToken:
    """The token in ``text``; it has a signature only where one of the keys has made it. Raises TokenError for
    anything else than a token and for a signature of any other key."""
    signed = not text.lstrip().startswith("{")
    if signed and not keys:
        raise TokenError("署名を確かめる鍵がありません", code="roundtrip.no-key")
    if len(text) > 32_767:
        raise _no_token()
    try:
        plain = _serializer(keys).loads(text) if signed else json.loads(text)
    except Exception:  # BadSignature, or whatever is wrong with the payload
        raise (_wrong_signature() if signed else _no_token()) from None
    return _token(plain, text.rpartition(".")[2] if signed else "")


def _no_token() -> TokenError:
    return TokenError("用紙の印が読めません", code="roundtrip.no-token")


def _wrong_signature() -> TokenError:
    return TokenError("署名が正しくありません", code="roundtrip.signature")


def _token(plain: object, signature: str) -> ReturnToken:
    names = ("scheme", "stage", "number", "applicant", "program", "digest")
    if not isinstance(plain, dict) or not all(isinstance(plain.get(n), str) for n in names):
        raise _no_token()
    forms = plain.get("forms")
    if not isinstance(forms, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in forms.items()):
        raise _no_token()
    scheme, stage, number, applicant, program, told = (plain[n] for n in names)
    return ReturnToken(scheme, stage, number, applicant, forms, program, told, signature)


def _plain(token: ReturnToken) -> dict[str, object]:
    return {
        "scheme": token.scheme,
        "stage": token.stage,
        "number": token.number,
        "applicant": token.applicant,
        "forms": dict(token.forms),
        "program": token.program,
        "digest": token.digest,
    }


def _payload(token: ReturnToken) -> bytes:
    return bytes(_serializer().dump_payload(_plain(token)))


def _serializer(keys: Sequence[str] = ()) -> Any:
    from itsdangerous import URLSafeSerializer  # slow to load, and only offices with a key need it

    return URLSafeSerializer(list(reversed(keys)) or "", salt=_SALT)  # it wants the newest last
