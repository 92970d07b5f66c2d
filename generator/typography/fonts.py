"""The fonts of the forms: where they are, which face has a character, how wide it is.

BIZ UD Mincho and Gothic are what a Japanese Windows office has; IPAmj Mincho adds the
rare characters of names (𠮷, 﨑, 邉 with a variation selector). A character that no face
has is reported, never drawn as a box and never replaced by a look-alike.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain as chain_of
from itertools import pairwise
from pathlib import Path

from generator.problem import Problem, ProblemError
from generator.typography.sfnt import Sfnt

INSTALL = "sudo apt-get install fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic fonts-ipamj-mincho"
ELSEWHERE = "環境変数 YOSHIKI_FONTS にフォントのあるフォルダーを書く方法もあります"
# ours → the file's PostScript name without the weight, file names (Debian, Windows), bold
_WANTED = {
    "BIZUDMincho": ("BIZUDMincho", ("BIZUDMincho-Regular.ttf", "BIZ-UDMinchoM.ttc"), False),
    "BIZUDGothic": ("BIZUDGothic", ("BIZUDGothic-Regular.ttf", "BIZ-UDGothicR.ttc"), False),
    "BIZUDGothic-Bold": ("BIZUDGothic", ("BIZUDGothic-Bold.ttf", "BIZ-UDGothicB.ttc"), True),
    "IPAmjMincho": ("IPAmjMincho", ("ipamjm.ttf",), False),
}
_CHAINS = {
    ("mincho", False): ("BIZUDMincho", "IPAmjMincho"),
    ("mincho", True): ("BIZUDMincho", "IPAmjMincho"),
    ("gothic", False): ("BIZUDGothic", "BIZUDMincho", "IPAmjMincho"),
    ("gothic", True): ("BIZUDGothic-Bold", "BIZUDGothic", "BIZUDMincho", "IPAmjMincho"),
}
# A selector or a combining mark joins the character before it; line ends have no glyph.
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
MARKS = "\u0300-\u036f\u20d0-\u20f0\u3099\u309a"
JOINED = SELECTORS + MARKS  # the inside of a regular expression's class
_SPECIAL = re.compile(f"[{JOINED}\n\r\t]")
_CLUSTER = re.compile(f"[^\n\r\t][{JOINED}]?")
_SELECTOR = re.compile(f"[{SELECTORS}]")
_PRESENTATION = "\ufe0e\ufe0f"  # emoji or text style: no letter form is lost by ignoring them


class FontsMissing(ProblemError):
    """A font that every form needs is not on this computer."""

    def __init__(self, keys: Iterable[str]):
        message = f"フォントが見つかりません（{'、'.join(keys)}）"
        super().__init__([Problem(message, hint=f"次の命令で入れてください: {INSTALL}　{ELSEWHERE}")])


class Face:
    """One font. ``key`` is short and stable; lengths are font units, ``units_per_em`` to the em.
    The file is opened when something is asked of it."""

    def __init__(self, key: str, path: Path, index: int = 0):
        self.key, self.path, self.index = key, path, index

    def __repr__(self) -> str:
        return f"Face({self.key})"

    @cached_property
    def _file(self) -> Sfnt:
        return Sfnt(self.path, self.index)

    def table(self, tag: str) -> bytes:
        """A copy of the table. Raises KeyError."""
        return bytes(self._file.view(tag))

    def view(self, tag: str) -> memoryview:
        """The table without a copy, for the large ones (glyf). Raises KeyError."""
        return self._file.view(tag)

    def __contains__(self, tag: str) -> bool:
        return tag in self._file

    @cached_property
    def postscript_name(self) -> str:
        return self._file.names[6][0]

    @cached_property
    def family(self) -> str:
        return self._file.names[1][0]

    @cached_property
    def units_per_em(self) -> int:
        return int(struct.unpack_from(">H", self.view("head"), 18)[0])

    @cached_property
    def bbox(self) -> tuple[int, int, int, int]:
        """xMin, yMin, xMax, yMax."""
        left, bottom, right, top = struct.unpack_from(">4h", self.view("head"), 36)
        return left, bottom, right, top

    @cached_property
    def ascent(self) -> int:
        return int(struct.unpack_from(">h", self.view("hhea"), 4)[0])

    @cached_property
    def descent(self) -> int:
        """Negative, below the baseline."""
        return int(struct.unpack_from(">h", self.view("hhea"), 6)[0])

    @cached_property
    def cap_height(self) -> int:
        table = self.view("OS/2")
        version = struct.unpack_from(">H", table)[0]
        return int(struct.unpack_from(">h", table, 88)[0]) if version >= 2 else self.ascent

    @cached_property
    def italic_angle(self) -> float:
        return float(struct.unpack_from(">i", self.view("post"), 4)[0]) / 65536

    @property
    def glyph_count(self) -> int:
        return self._file.glyph_count

    def gid(self, codepoint: int, selector: int = 0) -> int:
        """The glyph of a character or of a variation sequence; 0 when the font has none."""
        return self._file.sequence(codepoint, selector) if selector else self._file.lookup(codepoint)

    def advance(self, gid: int) -> int:
        advances = self._file.advances
        return advances[gid] if gid < len(advances) else advances[-1]

    @cached_property
    def digest(self) -> str:
        """Tells font versions apart: head holds a checksum of the whole file."""
        return hashlib.sha256(self.table("head") + self.table("name")).hexdigest()


@dataclass(frozen=True, slots=True)
class Glyph:
    """``text`` is what it stands for: a character with its variation selector or combining mark.
    ``gid`` 0 means that no face of the chain has it. ``advance`` is in em."""

    face: Face
    gid: int
    text: str
    advance: float


# --- finding ---------------------------------------------------------------------------------


def _system_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))
        shared = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        return [shared, Path(local) / "Microsoft" / "Windows" / "Fonts"]
    if sys.platform == "darwin":
        return [home / "Library" / "Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), data / "fonts", home / ".fonts"]


def _own_folders() -> list[Path]:
    return [Path(p).expanduser() for p in os.environ.get("YOSHIKI_FONTS", "").split(os.pathsep) if p]


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_file():
            yield folder
        for parent, below, names in os.walk(folder):
            below.sort()
            yield from (Path(parent, name) for name in sorted(names) if name.lower().endswith((".ttf", ".ttc")))


def _indexed(path: Path, family: str, bold: bool) -> int | None:
    """Which font of the file is the fixed-pitch one wanted (a Windows .ttc also holds the P one)."""
    try:
        for index in range(Sfnt.count(path)):
            postscript, _, weight = Sfnt(path, index).names[6][0].partition("-")
            if postscript == family and (weight == "Bold") == bold:
                return index
    except (OSError, ValueError, KeyError, struct.error):
        pass  # a damaged or foreign file is no reason to stop: the font may be elsewhere
    return None


def find(key: str, own: Iterable[Path], system: Iterable[Path]) -> Face | None:
    """The face in ``own`` folders (by the name inside, whatever the file is called) or, by file name, in ``system``."""
    family, names, bold = _WANTED[key]
    lower = [name.lower() for name in names]
    known = (path for path in _files(system) if path.name.lower() in lower)
    for path in (*_files(own), *known):
        index = _indexed(path, family, bold)
        if index is not None:
            return Face(key, path, index)
    return None


@cache
def _face(key: str) -> Face | None:
    return find(key, _own_folders(), _system_folders())


@cache
def chain(font: str, bold: bool = False) -> tuple[Face, ...]:
    """The faces to try in order, for ``mincho`` or ``gothic``. Raises FontsMissing when the first is not installed;
    a missing fallback only leaves its characters uncovered."""
    keys = _CHAINS[font, bold]
    faces = [_face(key) for key in keys]
    if faces[0] is None:
        raise FontsMissing(key for key, face in zip(keys, faces, strict=True) if face is None)
    return tuple(face for face in faces if face)


def rare_characters() -> bool:
    """Whether IPAmj Mincho is here; without it an uncovered character may only be a missing font."""
    return _face("IPAmjMincho") is not None


@cache
def digest() -> str:
    """Of all fonts found: what was typeset with other fonts is out of date."""
    faces = (_face(key) for key in _WANTED)
    return hashlib.sha256("".join(f"{f.key}={f.digest};" for f in faces if f).encode("ascii")).hexdigest()


# --- shaping ---------------------------------------------------------------------------------


class _Shaper(dict[str, tuple[Glyph, ...]]):
    """Cluster → glyphs of one chain, remembered."""

    def __init__(self, faces: tuple[Face, ...]):
        super().__init__()
        self._faces = faces

    def __missing__(self, cluster: str) -> tuple[Glyph, ...]:
        found = self[cluster] = self._shape(cluster)
        return found

    def _shape(self, cluster: str) -> tuple[Glyph, ...]:
        base, mark = cluster[0], cluster[1:]
        if not mark or mark in _PRESENTATION:
            return (self._first(cluster, ord(base)),)
        if _SELECTOR.match(mark):
            return (self._first(cluster, ord(base), ord(mark)),)
        # か + U+3099 is drawn with the glyph of が: the same letter by canonical equivalence
        whole = unicodedata.normalize("NFC", cluster)
        glyph = self._first(cluster, ord(whole)) if len(whole) == 1 else None
        return (glyph,) if glyph and glyph.gid else (*self[base], *self[mark])

    def _first(self, cluster: str, codepoint: int, selector: int = 0) -> Glyph:
        for face in self._faces:
            gid = face.gid(codepoint, selector)
            if gid:
                return Glyph(face, gid, cluster, face.advance(gid) / face.units_per_em)
        first = self._faces[0]
        return Glyph(first, 0, cluster, first.advance(0) / first.units_per_em)


@cache
def _shaper(faces: tuple[Face, ...]) -> _Shaper:
    return _Shaper(faces)


def glyphs(text: str, faces: tuple[Face, ...]) -> tuple[Glyph, ...]:
    """The glyphs of the text in order; line ends and tabs have none. Their ``text`` together is the text drawn."""
    clusters = _CLUSTER.findall(text) if _SPECIAL.search(text) else text
    return tuple(chain_of.from_iterable(map(_shaper(faces).__getitem__, clusters)))


def uncovered(text: str, faces: tuple[Face, ...]) -> tuple[tuple[int, str], ...]:
    """Index (code points) and cluster of each character that no face has."""
    known = _covered(faces)
    if known.issuperset(text):
        return ()
    shaper, missing = _shaper(faces), []
    for found in _CLUSTER.finditer(text):
        at = found.start()
        for glyph in shaper[found.group()]:
            if not glyph.gid:
                missing.append((at, glyph.text))
            at += len(glyph.text)
        if glyph.gid and len(found[0]) == 1 and not _SPECIAL.match(found[0]):
            known.add(found[0])
    return tuple(missing)


@cache
def _covered(faces: tuple[Face, ...]) -> set[str]:
    """The characters that are known to have a glyph, and the line ends, which need none."""
    return set("\n\r\t")


WANTED = "まれな字のための書体 IPAmj明朝を入れてください（置いた場所は環境変数 YOSHIKI_FONTS でも示せます）"
RARE = "IPAmj明朝"  # what an office's programs call the face behind the others, for rare characters and their variants


def runs(text: str, font: str) -> tuple[tuple[str, bool], ...]:
    """The text cut where the face for rare characters takes over: (piece, rare); () where it is never needed."""
    faces = chain(font)
    if _usual(faces).issuperset(text):
        return ()
    cuts: list[tuple[int, bool]] = []
    for found in _CLUSTER.finditer(text):
        rare = any(glyph.face is not faces[0] for glyph in _shaper(faces)[found[0]])
        if not rare and len(found[0]) == 1:
            _usual(faces).add(found[0])
        if not cuts or cuts[-1][1] is not rare:
            cuts.append((found.start() if cuts else 0, rare))
    if not any(rare for _, rare in cuts):
        return ()
    return tuple((text[a:b], rare) for (a, rare), (b, _) in pairwise((*cuts, (len(text), False))))


@cache
def _usual(faces: tuple[Face, ...]) -> set[str]:
    """The characters that are known to be drawn by the first face, and the line ends, which need none."""
    return set("\n\r\t")
