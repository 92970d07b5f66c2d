"""Forms to be filled in: the applicant's sheets of one stage, with what is known of the case already in them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from generator import roundtrip
from generator.case import assess
from generator.case import case as cases
from generator.case.case import INVALID, Case, StageRef
from generator.case.document_number import Marks
from generator.document import Cell, Document, Sheet, Style
from generator.layout import compose as layout
from generator.layout.fill import continuation
from generator.layout.fillable import other_items_sheet
from generator.problem import Position, Problem, ProblemError
from generator.scheme.load import Scheme, Schemes, Stage
from generator.source.read import Mapping, Node, Scalar, Source
from generator.typography import typeset

_NOTED = 6.0  # mm of the margin, for what is said of a page
_ELSEWHERE = f"※入力できない空欄のうち、金額でないものは、「{other_items_sheet.SHEET}」のページで答えます。"
_NOBODY = "template"  # stands for the 案件番号 while an applicant's file is read


def stages(scheme: Scheme) -> tuple[Stage, ...]:
    """The stages in which the applicant writes something."""
    writing = {form.stage for form in scheme.forms if form.issuer == "申請者"}
    return tuple(stage for stage in scheme.stages if stage.name in writing)


def blank(scheme: Scheme) -> Case:
    """A case of which nothing is known."""
    position = Position(scheme.id, 0, 0)
    return Case(scheme, "", {}, {}, Source(scheme.id, (), Mapping({}, position), ""))


def of_applicant(read: Source, scheme: Scheme, known: Schemes) -> Case:
    """A case of which only the applicant is known, from a file of the shape of that part of a case.

    Raises ProblemError for what cannot be read; what is missing is left to be filled in.
    """
    path = scheme.party.rpartition(".")[0]
    if not path:
        message = "この制度では、申請者の項目がどれか決められていません（scheme.yaml の party）"
        raise ProblemError([Problem(message, Position(read.name, 0, 0))])
    nowhere, part = Position(read.name, 0, 0), path.split(".")
    node: Node = read.root
    for key in reversed(part):
        node = Mapping({key: (Scalar(key, True, nowhere), node)}, nowhere)
    assert isinstance(node, Mapping)
    head = {"制度": scheme.id, "案件番号": _NOBODY}
    entries = {key: (Scalar(key, True, nowhere), Scalar(text, False, nowhere)) for key, text in head.items()}
    case, problems = cases.build(replace(read, root=Mapping({**entries, **node.entries}, nowhere)), known)
    _refuse(problems)
    return replace(case, number="", data={part[0]: _given(case.data.get(part[0])) or {}})


def of_case(read: Source, known: Schemes, stage: str) -> Case:
    """What a case file says, for a form of ``stage``; raises ProblemError.

    For the first stage an unfinished case will do; a later one needs all before it to be right.
    """
    case, problems = cases.build(read, known)
    first = stage == case.scheme.stages[0].name
    if not first:
        problems = (*problems, *assess.assess(case)[1])
    _refuse(problems, also_missing=not first)
    return replace(case, data={k: v for k, v in (_given(case.data) or {}).items() if k not in ("制度", "案件番号")})


def _refuse(problems: Sequence[Problem], also_missing: bool = False) -> None:
    found = [p for p in problems if p.level == "error" and (also_missing or p.message != cases.MISSING)]
    if found:
        raise ProblemError(found)


def _given(value: Any) -> Any:
    """The value without what is missing or unreadable; None where nothing is left."""
    if value is INVALID:
        return None
    if isinstance(value, dict):
        return {k: v for k, v in ((k, _given(v)) for k, v in value.items()) if v is not None} or None
    if isinstance(value, list):
        return [v for v in map(_given, value) if v is not None] or None
    return value


def compose(
    case: Case, stage: str, today: datetime.date, marks: Marks | None = None, keys: Sequence[str] = ()
) -> Document:
    """The forms of a stage for a case, as far as it is known.

    ``today`` decides the versions while the case has no date of its own; ``keys`` (newest first) sign the token.
    Raises ProblemError where the case has not come to that stage, or is past it.
    """
    ref, case = _begun(case, stage)
    assessment, problems = assess.assess(case, today)
    if assessment is None:
        raise ProblemError(problems)
    document = layout.compose(assessment, ref, marks, template=True)
    number = f"（{case.number}）" if case.number else ""
    named = replace(document, name=f"{ref.file}様式", title=f"{case.scheme.name}　{ref.label}の様式（記入用）{number}")
    return roundtrip.sealed(named, roundtrip.read(document.token)[0], keys)


def fillable(document: Document, keys: Sequence[str] = ()) -> Document:
    """The same as a PDF has it: with a token for inputs known by their names alone, with notes in margins."""
    token, _ = roundtrip.read(document.token, keys)
    names = roundtrip.fields(cell.field for sheet in document.sheets for cell in sheet.cells if cell.field)
    sheets = tuple(_noted(sheet, _note(sheet)) for sheet in document.sheets)
    return replace(
        document, sheets=sheets, token=roundtrip.written(replace(token, digest=roundtrip.digest(names)), keys)
    )


def _note(sheet: Sheet) -> str:
    """Of a sheet that nobody has asked for yet, which it is, as a page of a PDF has no tab; of a form whose words
    follow answers on another page, where these are given."""
    if sheet.hidden:
        named = any(cell.text == continuation.NOTE for cell in sheet.cells)
        return "" if named else f"{sheet.name}　{continuation.NOTE}"
    inside = (cell for cell in sheet.cells if sheet.printed and cell.blank == () and not cell.follows)
    return _ELSEWHERE if any(f"'{other_items_sheet.SHEET}'!" in cell.formula for cell in inside) else ""


def _noted(sheet: Sheet, text: str) -> Sheet:
    """The sheet with a note in its upper margin."""
    if not text:
        return sheet
    style = Style(font="gothic", size=8, wrap=False)
    fitted = typeset.fit(text, sum(sheet.columns), _NOTED, style)
    name = Cell(0, 0, 1, len(sheet.columns), text, style, fitted.size, fitted.lines)
    top, right, bottom, left = sheet.margins
    return replace(
        sheet,
        margins=(top - _NOTED, right, bottom, left),
        heights=(_NOTED, *sheet.heights),
        cells=(name, *(cell._replace(row=cell.row + 1) for cell in sheet.cells)),
        breaks=tuple(row + 1 for row in sheet.breaks),
        repeated=(sheet.repeated[0] + 1, sheet.repeated[1] + 1) if sheet.repeated else None,
        headed=None if sheet.headed is None else sheet.headed + 1,
    )


def _begun(case: Case, name: str) -> tuple[StageRef, Case]:
    """The stage with an empty section in the case, ready to be filled in."""
    scheme = case.scheme
    stage = scheme.stage(name)
    lacking = next((s.name for s in scheme.before(stage) if case.get(s.name) is None), "")
    if lacking:
        message = f"「{name}」の様式を作るには、「{lacking}」の書かれた案件が要ります"
        raise ProblemError([Problem(message, hint="案件のファイルを --case で指定してください")])
    given = case.get(name)
    if stage.many:
        ref = StageRef(stage, len(given or ()))
        return ref, replace(case, data={**case.data, name: [*(given or ()), {}]})
    if given is not None and stage is not scheme.stages[0]:
        hint = "作り直すときは、案件のファイルからその段階を消してください"
        raise ProblemError([Problem(f"この案件には、もう「{name}」が書かれています", hint=hint)])
    return StageRef(stage, None), replace(case, data={**case.data, name: given or {}})
