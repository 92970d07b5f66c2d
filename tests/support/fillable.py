"""Forms to be filled in as PDF, filled in as any viewer leaves them: by what stands in a case."""

from __future__ import annotations

import datetime
import functools
import io
from fractions import Fraction
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from generator.case.model import Case
from generator.document import Document
from generator.intake import blank_forms
from generator.japan import wareki, yen
from generator.render.pdf import acroform


@functools.cache
def pdf(document: Document) -> bytes:
    """The PDF of the forms of a stage to be filled in."""
    return acroform.render(blank_forms.fillable(document))


def filled(document: Document, case: Case) -> bytes:
    """The same with the values of the case in its fields: in /V alone."""
    marks = {c.field: bool(c.mark) for s in blank_forms.fillable(document).sheets for c in s.cells if c.field}
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(document))))

    def visit(fields: Any, above: str) -> None:
        for reference in fields:
            field = reference.get_object()
            if "/T" not in field:
                continue
            path = above + str(field["/T"])
            if "/FT" in field and case.get(path) is not None:
                value = typed(case.get(path), marks[path])
                field[NameObject("/V")] = NameObject(value) if value[0] == "/" else TextStringObject(value)
            visit(field.get("/Kids", ()), path + ".")

    visit(writer._root_object["/AcroForm"]["/Fields"], "")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def typed(value: Any, mark: bool) -> str:
    match value:
        case bool():
            return ("/Yes" if value else "/No") if mark else ("はい" if value else "いいえ")
        case datetime.date():
            return wareki.format_date(value)
        case Fraction():
            return yen.format_quantity(value)
    return str(value)
