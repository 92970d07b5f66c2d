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
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import chain as chain_of
from itertools import pairwise
from pathlib import Path
from threading import RLock

from generator.problem import Problem, UnavailableError
from generator.typography.face import Face, Glyph
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
_PATIENCE = 5.0  # seconds until a font that is missing, but not needed, is looked for again
_MOST = 32_768  # clusters whose glyphs are remembered, of each chain
_CHAINS = {
    ("mincho", False): ("BIZUDMincho", "IPAmjMincho"),
    ("mincho", True): ("BIZUDMincho", "IPAmjMincho"),
    ("gothic", False): ("BIZUDGothic", "BIZUDMincho", "IPAmjMincho"),
    ("gothic", True): ("BIZUDGothic-Bold", "BIZUDGothic", "BIZUDMincho", "IPAmjMincho"),
}
# A selector or a combining character joins the character before it; line ends have no glyph.
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
MARKS = "\u0300-\u036f\u20d0-\u20f0\u3099\u309a"
JOINED = SELECTORS + MARKS  # the inside of a regular expression's class
_SPECIAL = re.compile(f"[{JOINED}\n\r\t]")
_CLUSTER = re.compile(f"[^\n\r\t][{JOINED}]?")
_SELECTOR = re.compile(f"[{SELECTORS}]")
_PRESENTATION = "\ufe0e\ufe0f"  # emoji or text style: no letter form is lost by ignoring them


class FontMissingError(UnavailableError):
    """A font that every form needs is not on this computer."""

    def __init__(self, keys: Iterable[str]):
        message = f"フォントが見つかりません（{'、'.join(keys)}）"
        hint = f"次の命令で入れてください: {INSTALL}　{ELSEWHERE}"
        super().__init__([Problem(message, hint=hint, code="typography.font-missing")])


# --- finding ---------------------------------------------------------------------------------


def _system_folders() -> tuple[Path, ...]:
    """The folders that every user of this computer has; those of one user are named by whoever runs the program."""
    if sys.platform == "win32":
        return (Path(r"C:\Windows\Fonts"),)
    if sys.platform == "darwin":
        return Path("/Library/Fonts"), Path("/System/Library/Fonts")
    return Path("/usr/share/fonts"), Path("/usr/local/share/fonts")


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


def find(key: str, own: Iterable[Path], system: Iterable[Path]) -> Iterator[Face]:
    """The faces in ``own`` folders (by the name inside, whatever the file is called), then those in ``system`` (by the
    file's name). Of a file that cannot be read no face is given; what lies behind its name is read when it is used."""
    family, names, bold = _WANTED[key]
    lower = [name.lower() for name in names]
    named = (path for path in _files(system) if path.name.lower() in lower)
    for path in chain_of(_files(own), named):
        index = _indexed(path, family, bold)
        if index is not None:
            yield Face(key, path, index)


class Library:
    """The fonts that are drawn with. Threads may share it.

    A font that is missing is looked for again: at once where nothing can be done without it, else after some seconds,
    so that what an administrator installs is found by a server that runs. A face once found stays as it was read.
    """

    def __init__(self, own: Iterable[Path] = (), system: Iterable[Path] | None = None) -> None:
        """``own``: files and folders that are looked into first, whatever the files are called; ``system``: folders
        where files are known by their names, None for those of the operating system."""
        self.own = tuple(own)
        self._system = _system_folders() if system is None else tuple(system)
        self.state = object()  # another one as soon as texts may look different: what is kept of them goes by it
        self._lock = RLock()
        self._faces: dict[str, Face] = {}  # at most one a key of _WANTED
        self._missing: set[str] = set()
        self._again = 0.0  # when to look for what is missing, by time.monotonic
        self._chains: dict[tuple[str, bool], tuple[Face, ...]] = {}
        self._digest = ""

    def chain(self, font: str, bold: bool = False) -> tuple[Face, ...]:
        """The faces to try in order, for ``mincho`` or ``gothic``. A missing fallback only leaves its characters
        uncovered; where the first face is not installed, FontMissingError is raised."""
        chain = self._chains.get((font, bold))
        if chain is not None and not self._due():
            return chain
        keys = _CHAINS[font, bold]
        with self._lock:
            faces = [self._face(key, needed=key == keys[0]) for key in keys]
            if faces[0] is None:
                raise FontMissingError(key for key, face in zip(keys, faces, strict=True) if face is None)
            chain = self._chains[font, bold] = tuple(face for face in faces if face)
        return chain

    def has(self, key: str) -> bool:
        """Whether the font of this key is installed."""
        with self._lock:
            return self._face(key) is not None

    def digest(self) -> str:
        """The SHA-256 (hex) of the versions of all fonts found."""
        digest = self._digest
        if digest and not self._due():
            return digest
        with self._lock:
            faces = [face for key in _WANTED if (face := self._face(key))]
            told = "".join(f"{face.key}={face.digest};" for face in faces)
            self._digest = hashlib.sha256(told.encode("ascii")).hexdigest()
            return self._digest

    def _due(self) -> bool:
        """Whether something is missing and it is time to look for it."""
        return bool(self._missing) and time.monotonic() >= self._again

    def _face(self, key: str, needed: bool = False) -> Face | None:
        if key not in self._faces and (needed or key not in self._missing or self._due()):
            for wanted in {key, *self._missing}:
                face = next((face for face in find(wanted, self.own, self._system) if face.sound), None)
                if face is None:
                    self._missing.add(wanted)
                    continue
                self._faces[wanted] = face
                if wanted in self._missing:
                    self._missing.discard(wanted)
                    self._chains.clear()
                    self._digest, self.state = "", object()
            self._again = time.monotonic() + _PATIENCE
        return self._faces.get(key)


