"""The folder of issued documents: files are staged beside it, and enter it whole, once the register knows them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generator.problem import Position, Problem, UnavailableError
from generator.register.entry import DOCUMENTS, Entry
from generator.storage.case_folder import private_folder, sync_folder, write_whole

_STAGING = ".staging"


def sha256(data: bytes) -> str:
    """The SHA-256 of a file's contents, in hexadecimal, as the register keeps it."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Archive:
    """The folder of issued documents, ``root``: files enter it whole and are never changed or taken away."""

    root: Path

    def _staged(self, staging: str) -> Path:
        return self.root / _STAGING / staging

    def stage(self, staging: str, files: Mapping[str, bytes], step: Callable[[str], None]) -> None:
        """Write the files aside so that they survive a crash; ``step`` is told each one."""
        private_folder(self.root)
        private_folder(self.root / _STAGING)
        folder = self._staged(staging)
        private_folder(folder)
        step("staging made")
        for name, data in files.items():
            write_whole(folder / name, data)
            with suppress(OSError):  # against a slip of the hand; the hashes are the safeguard
                (folder / name).chmod(0o400)
            step(f"{name} written")
        sync_folder(folder)
        sync_folder(folder.parent)
        sync_folder(self.root)

    def complete(self, staging: str, folder: str) -> None:
        """Move what was staged to its place; done already (by us or another process) is fine."""
        source, target = self._staged(staging), self.root / folder
        at = self.root
        for part in Path(folder).parts[:-1]:
            at = at / part
            private_folder(at)
            sync_folder(at.parent)
        try:
            source.rename(target)
        except OSError:
            if source.exists() or not target.exists():
                raise
        sync_folder(target.parent)
        with suppress(FileNotFoundError):  # another process may have been first
            sync_folder(source.parent)

    def discard(self, staging: str) -> None:
        """Remove what was staged, as far as it is there."""
        folder = self._staged(staging)
        for path in folder.glob("*"):
            with suppress(OSError):  # Windows does not remove a read-only file
                path.chmod(0o600)
        shutil.rmtree(folder, ignore_errors=True)

    def stagings(self) -> tuple[str, ...]:
        """What earlier commands left behind, or others are just staging."""
        folder = self.root / _STAGING
        return tuple(sorted(p.name for p in folder.iterdir())) if folder.is_dir() else ()

    def recover(self, committed: Mapping[str, str]) -> None:
        """Complete the stagings of which the register knows (staging → folder), and remove the others.

        To be called while no other process can take a number.
        """
        for staging in self.stagings():
            if staging in committed:
                self.complete(staging, committed[staging])
            else:
                self.discard(staging)

    def holds(self, folder: str) -> bool:
        """Whether the folder of a document, named from the root on, is there."""
        return (self.root / folder).exists()

    def read(self, entry: Entry, name: str) -> bytes:
        """A kept file as it was issued; raises ProblemError where it is missing or altered."""
        path = self.root / entry.folder / name
        try:
            data = path.read_bytes()
        except OSError:
            raise UnavailableError([_lost(entry, path)]) from None
        if sha256(data) != entry.hashes.get(name):
            raise UnavailableError([_altered(entry, path)])
        return data

    def has(self, folder: str, name: str, digest: str) -> bool:
        """Whether a kept file is there with this SHA-256."""
        try:
            return sha256((self.root / folder / name).read_bytes()) == digest
        except OSError:
            return False

    def files(self) -> tuple[Path, ...]:
        """Every file kept."""
        files = (p for p in self.root.rglob("*") if p.is_file())
        return tuple(sorted(p for p in files if _STAGING not in p.relative_to(self.root).parts))

    def faults(self, entries: Iterable[Entry], present: Iterable[Path]) -> Iterator[Problem]:
        """Kept files that are missing or altered, and those of ``present`` that are unknown to the register.

        Others may be issuing: ``present`` is what was there before the entries were read.
        """
        expected: set[Path] = set()
        for entry in entries:
            if entry.kind not in DOCUMENTS or not entry.folder:
                continue
            for name, digest in entry.hashes.items():
                path = self.root / entry.folder / name
                expected.add(path)
                if not path.is_file():
                    yield _lost(entry, path)
                elif sha256(path.read_bytes()) != digest:
                    yield _altered(entry, path)
        for path in present:
            if path not in expected:
                hint = "台帳の末尾が失われていないかを確かめてください"
                message = "発行文書のフォルダーに、台帳にないファイルがあります"
                yield Problem(message, _at(path), hint=hint, code="register.unknown-file")


def _at(path: Path) -> Position:
    return Position(str(path), 0, 0)


def _lost(entry: Entry, path: Path) -> Problem:
    message = f"{entry.designation}の発行文書がありません"
    return Problem(message, _at(path), hint="バックアップから戻してください", code="register.document-lost")


def _altered(entry: Entry, path: Path) -> Problem:
    hint = "バックアップから、発行したときのものを戻してください"
    message = f"{entry.designation}の発行文書が、発行した後で変えられています"
    return Problem(message, _at(path), hint=hint, code="register.document-altered")
