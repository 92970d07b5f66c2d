"""A filled PDF → what it says: the names of its fields are case paths."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator import pypdf_log, roundtrip
from generator.document import ReturnToken
from generator.intake.returned import ADVICE, Answer, CellError, Returned, canonical, cell_text, token_of, unknown_item
from generator.intake.untrusted.refusal import SEND_AGAIN, unreadable
from generator.intake.untrusted.workbook import ReadCell
from generator.problem import Position, Problem, ProblemError
from generator.scheme.schema import Schema

_PAGES, _FIELDS, _LONGEST = 200, 10_000, 32_767
_OBJECTS, _STREAM = 20_000, 4_000_000  # bytes of a stream that is looked at; fonts and pictures are not
_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": _STREAM,
    "lzw_maximum_output_length": _STREAM,
    "run_length_maximum_output_length": _STREAM,
    "array_based_stream_maximum_output_length": _STREAM,
    "stream_decoding_work_maximum_length": 4 * _STREAM,
    "form_fields_maximum_entries": _FIELDS,
    "page_tree_maximum_entries": 5 * _PAGES,
}


@dataclass(frozen=True)
class PdfForm:
    """A PDF whose token fits its fields; ``fields``: the text of each by its name."""

    file: str
    token: ReturnToken
    fields: dict[str, str]

    def answers(self, schema: Schema) -> Returned:
        """What each field says. Raises UnreadableError for a path that the scheme does not have."""
        answers: list[Answer] = []
        problems: list[Problem] = []
        for number, (name, value) in enumerate(self.fields.items(), 1):
            path = canonical(name, schema)
            item = schema.at(path) if path else None
            if item is None:
                raise unknown_item(name, self.file)
            position = Position(self.file, number, 1, cell=f"欄「{name}」")
            text: str | None = value.replace("\r\n", "\n").replace("\r", "\n")
            if item.kind == "真偽" and value.startswith("/"):
                text = {"/Off": "", "/No": "いいえ"}.get(value, "はい")
            try:
                text = cell_text(ReadCell("text", text or ""), item, "")
            except CellError as error:
                problems.append(error.at(position, item))
                text = None
            answers.append(Answer(path, text, position))
        return Returned(tuple(answers), tuple(problems))


def read(data: bytes, file: str, keys: Sequence[str] = ()) -> PdfForm:
    """The form in a PDF called ``file`` in messages; ``keys``: the office's, newest first.

    Raises UnreadableError for a file that is no form of ours, was tampered with or is signed by a key not ours.
    """
    text, fields = _contents(data, file)
    if not fields or not text:
        message = "この PDF には、こちらの用紙の入力欄がありません（印刷した紙を取り込んだものなどです）"
        raise unreadable(file, message, ADVICE, code="intake.no-form")
    token = token_of(text, keys, file)
    if roundtrip.digest(roundtrip.listed_fields(fields)) != token.digest:
        message = "PDF の入力欄が加えられたり、削られたりしています"
        raise unreadable(file, message, ADVICE, code="intake.form-changed")
    return PdfForm(file, token, fields)


def _contents(data: bytes, file: str) -> tuple[str, dict[str, str]]:
    """The text of the token, '' for none, and each field's value."""
    if data.count(b" obj") > _OBJECTS:
        raise unreadable(file, "PDF の中身が多すぎます", ADVICE, code="intake.too-much-content")
    from pypdf import PdfReader, apply_configuration  # slow to load

    pypdf_log.silence()
    try:
        with apply_configuration(**_LIMITS):
            reader = PdfReader(io.BytesIO(data), root_object_recovery_limit=1_000, xref_stream_maximum_entries=_OBJECTS)
            if reader.is_encrypted:
                hint = "パスワードを外して保存してください"
                raise unreadable(file, "パスワードが掛かっています", hint, code="intake.password-protected")
            if len(reader.pages) > _PAGES:
                raise unreadable(file, "PDF のページが多すぎます", ADVICE, code="intake.too-much-content")
            fields = _fields(reader)
            text = str(reader.metadata.get(roundtrip.PDF_TOKEN, "")) if reader.metadata else ""
    except ProblemError:
        raise
    except Exception:  # a broken PDF makes pypdf raise anything at all
        raise unreadable(file, "PDF として読めません", SEND_AGAIN, code="intake.file-damaged") from None
    return text, fields


def _fields(reader: Any) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, field in (reader.get_fields() or {}).items():
        if "/Kids" in field and field.get("/FT") is None:
            continue  # a node of the tree of names
        value = field.get("/V")
        fields[str(name)] = "" if value is None else str(value)[: _LONGEST + 1]
        if len(fields) > _FIELDS or len(fields[str(name)]) > _LONGEST:
            raise ValueError
    return fields
