"""The sample cases with all that is made of them, each made once in a test process and converted once in a run."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import filelock
import libreoffice

from generator.document import Document
from generator.operations import pipeline
from generator.problem import format_problem

ROOT = Path(__file__).resolve().parent.parent
FORMS = ROOT / "forms"
ALL = tuple(sorted((ROOT / "fixtures").glob("*/*.yaml")))


def name(sample: Path) -> str:
    """kawasaki-sdgs-model/R5-001: what a sample is called in tests, and its folder among the goldens."""
    return f"{sample.parent.name}/{sample.stem}"


@functools.cache
def documents(sample: Path) -> tuple[Document, ...]:
    """The Document of each stage of a sample; AssertionError when the sample has a problem."""
    (checked,) = pipeline.check([sample], pipeline.schemes(FORMS))
    told = "\n".join(format_problem(p) for p in checked.problems)
    assert checked.assessment is not None and checked.fine, f"{sample}\n{told}"
    made = tuple(pipeline.documents(checked.assessment))
    assert made, f"{sample}: no stage"
    return made


@functools.cache
def files(sample: Path, kind: str) -> Mapping[str, bytes]:
    """The files of a sample in one format: 申請一式.pdf, 01-application.pdf, …"""
    made: dict[str, bytes] = {}
    for document in documents(sample):
        for file, data in pipeline.files_of(document, [kind], ()):
            assert file not in made, f"{sample}: two files {file}"
            made[file] = data
    return made


def office(sample: Path, kind: str, run_folder: Path) -> dict[str, bytes]:
    """What LibreOffice prints of each workbook (xlsx) or letter (docx) of the sample: file name → PDF."""
    given = files(sample, kind)
    return converted(given, "pdf", run_folder / f"{kind}-pdf" / name(sample).replace("/", "-"))


def converted(given: Mapping[str, bytes], to: str, folder: Path) -> dict[str, bytes]:
    """The files converted by LibreOffice; ``folder`` keeps them for the other processes of the run."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done"
    with filelock.FileLock(folder / "lock"):
        if not done.exists():
            paths = [folder / file for file in given]
            for path, data in zip(paths, given.values(), strict=True):
                path.write_bytes(data)
            if paths:
                libreoffice.convert_all(paths, to, folder / to)
            done.touch()
    return {file: (folder / to / f"{Path(file).stem}.{to}").read_bytes() for file in given}
