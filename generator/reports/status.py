"""Where a case stands on a given day: the stage it has reached, what comes next and until when, its amounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from generator.case.assess import Assessment
from generator.case.document_number import DocumentNumber, DocumentNumbers
from generator.case.model import INVALID, Case, StageRef
from generator.formula.errors import FormulaError
from generator.japan import open_days
from generator.layout import compose
from generator.scheme.duties import Move
from generator.scheme.model import FormSpec
from generator.scheme.rules import Rule
from generator.values import is_amount

ISSUE = "の発行"  # a document of the office that is decided but has no number yet


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next. ``due`` is the working day until which it should be there, ``limit`` the day that the text
    itself names; both None where it names none, and then ``term`` may hold its words (速やかに)."""

    document: str
    form: str  # id; '' where it is no form of the scheme
    by: str
    due: date | None
    limit: date | None
    term: str
    basis: str
    remark: str


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A document with its number in the register; ``nth`` counts from 1 where a stage can come again, else 0."""

    form: str
    label: str
    nth: int
    number: DocumentNumber


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """One case in the overview."""

    scheme: str
    number: str
    party: str
    stage: str  # the last one reached, by its date: 変更（第2回）
    ended: str  # how it ended; '' while it goes on
    next: Next | None
    amounts: tuple[tuple[str, int | None], ...]
    issued: tuple[IssuedDocument, ...]
    notes: tuple[str, ...]  # what keeps the row from being complete
    today: date

    @property
    def left(self) -> int | None:
        """Calendar days until the deadline; negative when it is past."""
        return (self.next.due - self.today).days if self.next and self.next.due else None

    @property
    def order(self) -> tuple[int, date, str, str]:
        """The nearest deadline first, then what has none, then what has ended."""
        due = self.next.due if self.next else None
        return (0 if due else 2 if self.ended else 1, due or date.max, self.number, self.scheme)


def kept(status: CaseStatus) -> dict[str, Any]:
    """All of a row that does not hang on the day, as JSON has it, to be read by `again`."""
    after = status.next
    return {
        "names": [status.scheme, status.number, status.party, status.stage, status.ended],
        "next": after and [after.document, after.form, after.by, _iso(after.due), _iso(after.limit), after.term,
                           after.basis, after.remark],
        "amounts": status.amounts,
        "issued": [[i.form, i.label, i.nth, i.number.text, i.number.date.isoformat()] for i in status.issued],
        "notes": status.notes,
    }  # fmt: skip


def restored(values: dict[str, Any], today: date) -> CaseStatus:
    """The status of a case as of another day, from the plain values that `kept` made of it."""
    after = None
    if values["next"]:
        document, form, by, due, limit, *rest = values["next"]
        after = Next(document, form, by, _date(due), _date(limit), *rest)
    scheme, number, party, stage, ended = values["names"]
    amounts = tuple((label, value) for label, value in values["amounts"])
    issued = tuple(IssuedDocument(form, label, nth, DocumentNumber(text, date.fromisoformat(day)))
                   for form, label, nth, text, day in values["issued"])  # fmt: skip
    return CaseStatus(scheme, number, party, stage, ended, after, amounts, issued, tuple(values["notes"]), today)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def row(case: Case, assessment: Assessment | None, today: date, numbers: DocumentNumbers | None = None) -> CaseStatus:
    """The case on this day. ``numbers``: what the register has issued of it; None where there is no register."""
    notes: list[str] = []
    move = _move(assessment, notes) if assessment else None
    after, ended = None, ""
    if assessment and numbers is not None and not (move and move[0].stops):
        after = _unissued(assessment, numbers, notes)
    if after is None and move and assessment:
        ended = move[0].ended
        after = None if ended else _next(assessment, *move, notes)
    return CaseStatus(
        scheme=case.scheme.id,
        number=case.number,
        party=case.applicant,
        stage=_reached(case),
        ended=ended,
        next=after,
        amounts=_amounts(case, assessment),
        issued=tuple(_issued(case, numbers or {})),
        notes=tuple(dict.fromkeys(notes)),
        today=today,
    )


def _reached(case: Case) -> str:
    """The label of the newest stage by date, since a side stage (財産, 取消) stands behind the others in the scheme; by
    order on one day."""
    dated = [(case.date_of(ref) or date.min, n, ref.label) for n, ref in enumerate(case.stages)]
    return max(dated)[2] if dated else ""


def _move(assessment: Assessment, notes: list[str]) -> tuple[Move, StageRef | None] | None:
    """The first move that holds, and the stage it was seen from (the newest one first)."""
    for move in assessment.case.scheme.procedure.moves:
        seen = [s for s in reversed(assessment.case.stages) if s.stage.name == move.stage] if move.stage else [None]
        for stage in seen:
            holds = True if move.when is None else _value(assessment, move.when, stage, notes)
            if holds is INVALID:  # the answer hangs on what is missing: nothing later may be concluded
                notes.append("記入が足りないため、次の書類が分かりません")
                return None
            if holds:
                return move, stage
    return None


def _next(assessment: Assessment, move: Move, stage: StageRef | None, notes: list[str]) -> Next:
    limit = _value(assessment, move.due, stage, notes) if move.due else None
    limit = limit if isinstance(limit, date) else None
    due = open_days.shifted(limit, move.shift) if limit else None
    return Next(move.document, move.form, move.by, due, limit, move.term, move.basis, move.remark)


def _value(assessment: Assessment, rule: Rule, stage: StageRef | None, notes: list[str]) -> Any:
    try:
        return assessment.evaluate(rule, stage)
    except FormulaError as error:
        notes.append(f"「{rule.name}」の期限や条件を計算できません（{error}）")
        return INVALID


def _amounts(case: Case, assessment: Assessment | None) -> tuple[tuple[str, int | None], ...]:
    unheard: list[str] = []  # what is wrong with an amount, `check` tells
    amounts = []
    for amount in case.scheme.procedure.amounts:
        value = _value(assessment, amount.value, None, unheard) if assessment else None
        whole = is_amount(value)
        amounts.append((amount.label, value if whole else None))
    return tuple(amounts)


def _documents(case: Case) -> Iterator[tuple[FormSpec, StageRef]]:
    for stage in case.stages:
        for form_spec in case.scheme.forms:
            if form_spec.stage == stage.stage.name and form_spec.series:
                yield form_spec, stage


def _unissued(assessment: Assessment, numbers: DocumentNumbers, notes: list[str]) -> Next | None:
    """The first document of the office that a stage on record calls for and the register does not have."""
    case = assessment.case
    for form_spec, stage in _documents(case):
        if (form_spec.id, stage.index or 0) in numbers:
            continue
        if (form_spec.when is None and not assessment.awaited) or compose.called_for(
            assessment, stage, form_spec, numbers
        ):
            resting = [s.label for s in case.stages if stage.stage in case.scheme.before(s.stage)]
            if resting:
                notes.append(f"{form_spec.label}が発行されていないのに、「{resting[-1]}」まで進んでいます")
            return Next(f"{form_spec.label}{ISSUE}", form_spec.id, form_spec.issuer, None, None, "", "", "")
    return None


def _issued(case: Case, numbers: DocumentNumbers) -> Iterator[IssuedDocument]:
    for entry, stage in _documents(case):
        number = numbers.get((entry.id, stage.index or 0))
        if number:
            yield IssuedDocument(entry.id, entry.label, stage.index + 1 if stage.index is not None else 0, number)


def ordered(rows: Iterable[CaseStatus]) -> Sequence[CaseStatus]:
    """The nearest deadline first, then what has none, then what has ended."""
    return sorted(rows, key=lambda r: r.order)
