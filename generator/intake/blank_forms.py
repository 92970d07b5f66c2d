"""Forms to be filled in: the applicant's sheets of one stage, with what is known of the case already in them."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from generator import roundtrip
from generator.case import assess
from generator.case.build import build_case
from generator.case.document_number import DocumentNumbers
from generator.case.model import INVALID, Case, StageRef
from generator.case.violations import MISSING
from generator.document import Document
from generator.layout.compose import compose_fillable, with_margin_notes
from generator.problem import Position, Problem, RefusedError, SchemeError, UnreadableError
from generator.render import renderer, wanted
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme, Stage
from generator.scheme.roles import Role
from generator.source.nodes import Mapping, Node, Scalar, Source
from generator.typography.fonts import unprintable

FILLABLE = ("xlsx", "pdf")  # in which a form to be filled in can come back
_NOBODY = "template"  # stands for the 案件番号 while an applicant's file is read


def stages(scheme: Scheme) -> tuple[Stage, ...]:
    """The stages in which the applicant writes something."""
    writing = {form.stage for form in scheme.forms if form.role is Role.APPLICANT}
    return tuple(stage for stage in scheme.stages if stage.name in writing)


def blank(scheme: Scheme) -> Case:
    """A case of which nothing is known."""
    position = Position(scheme.id, 0, 0)
    return Case(scheme, "", {}, {}, Source(scheme.id, (), Mapping({}, position), ""))


def of_applicant(source: Source, scheme: Scheme, schemes: Schemes) -> Case:
    """A case of which only the applicant is known, from a file of the shape of that part of a case.

    What is missing is left to be filled in. Raises UnreadableError for what cannot be read, SchemeError where the
    scheme does not say which item the applicant is.
    """
    path = scheme.party.rpartition(".")[0]
    if not path:
        message = "この制度では、申請者の項目がどれか決められていません（scheme.yaml の party）"
        raise SchemeError([Problem(message, Position(source.name, 0, 0), code="intake.no-party")])
    nowhere, part = Position(source.name, 0, 0), path.split(".")
    node: Node = source.root
    for key in reversed(part):
        node = Mapping({key: (Scalar(key, True, nowhere), node)}, nowhere)
    assert isinstance(node, Mapping)
    head = {"制度": scheme.id, "案件番号": _NOBODY}
    entries = {key: (Scalar(key, True, nowhere), Scalar(text, False, nowhere)) for key, text in head.items()}
    case, problems = build_case(
        replace(source, root=Mapping({**entries, **node.entries}, nowhere)), schemes, unprintable
    )
    _raise_unreadable(problems)
    return replace(case, number="", data={part[0]: _given(case.data.get(part[0])) or {}})


def of_case(source: Source, schemes: Schemes, stage: str) -> Case:
    """What a case file says, for a form of ``stage``.

    For the first stage an unfinished case will do; a later one needs all before it to be right, else UnreadableError is
    raised.
    """
    case, problems = build_case(source, schemes, unprintable)
    first = stage == case.scheme.stages[0].name
    if not first:
        problems = (*problems, *assess.assess(case)[1])
    _raise_unreadable(problems, also_missing=not first)
    return replace(case, data={k: v for k, v in (_given(case.data) or {}).items() if k not in ("制度", "案件番号")})


def _raise_unreadable(problems: Sequence[Problem], also_missing: bool = False) -> None:
    errors = [p for p in problems if p.level == "error" and (also_missing or p.code != MISSING)]
    if errors:
        raise UnreadableError(errors)


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
    case: Case, stage: str, today: datetime.date, numbers: DocumentNumbers | None = None, keys: Sequence[str] = ()
) -> Document:
    """The forms of a stage for a case, as far as it is known.

    ``today`` decides the versions while the case has no date of its own; ``keys`` (newest first) sign the token.
    Raises RefusedError where the case has not come to that stage, or is past it.
    """
    ref, case = _begun(case, stage)
    assessment, problems = assess.assess(case, today)
    if assessment is None:
        raise RefusedError(problems)
    document = compose_fillable(assessment, ref, numbers)
    number = f"（{case.number}）" if case.number else ""
    named = replace(document, name=f"{ref.file}様式", title=f"{case.scheme.name}　{ref.label}の様式（記入用）{number}")
    assert document.token is not None  # composed as a form to come back
    return roundtrip.sealed_document(named, document.token, keys)


def fillable(document: Document, keys: Sequence[str] = ()) -> Document:
    """The same as a PDF has it: with a token for inputs known by their names alone, with notes in margins."""
    assert document.token is not None  # it was composed as a form to come back
    fields = roundtrip.listed_fields(cell.field for sheet in document.sheets for cell in sheet.cells if cell.field)
    return replace(with_margin_notes(document), token=roundtrip.sealed(document.token, fields, keys))


def files(document: Document, keys: Sequence[str] = (), formats: Collection[str] = ()) -> dict[str, bytes]:
    """What `compose` gave, as files by name; ``formats``: of `FILLABLE`, () for all. ``keys``: as for `compose`.

    Raises RefusedError for another format.
    """
    made = {}
    for format_ in wanted(formats, FILLABLE):
        if format_ == "pdf":
            from generator.render.pdf import acroform  # its drawing library is slow to load, and a workbook needs none

            made[f"{document.name}.pdf"] = acroform.render(fillable(document, keys))
        else:
            made[f"{document.name}.{format_}"] = renderer(format_)(document)
    return made


def _begun(case: Case, name: str) -> tuple[StageRef, Case]:
    """The stage with an empty section in the case, ready to be filled in."""
    scheme = case.scheme
    if name not in (names := [stage.name for stage in stages(scheme)]):
        message = f"「{name}」に申請者の書く様式はありません"
        hint = f"使えるのは {'・'.join(names)} です" if names else "この制度では、申請者の書く様式が一つもありません"
        raise RefusedError([Problem(message, hint=hint, code="fillable.unknown-stage")])
    stage = scheme.stage(name)
    lacking = next((s.name for s in scheme.before(stage) if case.get(s.name) is None), "")
    if lacking:
        message = f"「{name}」の様式を作るには、「{lacking}」の書かれた案件が要ります"
        hint = "案件のファイルを --case で指定してください"
        raise RefusedError([Problem(message, hint=hint, code="intake.earlier-stage-missing")])
    given = case.get(name)
    if stage.many:
        ref = StageRef(stage, len(given or ()))
        return ref, replace(case, data={**case.data, name: [*(given or ()), {}]})
    if given is not None and stage is not scheme.stages[0]:
        hint = "作り直すときは、案件のファイルからその段階を消してください"
        message = f"この案件には、もう「{name}」が書かれています"
        raise RefusedError([Problem(message, hint=hint, code="intake.stage-already-written")])
    return StageRef(stage, None), replace(case, data={**case.data, name: given or {}})
