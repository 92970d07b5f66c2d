"""A PDF file on reportlab's file model: numbered objects, their table, the trailer.

Objects are given as PDF syntax. reportlab's Canvas is not used: it puts Helvetica on every page, dates files by the
clock and deflates with whatever zlib is installed, and the same objects are to give the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import accumulate

from reportlab.pdfbase.pdfdoc import PDFFile, PDFTrailer

from generator.render.deflate import deflate
from generator.render.pdf.file.syntax import Ref, dictionary


class PdfFile:
    """Collects the objects of a file and puts them together as its bytes."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []  # complete ones; b"": reserved

    def reserve(self, count: int = 1) -> Ref:
        """A number for an object that is set later, so that others can refer to it before; or the first of many."""
        self._objects += [b""] * count
        return Ref(len(self._objects) - count + 1)

    def set(self, ref: Ref, syntax: str) -> None:
        """Gives the object that was reserved as ``ref`` its contents."""
        self._objects[ref - 1] = f"{ref:d} 0 obj\n{syntax}\nendobj\n".encode("ascii")

    def put(self, first: Ref, objects: Sequence[bytes]) -> None:
        """Gives the objects that were reserved from ``first`` on their bytes, each complete with its number."""
        self._objects[first - 1 : first - 1 + len(objects)] = objects

    def add(self, syntax: str) -> Ref:
        """A further object with these contents; the reference to it."""
        ref = self.reserve()
        self.set(ref, syntax)
        return ref

    def stream(self, data: bytes, entries: Mapping[str, object] | None = None) -> Ref:
        """Adds a stream of this data, deflated here; ``entries``: what its dictionary says besides."""
        return self.deflated(deflate(data), entries)

    def deflated(self, data: bytes, entries: Mapping[str, object] | None = None) -> Ref:
        """Adds a stream of data that was deflated before; ``entries``: what its dictionary says besides."""
        return self.raw(data, {"Filter": "/FlateDecode", **(entries or {})})

    def raw(self, data: bytes, entries: Mapping[str, object]) -> Ref:
        """Adds a stream as it is; ``entries``: all that its dictionary says but the length."""
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
