"""What the office knows of its documents: the register, the folder of issued ones, and the office's settings."""

from __future__ import annotations

import datetime
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from generator.case import assess
from generator.case import case as cases
from generator.case.assess import Assessment
from generator.case.case import Case, StageRef
from generator.case.document_number import Mark, Marks
from generator.document import Document
from generator.layout import compose
from generator.problem import Problem, ProblemError
from generator.register import database as schema
from generator.register import entry as ledger_chain
from generator.register import issued_diff
from generator.register.archive import Archive
from generator.register.budget import Promises
from generator.register.entry import Entry, Keys
from generator.register.issued_diff import CellText, Change
from generator.register.ledger import Ledger
from generator.register.office import Office
from generator.scheme.load import FormEntry, Scheme, Schemes
from generator.source import read as sources
from generator.source.fields import plain

CASE, TEXTS = "case.yaml", "texts.json"
_SHOWN = 8  # differences of one document that are told
_LONGEST = 60  # characters of a differing text


class Records(ABC):
    """What documents the cases have, wherever that is read."""

    @abstractmethod
    def entries(self, case: Case) -> tuple[Entry, ...]:
        """What the register says of a case; raises ProblemError."""

    @abstractmethod
    def fingerprint_of(self, scheme: str, number: str) -> str:
        """`fingerprint` by the names of a case; raises ProblemError."""

    @abstractmethod
    def read(self, entry: Entry, name: str) -> bytes:
        """A kept file of a document; raises ProblemError where it is missing or altered."""

    def documents(self, case: Case) -> dict[tuple[str, int], Entry]:
        """The case's documents that have a valid number: (form, ordinal) → entry."""
        return ledger_chain.current(self.entries(case))

    def marks(self, case: Case) -> Marks:
        return marks_of(self.documents(case).values())

    def fingerprint(self, case: Case) -> str:
        """Of all that the register says of a case."""
        return hashlib.sha256("".join(e.mac for e in self.entries(case)).encode()).hexdigest()

    def kept(self, case: Case) -> dict[str, bytes]:
        """What was issued of a case, by its name: the PDF of each form, and the workbook of each stage.

        Raises ProblemError where a file is missing or altered.
        """
        found: dict[str, Entry] = {}
        last: dict[tuple[str, int], Entry] = {}  # of each stage: its workbook knows of the others
        stages = {form.id: form.stage for form in case.scheme.forms}
        documents = self.documents(case)
        for entry in sorted(documents.values(), key=lambda e: e.seq):
            found |= {name: entry for name in entry.hashes if name.endswith(".pdf")}
            last[stages.get(entry.form, ""), entry.ordinal or 0] = entry
        for (stage, ordinal), entry in last.items():
            alone = all((f.id, ordinal) in documents for f in case.scheme.forms if f.stage == stage)
            if alone or self._unedited(entry, case, stage, ordinal):
                found |= {name: entry for name in entry.hashes if name.endswith(".xlsx")}
        return {name: self.read(entry, name) for name, entry in found.items()}

    def _unedited(self, entry: Entry, case: Case, stage: str, ordinal: int) -> bool:
        """Whether the case says of a stage and those before it what it said when a document of it was issued.

        Forms without a number go on living after that: an order to repay is issued, and when the payments are
        known, the calculation of the additional charge joins it in the workbook.
        """
        if not entry.case_sha256 or entry.case_sha256 == case.source.digest:
            return True
        then, now = (plain(root) for root in (sources.parse(self.read(entry, CASE), CASE).root, case.source.root))
        for ref in case.stages:
            sections = [s.get(ref.stage.name) if isinstance(s, dict) else None for s in (then, now)]
            if ref.index is not None:
                sections = [s[ref.index : ref.index + 1] if isinstance(s, list) else s for s in sections]
            if sections[0] != sections[1]:
                return False
            if (ref.stage.name, ref.index or 0) == (stage, ordinal):
                break
        return True

    def problems(self, assessment: Assessment, known: Schemes) -> list[Problem]:
        """Each issued document that the case, edited since, would change; and another applicant under its number."""
        case = assessment.case
        entries = self.entries(case)
        if not entries:
            return []
        found = other_applicant(case, entries)
        edited = (e for e in self.documents(case).values() if e.case_sha256 and e.case_sha256 != case.source.digest)
        for entry in edited:
            try:
                found += self.differences(entry, assessment, known, entries)
            except ProblemError as error:
                found += error.problems
        return found

    def differences(
        self, entry: Entry, assessment: Assessment, known: Schemes, entries: Iterable[Entry]
    ) -> list[Problem]:
        """What the case, edited since, would change in an issued document; ``entries``: all of the case."""
        case, marks = assessment.case, marks_of(ledger_chain.current(entries).values())
        form = form_of(case.scheme, entry.form)
        hint = reissuing(case, entry.form)
        stage = stage_of(case, form, entry.ordinal or 0)
        if stage is None:
            message = f"{entry.text}で発行した「{form.label}」のもとになった「{form.stage}」がありません"
            return [case.problem(form.stage, message, hint)]
        after = _texts(assessment, stage, form, marks)
        before = issued_diff.load(self.read(entry, TEXTS))
        if [c.text for c in after] == [c.text for c in before] or after == self._again(entry, known, form, marks):
            return []  # the same text; or only the forms or the program are other than then
        changed = issued_diff.changes(before, after)
        found = [_told(case, form, stage, entry, change, hint) for change in changed[:_SHOWN]]
        if len(changed) > _SHOWN:
            message = f"{entry.text}で発行した文書とは、ほかに{len(changed) - _SHOWN}か所が違います"
            found.append(case.problem(stage.key, message, hint))
        return found

    def _again(self, entry: Entry, known: Schemes, form: FormEntry, marks: Marks) -> tuple[CellText, ...] | None:
        """The texts that the case as issued would give today."""
        try:
            read = sources.parse(self.read(entry, CASE), CASE)
            case, _ = cases.build(read, known)
            assessment, _ = assess.assess(case)
            stage = stage_of(case, form, entry.ordinal or 0)
            return _texts(assessment, stage, form, marks) if assessment and stage else None
        except ProblemError:
            return None


