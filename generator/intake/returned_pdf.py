"""A filled PDF → what it says: the names of its fields are case paths."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from typing import Any

from generator import roundtrip
from generator.document import Token
from generator.intake.returned import Answer, Returned, canonical, words
from generator.intake.untrusted.xlsx_reader import Cell
from generator.intake.untrusted.zip_file import refuse
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
_ADVICE = "こちらが渡した入力できる PDF か Excel の用紙に書いて返してもらうか、内容を YAML に書いてください"
_BROKEN = "もう一度送ってもらってください（途中で切れたか、壊れています）"


def read(data: bytes, file: str, keys: Sequence[str]) -> tuple[Token, dict[str, str]]:
    """The token and each field's value. Raises ProblemError."""
    if data.count(b" obj") > _OBJECTS:
        refuse(file, "PDF の中身が多すぎます", _ADVICE)
    from pypdf import PdfReader, apply_configuration  # slow to load

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every flaw; here they end in a Problem
    try:
        with apply_configuration(**_LIMITS):
            reader = PdfReader(io.BytesIO(data), root_object_recovery_limit=1_000, xref_stream_maximum_entries=_OBJECTS)
            if reader.is_encrypted:
                refuse(file, "パスワードが掛かっています", "パスワードを外して保存してください")
            if len(reader.pages) > _PAGES:
                refuse(file, "PDF のページが多すぎます", _ADVICE)
            fields = _fields(reader)
            text = str(reader.metadata.get(roundtrip.PDF_TOKEN, "")) if reader.metadata else ""
    except ProblemError:
        raise
    except (Exception, RecursionError):  # a broken PDF makes pypdf raise anything at all
        refuse(file, "PDF として読めません", _BROKEN)
    if not fields or not text:
        refuse(file, "この PDF には、こちらの用紙の入力欄がありません（印刷した紙を取り込んだものなどです）", _ADVICE)
    try:
        token = roundtrip.read(text, keys)
    except ValueError as error:
        refuse(file, f"用紙を受け付けられません: {error}", _ADVICE)
    if roundtrip.digest(roundtrip.listed_fields(fields)) != token.digest:
        refuse(file, "PDF の入力欄が加えられたり、削られたりしています", _ADVICE)
    return token, fields


def _fields(reader: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, field in (reader.get_fields() or {}).items():
        if "/Kids" in field and field.get("/FT") is None:
            continue  # a node of the tree of names
        value = field.get("/V")
        found[str(name)] = "" if value is None else str(value)[: _LONGEST + 1]
        if len(found) > _FIELDS or len(found[str(name)]) > _LONGEST:
            raise ValueError
    return found


def answers(token: Token, fields: dict[str, str], file: str, schema: Schema) -> Returned:
    """What each field says. Raises ProblemError for a path that the scheme does not have."""
    found: list[Answer] = []
    problems: list[Problem] = []
    for number, (name, value) in enumerate(fields.items(), 1):
        path = canonical(name, schema)
        item = schema.at(path) if path else None
        if item is None:
            refuse(file, f"用紙の項目「{name[:60]}」は、今のこの制度にありません", _ADVICE)
        position = Position(file, number, 1, cell=f"欄「{name}」")
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        if item.kind == "真偽" and text.startswith("/"):
            text = {"/Off": "", "/No": "いいえ"}.get(text, "はい")
        try:
            found.append(Answer(path, words(Cell("text", text), item, ""), position))
        except ValueError as error:
            problems.append(Problem(str(error), position, f"「{item.title}」", "書き直してください"))
            found.append(Answer(path, None, position))
    return Returned(token, tuple(found), tuple(problems))
