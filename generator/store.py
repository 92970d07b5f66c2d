"""A case's files in a store that fsspec reaches (s3://…): the manifest comes last and tells that they are complete."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from generator.outbox import EDITABLE, MANIFEST, Box, read, set_aside, written
from generator.problem import Problem, ProblemError

INSTALL = "pip install 'yoshiki[cluster]' で入れてください"


@dataclass(frozen=True)
class Root:
    """A folder in a store; `open` is asked for once in each process."""

    files: Any  # fsspec's AbstractFileSystem
    path: str
    protocol: str

    @classmethod
    @cache
    def open(cls, url: str) -> Root:
        """Raises ProblemError where the URL is of a kind that is not known or not installed."""
        protocol = url.partition("://")[0]
        try:
            fsspec = importlib.import_module("fsspec")
        except ImportError:
            raise ProblemError([Problem("URL に書き出す部品（fsspec）が入っていません", hint=INSTALL)]) from None
        try:
            files, path = fsspec.core.url_to_fs(url)
        except ImportError as error:
            hint = f"部品を入れてください（{error}）"
            raise ProblemError([Problem(f"{protocol}:// に書き出す部品が入っていません", hint=hint)]) from None
        except ValueError:
            hint = "使えるものは fsspec の説明にあります（例 s3://バケット/フォルダー）"
            raise ProblemError([Problem(f"{protocol}:// には書き出せません", hint=hint)]) from None
        except Exception as error:
            raise ProblemError([_failed(protocol, error)]) from None
        return cls(files, path.rstrip("/"), protocol)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Every store has exceptions of its own; their texts may hold keys and passwords."""
        try:
            yield
        except ProblemError:
            raise
        except Exception as error:
            raise ProblemError([_failed(self.protocol, error)]) from None

    def write(self, name: str, data: bytes) -> None:
        """A file of the folder itself."""
        with self.told():
            path = f"{self.path}/{name}"
            self.files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self.files.pipe_file(path, data)


def _failed(protocol: str, error: Exception) -> Problem:
    hint = "場所・権限・ネットワークを確かめて、もう一度実行してください（続きから始めます）"
    return Problem(f"書き出す先（{protocol}://）を読み書きできません（{type(error).__name__}）", hint=hint)


@dataclass(frozen=True)
class Store(Box):
    """No store renames a folder. While files are written there is a manifest without a choice: whoever reads it knows
    that the case is not complete. So does the next run, and makes it again.

    Nothing is locked: two runs at once that put the same case must be of the same program.
    """

    root: Root
    scheme: str
    number: str
    base: str
    choice: str

    @property
    def _folder(self) -> str:
        return f"{self.root.path}/{self.scheme}/{self.number}"

    @cached_property
    def _names(self) -> set[str]:
        """The files that were there at first."""
        with self.root.told():
            self.root.files.invalidate_cache()
            try:
                found = self.root.files.ls(self._folder, detail=True)
            except FileNotFoundError:
                return set()
        return {entry["name"].rstrip("/").rpartition("/")[2] for entry in found if entry["type"] == "file"}

    def _read(self, name: str) -> bytes:
        with self.root.told():
            return bytes(self.root.files.cat_file(f"{self._folder}/{name}"))

    def _write(self, files: Mapping[str, bytes]) -> None:
        with self.root.told():  # many stores take them side by side
            self.root.files.pipe({f"{self._folder}/{name}": data for name, data in files.items()})

    def exists(self) -> bool:
        return bool(self._names)

    def manifest(self) -> dict[str, Any]:
        return self._manifest

    @cached_property
    def _manifest(self) -> dict[str, Any]:
        return read(self._read(MANIFEST)) if MANIFEST in self._names else {}

    def _complete(self, manifest: bytes) -> None:
        self._write({MANIFEST: manifest})
        self.__dict__["_manifest"] = read(manifest)

    def current(self) -> list[str] | None:
        """Their contents are not read again: that would cost as much as to make them."""
        found = self.manifest()
        files = found.get("choices", {}).get(self.choice) if found.get("base") == self.base else None
        return list(files) if files is not None and self._names.issuperset(files) else None

    def put(self, files: dict[str, bytes], told: Mapping[str, Any] = MappingProxyType({})) -> list[str]:
        before, names = self.manifest(), self._names - {MANIFEST}
        ours: dict[str, str] = before.get("files", {})
        kept: dict[str, str] = {}
        gone: list[str] = []
        with self.root.told():
            self.root.files.makedirs(self._folder, exist_ok=True)
        if names:
            self._complete(written({"案件番号": self.number, "base": "", "choices": {}, "files": ours}))
        for name in sorted(names):
            if name in files or (name in ours and before.get("base") != self.base):
                if name.endswith(EDITABLE):
                    self._keep_edited(name, ours, files, names)
                gone += [] if name in files else [name]
            elif name in ours:
                kept[name] = ours[name]
        self._write(files)
        with self.root.told():
            for name in gone:
                self.root.files.rm_file(f"{self._folder}/{name}")
        self._complete(self.after(before, kept, files, told))
        return gone

    def _keep_edited(self, name: str, ours: Mapping[str, str], files: Mapping[str, bytes], names: set[str]) -> None:
        """Copy a letter that is neither what was made nor (a run stopped in the middle) what is made now."""
        found = self._read(name)
        now = hashlib.sha256(files.get(name, b"")).hexdigest()
        if hashlib.sha256(found).hexdigest() not in (ours.get(name, now), now):
            self._write({set_aside(name, names.__contains__): found})

    def tell(self, told: Mapping[str, Any]) -> None:
        before = self.manifest()
        after = written(before | {"told": {**self.told(), **told}})
        if after != written(before):
            self._complete(after)
