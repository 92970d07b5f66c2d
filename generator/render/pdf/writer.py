"""A PDF file: numbered objects, written once, the small ones packed into object streams.

Objects are given as PDF syntax; this module numbers, packs and joins them. Nothing here
depends on the clock or on the zlib at hand: the same objects give the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterable, Mapping

from isal import isal_zlib

_LEVEL = 1  # of isal: higher ones differ between processors with and without AVX-512
_PACK = 500  # objects in one object stream
_PLAIN = frozenset(string.ascii_letters + string.digits + " -.,:;+'/&#@!?=*_%")


class Ref(int):
    """The number of an object; formatted it is a reference."""

    def __str__(self) -> str:
        return f"{int(self)} 0 R"


def dictionary(entries: Mapping[str, object]) -> str:
    """A dictionary of values that are PDF syntax already; keys without the slash."""
    return "<<" + "".join(f"/{key} {value}" for key, value in entries.items()) + ">>"


def array(items: Iterable[object]) -> str:
    return "[" + " ".join(map(str, items)) + "]"


def text(value: str) -> str:
    """A text string: any characters, 𠮷 included."""
    if _PLAIN.issuperset(value):
        return f"({value})"
    return f"<FEFF{value.encode('utf-16-be').hex().upper()}>"


class PdfFile:
    """Collects objects; ``data`` is the file."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b""]  # b"": reserved; number 0 is never used
        self._streams: set[int] = set()

    def reserve(self) -> Ref:
        """A number for an object that is set later, so that others can refer to it before."""
        self._objects.append(b"")
        return Ref(len(self._objects) - 1)

    def set(self, ref: Ref, syntax: str) -> None:
        self._objects[ref] = syntax.encode("ascii")

    def add(self, syntax: str) -> Ref:
        ref = self.reserve()
        self.set(ref, syntax)
        return ref

    def stream(self, data: bytes, entries: Mapping[str, object] | None = None, packed: bool = True) -> Ref:
        """A stream of its own; ``packed``: deflated."""
        ref = self.reserve()
        self._objects[ref] = _stream(data, entries or {}, packed)
        self._streams.add(ref)
        return ref

    def data(self, root: Ref, information: Ref) -> bytes:
        """The whole file. Its identifier is a digest of everything in it."""
        small = [n for n in range(1, len(self._objects)) if n not in self._streams]
        places: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}  # type, offset or container, index in it
        for first in range(0, len(small), _PACK):
            numbers = small[first : first + _PACK]
            container = self._pack(numbers)
            places |= {n: (2, container, index) for index, n in enumerate(numbers)}
        body = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        for n in sorted(self._streams):
            places[n] = (1, len(body), 0)
            body += b"%d 0 obj\n%b\nendobj\n" % (n, self._objects[n])
        last = len(self._objects)
        start = len(body)
        places[last] = (1, start, 0)
        table = b"".join(
            kind.to_bytes(1, "big") + place.to_bytes(4, "big") + index.to_bytes(2, "big")
            for kind, place, index in (places[n] for n in range(last + 1))
        )
        identity = hashlib.sha256(body + table).hexdigest()[:32]
        trailer = {
            "Type": "/XRef",
            "Size": last + 1,
            "W": "[1 4 2]",
            "Root": root,
            "Info": information,
            "ID": f"[<{identity}> <{identity}>]",
        }
        body += b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (last, _stream(table, trailer, True), start)
        return bytes(body)

    def _pack(self, numbers: list[int]) -> Ref:
        heads, at = [], 0
        for n in numbers:
            heads.append(f"{n} {at}")
            at += len(self._objects[n]) + 1
        head = " ".join(heads).encode("ascii") + b"\n"
        body = b"\n".join(self._objects[n] for n in numbers)
        return self.stream(head + body, {"Type": "/ObjStm", "N": len(numbers), "First": len(head)})


def _stream(data: bytes, entries: Mapping[str, object], packed: bool) -> bytes:
    if packed:
        data = isal_zlib.compress(data, _LEVEL)
        entries = {**entries, "Filter": "/FlateDecode"}
    head = dictionary({**entries, "Length": len(data)})
    return head.encode("ascii") + b"\nstream\n" + data + b"\nendstream"
