"""An Office package written again so that the same parts always give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: no clock gets in
_FIRST = ("[Content_Types].xml", "_rels/.rels")  # programs that sniff the type look at the first entry


def repack(data: bytes, edit: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """The same zip package with its parts in a fixed order, without times or traces of the platform.

    ``edit`` takes a part's name (``xl/workbook.xml``) and bytes and gives the bytes to store instead.
    Raises ValueError when two parts have one name and zipfile.BadZipFile when ``data`` is no zip.
    """
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        names = source.namelist()
        if len(set(names)) != len(names):
            raise ValueError("a part occurs twice in the package")
        for name in sorted(names, key=lambda n: (_FIRST.index(n) if n in _FIRST else len(_FIRST), n)):
            part = source.read(name)
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            info.create_system = 0  # else it tells Windows from Unix
            target.writestr(info, edit(name, part) if edit else part)
    return out.getvalue()
