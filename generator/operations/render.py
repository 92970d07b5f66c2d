"""Render: the files of a case, made anew only where something they depend on has changed.

Files are written where a `Destination` puts them; whole cases at once, or not at all.

What was issued is never made again:

- A form's own PDF is copied. So is the stage's PDF where the stage is one file; else, and in the bundle, its pages are
  taken from the kept file: contents and fonts byte for byte, bookmarks and structure as they are there, the forms that
  are not issued drawn between them.
- The workbook is the one kept with the document issued last in the stage, byte for byte. It is composed anew, with the
  numbers so far, where it would not show the stage as it is: a form with a number is still a draft, the document issued
  last was recorded from paper, or the stage has forms without a number and the case says something else of this stage
  or those before it than it did then.
- The Word file is a working copy and always made anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from generator.case import identity
from generator.case.assess import Assessment
from generator.case.document_number import DocumentNumbers
from generator.case.identity import Named
from generator.case.model import Case
from generator.document import Document
from generator.layout import compose
from generator.operations.check import Brief, Report, check_files
from generator.problem import Problem, ProblemError, RefusedError
from generator.render import renderer, wanted
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.storage import fingerprint
from generator.storage.case_folder import CaseFolder, LocalCaseFolder
from generator.storage.destination import Destination, Folder
from generator.typography import typeset

if TYPE_CHECKING:
    from generator.register.records import Records

_WARNINGS = "注意"  # what is kept of a case: its warnings


@dataclass(frozen=True)
class Rendered:
    """What became of one case in `render_files`."""

    checked: Report
    case_folder: CaseFolder | None
    files: tuple[str, ...] = ()
    made: bool = False  # False: it was already up to date
    removed: tuple[str, ...] = ()
    outdated: bool = False  # the case has problems and the files of an earlier run are still there
    told: Mapping[str, Any] = field(default_factory=dict)  # what was told of an unchanged case when its files were made

    @property
    def folder(self) -> Path | None:
        """The folder of the case on this computer; None where there is none, or its files went elsewhere."""
        return self.case_folder.folder if isinstance(self.case_folder, LocalCaseFolder) else None

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file as it was made."""
        digests = self.case_folder.manifest()["files"] if self.case_folder and self.files else {}
        return {name: digests[name] for name in sorted(self.files)}


def documents_of(assessment: Assessment, numbers: DocumentNumbers | None = None) -> Iterator[Document]:
    """The Document of each stage the case has reached and that has a form; ProblemError where a text fits nowhere."""
    for stage in assessment.case.stages:
        document = compose.compose(assessment, stage, numbers)
        if any(sheet.printed for sheet in document.sheets):
            yield document


@typeset.call()  # the stages of a case say much the same
def case_files(
    assessment: Assessment, formats: Sequence[str], forms: Sequence[str] = (), records: Records | None = None
) -> dict[str, bytes]:
    """Every file of a case by its name, with the numbers that were given and as issued where it was.

    Raises ProblemError where a text fits nowhere, or a kept file is missing or altered.
    """
    case = assessment.case
    numbers, issued = (records.numbers(case), records.issued_files(case)) if records else ({}, {})
    return dict(pair for d in documents_of(assessment, numbers) for pair in files_of(d, formats, forms, issued))


def files_of(
    document: Document, formats: Sequence[str], forms: Sequence[str], issued: Mapping[str, bytes] = MappingProxyType({})
) -> Iterator[tuple[str, bytes]]:
    """Each file of a stage: name and contents. ``forms`` limits them to certain form ids; empty: all.

    ``issued``: what was issued, by its name. It is never made again: the pages of issued forms are taken from there,
    and the workbook of a stage in which no draft is left.
    """
    chosen = [s for s in document.sheets if s.printed and (not forms or s.form in forms)]
    singles = dict.fromkeys(s.file for s in chosen)
    if not chosen:
        return
    if "xlsx" in formats:
        yield f"{document.name}.xlsx", workbook_of(document, issued)
    if "pdf" in formats:
        from generator.render import pdf  # with its drawing library, which only making files needs

        drawings = pdf.Drawings()
        for file in singles:
            yield f"{file}.pdf", issued.get(f"{file}.pdf") or pdf.render(document.only(file), drawings=drawings)
        if not forms:
            alone = f"{next(iter(singles))}.pdf" if len(singles) == 1 else ""
            yield f"{document.name}.pdf", issued.get(alone) or pdf.render(document, issued, drawings)
    if "docx" in formats:
        for file in dict.fromkeys(s.file for s in chosen if s.word):
            yield f"{file}.docx", renderer("docx")(document.only(file))


def workbook_of(document: Document, issued: Mapping[str, bytes]) -> bytes:
    """The workbook of a stage: as issued, unless one of its forms is still a draft and is to be seen as it stands."""
    final = None if any(sheet.stamp for sheet in document.sheets) else issued.get(f"{document.name}.xlsx")
    return final or renderer("xlsx")(document)


