"""PDF files from outside (receipts, letters) put behind our own pages. Nobody has checked them: they are read with
limits, and what could act (scripts, links) is left out."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from generator import pypdf_log
from generator.problem import Position, Problem, ProblemError, UnreadableError

LARGEST = 50_000_000  # bytes of one file
MOST_PAGES = 500  # of all files together
_ACTIVE = ("/A", "/AA", "/Dest", "/Parent", "/StructParent", "/Popup")  # of an annotation
_HINT = "PDF として開けるファイルを指定してください（紙の書類は PDF にスキャンしたもの）"


@dataclass(frozen=True)
class AttachedPdf:
    """A PDF file from outside (a receipt, a letter) that was found fit to be put behind our pages."""

    name: str
    reader: PdfReader


def read_pdfs(paths: Sequence[Path]) -> list[AttachedPdf]:
    """The files, each able to be put behind our pages; raises ProblemError with everything that is wrong."""
    attached: list[AttachedPdf] = []
    problems: list[Problem] = []
    room = MOST_PAGES
    for path in paths:
        try:
            attachment = _read(path)
        except ProblemError as error:
            problems += error.problems
            continue
        room -= len(attachment.reader.pages)
        if room < 0:
            told = f"添付する PDF のページが多すぎます（合わせて {MOST_PAGES} ページまで）"
            raise UnreadableError(
                [*problems, _problem(path, told, "別のファイルに分けて保管してください", code="bundle.too-many-pages")]
            )
        attached.append(attachment)
    if problems:
        raise UnreadableError(problems)
    return attached


def _read(path: Path) -> AttachedPdf:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        raise UnreadableError(
            [
                _problem(
                    path,
                    "添付する PDF が読めません",
                    "ファイルの名前と場所を確かめてください",
                    code="bundle.attachment-unreadable",
                )
            ]
        ) from None
    if len(data) > LARGEST:
        told = f"添付する PDF が大きすぎます（{LARGEST // 1_000_000} MB まで）"
        raise UnreadableError(
            [
                _problem(
                    path,
                    told,
                    "解像度を下げてスキャンし直すなどして、小さくしてください",
                    code="bundle.attachment-too-large",
                )
            ]
        )
    if b"%PDF-" not in data[:1024]:
        raise UnreadableError([_problem(path, "PDF のファイルではありません", _HINT, code="bundle.attachment-no-pdf")])
    pypdf_log.silence()
    with _broken(path):
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            told = "パスワードなどで保護された PDF は添付できません"
            raise UnreadableError(
                [_problem(path, told, "保護を外した PDF を指定してください", code="bundle.attachment-protected")]
            )
        if not reader.pages:
            raise UnreadableError(
                [_problem(path, "PDF にページがありません", _HINT, code="bundle.attachment-no-pages")]
            )
        _add(PdfWriter(), reader)  # a page that cannot be read is found now, with the name of its file
        return AttachedPdf(path.name, reader)


def append_pdfs(data: bytes, attached: Sequence[AttachedPdf]) -> bytes:
    """Our PDF with the pages of the others behind, each with a bookmark and labelled 添付1-1, 添付1-2, ….

    The structure tree and the attachments stay; what the others are is not known, so ``data`` may not claim a
    standard. The same files give the same bytes.
    """
    ours = PdfReader(io.BytesIO(data))
    writer = PdfWriter(clone_from=ours)
    writer.pdf_header = "%PDF-1.7"
    root: Any = writer.root_object
    for number, attachment in enumerate(attached, 1):
        first = len(writer.pages)
        _add(writer, attachment.reader)
        writer.add_outline_item(title=f"添付{number}　{attachment.name}", page_number=first)
        label = {"/P": TextStringObject(f"添付{number}-"), "/S": NameObject("/D")}
        label_ = DictionaryObject({NameObject(key): value for key, value in label.items()})
        root["/PageLabels"]["/Nums"].extend([NumberObject(first), label_])
    root["/MarkInfo"][NameObject("/Suspects")] = BooleanObject(True)  # pages of others have no tags
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _add(writer: PdfWriter, reader: PdfReader) -> None:
    for page in reader.pages:
        _tame(page)
        writer.add_page(page)


def _tame(page: PageObject) -> None:
    """Takes away what would act, or point into a structure that does not come along; what is seen stays."""
    for key in ("/AA", "/StructParents", "/Tabs", "/B"):
        page.pop(key, None)
    annotations: Any = page.get("/Annots")
    for annotation in (annotations.get_object() if annotations is not None else None) or ():
        target = annotation.get_object()
        for key in _ACTIVE:
            target.pop(key, None)


@contextmanager
def _broken(path: Path) -> Iterator[None]:
    try:
        yield
    except ProblemError:
        raise
    except Exception:  # a damaged file can fail anywhere in pypdf, with any error
        raise UnreadableError(
            [_problem(path, "PDF が壊れているため、添付できません", _HINT, code="bundle.attachment-damaged")]
        ) from None


def _problem(path: Path, message: str, hint: str, *, code: str) -> Problem:
    return Problem(message, Position(str(path), 0, 0), hint=hint, code=code)
