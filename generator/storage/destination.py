"""Where files go: a folder, a URL, or back to the computer that asked for them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from generator.problem import Position, Problem, RefusedError
from generator.storage.case_folder import (
    CaseFolder,
    LocalCaseFolder,
    no_folder,
    private_folder,
    unusable_name,
    write_whole,
)
from generator.storage.object_store import RemoteCaseFolder, Root


class Destination(Protocol):
    """Where the files of cases are put. It is sent to worker processes, so it holds names only."""

    def ready(self) -> None:
        """Look whether files can be put there.

        Raises ProblemError where nothing can be put there: a file in the way, no right to write, a URL of a kind that
        is not known or needs a program part that is not installed.
        """

    def case_folder(self, scheme: str, number: str, base: str, choice: str) -> CaseFolder:
        """The folder of a case."""


@dataclass(frozen=True)
class Folder:
    """A folder below which every case has a folder of its own."""

    path: Path
    shared: bool = False  # every worker, on whatever computer, has it under this path
    synced: bool = True  # see LocalCaseFolder

    def ready(self) -> None:
        """Look whether files can be put there.

        Raises RefusedError where a file is in the way of the folder, or nothing can be written there.
        """
        if "\0" in str(self.path):
            raise unusable_name()
        there = next((p for p in (self.path, *self.path.absolute().parents) if os.path.lexists(p)), self.path)
        if not there.is_dir():
            raise no_folder(there)
        if not os.access(there, os.W_OK):
            message, hint = "書き込みのできないフォルダーです", "書き出すフォルダーを確かめてください"
            raise RefusedError([Problem(message, Position(str(there), 0, 0), hint=hint, code="storage.read-only")])

    def case_folder(self, scheme: str, number: str, base: str, choice: str) -> LocalCaseFolder:
        """The folder of a case; it need not be there yet."""
        return LocalCaseFolder(self.path / scheme, number, base, choice, self.synced)

    def write(self, name: str, data: bytes | Iterable[bytes]) -> str:
        """A file of the place itself, in one piece or in several; returns how a reader calls it.

        Raises RefusedError where the file or its folder cannot have that name.
        """
        private_folder(self.path)
        write_whole(self.path / name, data)
        return str(self.path / name)


@dataclass(frozen=True)
class Remote:
    """A place in an object store, by its URL (s3://bucket/folder)."""

    url: str

    def ready(self) -> None:
        """Look whether files can be put there.

        Raises ProblemError where the URL is of a kind that is not known or not installed.
        """
        Root.open(self.url)

    def case_folder(self, scheme: str, number: str, base: str, choice: str) -> RemoteCaseFolder:
        """The folder of a case in the store; raises ProblemError as `ready` does."""
        return RemoteCaseFolder(Root.open(self.url), scheme, number, base, choice)

    def write(self, name: str, data: bytes | Iterable[bytes]) -> str:
        """A file of the place itself, in one piece or several; returns how a reader calls it. Raises ProblemError."""
        Root.open(self.url).write(name, data)
        return f"{self.url.rstrip('/')}/{name}"


@dataclass(frozen=True)
class Carried:
    """A destination in memory: what is put stays in ``parcels``, to be carried to where it belongs."""

    parcels: list[Parcel] = field(default_factory=list)

    def ready(self) -> None:
        """Nothing: where the parcels are carried to is made sure of there."""

    def case_folder(self, scheme: str, number: str, base: str, choice: str) -> CaseFolder:
        """A folder that is always empty, and whose files become a parcel."""
        return _CarriedCaseFolder(scheme, number, base, choice, self.parcels)


@dataclass(frozen=True)
class Parcel:
    """What was put into the folder of a case that is elsewhere."""

    scheme: str
    number: str
    base: str
    choice: str
    files: dict[str, bytes] = field(repr=False)
    told: dict[str, Any] = field(repr=False)

    def deliver(self, destination: Destination) -> bool:
        """Put it into the case's folder; False where that has the same already."""
        case_folder = destination.case_folder(self.scheme, self.number, self.base, self.choice)
        with case_folder.lock():
            case_folder.recover()
            if case_folder.current() is not None:
                case_folder.tell(self.told)
                return False
            case_folder.put(self.files, self.told)
        return True


@dataclass(frozen=True)
class _CarriedCaseFolder(CaseFolder):
    scheme: str
    number: str
    base: str
    choice: str
    parcels: list[Parcel]

    def exists(self) -> bool:
        return False

    def manifest(self) -> dict[str, Any]:
        files = {n: hashlib.sha256(d).hexdigest() for p in self.parcels for n, d in p.files.items()}
        return {"base": self.base, "choices": {self.choice: sorted(files)}, "files": files} if files else {}

    def current(self) -> list[str] | None:
        return None  # whoever asked has looked already

    def put(self, files: dict[str, bytes], told: Mapping[str, Any] = MappingProxyType({})) -> list[str]:
        self.parcels.append(Parcel(self.scheme, self.number, self.base, self.choice, files, dict(told)))
        return []

    def tell(self, told: Mapping[str, Any]) -> None:
        pass  # of a folder that is never current


def at(text: str) -> Folder | Remote:
    """The place a clerk names: a folder, or a URL. A folder as file://… is one that every worker has."""
    if "://" not in text:
        return Folder(Path(text))
    if text.startswith("file:"):
        import urllib.request  # costly, and few ask for it

        return Folder(Path(urllib.request.url2pathname(text.removeprefix("file://"))), shared=True)
    return Remote(text)
