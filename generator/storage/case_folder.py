"""The folder of one case under output/: it appears whole or not at all, and tells what it was made from."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from generator.problem import Position, Problem, RefusedError

if TYPE_CHECKING:
    from filelock import FileLock

MANIFEST = "manifest.json"
EDITABLE = ".docx"  # people edit the letters: what they changed is theirs


def private_folder(path: Path) -> None:
    """Make a folder that only its owner can look into, with those above it, where it is not there yet.

    Raises RefusedError where a file is in the way, or the name is one that no file system can have.
    """
    try:
        for folder in (*reversed(path.parents), path):  # the mode is for the last alone where all are made at once
            folder.mkdir(exist_ok=True, mode=0o700)
    except (FileExistsError, NotADirectoryError):
        raise no_folder(next((p for p in (path, *path.parents) if os.path.lexists(p)), path)) from None
    except ValueError:  # a NUL, or half a surrogate pair
        raise unusable_name() from None


def write_whole(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file readable by its owner only, whole or not at all. ``data``: in one piece or in several.

    Raises RefusedError where a folder has that name, or the name is one that no file system can have.
    """
    refuse_folder(path)
    aside = path.with_name(f".{path.name}.new")
    try:
        _write(aside, data, synced=True)
    except ValueError:
        raise unusable_name() from None
    os.replace(aside, path)


def no_folder(path: Path) -> RefusedError:
    """What is raised where something else stands at the place of a folder that is to be written into."""
    message, hint = "フォルダーではないものがあります", "書き出すフォルダーを確かめてください"
    return RefusedError([Problem(message, Position(str(path), 0, 0), hint=hint, code="storage.no-folder")])


def refuse_folder(path: Path) -> None:
    """Raise RefusedError where a folder stands at the place of a file that is to be written."""
    if not path.name or path.is_dir():
        message, hint = "書き出すファイルの所に、フォルダーがあります", "ファイルの名前まで書いてください"
        raise RefusedError([Problem(message, Position(str(path), 0, 0), hint=hint, code="storage.no-file")])


def unusable_name() -> RefusedError:
    """What is raised for a name that no file system can have."""
    message, hint = "ファイルの名前に使えない文字があります", "名前から制御文字などを除いてください"
    return RefusedError([Problem(message, hint=hint, code="storage.unusable-name")])


def write_new(path: Path, data: bytes) -> None:
    """Write a file readable by its owner only. Raises FileExistsError where there is one of this name."""
    _write(path, data, synced=True, kind=os.O_EXCL)


def _write(path: Path, data: bytes | Iterable[bytes], synced: bool, kind: int = os.O_TRUNC) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | kind | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines((data,) if isinstance(data, bytes) else data)
        if synced:
            file.flush()
            os.fsync(file.fileno())


def _keep(path: Path, target: Path) -> None:
    """The same file under another name: what people wrote is on the disk already and stays there."""
    try:
        os.link(path, target, follow_symlinks=False)
    except (OSError, NotImplementedError):  # not every file system has links
        shutil.copy2(path, target, follow_symlinks=False)


def sync_all() -> None:
    """Everything written so far is on the disk when this returns."""
    if os.name == "posix":  # pragma: no branch (Windows)
        os.sync()


def sync_folder(path: Path) -> None:
    """The names in a folder are on the disk when this returns; nothing is done on Windows."""
    if os.name == "posix":  # pragma: no branch (Windows has no way to open a folder for fsync)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def written(manifest: dict[str, Any]) -> bytes:
    """A manifest as the JSON that stands in its file."""
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def read(data: bytes) -> dict[str, Any]:
    """A manifest as it was `written`; {} for anything else."""
    try:
        manifest = json.loads(data)
    except ValueError:
        return {}
    valid = isinstance(manifest, dict) and all(isinstance(manifest.get(key), dict) for key in ("choices", "files"))
    return manifest if valid else {}


def set_aside(name: str, taken: Callable[[str], bool]) -> str:
    """What a letter edited by hand is called once a new one is made: 名前（手直し）.docx, （手直し2）…"""
    stem = name.removesuffix(EDITABLE)
    others = (f"{stem}（手直し{number if number > 1 else ''}）{EDITABLE}" for number in itertools.count(1))
    return next(name for name in others if not taken(name))


class CaseFolder(ABC):
    """Where the files of one case go, with a manifest that tells what they were made from.

    ``base`` is the fingerprint of all that the files depend on but their choice, which ``choice`` names.
    """

    number: str
    base: str
    choice: str

    @abstractmethod
    def exists(self) -> bool:
        """Whether an earlier run has left anything there."""

    def lock(self) -> AbstractContextManager[Any]:
        """Held while the folder is looked into and changed, where others can be kept out."""
        return nullcontext()

    def settled(self) -> bool:
        """Whether no crash has left anything for `recover` to do."""
        return True

    def recover(self) -> None:  # noqa: B027 - where a crash leaves nothing, nothing is to be done
        """Make good what a crash left half done."""

    @abstractmethod
    def manifest(self) -> dict[str, Any]:
        """What the files were made from; {} where there is no manifest (or none that can be read)."""

    @abstractmethod
    def current(self) -> list[str] | None:
        """The files of this choice if they are all there and not stale; else None."""

    @abstractmethod
    def put(self, files: dict[str, bytes], told: Mapping[str, Any] = MappingProxyType({})) -> list[str]:
        """Replace what is there by these files; returns the stale files that went away.

        ``told``: what follows from the same fingerprint and is worth keeping; only what JSON can hold.

        Files of another choice stay while they are still true; files that are not ours always stay, and so does a
        letter edited by hand, under another name when a new one takes its place.
        """

    @abstractmethod
    def tell(self, told: Mapping[str, Any]) -> None:
        """Add to what is told of a case whose files are current."""

    def told(self) -> dict[str, Any]:
        """What was told of the case when its files were made (`put`, `tell`); {} where that no longer holds."""
        manifest = self.manifest()
        told = manifest.get("told", {}) if manifest.get("base") == self.base else {}
        return told if isinstance(told, dict) else {}

    def after(
        self, before: dict[str, Any], hashes: Mapping[str, str], files: Mapping[str, bytes], told: Mapping[str, Any]
    ) -> bytes:
        """The manifest once ``files`` are put where ``before`` held; ``hashes``: of other files, which stay."""
        fresh = before.get("base") == self.base
        made = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        choices = {c: f for c, f in before.get("choices", {}).items() if fresh and c != self.choice}
        manifest = {
            "案件番号": self.number,
            "base": self.base,
            "choices": choices | {self.choice: sorted(files)},
            "files": dict(sorted({**hashes, **made}.items())),
            "told": {**(before.get("told", {}) if fresh else {}), **told},
        }
        return written(manifest)


