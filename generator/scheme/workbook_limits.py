"""Rules that a workbook could not follow while it is filled in are refused when a scheme is loaded.

A step becomes a formula over cells. There every printed row of a list computes, the empty ones too; a cell may have
words printed in it before anyone answers; はい and いいえ are words; and a date may be spread over four cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.formula.syntax import Call, Name, walk
from generator.scheme.form import CellSpec, Form
from generator.scheme.model import FormSpec, expand
from generator.scheme.references import ColumnReference
from generator.scheme.roles import Role
from generator.scheme.rules import Rule, RuleBook
from generator.scheme.schema import Schema
from generator.source.fields import fail
from generator.spreadsheet.cell_format import DATE_PARTS

_COUNTING = ("COUNTA", "COUNTIF")  # what counts words as well
_CHOOSING = ("IF", "AND", "OR", "NOT")


def check(book: RuleBook, schema: Schema, forms: Sequence[FormSpec]) -> None:
    """Look whether a workbook can follow every step.

    Raises SchemeError at the first step that asks for what a workbook has not.
    """
    for step in book.steps:
        of_applicant = [f for f in forms if f.stage == step.stage and f.role is Role.APPLICANT]
        inputs = [
            place for form_spec in of_applicant for _, form in form_spec.versions for place in _inputs(form_spec, form)
        ]
        own = {
            n: path for n, r in step.references.items() if r.stage == step.stage and (path := r.item_path(step.each))
        }
        columns = {n for n in own if isinstance(step.references[n], ColumnReference)}
        parts = {path for cell, path in inputs if cell.format in DATE_PARTS}
        printed = {path for cell, path in inputs if cell.blank}
        _computed_columns(step, book, columns)
        _flags(step, {n: path for n, path in own.items() if _kind(schema, path) == "真偽"}, columns)
        for name, path in own.items():
            if path in parts:
                hint = "様式に日付を一つの欄で書くか、計算で使う日付を別の項目にしてください"
                message = f"計算式の「{name}」は、申請者の様式では元号・年・月・日の欄に分かれているため、使えません"
                fail(step.position, message, hint, code="scheme.workbook-date")
        for name, function, _ in _arguments(step):
            if function in _COUNTING and name in columns and own[name] in printed:
                message = f"「{name}」の欄にはあらかじめ印刷された文字があるため、関数{function}で数えられません"
                fail(step.position, message, "COUNT で金額の列を数えてください", code="scheme.workbook-printed")


def _computed_columns(step: Rule, book: RuleBook, columns: set[str]) -> None:
    for name, function, place in _arguments(step):
        head, _, tail = step.references[name].path.rpartition(".")
        if name not in columns or book.step(step.stage, tail, head) is None:
            continue
        if function not in ("SUM", "SUMPRODUCT") and (function, place) != ("SUMIF", 2):
            message = f"行ごとに計算する「{name}」は、関数{function}には使えません（様式の空いた行も計算されるため）"
            fail(
                step.position,
                message,
                "SUM・SUMPRODUCT・SUMIF（3番目）で合計するか、記入される列を使ってください",
                code="scheme.workbook-column",
            )


def _flags(step: Rule, flags: dict[str, str], columns: set[str]) -> None:
    """はい and いいえ, in a formula of the stage in which they are answered."""
    for name, function, _ in _arguments(step):
        if name in flags and (name in columns or function not in _CHOOSING):
            message = f"計算式の「{name}」は「はい・いいえ」の項目のため、関数{function}には使えません"
            fail(step.position, message, "IF・AND・OR・NOT か「=TRUE」で使ってください", code="scheme.workbook-flag")


def _arguments(step: Rule) -> Iterator[tuple[str, str, int]]:
    """Each name that stands alone as an argument, with the function and its place there."""
    assert step.formula is not None
    for node in walk(step.formula.root):
        for place, argument in enumerate(node.arguments if isinstance(node, Call) else ()):
            if isinstance(node, Call) and isinstance(argument, Name):
                yield argument.name, node.function, place


def _kind(schema: Schema, path: str) -> str:
    item = schema.at(path)
    return item.kind if item is not None else ""


def _inputs(form_spec: FormSpec, form: Form) -> Iterator[tuple[CellSpec, str]]:
    """The inputs of a form with the items they are for."""
    aliases = form_spec.aliases(form)
    for spec in form.rows:
        local = aliases | ({spec.alias: expand(spec.repeat, aliases)} if spec.repeat else {})
        for cell in (cell for row in spec.rows for cell in row if cell.kind == "field"):
            for path in expand(cell.name, local):
                yield cell, path
