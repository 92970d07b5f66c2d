"""A PDF file on reportlab's file model: numbered objects, their table, the trailer.

Objects are given as PDF syntax. reportlab's Canvas is not used: it puts Helvetica on every page, dates files by the
clock and deflates with whatever zlib is installed, and the same objects are to give the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from reportlab.pdfbase.pdfdoc import PDFFile, PDFTrailer

from generator.render.deflate import deflate

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
        self._objects: list[bytes] = []  # complete ones; b"": reserved

    def reserve(self, count: int = 1) -> Ref:
        """A number for an object that is set later, so that others can refer to it before; or the first of many."""
        self._objects += [b""] * count
        return Ref(len(self._objects) - count + 1)

    def set(self, ref: Ref, syntax: str) -> None:
        self._objects[ref - 1] = f"{ref:d} 0 obj\n{syntax}\nendobj\n".encode("ascii")

    def put(self, first: Ref, objects: Sequence[bytes]) -> None:
        """Objects reserved from ``first`` on, each complete with its number."""
        self._objects[first - 1 : first - 1 + len(objects)] = objects

    def add(self, syntax: str) -> Ref:
        ref = self.reserve()
        self.set(ref, syntax)
        return ref

    def stream(self, data: bytes, entries: Mapping[str, object] | None = None) -> Ref:
        """A stream of its own, deflated."""
        return self.deflated(deflate(data), entries)

    def deflated(self, data: bytes, entries: Mapping[str, object] | None = None) -> Ref:
        """A stream of data that ``deflate`` made before."""
        return self.raw(data, {"Filter": "/FlateDecode", **(entries or {})})

    def raw(self, data: bytes, entries: Mapping[str, object]) -> Ref:
        """A stream as it is."""
        ref = self.reserve()
        head = dictionary({**entries, "Length": len(data)})
        self._objects[ref - 1] = b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (ref, head.encode("ascii"), data)
        return ref

    def data(self, root: Ref, information: Ref) -> bytes:
        """The whole file. Its identifier is a digest of everything in it."""
        file = PDFFile((1, 7))
        places = [*accumulate(map(len, self._objects), initial=file.offset)]
        body = b"".join(self._objects)
        file.add(body)
        rows = "".join(map("%010d 00000 n \n".__mod__, places[:-1]))
        size = len(places)
        file.add(f"xref\n0 {size}\n0000000000 65535 f \n{rows}".encode("ascii"))
        identity = hashlib.sha256(body).hexdigest()[:32]
        ends = (str(root), str(information), f"[<{identity}> <{identity}>]")
        file.add(PDFTrailer(places[-1], size, None, *ends).format(None))
        whole: bytes = file.format(None)
        return whole
