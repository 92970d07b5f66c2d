"""A file in YAML is read: its bytes, its text, its nodes, each step with what can be wrong in it.

Read by the event stream, never by ``safe_load``: ``0120`` stays ``0120`` and ``no`` stays ``no``.
What YAML allows but a case has no use for (aliases, tags, several documents …) is a Problem, and so
are the slips that ``diagnostics`` knows.
"""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from generator.problem import UnreadableError, in_order
from generator.source.encoding import LONGEST, decoded, lines_of, too_large, unreadable
from generator.source.events import Builder
from generator.source.nodes import Source


def read(path: str | Path) -> Source:
    """The YAML file at ``path``, named in messages as it was given. Raises UnreadableError with every Problem found."""
    return parse(bytes_of(path), str(path))


def parse(data: bytes | str, name: str) -> Source:
    """YAML from memory; ``name`` is what messages call it. Raises UnreadableError with every Problem found."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > LONGEST:
        raise too_large(name)
    text = decoded(raw, name)
    lines = lines_of(text)
    builder = Builder(name, lines)
    root = builder.root(text)
    if builder.problems or root is None:
        raise UnreadableError(in_order(builder.problems.values()))
    return Source(name, lines, root, hashlib.sha256(raw).hexdigest(), raw)


def bytes_of(path: str | Path) -> bytes:
    """The bytes of the YAML file at ``path``. Raises UnreadableError."""
    name = str(path)
    file = Path(path)
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            raise unreadable(
                name,
                "フォルダーです。ファイルではありません",
                "案件の YAML ファイルを指定してください",
                code="source.folder",
            )
        if not stat.S_ISREG(status.st_mode):
            raise unreadable(
                name, "普通のファイルではありません", "案件の YAML ファイルを指定してください", code="source.no-file"
            )
        if status.st_size > LONGEST:
            raise too_large(name)
        with file.open("rb") as stream:
            return stream.read(LONGEST + 1)  # it may have grown since
    except FileNotFoundError:
        raise unreadable(
            name, "ファイルがありません", "ファイルの名前と場所を確かめてください", code="source.missing-file"
        ) from None
    except (OSError, ValueError):  # ValueError: a NUL in the name
        hint = "読み取りの権限と、ほかのソフトで開いていないかを確かめてください"
        raise unreadable(name, "ファイルを読めません", hint, code="source.unreadable-file") from None
