"""What the register says of a case and its documents, wherever it is read: here, in one run, on another computer."""

from __future__ import annotations

import datetime
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable

from generator.case.document_number import DocumentNumber, DocumentNumbers
from generator.case.model import Case, StageRef
from generator.document import Document
from generator.problem import Problem, RefusedError
from generator.register.entry import Entry, valid_documents
from generator.scheme.model import FormSpec, Scheme
from generator.source.fields import plain
from generator.source.read import parse

CASE, TEXTS = "case.yaml", "texts.json"


class Records(ABC):
    """What documents the cases have, wherever that is read."""

    @abstractmethod
    def reading(self) -> Records:
        """The same for one run, which may ask the same several times: it need not look again each time."""

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
        return valid_documents(self.entries(case))

    def numbers(self, case: Case) -> DocumentNumbers:
        """The number and date of each of the case's documents that has a valid number; raises ProblemError."""
        return numbers_of(self.documents(case).values())

    def fingerprint(self, case: Case) -> str:
        """The fingerprint of all that the register says of a case."""
        return digest_of(self.entries(case))

    def issued_files(self, case: Case) -> dict[str, bytes]:
        """What was issued of a case, by its name: the PDF of each form, and the workbook of each stage.

        Raises ProblemError where a file is missing or altered.
        """
        files: dict[str, Entry] = {}
        last: dict[tuple[str, int], Entry] = {}  # of each stage: its workbook knows of the others
        stages = {form.id: form.stage for form in case.scheme.forms}
        documents = self.documents(case)
        for entry in sorted(documents.values(), key=lambda e: e.seq):
            files |= {name: entry for name in entry.hashes if name.endswith(".pdf")}
            last[stages.get(entry.form, ""), entry.ordinal or 0] = entry
        for (stage, ordinal), entry in last.items():
            alone = all((f.id, ordinal) in documents for f in case.scheme.forms if f.stage == stage)
            if alone or self._unedited(entry, case, stage, ordinal):
                files |= {name: entry for name in entry.hashes if name.endswith(".xlsx")}
        return {name: self.read(entry, name) for name, entry in files.items()}

    def _unedited(self, entry: Entry, case: Case, stage: str, ordinal: int) -> bool:
        """Whether the case says of a stage and those before it what it said when a document of it was issued.

        Forms without a number go on living after that: an order to repay is issued, and when the payments are
        known, the calculation of the additional charge joins it in the workbook.
        """
        if not entry.case_sha256 or entry.case_sha256 == case.source.digest:
            return True
        then, now = (plain(root) for root in (parse(self.read(entry, CASE), CASE).root, case.source.root))
        for ref in case.stages:
            sections = [s.get(ref.stage.name) if isinstance(s, dict) else None for s in (then, now)]
            if ref.index is not None:
                sections = [s[ref.index : ref.index + 1] if isinstance(s, list) else s for s in sections]
            if sections[0] != sections[1]:
                return False
            if (ref.stage.name, ref.index or 0) == (stage, ordinal):
                break
        return True


def digest_of(entries: Iterable[Entry]) -> str:
    """One digest of all that the register says of a case."""
    return hashlib.sha256("".join(entry.mac for entry in entries).encode()).hexdigest()


def form_document(document: Document, form: FormSpec, stage: StageRef) -> Document | None:
    """A stage's document reduced to one form; None where the form is not made in this case."""
    name = file_of(form, stage.index or 0)
    return document.only(name) if any(s.file == name for s in document.sheets) else None


def file_of(form: FormSpec, ordinal: int) -> str:
    """The stem of the form's own file, as `layout` names it."""
    return f"{form.file}-{ordinal + 1}" if ordinal else form.file


def reissuing(case: Case, form: str) -> str:
    """The hint for a document that is no longer as it was issued."""
    command = f"yoshiki issue {case.source.name} --form {form} --reissue --reason 理由"
    return f"案件を元に戻すか、{command} で出し直してください"


def numbers_of(documents: Iterable[Entry]) -> dict[tuple[str, int], DocumentNumber]:
    """The number and date of each document, by (form, ordinal), as a layout prints them."""
    return {(e.form, e.ordinal or 0): DocumentNumber(e.text, datetime.date.fromisoformat(e.date)) for e in documents}


def form_of(scheme: Scheme, form: str) -> FormSpec:
    """The form with an id; raises ProblemError."""
    for entry in scheme.forms:
        if entry.id == form:
            return entry
    official = "・".join(e.id for e in scheme.forms if e.series)
    hint = f"番号の付く様式は {official} です"
    raise RefusedError([Problem(f"様式「{form}」はありません", hint=hint, code="issue.unknown-form")])


def stage_of(case: Case, form: FormSpec, ordinal: int) -> StageRef | None:
    """The stage of a case that a form belongs to."""
    return next((s for s in case.stages if s.stage.name == form.stage and (s.index or 0) == ordinal), None)


def other_applicant(case: Case, entries: Iterable[Entry]) -> list[Problem]:
    """A 案件番号 belongs to one applicant for ever."""
    if case.applicants and any(e.applicant and e.applicant not in case.applicants for e in entries):
        hint = "別の案件なら、別の案件番号を付けてください"
        message = "この案件番号では、ほかの事業者に文書を発行しています"
        return [case.problem("案件番号", message, hint, code="issued.other-applicant")]
    return []