@dataclass(frozen=True)
class Register(Records):
    """Opened once for each command; `open` has completed what earlier commands left half done."""

    office: Office
    ledger: Ledger
    archive: Archive

    @classmethod
    def open(cls, office: Office, url: str = "") -> Register:
        """The register of an office (``url``: another than its yoshiki.toml names); raises ProblemError."""
        keys = Keys.read(office.key)
        ledger = Ledger.open(schema.location(url or office.ledger, office.root), keys)
        register = cls(office, ledger, Archive(office.issued))
        register.recover()
        return register

    @classmethod
    def create(cls, office: Office, url: str = "") -> Register:
        """The same with a new, empty register; raises ProblemError where there is one."""
        ledger = Ledger.create(schema.location(url or office.ledger, office.root), Keys.read(office.key))
        return cls(office, ledger, Archive(office.issued))

    def recover(self) -> None:
        if self.archive.stagings():  # only then is it worth waiting for the other writers
            with self.ledger.writing() as writer:
                self.archive.recover(writer.stagings())

    @cached_property
    def promises(self) -> dict[str, Promises]:
        """What the cases of each scheme are promised, as far as it has been asked for."""
        return {}

    @cached_property
    def _entries(self) -> dict[tuple[str, str], tuple[Entry, ...]]:
        return {}

    def entries(self, case: Case) -> tuple[Entry, ...]:
        """What the register says of a case, as of the first time it was asked."""
        key = (case.scheme.id, case.number.upper())
        if key not in self._entries:
            self._entries[key] = self.ledger.of_case(*key)
        return self._entries[key]

    def fingerprint_of(self, scheme: str, number: str) -> str:
        """The same by the names of a case, of all cases by one query, as of the first time it was asked."""
        return hashlib.sha256(self._macs.get((scheme, number.upper()), "").encode()).hexdigest()

    def knows(self, scheme: str, number: str) -> bool:
        """Whether it says anything of a case, as of the first time it was asked."""
        return (scheme, number.upper()) in self._macs

    @cached_property
    def _macs(self) -> dict[tuple[str, str], str]:
        return self.ledger.macs()

    def read(self, entry: Entry, name: str) -> bytes:
        """A kept file of a document; raises ProblemError where it is missing or altered."""
        if not self.archive.holds(entry.folder):
            self.recover()  # committed by another process that has not yet moved its files
        return self.archive.read(entry, name)


