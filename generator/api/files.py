"""Documents as bytes, and bytes as files."""

from __future__ import annotations

from pathlib import Path

from generator.document import Document
from generator.render import renderer, wanted
from generator.storage.case_folder import private_folder, write_whole


def draw(document: Document, format_: str) -> bytes:
    """A document (of a case, of a register, of an overview) in one of `FORMATS`; RefusedError for any other."""
    (format_,) = wanted((format_,))
    return renderer(format_)(document)


def write_file(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all, with its folder where there is none yet."""
    private_folder(path.parent)
    write_whole(path, data)
