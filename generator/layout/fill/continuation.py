"""Continuation sheets (続紙): further rows of a form to be filled in, for lists longer than the form has room for.

They are worksheets of their own, hidden until somebody asks for them, so that they are not printed while empty:
an outline of a protected sheet cannot be opened, a hidden sheet can be shown. (A print area computed by a formula is
Excel's alone: LibreOffice prints the whole sheet, and openpyxl cannot keep it.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from generator.document import Style
from generator.problem import Position
from generator.scheme import text_template
from generator.scheme.form import CellSpec, Form, RowSpec

MORE = 4  # rows of a list at least, besides those that a form prints
NOTE = "※この用紙は、使ったときだけ印刷してください。"
_LONGEST = 31  # characters of a worksheet's name


@dataclass(frozen=True, slots=True)
class Held:
    """What a form itself has of a list."""

    title: str  # of the list
    count: int  # items that the form itself holds


def limited(name: str) -> str:
    """A worksheet's name that Excel allows."""
    return re.sub(r"[\[\]:*?/\\]", "", name)[:_LONGEST]


def name(label: str) -> str:
    """What the continuation of a form is called."""
    return limited(f"{label} 続紙")


def further(form: Form, held: Callable[[RowSpec], Held | None]) -> Form | None:
    """The continuation of a form: each of its lists again under the same heads; None where it has no list.

    ``held`` tells what the form itself has of the list that its rows follow, None where nothing goes on.
    """
    rows: list[RowSpec] = []
    for number, spec in enumerate(form.rows):
        listed = held(spec) if spec.repeat and not spec.against else None
        if listed is None:
            continue
        rows.append(_line(form, f"【{listed.title}】", spec.position, keep=True))
        head = _head(form.rows[:number])
        rows += [head._replace(keep=True, header=False)] if head else []
        rows.append(spec._replace(skip=listed.count, least=max(spec.least, MORE), header=False, keep=False))
    if not rows:
        return None
    at = form.position
    top = [_line(form, f"{form.label}　続紙", at), _line(form, NOTE, at, size=8.0)]
    return replace(form, title=f"{form.title}　続紙", rows=(*top, *rows))


def _line(form: Form, text: str, position: Position, size: float = 0, keep: bool = False) -> RowSpec:
    base = next((cell.style for _, cell in form.cells()), Style())
    style = replace(base, left="", top="", right="", bottom="", fill="", align="left", size=size or base.size)
    cell = CellSpec("text", text_template.text(text), "", 0, 1, style, "文字", (), "text", position)
    return RowSpec(((cell,),), (7.0,), position, keep=keep)


def _head(before: tuple[RowSpec, ...]) -> RowSpec | None:
    """The nearest row that heads columns: bordered cells with nothing but printed words."""
    for spec in reversed(before):
        row = spec.rows[0] if len(spec.rows) == 1 and not spec.repeat else ()
        cells = [cell for cell in row if cell.kind != "skip"]
        words = all(c.kind == "text" and c.text.source and not c.text.paths and c.style.bordered for c in cells)
        if len(cells) > 1 and words:
            return spec
    return None