def _texts(assessment: Assessment, stage: StageRef, form: FormEntry, marks: Marks) -> tuple[CellText, ...]:
    document = form_document(compose.compose(assessment, stage, marks), form, stage)
    return issued_diff.texts(document, assessment.case) if document else ()


def form_document(document: Document, form: FormEntry, stage: StageRef) -> Document | None:
    """A stage's document reduced to one form; None where the form is not made in this case."""
    name = file_of(form, stage.index or 0)
    return document.only(name) if any(s.file == name for s in document.sheets) else None


def file_of(form: FormEntry, ordinal: int) -> str:
    """The stem of the form's own file, as `layout` names it."""
    return f"{form.file}-{ordinal + 1}" if ordinal else form.file


def reissuing(case: Case, form: str) -> str:
    """The hint for a document that is no longer as it was issued."""
    command = f"yoshiki issue {case.source.name} --form {form} --reissue --reason 理由"
    return f"案件を元に戻すか、{command} で出し直してください"


def marks_of(documents: Iterable[Entry]) -> dict[tuple[str, int], Mark]:
    return {(e.form, e.ordinal or 0): Mark(e.text, datetime.date.fromisoformat(e.date)) for e in documents}


def form_of(scheme: Scheme, form: str) -> FormEntry:
    """The form with an id; raises ProblemError."""
    for entry in scheme.forms:
        if entry.id == form:
            return entry
    official = "・".join(e.id for e in scheme.forms if e.series)
    raise ProblemError([Problem(f"様式「{form}」はありません", hint=f"番号の付く様式は {official} です")])


def stage_of(case: Case, form: FormEntry, ordinal: int) -> StageRef | None:
    """The stage of a case that a form belongs to."""
    return next((s for s in case.stages if s.stage.name == form.stage and (s.index or 0) == ordinal), None)


def applicant(case: Case) -> str:
    name = case.get(case.scheme.party) if case.scheme.party else None
    return name if isinstance(name, str) else ""


def other_applicant(case: Case, entries: Iterable[Entry]) -> list[Problem]:
    """A 案件番号 belongs to one applicant for ever."""
    if any(e.applicant and applicant(case) and e.applicant != applicant(case) for e in entries):
        hint = "別の案件なら、別の案件番号を付けてください"
        return [case.problem("案件番号", "この案件番号では、ほかの事業者に文書を発行しています", hint)]
    return []


def _told(case: Case, form: FormEntry, stage: StageRef, entry: Entry, change: Change, hint: str) -> Problem:
    before, after = ("…", "…") if change.personal else (_short(change.before), _short(change.after))
    message = f"{entry.text}で発行した文書と違います（{before} → {after}）"
    path = change.field or stage.key
    problem = case.problem(path, message, hint)
    if change.field:
        return problem
    label = f"「{change.label}」" if change.label else ""
    return Problem(message, problem.position, f"{form.label}{label}", hint, private=True)


def _short(text: str) -> str:
    text = " ".join(text.split()) or "（空欄）"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def verify(register: Register, head: str = "") -> Iterator[Problem]:
    """All that is wrong with the register and the issued documents."""
    present = register.archive.files()
    entries = register.ledger.entries()
    register.recover()  # another process may have committed one of them and not yet moved its files
    yield from ledger_chain.faults(entries, register.ledger.keys, head)
    yield from register.archive.faults(entries, present)
