"""Checked schemes, kept between runs in a folder of the user's own, under the digest of all that they came from.

A file that is damaged, of another program or not the user's own is as good as none: the scheme is read anew.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from generator.scheme import serialization
from generator.scheme.model import Scheme

_ENDING = ".scheme"
_BYTES, _FILES = 16_000_000, 32  # what is read at most; how many are kept
_ROOMS = ("formula", "japan", "scheme", "source", "spreadsheet")  # whose code makes a Scheme out of its files


class SchemeCache:
    """The schemes kept in ``folder``, which is made when the first is kept.

    On a system with users and permissions the folder and its files are used only while they belong to this user and
    nobody else may write or read them. Where that is not so, or nothing can be written, nothing is kept.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def get(self, digest: str, folder: Path) -> Scheme | None:
        """The scheme whose files in ``folder`` have this digest, as it was kept; None where there is none to trust."""
        try:
            if not _private(os.lstat(self.folder), stat.S_ISDIR):
                return None
            data = _read(self._path(digest, folder))
            head, _, body = data.partition(b"\n")
            if head.decode() != hashlib.sha256(body).hexdigest():
                return None
            scheme = serialization.deserialize(body, folder)
        except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return None
        return scheme if (scheme.digest, scheme.id) == (digest, folder.name) else None

    def put(self, scheme: Scheme, folder: Path) -> None:
        """Keep a scheme that was loaded from ``folder``; where that is not possible, nothing happens."""
        try:
            body = serialization.serialize(scheme, folder)
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _private(os.lstat(self.folder), stat.S_ISDIR):
                return
            self._write(self._path(scheme.digest, folder), hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            self._tidy()
        except (OSError, TypeError, ValueError):  # ValueError: a place outside of the folder
            return

    def _path(self, digest: str, folder: Path) -> Path:
        name = hashlib.sha256("\n".join((program(), folder.name, digest)).encode()).hexdigest()
        return self.folder / f"{name}{_ENDING}"

    def _write(self, path: Path, data: bytes) -> None:
        import tempfile  # for start-up time: once a scheme is kept, nothing is written

        descriptor, name = tempfile.mkstemp(dir=self.folder)  # 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise

    def _tidy(self) -> None:
        """Only the newest are kept."""
        files = sorted(self.folder.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime_ns)
        for path in files[:-_FILES]:
            path.unlink(missing_ok=True)


@cache
def program() -> str:
    """The digest of the code that makes a Scheme: another version of it does not take what this one kept."""
    total = hashlib.sha256(f"python {sys.version}\n".encode())
    root = Path(__file__).parents[1]
    for path in sorted([*root.glob("*.py"), *(p for room in _ROOMS for p in (root / room).glob("*.py"))]):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not _private(status, stat.S_ISREG) or status.st_size > _BYTES:
            raise PermissionError(path)
        return file.read(_BYTES)


def _private(status: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Whether it is of the kind asked for and this user's alone; Windows keeps a profile's folders to its user."""
    if not kind(status.st_mode):
        return False
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)