def render_files(
    paths: Sequence[Path],
    schemes: Schemes,
    out: Path,
    formats: Sequence[str] = (),
    forms: Sequence[str] = (),
    register: Records | None = None,
) -> Iterator[Rendered]:
    """Make the files of each case; nothing is written for a case with problems, and nothing that is still true.

    ``forms``: only these, by id, or all of a stage by its name. Documents that ``register`` knows carry their number,
    and what was issued is copied, not made again. Raises RefusedError at once for a format or form that is not there.
    """
    formats = wanted(formats)
    if forms:
        refuse_unknown(forms, schemes.all()[0])
    return _rendered(list(paths), schemes, out, formats, forms, register)


def refuse_unknown(forms: Collection[str], schemes: Iterable[Scheme]) -> None:
    """Raise RefusedError for a name that is neither the id of a form nor a stage in any of the schemes."""
    every = [form for scheme in schemes for form in scheme.forms]
    offered = dict.fromkeys([*sorted({form.id for form in every}), *(form.stage for form in every)])
    for name in forms:
        if name not in offered:
            hint = f"使えるのは {'・'.join(offered)} です"
            raise RefusedError([Problem(f"様式「{name}」はありません", hint=hint, code="render.unknown-form")])


def _rendered(
    paths: Sequence[Path],
    schemes: Schemes,
    out: Path,
    formats: Sequence[str],
    forms: Sequence[str],
    records: Records | None,
) -> Iterator[Rendered]:
    register = records.reading() if records else None
    twice = identity.same_numbers(paths) if len(paths) > 1 else {}
    alone = [p for p in paths if p not in twice and p not in twice.values()]
    before = ((p, up_to_date(identity.named(p, schemes), out, formats, forms, register)) for p in alone)
    unchanged = {path: rendered for path, rendered in before if rendered is not None}
    others = check_files([p for p in paths if p not in unchanged], schemes, fit=False, register=register)
    rest = iter(others)
    for path in paths:
        if path in unchanged:
            yield unchanged[path]
        else:
            yield render_checked(next(rest), out, formats, forms, register)


def up_to_date(
    named: Named | None,
    out: Path | Destination,
    formats: Sequence[str] = (),
    forms: Sequence[str] = (),
    register: Records | None = None,
) -> Rendered | None:
    """The case as it was rendered before, if nothing that it depends on has changed and its files are all there.

    The bytes of the case tell: it is not read, checked and computed again.
    """
    if named is None:
        return None
    try:
        issued = register.fingerprint_of(named.scheme.id, named.number) if register else ""
    except ProblemError:  # told where the case is checked
        return None
    forms = named.scheme.form_ids(forms)
    case_folder = _case_folder(
        out,
        named.scheme,
        named.number,
        fingerprint.fingerprint_of(named.digest, named.scheme.digest, issued),
        formats,
        forms,
    )
    files, told = case_folder.current(), case_folder.told()
    if files is None or _WARNINGS not in told or not case_folder.settled():
        return None
    try:
        problems = tuple(Problem.restored(p, str(named.path)) for p in told[_WARNINGS])
    except (KeyError, TypeError):  # not written by us
        return None
    checked = Report(named.path, None, None, problems, brief=Brief(named.scheme.id, named.number, (), True))
    return Rendered(checked, case_folder, tuple(files), told=told)


def _case_folder(
    out: Path | Destination, scheme: Scheme, number: str, base: str, formats: Sequence[str], forms: Sequence[str]
) -> CaseFolder:
    place = Folder(out) if isinstance(out, Path) else out
    formats = wanted(formats)
    return place.case_folder(scheme.id, number, base, " ".join(("all", *formats, *forms)))


def render_checked(
    checked: Report,
    out: Path | Destination,
    formats: Sequence[str] = (),
    forms: Sequence[str] = (),
    register: Records | None = None,
    told: Mapping[str, Any] = MappingProxyType({}),
) -> Rendered:
    """`render_files` for a case that is checked already. ``told``: what `up_to_date` shall tell of it the next time."""
    formats, case = wanted(formats), checked.case
    if case is None or not case.number:
        return Rendered(checked, None)
    forms = case.scheme.form_ids(forms)
    case_folder = _case_folder(out, case.scheme, case.number, fingerprint_of(case, register), formats, forms)
    if not checked.ok or checked.assessment is None:
        return Rendered(checked, case_folder, outdated=case_folder.exists())
    told = {_WARNINGS: [p.kept() for p in checked.problems], **told}
    with case_folder.lock():
        case_folder.recover()
        present = case_folder.current()
        if present is not None:
            case_folder.tell(told)
            return Rendered(checked, case_folder, tuple(present))
        try:
            files = case_files(checked.assessment, formats, forms, register)
        except ProblemError as error:
            failed = replace(checked, problems=(*checked.problems, *error.problems))
            return Rendered(failed, case_folder, outdated=case_folder.exists())
        removed = case_folder.put(files, told)
    return Rendered(checked, case_folder, tuple(sorted(files)), True, tuple(removed))


def fingerprint_of(case: Case, register: Records | None = None) -> str:
    """The fingerprint of all that a case's files depend on: the case, the scheme, the fonts, the program and what it
    draws with."""
    issued = register.fingerprint(case) if register else ""
    return fingerprint.fingerprint_of(case.source.digest, case.scheme.digest, issued)
