"""One document that is to be issued: which one an order means, whether it may be issued, its entry and its files.

Nothing is written here; `issue` does that, in its transaction.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from generator.case import assess, cross_references
from generator.case.assess import Assessment
from generator.case.document_number import DocumentNumber
from generator.case.model import INVALID, Case, StageRef
from generator.japan import wareki
from generator.layout import compose
from generator.operations.edits_after_issue import differences
from generator.operations.order import Clerk, Issued, Order
from generator.problem import RefusedError
from generator.register import budget, issued_diff
from generator.register.entry import DOCUMENTS, ISSUED, REISSUED, REPLACED, Entry, valid_documents
from generator.register.ledger import Writer
from generator.register.records import (
    CASE,
    TEXTS,
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
from generator.scheme.model import FormSpec, Series
from generator.scheme.roles import Role
from generator.values import is_amount


def form_and_stages(case: Case, order: Order) -> tuple[FormSpec, list[StageRef]]:
    """The form asked for and the stages of the case it belongs to, in their order.

    Raises RefusedError where the form takes no number, or the case has not come to its stage.
    """
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


@dataclass
class Issuance:
    """One order with what the register says of its case: ``entries``, all of them. Raises ProblemError for another
    applicant's case and for a stage that is not there."""

    register: Register
    assessment: Assessment
    schemes: Schemes
    order: Order
    clerk: Clerk
    form: FormSpec
    entries: Sequence[Entry]

    def __post_init__(self) -> None:
        self.case = self.assessment.case
        self.documents = valid_documents(self.entries)
        self.series: Series = self.case.scheme.series[self.form.series]
        if problems := other_applicant(self.case, self.entries):
            raise RefusedError(problems)
        self.stage = self._which()
        self.ordinal = self.stage.index or 0
        self.date = self.order.date or cross_references.dated(self.case, self.form, self.stage) or self.clerk.today
        if self.date < wareki.FIRST_DAY:
            hint = f"{wareki.format_date(wareki.FIRST_DAY)}から後の日付を書いてください"
            _refuse(self.case, self.stage.key, "文書の日付が早すぎます", hint, code="issue.no-date")

    def _which(self) -> StageRef:
        """The stage asked for; else the first one of its name that is not issued yet, or the last."""
        stages = [s for s in self.case.stages if s.stage.name == self.form.stage]
        nth = self.order.nth
        if nth is not None:
            if not 1 <= nth <= len(stages):
                _refuse(
                    self.case,
                    self.form.stage,
                    f"「{self.form.stage}」の第{nth}回は書かれていません",
                    "何回目のものかを確かめてください",
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

    def _of_document(self) -> list[Entry]:
        """Every entry of this document, void ones of its numbers not among them."""
        return [
            e for e in self.entries
            if e.kind in DOCUMENTS and e.form == self.form.id and (e.ordinal or 0) == self.ordinal
        ]  # fmt: skip

    def before(self) -> Issued | None:
        """The document as it was issued before, or None where it is to be made now."""
        entry, own = self.documents.get((self.form.id, self.ordinal)), self._of_document()
        if self.order.reissue:
            if not own:
                _refuse(
                    self.case,
                    self.stage.key,
                    f"「{self.form.label}」はまだ発行されていないので、出し直せません",
                    code="issue.not-issued-yet",
                )
            if entry is not None and self._same(entry):
                return self._issued_before(entry)  # the same command came twice
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
        return self._issued_before(entry)

    def _same(self, entry: Entry) -> bool:
        return (entry.case_sha256, entry.reason, entry.date) == (
            self.case.source.digest, self.order.reason.strip(), self.date.isoformat(),
        )  # fmt: skip

    def _issued_before(self, entry: Entry) -> Issued:
        return Issued(entry, True, self.register.archive.root / entry.folder if entry.folder else None)

    def draft(self, writer: Writer, staging: str) -> Entry:
        """The entry to be, with its number; raises ProblemError where a document quoted in it has none."""
        self._in_order()
        if (self.stage.key, "") in self.assessment.awaited:
            self.not_made()
        self.founded()
        old, own = self.documents.get((self.form.id, self.ordinal)), self._of_document()
        revision = 1 + max((e.revision or 0 for e in own), default=0)
        scheme = self.case.scheme
        if self.order.reissue and self.series.reissue == "差替え" and old is not None:
            kind, year, number, taken, text = REPLACED, old.year, old.number, None, old.text
        else:
            kind, year = (REISSUED if own else ISSUED), wareki.year_name(self.series.year, self.date)
            start = self.register.office.start(self.series.name, year)
            number = writer.next_number(scheme.id, self.series.name, year, start)
            taken, text = number, self.register.office.printed(self.series, number)
        spelled = self.entries[0].case_number if self.entries else self.case.number  # one folder for r5-001 and R5-001
        name = file_of(self.form, self.ordinal) + (f"-r{revision}" if revision > 1 else "")
        folder = f"{scheme.id}/{spelled}/{name}"
        if self.register.archive.holds(folder):
            hint = "台帳が古いバックアップから戻されていないかを、yoshiki ledger verify で確かめてください"
            _refuse(
                self.case,
                self.stage.key,
                f"台帳にない発行文書があります（{folder}）",
                hint,
                code="issue.folder-unknown-to-register",
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
            applicant=self.case.applicant,
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
        rule = self.case.scheme.procedure.budget
        if rule is None or self.form.id not in rule.forms:
            return None
        changed = dict(rule.changes).get(self.form.id)
        amount = self.assessment.evaluate(changed or rule.amount, self.stage if changed else None)
        if amount is INVALID:  # the office has to set something first
            self.not_made()
        return amount if is_amount(amount) else None

    def afford(self, writer: Writer) -> None:
        """Look whether the 予算 reaches.

        Raises ProblemError where the decisions of the 年度 together would go beyond its 予算.
        """
        scheme, rule = self.case.scheme, self.case.scheme.procedure.budget
        amount = self.promise()
        if rule is None or amount is None or not self.register.office.budgets:
            return
        promised = self.register.promised(scheme.id, rule, writer)
        decision = budget.Decision(self.case.number, self.form.id, self.date, amount)
        budget.afford(self.register.office, scheme.id, rule, promised, decision)

    def _in_order(self) -> None:
        """A date asked for (``--date``) is held against the rules like the one in whose place it comes."""
        on = self.order.date
        if on is None or on == cross_references.dated(self.case, self.form, self.stage):
            return
        _, problems = assess.assess(cross_references.redated(self.case, self.form, self.stage, on))
        wrong = [p for p in problems if p.level == "error"]
        if wrong:
            message = f"{wareki.format_date(on)}付けでは、「{self.form.label}」を発行できません"
            hint = "--date の日付を確かめてください"
            problem = self.case.problem(self.stage.key, message, hint, code="issue.date-not-allowed")
            raise RefusedError([problem, *wrong])

    def founded(self, coming: Collection[tuple[str, int]] = ()) -> None:
        """Raise RefusedError unless every document that this one rests on or quotes, and to whose stage the case has
        come, is issued. ``coming``: documents of the case, by form and ordinal, that are to be issued before it."""
        for other, ordinal, named in (*self._required(), *self._quoted()):
            if (other.id, ordinal) in self.documents or (other.id, ordinal) in coming:
                continue
            many = self.case.scheme.stage(other.stage).many
            nth, which = (f" --nth {ordinal + 1}", f"（第{ordinal + 1}回）") if many else ("", "")
            hint = f"先に yoshiki issue {self.case.source.name} --form {other.id}{nth} で発行してください"
            message = f"「{named}」のもとになる「{other.label}」{which}がまだ発行されていません"
            _refuse(self.case, other.stage, message, hint, code="issue.foundation-not-issued")

    def _required(self) -> Iterator[tuple[FormSpec, int, str]]:
        """The documents that the scheme says this one rests on, as far as the case has them; of its own list those
        before it."""
        numbers = numbers_of(self.documents.values())
        for requirement in self.form.requires:
            other = form_of(self.case.scheme, requirement.form)
            if requirement.when is not None and self.assessment.evaluate(requirement.when, self.stage) is not True:
                continue
            for ref in (s for s in self.case.stages if s.stage.name == other.stage):
                if ref.stage == self.stage.stage and (ref.index or 0) >= self.ordinal and other.id == self.form.id:
                    continue
                if compose.called_for(self.assessment, ref, other, numbers):
                    yield other, ref.index or 0, self.form.label

    def _quoted(self) -> Iterator[tuple[FormSpec, int, str]]:
        """The documents whose numbers or dates stand in this one."""
        scheme = self.case.scheme
        reached = {s.stage.name for s in self.case.stages}
        layout_ = self.form.version(self.assessment.governing)
        texts = [t for _, cell in layout_.cells() for t in (cell.text, *cell.blank)]
        names = {path for text in texts for path in text.paths if path in scheme.quotes}
        numbers = numbers_of(self.documents.values()) | {(self.form.id, self.ordinal): DocumentNumber("", self.date)}
        for name in sorted(names):
            other = form_of(scheme, scheme.quotes[name].form)
            ordinal = cross_references.quoted(self.case, numbers, scheme.quotes[name], self.form, self.stage)
            if (other.id, ordinal) != (self.form.id, self.ordinal) and other.stage in reached and ordinal is not None:
                yield other, ordinal, name

    def not_made(self) -> NoReturn:
        """Raise RefusedError: the case does not call for this form, or the office has to set something first."""
        message = f"この案件では「{self.form.label}」は作られません"
        problem = self.case.problem(self.stage.key, message, code="issue.form-not-made")
        raise RefusedError([problem, *dict.fromkeys(self.assessment.awaited.values())])

    def files(self, entry: Entry) -> dict[str, bytes]:
        """All that is kept of the document."""
        number = DocumentNumber(entry.text, self.date)
        numbers = numbers_of(self.documents.values()) | {(self.form.id, self.ordinal): number}
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
            files[budget.AMOUNT] = budget.promised(wareki.fiscal_year_name(self.date), amount)
        return files


def _refuse(case: Case, path: str, message: str, hint: str = "", *, code: str) -> NoReturn:
    raise RefusedError([case.problem(path, message, hint, code=code)])
