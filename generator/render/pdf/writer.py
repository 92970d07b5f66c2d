"""A PDF file on reportlab's file model: numbered objects, their table, the trailer.

Objects are given as PDF syntax. reportlab's Canvas is not used: it puts Helvetica on every page, dates files by the
clock and deflates with whatever zlib is installed, and the same objects are to give the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterable, Mapping

from isal import isal_zlib
from reportlab.pdfbase.pdfdoc import PDFCrossReferenceTable, PDFFile, PDFTrailer

_LEVEL = 1  # of isal: higher ones differ between processors with and without AVX-512
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
        return ref

    def data(self, root: Ref, information: Ref) -> bytes:
        """The whole file. Its identifier is a digest of everything in it."""
        numbers = range(1, len(self._objects))
        file = PDFFile((1, 7))
        places = _Places(numbers)
        for n in numbers:
            places.idToOffset[n] = file.add(b"%d 0 obj\n%b\nendobj\n" % (n, self._objects[n]))
        table = PDFCrossReferenceTable()
        table.addsection(0, list(numbers))
        start = file.add(table.format(places))
        identity = hashlib.sha256(file.format(places)).hexdigest()[:32]
        ends = (str(root), str(information), f"[<{identity}> <{identity}>]")
        file.add(PDFTrailer(start, len(self._objects), None, *ends).format(places))
        whole: bytes = file.format(places)
        return whole


class _Places:
    """What reportlab's cross-reference table asks of a document: where each object lies."""

    encrypt = None

    def __init__(self, numbers: Iterable[int]) -> None:
        self.idToObjectNumberAndVersion = {n: (n, 0) for n in numbers}
        self.idToOffset: dict[int, int] = {}


def _stream(data: bytes, entries: Mapping[str, object], packed: bool) -> bytes:
    if packed:
        data = isal_zlib.compress(data, _LEVEL)
        entries = {**entries, "Filter": "/FlateDecode"}
    head = dictionary({**entries, "Length": len(data)})
    return head.encode("ascii") + b"\nstream\n" + data + b"\nendstream"
