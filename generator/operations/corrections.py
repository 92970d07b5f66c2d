"""What is entered by hand: a number that was given on paper, and a number that is void."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from generator.case.assess import Assessment
from generator.case.model import Case, usable_number
from generator.japan import wareki, yen
from generator.operations.order import Clerk
from generator.problem import Problem, RefusedError
from generator.register.budget import noted, noted_repayment, repaid
from generator.register.entry import PAPER, RELEASED, VOID, Entry, valid_documents
from generator.register.ledger import Writer
from generator.register.records import form_of
from generator.register.register import Register
from generator.scheme.duties import Budget
from generator.scheme.model import Scheme, Series

_GREATEST = 999_999_999  # number of a document


@dataclass(frozen=True, slots=True)
class PaperDocument:
    """A number given on paper.

    ``form``: the form it stands on, '' for none; ``nth``: of which 変更, from 1. ``amount``: what the document decides,
    in yen, to be counted against the year's 予算; None for no such document.
    """

    series: str
    number: int
    date: datetime.date
    case_number: str
    applicant: str
    title: str
    form: str = ""
    nth: int = 1
    note: str = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class VoidNumber:
    """A number that is to be void, by its series and year as somebody types it (令和5年度, R5, 2023), and why."""

    series: str
    year: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of a series in a year by its name (令和5年度)."""

    scheme: str
    series: Series
    year: str
    number: int


def record(register: Register, scheme: Scheme, paper: PaperDocument, clerk: Clerk) -> Entry:
    """Enter a number given on paper; raises ProblemError where it is taken, or would leave a gap behind it."""
    _refuse_incomplete(paper)
    series = _series(scheme, paper.series)
    if paper.date < wareki.FIRST_DAY:
        hint = f"{wareki.format_date(wareki.FIRST_DAY)}から後の日付を書いてください"
        raise _refused("文書の日付が早すぎます", hint, code="correct.no-date")
    number = _Number(scheme.id, series, wareki.year_name(series.year, paper.date), paper.number)
    entry = _entry(register, number, paper.date, clerk)
    title, ordinal, revision = paper.title, None, None
    if paper.form:
        form = form_of(scheme, paper.form)
        if form.series != series.name:
            raise _refused(
                f"「{form.label}」の番号は、系列「{series.name}」のものではありません", code="correct.other-series"
            )
        title, ordinal, revision = title or form.versions[-1][1].title, paper.nth - 1, 1
    with register.ledger.writing() as writer:
        register.archive.recover(writer.stagings())
        _free(register, writer, number)
        before = writer.of_case(scheme.id, paper.case_number) if paper.case_number else ()
        if any(e.applicant and e.applicant != paper.applicant for e in before):
            hint = "別の案件なら、別の案件番号を付けてください"
            raise _refused("この案件番号では、ほかの事業者に文書を発行しています", hint, code="issued.other-applicant")
        if paper.form and (paper.form, ordinal) in valid_documents(before):
            raise _refused(f"この案件の「{form.label}」はもう発行されています", code="correct.issued-already")
        if paper.form:
            own = [e for e in before if e.form == paper.form and e.ordinal == ordinal]
            revision = 1 + max((e.revision or 0 for e in own), default=0)
        return writer.append(
            replace(
                entry,
                case_number=before[0].case_number if before else paper.case_number,
                form=paper.form,
                ordinal=ordinal,
                revision=revision,
                applicant=paper.applicant,
                title=title,
                note=_note(paper),
            )
        )


def void(register: Register, scheme: Scheme, spoiled: VoidNumber, clerk: Clerk) -> Entry:
    """Declare a number void: one that was given (its document is no longer valid), or the next one.

    Raises ProblemError where there is no reason, the year cannot be read, the number is void already, or it would
    leave a gap before it.
    """
    series = _series(scheme, spoiled.series)
    if not spoiled.reason.strip():
        raise _refused("欠番にする理由がありません", "--reason 理由 を付けてください", code="correct.no-reason")
    try:
        number = _Number(scheme.id, series, wareki.parse_year(series.year, spoiled.year), spoiled.number)
    except ValueError as error:
        raise _refused(str(error), wareki.YEAR_HINT, code="correct.no-year") from None
    with register.ledger.writing() as writer:
        register.archive.recover(writer.stagings())
        before = writer.of_number(scheme.id, series.name, number.year, min(number.number, _GREATEST + 1))
        if any(e.kind == VOID for e in before):
            message, hint = f"{before[-1].text}（{number.year}）はもう欠番です", "番号を確かめてください"
            raise _refused(message, hint, code="correct.void-already")
        if not before:
            _free(register, writer, number)
        entry = _entry(register, number, clerk.today, clerk)
        entry = replace(entry, kind=VOID, reason=spoiled.reason.strip())
        if before:
            (took,) = (e for e in before if e.taken is not None)
            entry = replace(
                entry,
                text=took.text,
                taken=None,
                case_number=took.case_number,
                form=took.form,
                ordinal=took.ordinal,
                applicant=took.applicant,
                title=took.title,
            )
        return writer.append(entry)


