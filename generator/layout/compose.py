"""A stage of an assessed case becomes a Document, step by step: fill, link, measure, paginate.

Each step takes what the one before has made (`sheets`) and changes none of it. A form to be filled in has more to it
before and after linking: what its inputs are, what they accept, how to answer them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator import __version__, roundtrip
from generator.case.assess import Assessment
from generator.case.document_number import DocumentNumbers
from generator.case.model import StageRef
from generator.document import Document, ReturnToken
from generator.layout.fill import fill
from generator.layout.fill.stage_view import StageView
from generator.layout.fillable import input_rules, instructions_sheet, margin_notes, other_items_sheet
from generator.layout.formulas import linking
from generator.layout.measuring import measured
from generator.layout.paginate import paginated
from generator.layout.sheets import Frame, LinkedSheet
from generator.scheme.model import FormSpec
from generator.typography import typeset

DRAFT_STAMP = "案"
with_margin_notes = margin_notes.noted


@typeset.call()
def compose(assessment: Assessment, stage: StageRef, numbers: DocumentNumbers | None = None) -> Document:
    """The Document of one stage of a case, with every form that is made in it.

    ``numbers`` holds what the register knows of the case's documents; a form of the office without one is a draft,
    stamped 案. Raises RefusedError naming every item whose text fits nowhere, SchemeError where a form is at fault.
    """
    view = StageView(assessment.case, assessment, stage, numbers or {})
    sheets = fill.filled(view)
    others = other_items_sheet.sheet(view.case, stage, sheets)
    linked = linking.link((*sheets, others) if others else sheets, assessment, stage)
    return _document(view, (*linked.sheets, linked.calculation), linked.names)


@typeset.call()
def compose_fillable(assessment: Assessment, stage: StageRef, numbers: DocumentNumbers | None = None) -> Document:
    """The applicant's forms of one stage, to be filled in: what the case lacks is an input.

    ``numbers`` and errors as for `compose`.
    """
    view = StageView(assessment.case, assessment, stage, numbers or {}, fillable=True)
    scheme = view.case.scheme
    sheets = fill.filled(view)
    others = other_items_sheet.sheet(view.case, stage, sheets, fillable=True)
    asking = input_rules.with_items((*sheets, others) if others else sheets, scheme.schema)
    linked = linking.link(asking, assessment, stage, fillable=True)
    equipped, counts = input_rules.equipped(linked.sheets, view.case)
    forms = input_rules.pointed(equipped)
    instructions = instructions_sheet.sheet(forms, f"{scheme.name}　{stage.label}の記入の手引")
    return _document(view, (instructions, *forms, linked.calculation), {**linked.names, **counts})


def called_for(
    assessment: Assessment, stage: StageRef, form_spec: FormSpec, numbers: DocumentNumbers | None = None
) -> bool:
    """Whether a form is made in this stage: it has no condition, or its ``when`` holds. Raises SchemeError."""
    return StageView(assessment.case, assessment, stage, numbers or {}).is_made(form_spec)


def _document(view: StageView, sheets: Iterable[LinkedSheet], names: Mapping[str, str]) -> Document:
    """The Document with these sheets, measured and their pages divided, and with its token."""
    case, stage = view.case, view.stage
    scheme = case.scheme
    ordinal = f"-{stage.index + 1}" if stage.index else ""
    document = Document(
        name=f"{stage.file}一式",
        title=f"{scheme.name}　{stage.label}一式（{case.number}）",
        author=scheme.authority,
        subject=scheme.name,
        date=case.date_of(stage) or view.assessment.governing,
        sheets=tuple(
            paginated(sheet, ordinal, _stamp(sheet.frame, view), margin_notes.note(sheet) if view.fillable else "")
            for sheet in measured(tuple(sheets), view)
        ),
        names=tuple(sorted(names.items())),
        protected=view.fillable,
    )
    return roundtrip.sealed_document(document, _token(view))


def _stamp(frame: Frame, view: StageView) -> str:
    """案 on a document that wants a number and has none."""
    form_spec = frame.form_spec
    numbered = form_spec is not None and bool(form_spec.series)
    return DRAFT_STAMP if numbered and form_spec and (form_spec.id, view.stage.index or 0) not in view.numbers else ""


def _token(view: StageView) -> ReturnToken:
    case, scheme = view.case, view.case.scheme
    versions = {}
    for form_spec in view.form_specs():
        form = view.form(form_spec)
        versions[form_spec.id] = next(begins.isoformat() for begins, version in form_spec.versions if version is form)
    return ReturnToken(scheme.id, view.stage.key, case.number, case.applicant_at_first, versions, __version__, "")
