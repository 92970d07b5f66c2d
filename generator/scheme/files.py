"""The files of a scheme's folder, read once: what is parsed is what the digest was taken of."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from generator.source.fields import own_files
from generator.source.nodes import Source
from generator.source.read import bytes_of, parse

MAIN = "scheme.yaml"
COARSE = 2_000_000_000  # nanoseconds that the time of a file may be wrong by (FAT)
_ENDING = ".yaml"
_VERSIONED = re.compile(r"(?P<file>.+)\.(?P<date>\d{4}-\d{2}-\d{2})\.yaml\Z")


def folders(roots: Sequence[Path]) -> dict[str, Path]:
    """Every scheme folder below the roots by its name, the first root winning."""
    paths: dict[str, Path] = {}
    for root in roots:
        if root.is_dir():
            for folder in sorted(root.iterdir()):
                if (folder / MAIN).is_file():
                    paths.setdefault(folder.name, folder)
    return paths


def digest(folder: Path) -> str:
    """The SHA-256 (hex) of every file of a scheme's folder. Raises SchemeError for a file that cannot be read."""
    return SchemeFiles(folder).digest


def state(folder: Path) -> tuple[tuple[object, ...], ...]:
    """What the file system says of each file, which changes when a file does; () for a folder that is not there."""
    try:
        with os.scandir(folder) as entries:
            stats = [(e.name, e.stat()) for e in entries if e.name.endswith(_ENDING)]
    except OSError:
        return ()
    return tuple(sorted((name, *_state(s)) for name, s in stats))


def file_state(file: Path) -> tuple[int, ...]:
    """`state` of one file: inode, size, and when contents and entry were last changed (nanoseconds); () for none."""
    try:
        return _state(file.stat())
    except OSError:
        return ()


def _state(s: os.stat_result) -> tuple[int, ...]:
    return s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns


class SchemeFiles:
    """The files as they were when this was made. Raises SchemeError for one that cannot be read or is too large."""

    def __init__(self, folder: Path):
        self.folder = folder
        with own_files():
            self._bytes = {path.name: bytes_of(path) for path in sorted(folder.glob(f"*{_ENDING}"))}

    @cached_property
    def digest(self) -> str:
        """The SHA-256 (hex) of all names and contents."""
        total = hashlib.sha256()
        for name, content in self._bytes.items():
            total.update(name.encode() + b"\0" + content + b"\0")
        return total.hexdigest()

    def source(self, name: str) -> Source:
        """A file as YAML. Raises SchemeError where it is missing or no YAML."""
        path = self.folder / name
        with own_files():
            return parse(self._bytes[name] if name in self._bytes else bytes_of(path), str(path))

    def layouts(self) -> dict[str, list[tuple[datetime.date, str]]]:
        """The versions of each form, the oldest first: since when it is in force, and its file."""
        versions: dict[str, list[tuple[datetime.date, str]]] = {}
        for name in self._bytes:
            match = _VERSIONED.match(name)
            if match:
                versions.setdefault(match["file"], []).append((datetime.date.fromisoformat(match["date"]), name))
        return versions
