"""Where returned files go: the case as YAML, and beside it the file as it was received."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from generator.intake.take_in import Taken
from generator.intake.untrusted.file_kind import FILE_BYTES
from generator.intake.untrusted.refusal import unreadable
from generator.problem import Position, Problem, RefusedError
from generator.source import write
from generator.storage.case_folder import private_folder, write_whole

ORIGINALS = "受領"  # the folder of the files as they were received
_DEVICES = re.compile(r"(?i:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)")
_LONGEST = 120  # bytes of a name as UTF-8, so that with its number it fits everywhere


@dataclass(frozen=True)
class Filed:
    """Where a case is and where the file it was read from; not ``new``: it was there with the same contents."""

    case: Path
    original: Path
    new: bool


def receive(path: Path) -> bytes:
    """The bytes of a returned file, of a larger one than is read only so many as show it; raises UnreadableError."""
    file, hint = str(path), "返ってきたファイルを指定してください"
    try:
        if path.is_dir():
            raise unreadable(file, "フォルダーです。ファイルではありません", hint, code="intake.is-a-folder")
        if not path.exists():
            look = "ファイルの名前と場所を確かめてください"
            raise unreadable(file, "ファイルがありません", look, code="intake.no-file")
        if not path.is_file():
            raise unreadable(file, "普通のファイルではありません", hint, code="intake.not-a-file")
        with path.open("rb") as opened:
            return opened.read(FILE_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a NUL in the name
        look = "読み取りの権限と、ほかのソフトで開いていないかを確かめてください"
        raise unreadable(file, "ファイルを読めません", look, code="intake.no-access") from None


def open_case(taken: Taken, data: bytes, folder: Path, original: str) -> Filed:
    """Write a new case into the folder, and the file ``data``, which was called ``original``, beside it.

    Raises RefusedError where another case of that number is there.
    """
    name = f"受付-{taken.digest[:8]}" if taken.provisional else taken.case.number
    target = folder / f"{name}.yaml"
    made = taken.text().encode("utf-8")
    private_folder(folder)
    with FileLock(folder / ".受付.lock", timeout=60):
        same = next((p for p in folder.glob("*.yaml") if p.name.casefold() == target.name.casefold()), None)
        if same is not None and same.read_bytes() != made:
            message = f"{same} がもうあります"
            hint = "同じ案件なら --into で続きを書き足し、別の案件なら --for で別の案件番号を付けてください"
            at = Position(taken.file, 0, 0)
            raise RefusedError([Problem(message, at, hint=hint, code="intake.case-exists")])
        filed = _file_original(data, folder, original)
        if same is None:
            write_whole(target, made)
    return Filed(same or target, filed, same is None)


def continue_case(taken: Taken, data: bytes, case: Path, before: bytes, folder: Path, original: str) -> Filed:
    """Add the section to the end of a case, which has to be as it was read (``before``), and file ``data``.

    Raises RefusedError where the case was changed meanwhile, UnreadableError where it cannot be added to.
    """
    with FileLock(case.with_name(f".{case.name}.lock"), timeout=60):
        if case.read_bytes() != before:
            message, hint = "読んでいる間に、案件のファイルが変えられました", "もう一度実行してください"
            at = Position(str(case), 0, 0)
            raise RefusedError([Problem(message, at, hint=hint, code="intake.case-changed")])
        made = write.appended(before, taken.stage.stage.name, taken.section, taken.stage.index, str(case))
        filed = _file_original(data, folder, original)
        write_whole(case, made)
    return Filed(case, filed, True)


def _file_original(data: bytes, folder: Path, original: str) -> Path:
    """The file as received, named by its hash and by what it was called."""
    private_folder(folder / ORIGINALS)
    target = folder / ORIGINALS / f"{hashlib.sha256(data).hexdigest()[:8]}-{harmless(original)}"
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