@dataclass(frozen=True)
class LocalCaseFolder(CaseFolder):
    """A folder: it is replaced as a whole, by renaming.

    ``synced``: each file is on the disk before its folder takes the place of the old one. Where thousands of cases
    are made that is left to one `sync_all` in the end: what a power failure takes away until then no longer has the
    SHA-256 in its manifest, and is made again.
    """

    root: Path  # output/<scheme>
    number: str
    base: str
    choice: str
    synced: bool = True

    def exists(self) -> bool:
        """Whether the folder is there."""
        return self.folder.exists()

    @property
    def folder(self) -> Path:
        """The folder of the case itself."""
        return self.root / self.number

    @property
    def _new(self) -> Path:
        return self.root / f".{self.number}.new"

    @property
    def _old(self) -> Path:
        return self.root / f".{self.number}.old"

    def lock(self) -> FileLock:
        """A file beside the folder, locked by one process at a time; the others wait for a minute at most."""
        from filelock import FileLock  # slow to load, and `check` writes nothing

        private_folder(self.root)
        return FileLock(self.root / f".{self.number}.lock", timeout=60, mode=0o600)

    def manifest(self) -> dict[str, Any]:
        """What the files were made from; {} where there is no manifest (or none that can be read)."""
        try:
            return read((self.folder / MANIFEST).read_bytes())
        except (OSError, ValueError):  # ValueError: a name that no file system can have
            return {}

    def current(self) -> list[str] | None:
        """The files as `CaseFolder.current` has them, but only if all of them, letters aside, are unchanged."""
        manifest = self.manifest()
        files = manifest.get("choices", {}).get(self.choice) if manifest.get("base") == self.base else None
        if files is None:
            return None
        for name in files:
            try:
                data = (self.folder / name).read_bytes()
            except OSError:
                return None
            if hashlib.sha256(data).hexdigest() != manifest["files"].get(name) and not name.endswith(EDITABLE):
                return None
        return list(files)

    def tell(self, told: Mapping[str, Any]) -> None:
        """Add to what is told of a case; the manifest is written only where that changes it."""
        before = self.manifest()
        after = written(before | {"told": {**self.told(), **told}})
        if after != written(before):
            write_whole(self.folder / MANIFEST, after)

    def settled(self) -> bool:
        """Whether there is neither an old folder to bring back nor a half-built one to remove."""
        return not self._old.exists() and not self._new.exists()

    def recover(self) -> None:
        """After a crash between the two renames the old folder comes back; what was half built goes, folder or file."""
        if self._old.is_dir() and not self.folder.exists():
            self._old.rename(self.folder)
        for path in (self._old, self._new):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)  # a file of such a name keeps us from our work, and holds nothing of ours

    def put(self, files: dict[str, bytes], told: Mapping[str, Any] = MappingProxyType({})) -> list[str]:
        """Build the folder beside the old one and rename it into its place; returns the stale files that went away."""
        if self.folder.exists() and not self.folder.is_dir():
            raise no_folder(self.folder)  # it is not ours to take away
        before = self.manifest()
        ours: dict[str, str] = before.get("files", {})
        fresh = before.get("base") == self.base
        private_folder(self._new)
        kept: dict[str, str] = {}
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            if path.name in files or path.name == MANIFEST or (path.name in ours and not fresh):
                if self._edited(path, ours, files):
                    _keep(path, self._new / set_aside(path.name, self._has))
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, self._new / path.name, symlinks=True)
            else:
                _keep(path, self._new / path.name)
                if path.name in ours:
                    kept[path.name] = ours[path.name]
        for name, data in files.items():
            _write(self._new / name, data, self.synced)
        _write(self._new / MANIFEST, self.after(before, kept, files, told), self.synced)
        if self.synced:
            sync_folder(self._new)
        if self.folder.exists():
            self.folder.rename(self._old)
        self._new.rename(self.folder)
        if self.synced:
            sync_folder(self.root)
        if self._old.exists():
            shutil.rmtree(self._old)
        return sorted(set(ours) - set(files) - set(kept))

    @staticmethod
    def _edited(path: Path, ours: dict[str, str], files: dict[str, bytes]) -> bool:
        """Whether a letter differs from what was made; without a manifest, from what is made now."""
        if path.suffix != EDITABLE or not path.is_file():
            return False
        made = ours.get(path.name) or hashlib.sha256(files.get(path.name, b"")).hexdigest()
        return hashlib.sha256(path.read_bytes()).hexdigest() != made

    def _has(self, name: str) -> bool:
        return (self.folder / name).exists()
