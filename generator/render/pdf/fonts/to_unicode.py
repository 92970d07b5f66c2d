"""The map from the codes of a font to the text that they stand for, which PDF calls ToUnicode: a CMap in PostScript."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCK = 100  # entries that one bfchar section may hold
_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def sections(entries: Sequence[str]) -> str:
    """Sections of such entries as ``<3042> <3042>``: a code and its text, each in hexadecimal digits."""
    blocks = []
    for start in range(0, len(entries), _BLOCK):
        block = entries[start : start + _BLOCK]
        blocks.append(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n")
    return "".join(blocks)


def to_unicode(*parts: str) -> bytes:
    """The whole map of these `sections`, one after the other."""
    return "".join((_HEAD, *parts, _TAIL)).encode("ascii")
