"""Fonts that appear while the program runs, and what is remembered of texts typeset before."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from generator.cli import workspace
from generator.document import Style
from generator.typography import fonts, typeset
from generator.typography.fonts import FontMissingError, Library

MINCHO, RARE = (face.path for face in fonts.chain("mincho"))
STYLE = Style(font="mincho", size=10.5, wrap=True)
THREADS = 16


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder, the only place where the program looks for fonts."""
    monkeypatch.setattr(fonts, "_library", Library([tmp_path], ()))
    yield tmp_path


def test_a_font_that_is_put_there_is_found(folder: Path) -> None:
    with pytest.raises(FontMissingError):
        typeset.measure("字", STYLE, 10.5)
    shutil.copy(MINCHO, folder / "any-name.ttf")
    assert typeset.measure("字", STYLE, 72) == pytest.approx(25.4)


def test_a_fallback_that_is_put_there_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(MINCHO, folder)
    before, whole = fonts.state(), fonts.digest()
    assert len(fonts.chain("mincho")) == 1 and not fonts.rare_characters()
    (folder / "ipamjm.ttf").symlink_to(RARE)
    assert len(fonts.chain("mincho")) == 1  # nobody looks at every text
    monkeypatch.setattr(fonts._library, "_again", 0.0)  # the seconds are over
    assert [face.path.name for face in fonts.chain("mincho")] == [MINCHO.name, "ipamjm.ttf"]
    assert fonts.rare_characters() and fonts.digest() != whole
    assert fonts.state() is not before


@pytest.mark.parametrize("table", [b"cmap", b"head", b"hmtx"])
def test_a_damaged_file_is_passed_over(folder: Path, table: bytes) -> None:
    """Its name can be read, and so it is met only after it was chosen."""
    data = MINCHO.read_bytes()
    (folder / "a.ttf").write_bytes(data[:1000].replace(table, b"none") + data[1000:])
    with pytest.raises(FontMissingError):
        fonts.chain("mincho")
    shutil.copy(MINCHO, folder / "b.ttf")
    assert fonts.chain("mincho")[0].path.name == "b.ttf"


def test_other_folders_are_looked_into_within_the_block(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("fonts")
    shutil.copy(MINCHO, other / "copy.ttf")
    before = fonts.state()
    with fonts.used((other,)):
        assert fonts.chain("mincho")[0].path == other / "copy.ttf" and fonts.state() is not before
        now = fonts.state()
        with fonts.used(()):
            assert fonts.state() is before  # those of the system
    assert fonts.state() is before
    with fonts.used((other,)):
        assert fonts.state() is now  # the same folders: nothing is read again


def test_the_environment_names_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOSHIKI_FONTS", os.pathsep.join(map(str, (folder / "none", MINCHO))))
    settings = workspace.forms_only()
    assert settings.fonts == (folder / "none", MINCHO)
    with settings.fonts_used():
        assert fonts.chain("mincho")[0].path == MINCHO
    monkeypatch.delenv("YOSHIKI_FONTS")
    assert workspace.forms_only().fonts == ()


def test_what_is_remembered_of_forms_goes_with_the_fonts_it_was_made_with(folder: Path) -> None:
    made: list[str] = []

    @typeset.remembered(2)
    def words(text: str) -> str:
        made.append(text)
        return text

    assert [words(text) for text in ("一", "一", "二", "三", "一")] == ["一", "一", "二", "三", "一"]
    assert made == ["一", "二", "三", "一"]  # two at the most
    with fonts.used((MINCHO,)):
        assert words("一") == "一" and made[4:] == ["一"]


def test_an_applicants_words_are_kept_no_longer_than_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[str] = []

    class Paragraph(typeset._Paragraph):
        def __init__(self, text: str, *rest: Any) -> None:
            broken.append(text)
            super().__init__(text, *rest)

    monkeypatch.setattr(typeset, "_Paragraph", Paragraph)

    @typeset.call()
    def document() -> None:
        for _ in range(3):
            typeset.fit("見本太郎", 50.0, 10.0, STYLE)

    document()
    document()
    assert broken == ["見本太郎"] * 2  # once in each call
    assert typeset._call.get() is None
    typeset.fit("見本太郎", 50.0, 10.0, STYLE)
    typeset.fit("見本太郎", 50.0, 10.0, STYLE)
    assert len(broken) == 4


def test_nothing_longer_than_a_character_stays_behind(folder: Path) -> None:
    shutil.copy(MINCHO, folder)
    faces = fonts.chain("mincho")
    typeset.fit("見本 Taro, 12:30（仮）か\u3099", 20.0, 30.0, STYLE)
    remembered = [*typeset._widths_of(faces), *fonts._shaper(faces), *fonts._covered(faces), *fonts._usual(faces)]
    assert remembered and max(map(len, remembered)) <= 2  # 2: a character with its mark


def test_glyphs_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_MOST", 100)
    shaper = fonts._Shaper(fonts.chain("mincho"))
    for code in range(0x4E00, 0x4E00 + 250):
        assert shaper[chr(code)][0].text == chr(code)
        assert len(shaper) <= 100


def in_threads(work: Callable[[int], object]) -> list[object]:
    """What each of the threads gives; all begin at the same moment."""
    barrier = threading.Barrier(THREADS)

    def begin(number: int) -> object:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_threads_find_the_same_fonts(folder: Path) -> None:
    shutil.copy(MINCHO, folder)
    (folder / "ipamjm.ttf").symlink_to(RARE)
    chains = in_threads(lambda _: (fonts.chain("mincho"), fonts.digest()))
    assert all(chain == chains[0] for chain in chains)  # one Face a font


def test_threads_typeset_as_one_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(MINCHO, folder)
    (folder / "ipamjm.ttf").symlink_to(RARE)
    monkeypatch.setattr(fonts, "_MOST", 50)  # so small that each thread takes away what others have just made
    kanji = "".join(map(chr, range(0x4E00, 0x4E80)))
    texts = ["補助金交付申請書", "𠮷野家、邉\U000e0100、か\u3099", "Kawasaki 12,345円（税込）。", kanji]

    def typesets(_: int) -> object:
        with typeset.call():
            return [typeset.fit(text, 30.0 + n, 40.0, STYLE) for n in range(3) for text in texts]

    expected = typesets(0)
    monkeypatch.setattr(fonts, "_library", Library([folder], ()))
    assert in_threads(typesets) == [expected] * THREADS


def test_the_command_line_knows_the_folders_of_the_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems have other folders")
    monkeypatch.delenv("YOSHIKI_FONTS", raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert workspace.forms_only().fonts == ()  # there are none
    (folder / ".local" / "share" / "fonts").mkdir(parents=True)
    (folder / "elsewhere" / "fonts").mkdir(parents=True)
    assert workspace.forms_only().fonts == (folder / ".local" / "share" / "fonts",)
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "elsewhere"))
    assert workspace.forms_only().fonts == (folder / "elsewhere" / "fonts",)