def release(register: Register, assessment: Assessment, clerk: Clerk) -> Entry:
    """Note that the money which the case's decision promised is free again: all of it after a 取下げ, and what was
    paid back before 出納閉鎖 (戻入).

    The decision keeps its number. Raises ProblemError where the case is in no such state, or has no decision.
    """
    case, budget = assessment.case, assessment.case.scheme.procedure.budget
    if budget is None or (budget.released is None and budget.repaid is None):
        raise _refused("この制度には、文書によらずに予算に戻す定めがありません", code="correct.no-release")
    whole = budget.released is not None and assessment.evaluate(budget.released) is True
    with register.ledger.writing() as writer:
        register.archive.recover(writer.stagings())
        own = writer.of_case(case.scheme.id, case.number)
        decision = valid_documents(own).get((budget.form, 0))
        if decision is None:
            message = "この案件の決定は、まだ発行されていません"
            raise RefusedError([case.problem("", message, code="correct.no-decision")])
        closed = wareki.closing_day(wareki.fiscal_year_name(datetime.date.fromisoformat(decision.date)))
        back = None if whole else _paid_back(case, budget, closed)
        number = (decision.series, decision.year, decision.number)
        before = [e for e in own if e.kind == RELEASED and (e.series, e.year, e.number) == number]
        if before and repaid(before, decision) == back:
            return before[-1]
        reason, note = (budget.reason, "") if back is None else ("戻入", noted_repayment(back))
        entry = replace(decision, kind=RELEASED, taken=None, reason=reason, note=note, date=clerk.today.isoformat())
        entry = replace(entry, revision=None, case_sha256=case.source.digest, files="", staging="", folder="")
        return writer.append(replace(entry, who=clerk.who, at=clerk.now))


def _paid_back(case: Case, budget: Budget, closed: datetime.date) -> int:
    """Yen that were paid back by 出納閉鎖. Raises RefusedError where nothing was: nothing is free again."""
    back = budget.repaid
    paid = case.get(f"{back.stage}.{back.list}") if back else None
    dated = [(p[back.date], p[back.amount]) for p in paid or ()] if back else []
    total: int = sum(amount for day, amount in dated if day <= closed)
    if total:
        return total
    on, hint = wareki.format_date(closed), ""
    if dated:
        message = f"出納閉鎖（{on}）までに納付されたものがありません"
        hint = "後で納付されたものは過年度収入になり、その年度の予算執行額は変わりません"
    elif back and budget.reason:
        message = f"この案件には、{budget.reason}も、{on}までの納付も書かれていません"
    else:
        message = f"この案件には{budget.reason or '納付'}が書かれていません"
    path = f"{back.stage}.{back.list}" if back and dated else case.scheme.form(budget.form).stage
    raise RefusedError([case.problem(path, message, hint, budget.basis, code="correct.not-withdrawn")])


def _entry(register: Register, number: _Number, date: datetime.date, clerk: Clerk) -> Entry:
    return Entry(
        seq=0,
        kind=PAPER,
        scheme=number.scheme,
        series=number.series.name,
        year=number.year,
        number=number.number,
        text=register.office.printed(number.series, number.number),
        date=date.isoformat(),
        taken=number.number,
        who=clerk.who,
        at=clerk.now,
    )


def _refuse_incomplete(paper: PaperDocument) -> None:
    """Raise RefusedError for what no register could have on paper."""
    if paper.form and not paper.case_number.strip():
        hint = "様式を書くなら、案件番号も書いてください"
        raise _refused("どの案件の様式か、分かりません", hint, code="correct.no-case")
    if not paper.form and not paper.title.strip():
        raise _refused("文書の件名がありません", "件名か様式を書いてください", code="correct.no-title")
    if not paper.applicant.strip():
        raise _refused("文書の相手方がありません", "相手方を書いてください", code="correct.no-applicant")
    if paper.case_number and not usable_number(paper.case_number):
        hint = "半角の英数字とハイフンで、40字までで書いてください"
        raise _refused("この案件番号は使えません", hint, code="correct.case-number")
    if paper.nth < 1:
        raise _refused(f"第{paper.nth}回はありません", "1以上の整数で書いてください", code="correct.no-such-time")
    if paper.amount is not None and paper.amount > yen.MOST:
        raise _refused(
            "決定した額が大きすぎます", f"{yen.MOST:,}円までで書いてください", code="correct.amount-too-large"
        )
    if paper.amount is not None and paper.amount < 0:
        raise _refused("決定した額が負です", "円単位の0以上の整数で書いてください", code="correct.negative-amount")


def _note(paper: PaperDocument) -> str:
    amount = noted(paper.amount) if paper.amount is not None else ""
    return "　".join(text for text in (paper.note, amount) if text)


def _free(register: Register, writer: Writer, wanted: _Number) -> None:
    """Raise ProblemError for a number that is taken, and for one that would leave numbers out before it."""
    scheme, series, year, number = wanted.scheme, wanted.series.name, wanted.year, wanted.number
    if number > _GREATEST:
        raise _refused("番号が大きすぎます", f"{_GREATEST:,}までで書いてください", code="correct.no-number")
    if number < 1:
        raise _refused(f"第{number}号はありません", "番号は1以上の整数で書いてください", code="correct.no-number")
    if writer.of_number(scheme, series, year, number):
        message = f"第{number}号（{series}・{year}）はもう使われています"
        raise _refused(message, "yoshiki ledger list で確かめてください", code="correct.number-taken")
    following = writer.next_number(scheme, series, year, register.office.start(series, year))
    if number > following:
        message = f"第{number}号の前に、番号が抜けます（次の番号は第{following}号です）"
        raise _refused(message, f"第{following}号から順に、記録するか欠番にしてください", code="correct.gap")


def _refused(message: str, hint: str = "", *, code: str) -> RefusedError:
    return RefusedError([Problem(message, hint=hint, code=code)])


def _series(scheme: Scheme, name: str) -> Series:
    if name not in scheme.series:
        names = "・".join(scheme.series) or "（ありません）"
        raise _refused(
            f"系列「{name}」はありません", f"{scheme.id} の系列は {names} です", code="correct.unknown-series"
        )
    return scheme.series[name]
