"""What the files of a case depend on, in one digest: while it stays the same they need not be made again.

It joins the SHA-256 of the case's bytes, the digest of its scheme, the fonts, the program with every package that it
needs, and the MACs of the case's entries in the register. The case's ``manifest.json`` has it as ``base``, beside the
SHA-256 of each file and, as ``told``, what a command wants to know of the case without reading it. Nothing in ``told``
may depend on the day. A batch does not wait for the disk file by file: what a power failure took has another SHA-256,
and is made again.
"""

from __future__ import annotations

import hashlib
import re
import sys
import zlib
from functools import cache
from pathlib import Path

from generator.typography import fonts

_NAME = "yoshiki"
_VERSION = re.compile(r"^Version: *(.+?) *$", re.MULTILINE)
_NEEDS = re.compile(r"^Requires-Dist: *([0-9A-Za-z._-]+)([^\r\n]*)", re.MULTILINE)


def fingerprint_of(case: str, scheme: str, issued: str) -> str:
    """The digests of the case's bytes, of its scheme and of what the register says of it, with fonts and program."""
    return hashlib.sha256("\n".join((case, scheme, fonts.digest(), program(), issued)).encode()).hexdigest()


@cache
def program() -> str:
    """The fingerprint of this program, of Python with its zlib, and of every package the program needs, in the versions
    installed."""
    total = hashlib.sha256(f"python {sys.version} zlib {zlib.ZLIB_RUNTIME_VERSION}\n".encode())
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for name, version in sorted(packages().items()):
        total.update(f"{name}=={version}\n".encode())
    return total.hexdigest()


def packages() -> dict[str, str]:
    """Package → version: what the program requires, what that requires in turn, without extras."""
    from importlib import metadata  # costly, and not every command asks

    versions: dict[str, str] = {}
    waiting = [_NAME]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in versions:
            continue
        try:
            about = metadata.distribution(name).read_text("METADATA") or ""
        except metadata.PackageNotFoundError:  # not needed on this system
            continue
        version = _VERSION.search(about)
        versions[name] = version[1] if version else ""
        waiting += [need[1] for need in _NEEDS.finditer(about) if "extra ==" not in need[2]]
    return versions
