"""Where returned files go: the case as YAML, and beside it the file as it was received."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from generator.intake.take_in import Received
from generator.intake.untrusted.file_kind import FILE_BYTES
from generator.intake.untrusted.refusal import unreadable
from generator.problem import Position, Problem, RefusedError
from generator.source.nodes import Source
from generator.source.read import bytes_of
from generator.storage.case_file import CaseLock, unchanged
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


def bytes_of_returned(path: Path) -> bytes:
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
    except OSError:
        look = "読み取りの権限と、ほかのソフトで開いていないかを確かめてください"
        raise unreadable(file, "ファイルを読めません", look, code="intake.no-access") from None


def open_case(received: Received, folder: Path) -> Filed:
    """Write a new case into the folder, and the file as it was received beside it.

    Raises RefusedError where another case of that number is there, or the folder cannot be one.
    """
    target = folder / f"{received.case.number}.yaml"
    made = received.written()
    private_folder(folder)
    with FileLock(folder / ".受付.lock", timeout=60, mode=0o600):
        same = next((p for p in folder.glob("*.yaml") if p.name.casefold() == target.name.casefold()), None)
        if same is not None and bytes_of(same) != made:
            message = f"{same} がもうあります"
            hint = "同じ案件なら --into で続きを書き足し、別の案件なら --for で別の案件番号を付けてください"
            at = Position(received.file, 0, 0)
            raise RefusedError([Problem(message, at, hint=hint, code="intake.case-exists")])
        before = None if same else _taken_in(received, folder)
        if before is not None:
            message = f"このファイルは、もう {before} に取り込んでいます"
            hint = "続きはその案件に書き、別の案件にするなら、その案件を先に消してください"
            at = Position(received.file, 0, 0)
            raise RefusedError([Problem(message, at, hint=hint, code="intake.received-before")])
        original = _file_original(received, folder)
        if same is None:
            write_whole(target, made)
    return Filed(same or target, original, same is None)


def continue_case(received: Received, into: Source, folder: Path, lock: CaseLock) -> Filed:
    """Add the section to the end of the case file ``into``, and put the file as it was received into the folder.

    Raises RefusedError where the case was changed since it was read, UnreadableError where there is no such file (the
    case was read from bytes) or nothing can be added to it.
    """
    case = Path(into.name)
    with unchanged(case, into.data, lock):
        made = received.written(into)
        original = _file_original(received, folder)
        write_whole(case, made)
    return Filed(case, original, True)


def _taken_in(received: Received, folder: Path) -> Path | None:
    """The case in the folder that was made of the same file; None where there is none."""
    if not any((folder / ORIGINALS).glob(f"{received.digest[:8]}-*")):
        return None
    told = received.digest.encode()
    return next((p for p in sorted(folder.glob("*.yaml")) if told in bytes_of(p).partition(b"\n")[0]), None)


def _file_original(received: Received, folder: Path) -> Path:
    """The file as received, named by its hash and by what it was called."""
    private_folder(folder / ORIGINALS)
    target = folder / ORIGINALS / f"{received.digest[:8]}-{harmless(received.file)}"
    if not target.exists():
        write_whole(target, received.data)
    return target


def harmless(name: str) -> str:
    """A file name that no system takes for anything else: letters, digits and . - _ ( ) only, not too long."""
    plain = re.sub(r"[^\w.()（）-]", "_", re.split(r"[/\\]", name)[-1]).lstrip(".") or "file"
    stem, dot, suffix = plain.rpartition(".")
    stem, suffix = (stem, dot + suffix) if stem and len(suffix) < 8 else (plain, "")
    while len(f"{stem}{suffix}".encode()) > _LONGEST:
        stem = stem[:-1]
    return f"_{stem}{suffix}" if _DEVICES.match(stem) else f"{stem}{suffix}"
