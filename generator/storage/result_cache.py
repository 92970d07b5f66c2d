"""Results kept from one run to the next, in one file: they may be lost at any time, and are never wrong.

Whoever asks names in the key all that a result depends on, so nothing here ever becomes stale. A file that was damaged,
is half written, or that somebody else could have written is as if it were not there, and is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import struct
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from generator.problem import RefusedError
from generator.storage.case_folder import private_folder

NAME = ".yoshiki-results"
MOST_RESULTS = 40_000  # the ones that were not asked for give way first, the oldest of them before the others
MOST_BYTES = 64_000_000
_HEAD = b"yoshiki results 1\n"  # then the SHA-256 of the rest, then results: key, length, value
_RESULT = struct.Struct("<32sI")
_TOGETHER = 2_000  # new results that are saved at once: an interrupted run loses no more


class ResultCache:
    """Values that JSON can hold, under keys of text; held in memory compressed, as they are in the file.

    ``folders``: results are looked for in all of them, and saved in the first one that can be written. No failure of a
    disk raises: then nothing is found and nothing kept. Two programs may use one file at once: whoever saves last
    takes over what the other has saved.
    """

    def __init__(self, folders: Sequence[Path]):
        self._paths = [folder / NAME for folder in folders]
        self._results: dict[bytes, bytes] = {}
        self._new: dict[bytes, bytes] = {}
        for path in reversed(self._paths):
            self._results |= _read(path)

    def get(self, key: str) -> Any:
        """What was kept under a key; None where there is nothing."""
        hashed = _hashed(key)
        data = self._results.get(hashed)
        if data is None:
            return None
        self._results[hashed] = self._results.pop(hashed)  # to the end: it is in use
        return json.loads(zlib.decompress(data))

    def put(self, key: str, value: Any) -> None:
        """Keep a value; it is in the file after `save`, or earlier."""
        data = zlib.compress(json.dumps(value, separators=(",", ":")).encode("ascii"), 1)
        self._results[_hashed(key)] = self._new[_hashed(key)] = data
        if len(self._new) >= _TOGETHER:
            self.save()

    def save(self) -> None:
        """Write the file, where there is anything new."""
        if not self._new:
            return
        for path in self._paths:
            with contextlib.suppress(OSError, RefusedError):
                _write(path, self._results)
                break
        self._new.clear()


def _hashed(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _read(path: Path) -> dict[bytes, bytes]:
    """All results of a file; none of one that is damaged, or that somebody else could have written."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not _own(status) or status.st_size > MOST_BYTES:
                return {}
            data = file.read(MOST_BYTES + 1)
    except OSError:
        return {}
    begins = len(_HEAD) + hashlib.sha256().digest_size
    if data[:begins] != _HEAD + hashlib.sha256(memoryview(data)[begins:]).digest():
        return {}
    return dict(_results(data, begins))


def _own(status: os.stat_result) -> bool:
    if os.name != "posix":  # pragma: no cover (Windows)
        return stat.S_ISREG(status.st_mode)
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _results(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    while at < len(data):
        key, length = _RESULT.unpack_from(data, at)
        at += _RESULT.size
        yield key, data[at : at + length]
        at += length


def _write(path: Path, results: dict[bytes, bytes]) -> None:
    """Replace the file by one with these results and those it has; raises OSError."""
    private_folder(path.parent)
    with contextlib.suppress(FileNotFoundError):
        if os.name == "posix" and path.lstat().st_uid != os.geteuid():
            raise PermissionError(path)  # another user keeps results here
    others = [(key, value) for key, value in _read(path).items() if key not in results]
    data = b"".join(_most([*others, *results.items()]))
    descriptor, aside = tempfile.mkstemp(prefix=f"{NAME}.", dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines((_HEAD, hashlib.sha256(data).digest(), data))
        os.replace(aside, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(aside)
        raise


def _most(results: Sequence[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """The last ones, as many as a file may hold, in their order."""
    room = MOST_BYTES - len(_HEAD) - hashlib.sha256().digest_size
    chosen: list[bytes] = []
    for key, data in reversed(results[-MOST_RESULTS:]):
        room -= _RESULT.size + len(data)
        if room < 0:
            break
        chosen.append(_RESULT.pack(key, len(data)) + data)
    return reversed(chosen)
