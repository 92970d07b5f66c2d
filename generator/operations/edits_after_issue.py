"""Edited: what a case that was changed after a document was issued would change in that document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from generator.case import assess
from generator.case.assess import Assessment
from generator.case.build import build_case
from generator.case.document_number import DocumentNumbers
from generator.case.model import Case, StageRef
from generator.layout import compose
from generator.problem import Problem, ProblemError
from generator.register import issued_diff
from generator.register.entry import Entry, valid_documents
from generator.register.issued_diff import CellText, Change
from generator.register.records import (
    CASE,
    TEXTS,
    Records,
    form_document,
    form_of,
    numbers_of,
    other_applicant,
    reissuing,
    stage_of,
)
from generator.scheme.load import Schemes
from generator.scheme.model import FormSpec
from generator.source.read import parse

_SHOWN = 8  # differences of one document that are told
_LONGEST = 60  # characters of a differing text


def problems_since_issue(records: Records, assessment: Assessment, schemes: Schemes) -> list[Problem]:
    """Each issued document that the case, edited since, would change; and another applicant under its number."""
    case = assessment.case
    entries = records.entries(case)
    if not entries:
        return []
    problems = other_applicant(case, entries)
    for entry in valid_documents(entries).values():
        if entry.case_sha256 and entry.case_sha256 != case.source.digest:
            try:
                problems += differences(records, entry, entries, assessment, schemes)
            except ProblemError as error:
                problems += error.problems
    return problems


def differences(
    records: Records, entry: Entry, entries: Iterable[Entry], assessment: Assessment, schemes: Schemes
) -> list[Problem]:
    """What the case, edited since, would change in an issued document; ``entries``: all of the case.

    Raises ProblemError where a kept file is missing or altered.
    """
    case, numbers = assessment.case, numbers_of(valid_documents(entries).values())
    form = form_of(case.scheme, entry.form)
    hint = reissuing(case, entry.form)
    stage = stage_of(case, form, entry.ordinal or 0)
    if stage is None:
        message = f"{entry.text}で発行した「{form.label}」のもとになった「{form.stage}」がありません"
        return [case.problem(form.stage, message, hint, code="issued.stage-gone")]
    after = _texts(assessment, stage, form, numbers)
    before = issued_diff.load(records.read(entry, TEXTS))
    same = [cell.text for cell in after] == [cell.text for cell in before]
    if same or after == _composed_again(records, entry, schemes, form, numbers):
        return []  # the same text; or only the forms or the program are other than then
    changes = issued_diff.changes(before, after)
    problems = [_changed(case, form, stage, entry, change) for change in changes[:_SHOWN]]
    if len(changes) > _SHOWN:
        message = f"{entry.text}で発行した文書とは、ほかに{len(changes) - _SHOWN}か所が違います"
        problems.append(case.problem(stage.key, message, hint, code="issued.more-differences"))
    return problems


def _composed_again(
    records: Records, entry: Entry, schemes: Schemes, form: FormSpec, numbers: DocumentNumbers
) -> tuple[CellText, ...] | None:
    """The texts that the case as issued would give today."""
    try:
        case, _ = build_case(parse(records.read(entry, CASE), CASE), schemes)
        assessment, _ = assess.assess(case)
        stage = stage_of(case, form, entry.ordinal or 0)
        return _texts(assessment, stage, form, numbers) if assessment and stage else None
    except ProblemError:
        return None


def _texts(assessment: Assessment, stage: StageRef, form: FormSpec, numbers: DocumentNumbers) -> tuple[CellText, ...]:
    document = form_document(compose.compose(assessment, stage, numbers), form, stage)
    return issued_diff.texts(document, assessment.case) if document else ()


def _changed(case: Case, form: FormSpec, stage: StageRef, entry: Entry, change: Change) -> Problem:
    before, after = ("…", "…") if change.personal else (_short(change.before), _short(change.after))
    message = f"{entry.text}で発行した文書と違います（{before} → {after}）"
    problem = case.problem(change.field or stage.key, message, reissuing(case, entry.form), code="issued.differs")
    if change.field:
        return problem
    label = f"「{change.label}」" if change.label else ""
    return replace(problem, item=f"{form.label}{label}", private=True)


def _short(text: str) -> str:
    text = " ".join(text.split()) or "（空欄）"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