_library = Library()  # of the system, where nobody names folders
_named: ContextVar[Library | None] = ContextVar("the fonts of this call", default=None)


@lru_cache(maxsize=16)
def _of(own: tuple[Path, ...]) -> Library:
    return Library(own)


@contextmanager
def used(folders: tuple[Path, ...]) -> Iterator[None]:
    """Within the block, look for fonts in these files and folders before those of the system; () for those alone.

    It holds for what the block itself calls: threads that run at the same time have fonts of their own, and those that
    the block starts have those of the system.
    """
    token = _named.set(_of(folders) if folders else None)
    try:
        yield
    finally:
        _named.reset(token)


def _current() -> Library:
    return _named.get() or _library


def state() -> object:
    """Another object each time that the fonts at hand have changed: a key for what is kept of typeset texts."""
    return _current().state


def chain(font: str, bold: bool = False) -> tuple[Face, ...]:
    """The faces to try in order, for ``mincho`` or ``gothic``. Raises FontMissingError when the first is not installed;
    a missing fallback only leaves its characters uncovered."""
    return _current().chain(font, bold)


def rare_characters() -> bool:
    """Whether IPAmj Mincho is here; without it an uncovered character may only be a missing font."""
    return _current().has("IPAmjMincho")


def digest() -> str:
    """The digest of all fonts found: what was typeset with other fonts is out of date."""
    return _current().digest()


# --- shaping ---------------------------------------------------------------------------------


class _Shaper(dict[str, tuple[Glyph, ...]]):
    """Cluster → glyphs of one chain, remembered up to a number of them. Threads may share it."""

    def __init__(self, faces: tuple[Face, ...]):
        super().__init__()
        self._faces = faces

    def __missing__(self, cluster: str) -> tuple[Glyph, ...]:
        if len(self) >= _MOST:
            self.clear()
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


@lru_cache(maxsize=16)  # a chain of faces that is no longer used goes
def _shaper(faces: tuple[Face, ...]) -> _Shaper:
    return _Shaper(faces)


def stands_alone(text: str) -> bool:
    """Whether each character of the text is a cluster of its own, wherever it stands."""
    return not _SPECIAL.search(text)


def glyphs(text: str, faces: tuple[Face, ...]) -> tuple[Glyph, ...]:
    """The glyphs of the text in order; line ends and tabs have none. Their ``text`` together is the text drawn."""
    clusters = _CLUSTER.findall(text) if _SPECIAL.search(text) else text
    return tuple(chain_of.from_iterable(map(_shaper(faces).__getitem__, clusters)))


def unprintable(text: str) -> tuple[tuple[int, str, str], ...]:
    """For each character of a case that no font of the forms has: its index, its cluster, and what to do about it.

    Raises UnavailableError where the fonts are not there.
    """
    missing = uncovered(text, chain("mincho"))
    hint = ("別の字に置き換えるか、かなで書いてください" if rare_characters() else WANTED) if missing else ""
    return tuple((index, cluster, hint) for index, cluster in missing)


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


@lru_cache(maxsize=16)  # a chain of faces that is no longer used goes
def _covered(faces: tuple[Face, ...]) -> set[str]:
    """The characters that are known to have a glyph, at most those of the fonts, and the line ends, which need none."""
    return set("\n\r\t")


WANTED = "まれな字のための書体 IPAmj明朝を入れてください（置いた場所は環境変数 YOSHIKI_FONTS でも示せます）"
RARE = "IPAmj明朝"  # what an office's programs call the face behind the others, for rare characters and their variants


def runs(text: str, font: str) -> tuple[tuple[str, bool], ...]:
    """The text cut where the face for rare characters takes over: (piece, rare); () where it is never needed."""
    faces = chain(font)
    usual = _usual(faces)
    if usual.issuperset(text):
        return ()
    cuts: list[tuple[int, bool]] = []
    for found in _CLUSTER.finditer(text):
        rare = any(glyph.face is not faces[0] for glyph in _shaper(faces)[found[0]])
        if not rare and len(found[0]) == 1:
            usual.add(found[0])
        if not cuts or cuts[-1][1] is not rare:
            cuts.append((found.start() if cuts else 0, rare))
    if not any(rare for _, rare in cuts):
        return ()
    return tuple((text[a:b], rare) for (a, rare), (b, _) in pairwise((*cuts, (len(text), False))))


@lru_cache(maxsize=16)  # a chain of faces that is no longer used goes
def _usual(faces: tuple[Face, ...]) -> set[str]:
    """The characters known to be drawn by the first face, at most all it has, and the line ends, which need none."""
    return set("\n\r\t")
