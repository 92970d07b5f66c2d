"""The sample cases with all that is made of them, each made once in a test process and converted once in a run."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import filelock
import libreoffice

from generator import pipeline
from generator.document import Document
from generator.problem import format_problem
from generator.render import FORMATS

ROOT = Path(__file__).resolve().parent.parent
FORMS = ROOT / "forms"
ALL = tuple(sorted((ROOT / "fixtures").glob("*/*.yaml")))


def name(sample: Path) -> str:
    """kawasaki-sdgs-model/R5-001: what a sample is called in tests, and its folder among the goldens."""
    return f"{sample.parent.name}/{sample.stem}"


@dataclass(frozen=True)
class Made:
    documents: tuple[Document, ...]
    files: Mapping[str, bytes]  # 申請一式.xlsx, 01-application.pdf, …


@functools.cache
def made(sample: Path) -> Made:
    """The Documents and files of a sample; AssertionError when the sample has a problem."""
    (checked,) = pipeline.check([sample], pipeline.schemes(FORMS))
    told = "\n".join(format_problem(p) for p in checked.problems)
    assert checked.assessment is not None and checked.fine, f"{sample}\n{told}"
    documents = tuple(pipeline.documents(checked.assessment))
    assert documents, f"{sample}: no stage"
    files: dict[str, bytes] = {}
    for document in documents:
        for file, data in pipeline.files_of(document, FORMATS, ()):
            assert file not in files, f"{sample}: two files {file}"
            files[file] = data
    return Made(documents, files)


def office(sample: Path, run_folder: Path) -> dict[str, bytes]:
    """What LibreOffice prints of each workbook and letter of the sample: file name → PDF."""
    files = {n: data for n, data in made(sample).files.items() if n.endswith((".xlsx", ".docx"))}
    return converted(files, "pdf", run_folder / "office" / name(sample).replace("/", "-"))


def converted(files: Mapping[str, bytes], to: str, folder: Path) -> dict[str, bytes]:
    """The files converted by LibreOffice; ``folder`` keeps them for the other processes of the run."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done"
    with filelock.FileLock(folder / "lock"):
        if not done.exists():
            paths = [folder / file for file in files]
            for path, data in zip(paths, files.values(), strict=True):
                path.write_bytes(data)
            libreoffice.convert_all(paths, to, folder / to)
            done.touch()
    return {file: (folder / to / f"{Path(file).stem}.{to}").read_bytes() for file in files}
