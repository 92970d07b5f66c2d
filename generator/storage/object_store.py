"""A case's files in a store that fsspec reaches (s3://…): the manifest comes last and tells that they are complete."""

from __future__ import annotations

import hashlib
import importlib
import random
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from generator.problem import Problem, ProblemError, RefusedError, UnavailableError
from generator.storage.case_folder import EDITABLE, MANIFEST, CaseFolder, read, written

INSTALL = "pip install 'yoshiki[cluster]' で入れてください"
CLAIM = ".writing"  # beside the files of a case: whoever began last to write them, by a word of its own
_TRIES = 6
_PAUSE = 0.25  # seconds at most before the second try, doubled for each further one


@dataclass(frozen=True)
class Root:
    """A folder in a store; `open` is asked for once in each process."""

    files: Any  # fsspec's AbstractFileSystem
    path: str
    protocol: str

    @classmethod
    @lru_cache(maxsize=8)  # a process writes to one; what fsspec holds for it is let go with it
    def open(cls, url: str) -> Root:
        """Open the store. Raises ProblemError where the URL is of a kind that is not known or not installed."""
        protocol = url.partition("://")[0]
        try:
            fsspec = importlib.import_module("fsspec")
        except ImportError:
            message = "URL に書き出す部品（fsspec）が入っていません"
            raise UnavailableError([Problem(message, hint=INSTALL, code="storage.fsspec-missing")]) from None
        try:
            files, path = fsspec.core.url_to_fs(url)
        except ImportError as error:
            hint = f"部品を入れてください（{error}）"
            message = f"{protocol}:// に書き出す部品が入っていません"
            raise UnavailableError([Problem(message, hint=hint, code="storage.protocol-missing")]) from None
        except ValueError:
            hint = "使えるものは fsspec の説明にあります（例 s3://バケット/フォルダー）"
            message = f"{protocol}:// には書き出せません"
            raise RefusedError([Problem(message, hint=hint, code="storage.unknown-protocol")]) from None
        except Exception as error:
            raise UnavailableError([_failed(protocol, error)]) from None
        return cls(files, path.rstrip("/"), protocol)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Every store has exceptions of its own; their texts may hold keys and passwords."""
        try:
            yield
        except ProblemError:
            raise
        except Exception as error:
            raise UnavailableError([_failed(self.protocol, error)]) from None

    def write(self, name: str, data: bytes | Iterable[bytes]) -> None:
        """A file of the folder itself, in one piece or in several."""
        with self.told():
            path = f"{self.path}/{name}"
            self.files.makedirs(path.rpartition("/")[0], exist_ok=True)
            if isinstance(data, bytes):
                self.files.pipe_file(path, data)
                return
            with self.files.open(path, "wb") as file:
                file.writelines(data)


def _pause(tries: int) -> None:
    """Whoever else writes comes to an end meanwhile; by chance, so that two do not meet again and again."""
    time.sleep(random.uniform(0, _PAUSE * 2**tries))


def _failed(protocol: str, error: Exception) -> Problem:
    hint = "場所・権限・ネットワークを確かめて、もう一度実行してください（続きから始めます）"
    message = f"書き出す先（{protocol}://）を読み書きできません（{type(error).__name__}）"
    return Problem(message, hint=hint, code="storage.unreachable")


@dataclass(frozen=True)
class RemoteCaseFolder(CaseFolder):
    """The folder of a case in an object store. No store renames a folder. While files are replaced there is a manifest
    without a choice: whoever reads it knows that the case is not complete. So does the next run, and makes it again.

    Nor does every store lock. Each run puts its own word into `CLAIM`, then looks, writes, and reads the claim again:
    where another run has begun in the meantime, it does all of it once more. So whoever began last has written after
    everybody else had come to an end, and what is there in the end is of one run. (A run that is killed while another
    writes the same case can no longer do its part: there the SHA-256 in the manifest tells.)
    """

    root: Root
    scheme: str
    number: str
    base: str
    choice: str
    seen: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # since the last `_mark`

    @property
    def _folder(self) -> str:
        return f"{self.root.path}/{self.scheme}/{self.number}"

    @property
    def _names(self) -> set[str]:
        """The files that were there when it was looked."""
        if "names" not in self.seen:
            self.seen["names"] = self._listed()
        names: set[str] = self.seen["names"]
        return names

    def _listed(self) -> set[str]:
        with self.root.told():
            self.root.files.invalidate_cache()
            try:
                files = self.root.files.ls(self._folder, detail=True)
            except FileNotFoundError:
                return set()
        return {entry["name"].rstrip("/").rpartition("/")[2] for entry in files if entry["type"] == "file"} - {CLAIM}

    def _read(self, name: str) -> bytes:
        with self.root.told():
            return bytes(self.root.files.cat_file(f"{self._folder}/{name}"))

    def _write(self, files: Mapping[str, bytes]) -> None:
        with self.root.told():  # many stores take them side by side
            self.root.files.pipe({f"{self._folder}/{name}": data for name, data in files.items()})

    def exists(self) -> bool:
        """Whether any file of the case was there when it was looked."""
        return bool(self._names)

    def manifest(self) -> dict[str, Any]:
        """What the files were made from, as of the last look; {} where there is no manifest that can be read."""
        if "manifest" not in self.seen:
            self.seen["manifest"] = read(self._read(MANIFEST)) if MANIFEST in self._names else {}
        manifest: dict[str, Any] = self.seen["manifest"]
        return manifest

    def _complete(self, manifest: bytes) -> None:
        self._write({MANIFEST: manifest})
        self.seen["manifest"] = read(manifest)

    def current(self) -> list[str] | None:
        """Their contents are not read again: that would cost as much as to make them."""
        manifest = self.manifest()
        files = manifest.get("choices", {}).get(self.choice) if manifest.get("base") == self.base else None
        return list(files) if files is not None and self._names.issuperset(files) else None

    def put(self, files: dict[str, bytes], told: Mapping[str, Any] = MappingProxyType({})) -> list[str]:
        """Replace what is there by these files; returns the stale files that went away.

        Raises UnavailableError where the store fails, or others go on writing the same case.
        """
        gone: set[str] = set()
        mine: dict[str, Any] = {}
        with self.root.told():
            self.root.files.makedirs(self._folder, exist_ok=True)
        for tries in range(_TRIES):
            if tries:
                _pause(tries)
            word = self._mark()
            if not tries and self.current() is not None:  # another run has put the same just now
                self.tell(told)
                return []
            before = self.manifest()
            if tries and before == mine:  # others have written since: what it says of other choices may not be true
                before = {**before, "base": ""}
            gone |= set(self._replace(before, files, told))
            mine = self.manifest()
            if self._read(CLAIM) == word:
                return sorted(gone)
        self._mixed()
        hint = "それが終わってから、もう一度実行してください（続きから始めます）"
        message = "ほかの人が同じ案件を同じ所へ書き出しています"
        raise UnavailableError([Problem(message, hint=hint, code="storage.written-by-others")])

    def _mark(self) -> bytes:
        """Tell everybody else that somebody begins, and only then look."""
        word = uuid.uuid4().hex.encode()
        self._write({CLAIM: word})
        self.seen.clear()
        return word

    def _mixed(self) -> None:
        """It is not known whose files are there, and this run does not make them once more: so the next one shall."""
        self._mark()
        self._begin(self.manifest())

    def _begin(self, before: Mapping[str, Any]) -> None:
        """Whoever reads the manifest knows that the case is not complete."""
        self._complete(written({"案件番号": self.number, "base": "", "choices": {}, "files": before.get("files", {})}))

    def _replace(self, before: dict[str, Any], files: Mapping[str, bytes], told: Mapping[str, Any]) -> list[str]:
        """`put`, for one who is alone; ``before``: the manifest that is there."""
        names = self._names - {MANIFEST}
        ours: dict[str, str] = before.get("files", {})
        kept: dict[str, str] = {}
        gone: list[str] = []
        if names:
            self._begin(before)
        for name in sorted(names):
            if name in files or (name in ours and before.get("base") != self.base):
                if name.endswith(EDITABLE):
                    self._keep_edited(name, ours, files)
                gone += [] if name in files else [name]
            elif name in ours:
                kept[name] = ours[name]
        self._write(files)
        with self.root.told():
            for name in gone:
                with suppress(FileNotFoundError):
                    self.root.files.rm_file(f"{self._folder}/{name}")
        self._complete(self.after(before, kept, files, told))
        return gone

    def _keep_edited(self, name: str, ours: Mapping[str, str], files: Mapping[str, bytes]) -> None:
        """Copy a letter that is neither what was made nor (a run stopped in the middle) what is made now."""
        with self.root.told():
            try:
                stored = bytes(self.root.files.cat_file(f"{self._folder}/{name}"))
            except FileNotFoundError:  # another run has removed it
                return
        now, digest = (hashlib.sha256(data).hexdigest() for data in (files.get(name, b""), stored))
        if digest not in (ours.get(name, now), now):  # named by what it holds, so that no run writes over another's
            self._write({f"{name.removesuffix(EDITABLE)}（手直し-{digest[:8]}）{EDITABLE}": stored})

    def tell(self, told: Mapping[str, Any]) -> None:
        """Add to what is told of a case, unless others have made its files from something else meanwhile."""
        before = self.manifest()
        after = written(before | {"told": {**self.told(), **told}})
        if after == written(before):
            return
        word = self._mark()
        before = self.manifest()
        if before.get("base") == self.base:
            self._complete(written(before | {"told": {**self.told(), **told}}))
            if self._read(CLAIM) != word:
                self._mixed()
