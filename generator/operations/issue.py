"""A document is issued: it gets its number, is made for the last time, and is kept.

In one transaction that excludes every other writer: what earlier commands left is completed or removed, the next
number is taken, the files are made in memory and staged on disk, the entry goes into the register. After the commit
the staged folder is renamed into its place. So a crash before the commit leaves nothing, one after it is completed
by whichever command comes next, and no number is ever lost or given twice.
"""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from generator.case import assess, cross_references
from generator.case.assess import Assessment
from generator.case.cross_references import dated as dated
from generator.case.document_number import DocumentNumber
from generator.case.model import Case, StageRef
from generator.japan import wareki
from generator.layout import compose
from generator.operations.edited import differences
from generator.operations.order import Clerk, Issued, Order
from generator.problem import Problem, ProblemError, RefusedError
from generator.register import budget, issued_diff
from generator.register.archive import sha256
from generator.register.entry import DOCUMENTS, ISSUED, REISSUED, REPLACED, Entry, valid_documents
from generator.register.ledger import Writer, year_name
from generator.register.records import (
    CASE,
    TEXTS,
    applicant,
    file_of,
    form_document,
    form_of,
    numbers_of,
    other_applicant,
    reissuing,
)
from generator.register.register import Register
from generator.render import renderer
from generator.scheme.load import Schemes
from generator.scheme.model import FormEntry, Series
from generator.scheme.roles import Role
from generator.values import is_amount

Step = Callable[[str], None]


def issue(
    register: Register,
    assessment: Assessment,
    schemes: Schemes,
    order: Order,
    clerk: Clerk,
    step: Step = lambda _: None,
) -> Issued:
    """Issue a document of a case that has no problems, or find the one issued before.

    ``step`` is told the name of each step as it is done. Raises ProblemError; then no number is taken.
    """
    case = assessment.case
    form, reached = _reached(case, order)
    if order.reissue and not order.reason.strip():
        hint = "--reason 理由 を付けてください"
        raise RefusedError([Problem("再発行の理由がありません", hint=hint, code="issue.no-reason")])
    compose.compose(assessment, reached[-1])  # what does not fit is told, and the fonts are loaded, before anyone waits
    staging, staged = secrets.token_hex(8), False
    try:
        with register.ledger.writing() as writer:
            step("locked")
            if register.archive.stagings():  # only then is the whole register worth reading
                register.archive.recover(writer.stagings())
            step("recovered")
            desk = _Desk(register, assessment, schemes, order, clerk, form, writer.of_case(case.scheme.id, case.number))
            done = desk.before()
            if done is not None:
                return done
            desk.afford(writer)
            draft = desk.draft(writer, staging)
            step("numbered")
            files = desk.files(draft)
            step("rendered")
            staged = True
            register.archive.stage(staging, files, step)
            step("staged")
            hashes = {name: sha256(data) for name, data in files.items()}
            draft = replace(draft, files=json.dumps(hashes, ensure_ascii=False, sort_keys=True))
            entry = writer.append(draft)
            step("inserted")
    except BaseException:
        if staged:
            _clean(register, staging)
        raise
    step("committed")
    register.archive.complete(staging, entry.folder)
    step("renamed")
    return Issued(entry, False, register.archive.root / entry.folder)


@dataclass(frozen=True, slots=True)
class Prospect:
    """A document that is to be issued, but for its number: or the entry of one that was issued before."""

    form: str
    nth: int  # from 1
    title: str
    date: datetime.date
    series: Series
    year: str  # in which its number counts
    promise: int | None  # yen out of the 予算, see `budget`
    issued: Entry | None


