"""The date that a document bears, and which document another one quotes."""

from __future__ import annotations

import copy
import datetime
from dataclasses import replace
from functools import lru_cache
from typing import Any

from generator.case.document_number import DocumentNumbers
from generator.case.model import Case, StageRef
from generator.scheme.form import Form
from generator.scheme.model import FormSpec, Quote
from generator.scheme.text_template import Text


def dated(case: Case, form: FormSpec, stage: StageRef) -> datetime.date | None:
    """The date a document bears by its case; None where none is written there."""
    return case.date_of(stage, form.date)


def redated(case: Case, form: FormSpec, stage: StageRef, on: datetime.date) -> Case:
    """The case as if it gave a document another date."""
    data = copy.deepcopy(case.data)
    at: Any = data[stage.stage.name][stage.index] if stage.index is not None else data
    *heads, last = (form.date or stage.stage.date).split(".")
    for head in heads:
        at = at.setdefault(head, {})
    at[last] = on
    return replace(case, data=data)


def quoted(case: Case, numbers: DocumentNumbers, quote: Quote, form: FormSpec, stage: StageRef) -> int | None:
    """Which of its kind (from 0) the document is that ``form``, made in ``stage``, quotes; None: there is none yet.

    Of a list the newest one that bears a date no later than the quoting document's; within the list itself no later
    item is looked at, and never the document itself. ``numbers``: of what has its date from the register.
    """
    other = case.scheme.form(quote.form)
    if not case.scheme.stage(other.stage).many:
        return 0
    own = _date(case, numbers, form, stage)
    newest: tuple[datetime.date, int] | None = None
    for ref in (s for s in case.stages if s.stage.name == other.stage and s.index is not None):
        assert ref.index is not None
        if ref.stage == stage.stage and (ref.index > (stage.index or 0) or (ref == stage and other.id == form.id)):
            continue
        on = _date(case, numbers, other, ref)
        if on is not None and (own is None or on <= own):
            newest = max(newest or (on, ref.index), (on, ref.index))
    return newest[1] if newest else None


def quotation(
    case: Case, numbers: DocumentNumbers, quote: Quote, form: FormSpec, stage: StageRef
) -> str | datetime.date | None:
    """What a document quotes: the other's number or date in the register; in a draft the date by the case."""
    if not numbers and quote.draft:
        return _drafted(case, quote)
    ordinal = quoted(case, numbers, quote, form, stage)
    number = numbers.get((quote.form, ordinal)) if ordinal is not None else None
    if number is not None:
        return number.text if quote.what == "番号" else number.date
    if quote.draft:
        return _drafted(case, quote)
    if quote.what == "番号":
        return None
    other = case.scheme.form(quote.form)
    refs = [s for s in case.stages if s.stage.name == other.stage and s.index is not None and s.index == ordinal]
    return dated(case, other, refs[0]) if refs else None


def _drafted(case: Case, quote: Quote) -> str | datetime.date | None:
    value = case.get(quote.draft)
    return value if isinstance(value, str | datetime.date) else None


def quotations(
    case: Case, numbers: DocumentNumbers, form: Form, form_spec: FormSpec, stage: StageRef
) -> dict[str, str | datetime.date | None]:
    """What a form in force quotes, by the names in its texts."""
    named, quotes = _named(form, form_spec.when), case.scheme.quotes
    return {name: quotation(case, numbers, quotes[name], form_spec, stage) for name in quotes if name in named}


@lru_cache(maxsize=256)
def _named(form: Form, when: Text | None) -> frozenset[str]:
    """The first part of each name in the texts of a form."""
    texts = [when, *(spec.when for spec in form.rows), *(t for _, c in form.cells() for t in (c.text, *c.blank))]
    return frozenset(path.partition(".")[0] for text in texts if text for path in text.paths)


def _date(case: Case, numbers: DocumentNumbers, form: FormSpec, stage: StageRef) -> datetime.date | None:
    number = numbers.get((form.id, stage.index or 0))
    return number.date if number else dated(case, form, stage)
