"""Documents as bytes, and bytes as files."""

from __future__ import annotations

from pathlib import Path

from generator.document import Document
from generator.problem import Problem, RefusedError
from generator.render import renderer, wanted
from generator.storage.case_folder import private_folder, refuse_folder, write_whole
from generator.typography.fonts import used


def draw(document: Document, format_: str) -> bytes:
    """A document (of a case, of a register, of an overview) in one of `FORMATS`.

    Raises RefusedError for any other, and for a document of which nothing is made for Word.
    """
    (format_,) = wanted((format_,))
    if format_ == "docx" and not any(sheet.word for sheet in document.sheets):
        message, hint = f"「{document.name}」には、Word で作る様式がありません", "xlsx か pdf で作ってください"
        raise RefusedError([Problem(message, hint=hint, code="render.nothing-for-word")])
    with used(document.fonts):
        return renderer(format_)(document)


def write_file(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all, with its folder where there is none yet.

    Raises RefusedError where a folder has that name, a file stands at the place of one of its folders, or the name is
    one that no file system can have; OSError where the disk refuses.
    """
    refuse_folder(path)
    private_folder(path.parent)
    write_whole(path, data)
