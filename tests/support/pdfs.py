"""Filled PDFs for the tests: field names are case paths, as in the fillable forms."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import parts
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from generator import roundtrip
from generator.intake import returned_workbook


def filled(values: dict[str, str], token: str | None, marks: dict[str, str] | None = None) -> bytes:
    """A PDF with a text field for each value, a check box for each mark: /Yes, /No or /Off."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=595, height=842)
    fields, annotations = ArrayObject(), ArrayObject()
    for name, value in [*values.items(), *(marks or {}).items()]:
        box = name in (marks or {})
        entry: dict[Any, Any] = {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Btn" if box else "/Tx"),
            NameObject("/T"): TextStringObject(name),
            NameObject("/V"): NameObject(value) if box else TextStringObject(value),
            NameObject("/Rect"): ArrayObject([FloatObject(n) for n in (0, 0, 10, 10)]),
        }
        reference = writer._add_object(DictionaryObject(entry))
        fields.append(reference)
        annotations.append(reference)
    page[NameObject("/Annots")] = annotations
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): fields})
    if token is not None:
        writer.add_metadata({roundtrip.PDF_TOKEN: token})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def of(data: bytes, changed: dict[str, str] | None = None) -> bytes:
    """The filled PDF that says what the workbook says."""
    form = returned_workbook.read(data, "x.xlsx")
    scheme = parts.schemes().get(form.token.scheme)
    values = {a.path: a.text or "" for a in form.answers(scheme.schema).answers} | (changed or {})
    states = {"はい": "/Yes", "いいえ": "/No"}
    marks = {path: states.get(value, "/Off") for path, value in values.items() if path.endswith(".辞退")}
    texts = {path: value.replace("\n", "\r") for path, value in values.items() if path not in marks}
    token = replace(form.token, digest=roundtrip.digest(roundtrip.listed_fields([*texts, *marks])))
    return filled(texts, roundtrip.written(token), marks)


def application(sample: Path = parts.PLAIN) -> bytes:
    return of(parts.application(sample))
