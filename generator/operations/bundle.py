"""The whole file of a case as one PDF: every stage in the order of the procedure, with what it was made of attached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.case.model import Case
from generator.document import Document
from generator.operations.attachments import append_pdfs, read_pdfs
from generator.operations.check import Report, check_files
from generator.operations.render import documents_of, fingerprint_of, workbook_of
from generator.problem import ProblemError, RefusedError
from generator.register.records import Records
from generator.render.pdf import EmbeddedFile, bind
from generator.scheme.load import Schemes
from generator.storage.case_folder import LocalCaseFolder

FILE = "一件書類.pdf"
_YAML = "application/yaml"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Bundled:
    """What became of one case. ``path`` None: nothing was written."""

    checked: Report
    path: Path | None = None
    attached: tuple[str, ...] = ()
    foreign: int = 0  # pages' files from outside; with any the bundle is no PDF/A


def bundle(
    path: Path, schemes: Schemes, out: Path, foreign: Sequence[Path], register: Records | None = None
) -> Bundled:
    """Make the bundle of a case in its folder below ``out``; nothing is written for a case with problems.

    ``foreign``: PDF files from outside that come behind. Raises ProblemError when one of them cannot.
    """
    records = register.reading() if register else None
    (checked,) = check_files([path], schemes, fit=False, register=records)
    case, assessment = checked.case, checked.assessment
    others = read_pdfs(foreign)
    if not checked.ok or case is None or assessment is None:
        return Bundled(checked)
    try:
        numbers, issued = (records.numbers(case), records.issued_files(case)) if records else ({}, {})
        documents = list(documents_of(assessment, numbers))
        if not documents:
            raise RefusedError([case.problem("", "まとめる様式がまだ一つもありません", code="bundle.nothing")])
        embedded = _embedded(case, documents, issued)
        made = bind(_about(case, documents), documents, embedded, claim=not others, issued=issued)
    except ProblemError as error:
        return Bundled(replace(checked, problems=(*checked.problems, *error.problems)))
    if others:
        made = append_pdfs(made, others)
    case_folder = LocalCaseFolder(out / case.scheme.id, case.number, fingerprint_of(case, records), "bundle")
    with case_folder.lock():
        case_folder.recover()
        case_folder.put({FILE: made})
    return Bundled(checked, case_folder.folder / FILE, tuple(file.name for file in embedded), len(others))


def _about(case: Case, documents: Sequence[Document]) -> Document:
    """What the bundle says of itself: dated as the newest document in it."""
    first = documents[0]
    title = f"{case.scheme.name}　一件書類（{case.number}）"
    return replace(first, name="一件書類", title=title, date=max(d.date for d in documents), sheets=())


def _embedded(case: Case, documents: Sequence[Document], issued: dict[str, bytes]) -> list[EmbeddedFile]:
    """The case as written, the workbook of each stage, and the issued documents exactly as they were issued."""
    newest = max(d.date for d in documents)
    files = [
        EmbeddedFile(f"{case.number}.yaml", case.source.data, _YAML, "Source", "案件（様式のもとになった記入）", newest)
    ]
    for document in documents:
        book = workbook_of(document, issued)
        files.append(
            EmbeddedFile(f"{document.name}.xlsx", book, _XLSX, "Data", f"{document.name}の計算書", document.date)
        )
    for name, data in sorted(issued.items()):
        if name.endswith(".pdf"):
            files.append(EmbeddedFile(name, data, "application/pdf", "Supplement", "発行した文書", newest))
    return files