def prospect(register: Register, assessment: Assessment, schemes: Schemes, order: Order, clerk: Clerk) -> Prospect:
    """What `issue` would do, as far as can be told of a case alone; nothing is written.

    Raises ProblemError where it would refuse for any other reason than the 予算.
    """
    case = assessment.case
    form, _ = _reached(case, order)
    desk = _Desk(register, assessment, schemes, order, clerk, form, register.entries(case))
    done = desk.before()
    if done is None:
        desk.quoted()
        document = compose.compose(assessment, desk.stage, numbers_of(desk.documents.values()))
        if form_document(document, form, desk.stage) is None:
            desk.not_made()
    year = year_name(desk.series.year, desk.date)
    title = form.version(assessment.governing).title
    entry = done.entry if done else None
    return Prospect(form.id, desk.ordinal + 1, title, desk.date, desk.series, year, desk.promise(), entry)


def _reached(case: Case, order: Order) -> tuple[FormEntry, list[StageRef]]:
    """The form asked for and the stages of the case it belongs to; ProblemError where it is none to be issued."""
    form = form_of(case.scheme, order.form)
    if not form.series or form.role is not Role.OFFICE:
        official = "・".join(f"{e.id}（{e.label}）" for e in case.scheme.forms if e.series)
        _refuse(
            case,
            form.stage,
            f"「{form.label}」には文書番号が付きません",
            f"番号の付く様式は {official} です",
            code="issue.form-without-number",
        )
    reached = [s for s in case.stages if s.stage.name == form.stage]
    if not reached:
        _refuse(
            case,
            form.stage,
            f"「{form.stage}」がまだ書かれていないので、「{form.label}」は発行できません",
            code="issue.stage-not-reached",
        )
    return form, reached


def _clean(register: Register, staging: str) -> None:
    """Make room again at once; whether the commit came through, the register tells."""
    try:
        with register.ledger.writing() as writer:
            register.archive.recover(writer.stagings())
    except (ProblemError, OSError):
        pass  # the next command does it


def _refuse(case: Case, path: str, message: str, hint: str = "", *, code: str) -> NoReturn:
    raise RefusedError([case.problem(path, message, hint, code=code)])


