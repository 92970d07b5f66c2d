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
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from generator.case.assess import Assessment
from generator.japan import wareki
from generator.layout import compose
from generator.operations.issuance import Issuance, form_and_stages
from generator.operations.order import Clerk, Issued, Order
from generator.problem import Problem, ProblemError, RefusedError
from generator.register.archive import sha256
from generator.register.entry import Entry
from generator.register.records import form_document, numbers_of
from generator.register.register import Register
from generator.scheme.load import Schemes
from generator.scheme.model import Series

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
    form, reached = form_and_stages(case, order)
    if not case.source.data:
        hint = "YAML のファイルにしてから読み直してください"
        raise RefusedError([Problem("ファイルから読んだ案件ではありません", hint=hint, code="issue.no-file")])
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
            issuance = Issuance(
                register, assessment, schemes, order, clerk, form, writer.of_case(case.scheme.id, case.number)
            )
            done = issuance.before()
            if done is not None:
                return done
            draft = issuance.draft(writer, staging)
            newest = writer.newest_date(draft.scheme, draft.series, draft.year) if draft.taken else ""
            step("numbered")
            files = issuance.files(draft)
            issuance.afford(writer)
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
    later = datetime.date.fromisoformat(newest) if newest > entry.date else None
    return Issued(entry, False, register.archive.root / entry.folder, later)


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


def prospect(
    register: Register,
    assessment: Assessment,
    schemes: Schemes,
    order: Order,
    clerk: Clerk,
    coming: Collection[tuple[str, int]] = (),
) -> Prospect:
    """What `issue` would do, as far as can be told of a case alone; nothing is written.

    ``coming``: documents of the case, by form and ordinal (from 0), that are to be issued before.
    Raises ProblemError where it would refuse for any other reason than the 予算.
    """
    case = assessment.case
    form, _ = form_and_stages(case, order)
    issuance = Issuance(register, assessment, schemes, order, clerk, form, register.entries(case))
    done = issuance.before()
    if done is None:
        issuance.founded(coming)
        document = compose.compose(assessment, issuance.stage, numbers_of(issuance.documents.values()))
        if form_document(document, form, issuance.stage) is None:
            issuance.not_made()
    year = wareki.year_name(issuance.series.year, issuance.date)
    title = form.version(assessment.governing).title
    entry = done.entry if done else None
    return Prospect(
        form.id, issuance.ordinal + 1, title, issuance.date, issuance.series, year, issuance.promise(), entry
    )


def _clean(register: Register, staging: str) -> None:
    """Make room again at once; whether the commit came through, the register tells."""
    try:
        with register.ledger.writing() as writer:
            register.archive.recover(writer.stagings())
    except (ProblemError, OSError):
        pass  # the next command does it
