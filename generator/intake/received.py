"""Where returned files go: the case as YAML, and beside it the file as it was received."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from generator.intake.take_in import Taken
from generator.intake.untrusted.zip_file import FILE_BYTES, refuse
from generator.problem import Position, Problem, ProblemError
from generator.source import write
from generator.storage.case_folder import private_folder, write_whole

KEPT = "受領"
_DEVICES = re.compile(r"(?i:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)")
_LONGEST = 120  # bytes of a name as UTF-8, so that with its number it fits everywhere


@dataclass(frozen=True)
class Filed:
    case: Path
    kept: Path
    new: bool  # False: it was there already, with the same contents


def receive(path: Path) -> bytes:
    """The bytes of a returned file; raises ProblemError."""
    name = str(path)
    try:
        if path.is_dir():
            refuse(name, "フォルダーです。ファイルではありません", "返ってきたファイルを指定してください")
        if not path.exists():
            refuse(name, "ファイルがありません", "ファイルの名前と場所を確かめてください")
        if not path.is_file():
            refuse(name, "普通のファイルではありません", "返ってきたファイルを指定してください")
        with path.open("rb") as file:
            return file.read(FILE_BYTES + 1)
    except (OSError, ValueError):
        refuse(name, "ファイルを読めません", "読み取りの権限と、ほかのソフトで開いていないかを確かめてください")


def open_case(taken: Taken, data: bytes, folder: Path, original: str) -> Filed:
    """Write a new case into the folder. Raises ProblemError where another one of that number is there."""
    file = f"受付-{taken.digest[:8]}" if taken.provisional else taken.case.number
    target = folder / f"{file}.yaml"
    made = taken.text().encode("utf-8")
    private_folder(folder)
    with FileLock(folder / ".受付.lock", timeout=60):
        twin = next((p for p in folder.glob("*.yaml") if p.name.casefold() == target.name.casefold()), None)
        if twin is not None and twin.read_bytes() != made:
            hint = "同じ案件なら --into で続きを書き足し、別の案件なら --for で別の案件番号を付けてください"
            raise ProblemError([Problem(f"{twin} がもうあります", Position(taken.file, 0, 0), hint=hint)])
        kept = keep(data, folder, original)
        if twin is None:
            write_whole(target, made)
    return Filed(twin or target, kept, twin is None)


def go_on(taken: Taken, data: bytes, case: Path, before: bytes, folder: Path, original: str) -> Filed:
    """Add the section to the case at its end. Raises ProblemError where that cannot be done."""
    with FileLock(case.with_name(f".{case.name}.lock"), timeout=60):
        if case.read_bytes() != before:
            message = "読んでいる間に、案件のファイルが変えられました"
            raise ProblemError([Problem(message, Position(str(case), 0, 0), hint="もう一度実行してください")])
        made = write.appended(before, taken.stage.stage.name, taken.section, taken.stage.index, str(case))
        kept = keep(data, folder, original)
        write_whole(case, made)
    return Filed(case, kept, True)


def keep(data: bytes, folder: Path, original: str) -> Path:
    """The file as received, named by its hash and by what it was called."""
    private_folder(folder / KEPT)
    target = folder / KEPT / f"{hashlib.sha256(data).hexdigest()[:8]}-{harmless(original)}"
    if not target.exists():
        write_whole(target, data)
    return target


def harmless(name: str) -> str:
    """A file name that no system takes for anything else: letters, digits and . - _ ( ) only, not too long."""
    plain = re.sub(r"[^\w.()（）-]", "_", re.split(r"[/\\]", name)[-1]).lstrip(".") or "file"
    stem, dot, suffix = plain.rpartition(".")
    stem, suffix = (stem, dot + suffix) if stem and len(suffix) < 8 else (plain, "")
    while len(f"{stem}{suffix}".encode()) > _LONGEST:
        stem = stem[:-1]
    return f"_{stem}{suffix}" if _DEVICES.match(stem) else f"{stem}{suffix}"