@dataclass
class _Desk:
    """One order with what the register says of its case."""

    register: Register
    assessment: Assessment
    schemes: Schemes
    order: Order
    clerk: Clerk
    form: FormEntry
    entries: Sequence[Entry]

    def __post_init__(self) -> None:
        self.case = self.assessment.case
        self.documents = valid_documents(self.entries)
        self.series: Series = self.case.scheme.series[self.form.series]
        if problems := other_applicant(self.case, self.entries):
            raise RefusedError(problems)
        self.stage = self.which()
        self.ordinal = self.stage.index or 0
        self.date = self.order.date or dated(self.case, self.form, self.stage) or self.clerk.today

    def which(self) -> StageRef:
        """The stage asked for; else the first one of its name that is not issued yet, or the last."""
        stages = [s for s in self.case.stages if s.stage.name == self.form.stage]
        nth = self.order.nth
        if nth is not None:
            if not 1 <= nth <= len(stages):
                _refuse(
                    self.case,
                    self.form.stage,
                    f"「{self.form.stage}」の第{nth}回は書かれていません",
                    code="issue.no-such-time",
                )
            return stages[nth - 1]
        if self.order.reissue and len(stages) > 1:
            hint = f"--nth 1 から --nth {len(stages)} までのどれかを付けてください"
            _refuse(
                self.case, self.form.stage, "どの回の文書を出し直すのかが分かりません", hint, code="issue.which-time"
            )
        waiting = [s for s in stages if (self.form.id, s.index or 0) not in self.documents]
        return waiting[0] if waiting else stages[-1]

    def of_document(self) -> list[Entry]:
        """Every entry of this document, void ones of its numbers not among them."""
        return [
            e for e in self.entries
            if e.kind in DOCUMENTS and e.form == self.form.id and (e.ordinal or 0) == self.ordinal
        ]  # fmt: skip

    def before(self) -> Issued | None:
        """The document as it was issued before, or None where it is to be made now."""
        entry, own = self.documents.get((self.form.id, self.ordinal)), self.of_document()
        if self.order.reissue:
            if not own:
                _refuse(
                    self.case,
                    self.stage.key,
                    f"「{self.form.label}」はまだ発行されていないので、出し直せません",
                    code="issue.not-issued-yet",
                )
            if entry is not None and self.same(entry):
                return self.found(entry)  # the same command came twice
            return None
        if entry is None:
            if own:
                _refuse(
                    self.case,
                    self.stage.key,
                    f"発行した{own[-1].text}は欠番です",
                    reissuing(self.case, self.form.id),
                    code="issue.number-void",
                )
            return None
        if self.order.date and self.order.date.isoformat() != entry.date:
            issued = wareki.format_date(datetime.date.fromisoformat(entry.date))
            message = f"{entry.text}として{issued}に発行済みです"
            _refuse(
                self.case,
                self.stage.key,
                message,
                reissuing(self.case, self.form.id),
                code="issue.issued-with-other-date",
            )
        if entry.case_sha256 and entry.case_sha256 != self.case.source.digest:
            problems = differences(self.register, entry, self.entries, self.assessment, self.schemes)
            if problems:
                raise RefusedError(problems)
        return self.found(entry)

    def same(self, entry: Entry) -> bool:
        return (entry.case_sha256, entry.reason, entry.date) == (
            self.case.source.digest, self.order.reason.strip(), self.date.isoformat(),
        )  # fmt: skip

    def found(self, entry: Entry) -> Issued:
        return Issued(entry, True, self.register.archive.root / entry.folder if entry.folder else None)

    def draft(self, writer: Writer, staging: str) -> Entry:
        """The entry to be, with its number; raises ProblemError where a document quoted in it has none."""
        self.in_order()
        self.quoted()
        old, own = self.documents.get((self.form.id, self.ordinal)), self.of_document()
        revision = 1 + max((e.revision or 0 for e in own), default=0)
        scheme = self.case.scheme
        if self.order.reissue and self.series.reissue == "差替え" and old is not None:
            kind, year, number, taken, text = REPLACED, old.year, old.number, None, old.text
        else:
            kind, year = (REISSUED if own else ISSUED), year_name(self.series.year, self.date)
            start = self.register.office.start(self.series.name, year)
            number = writer.next_number(scheme.id, self.series.name, year, start)
            taken, text = number, printed(self.register, self.series, number)
        spelled = self.entries[0].case_number if self.entries else self.case.number  # one folder for r5-001 and R5-001
        name = file_of(self.form, self.ordinal) + (f"-r{revision}" if revision > 1 else "")
        folder = f"{scheme.id}/{spelled}/{name}"
        if self.register.archive.holds(folder):
            hint = "台帳が古い控えから戻されていないかを、yoshiki ledger verify で確かめてください"
            _refuse(
                self.case,
                self.stage.key,
                f"台帳にない発行文書があります（{folder}）",
                hint,
                code="issue.folder-unschemes-to-register",
            )
        return Entry(
            seq=0,
            kind=kind,
            scheme=scheme.id,
            series=self.series.name,
            year=year,
            number=number,
            text=text,
            date=self.date.isoformat(),
            taken=taken,
            case_number=spelled,
            form=self.form.id,
            ordinal=self.ordinal,
            revision=revision,
            applicant=applicant(self.case),
            title=self.form.version(self.assessment.governing).title,
            reason=self.order.reason.strip(),
            who=self.clerk.who,
            at=self.clerk.now,
            case_sha256=self.case.source.digest,
            staging=staging,
            folder=folder,
        )

    def promise(self) -> int | None:
        """Yen that this document promises out of the year's 予算; None for a document that promises nothing."""
        found = self.case.scheme.procedure.budget
        if found is None or self.form.id not in found.forms:
            return None
        changed = dict(found.changes).get(self.form.id)
        amount = self.assessment.evaluate(changed or found.amount, self.stage if changed else None)
        return amount if is_amount(amount) else None

    def afford(self, writer: Writer) -> None:
        """Raises ProblemError where the decisions of the 年度 together would go beyond its 予算."""
        scheme, year, found = self.case.scheme, wareki.fiscal_year_name(self.date), self.case.scheme.procedure.budget
        amount = self.promise()
        if found is None or amount is None or not self.register.office.budgets:
            return
        promised = self.register.promised(scheme.id, found, writer)
        promise = budget.Promise(year, amount)
        budget.afford(self.register.office, scheme.id, found, promised, self.case.number, self.form.id, promise)

    def in_order(self) -> None:
        """A date asked for (``--date``) is held against the rules like the one in whose place it comes."""
        on = self.order.date
        if on is None or on == dated(self.case, self.form, self.stage):
            return
        _, found = assess.assess(cross_references.redated(self.case, self.form, self.stage, on))
        wrong = [p for p in found if p.level == "error"]
        if wrong:
            message = f"{wareki.format_date(on)}付けでは、「{self.form.label}」を発行できません"
            hint = "--date の日付を確かめてください"
            problem = self.case.problem(self.stage.key, message, hint, code="issue.date-not-allowed")
            raise RefusedError([problem, *wrong])

    def quoted(self) -> None:
        """Every document that this one quotes has been issued, if the case has come to its stage at all."""
        scheme = self.case.scheme
        reached = {s.stage.name for s in self.case.stages}
        layout_ = self.form.version(self.assessment.governing)
        texts = [t for _, cell in layout_.cells() for t in (cell.text, *cell.blank)]
        names = {path for text in texts for path in text.paths if path in scheme.quotes}
        numbers = numbers_of(self.documents.values()) | {(self.form.id, self.ordinal): DocumentNumber("", self.date)}
        for name in sorted(names):
            other = form_of(scheme, scheme.quotes[name].form)
            ordinal = cross_references.quoted(self.case, numbers, scheme.quotes[name], self.form, self.stage)
            if (other.id, ordinal) == (self.form.id, self.ordinal) or other.stage not in reached or ordinal is None:
                continue
            if (other.id, ordinal) not in self.documents:
                many = scheme.stage(other.stage).many
                nth, which = (f" --nth {ordinal + 1}", f"（第{ordinal + 1}回）") if many else ("", "")
                hint = f"先に yoshiki issue {self.case.source.name} --form {other.id}{nth} で発行してください"
                message = f"「{name}」のもとになる「{other.label}」{which}がまだ発行されていません"
                _refuse(self.case, other.stage, message, hint, code="issue.quoted-not-issued")

    def not_made(self) -> NoReturn:
        _refuse(
            self.case, self.stage.key, f"この案件では「{self.form.label}」は作られません", code="issue.form-not-made"
        )

    def files(self, entry: Entry) -> dict[str, bytes]:
        """All that is kept of the document."""
        mark = DocumentNumber(entry.text, self.date)
        numbers = numbers_of(self.documents.values()) | {(self.form.id, self.ordinal): mark}
        document = replace(compose.compose(self.assessment, self.stage, numbers), date=self.date)
        own = form_document(document, self.form, self.stage)
        if own is None:
            self.not_made()
        files = {
            f"{own.name}.pdf": renderer("pdf")(own),
            f"{document.name}.xlsx": renderer("xlsx")(document),
            CASE: self.case.source.data,
            TEXTS: issued_diff.dump(issued_diff.texts(own, self.case)),
        }
        amount = self.promise()
        if amount is not None:
            files[budget.KEPT] = budget.promised(wareki.fiscal_year_name(self.date), amount)
        return files


def printed(register: Register, series: Series, number: int) -> str:
    """A number as it is printed, with the office's 文書記号; raises ProblemError where none is set."""
    symbol = register.office.symbol(series.name) if "{文書記号}" in series.pattern else ""
    return series.pattern.replace("{文書記号}", symbol).replace("{番号}", str(number))
