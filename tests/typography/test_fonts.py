"""Fonts: the chain, coverage, variation sequences, and metrics against another reader."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.ttfonts import TTFontFile

from generator.operations.check import check_files
from generator.typography import fonts, sfnt
from generator.typography.face import Face

MINCHO = fonts.chain("mincho")


def faces_of(text: str, chain: tuple[Face, ...] = MINCHO) -> list[tuple[str, str]]:
    return [(glyph.text, glyph.face.key) for glyph in fonts.glyphs(text, chain)]


def test_chains_begin_with_biz_and_end_with_ipamj() -> None:
    assert [face.key for face in MINCHO] == ["BIZUDMincho", "IPAmjMincho"]
    assert [face.key for face in fonts.chain("gothic")] == ["BIZUDGothic", "BIZUDMincho", "IPAmjMincho"]
    assert fonts.chain("gothic", True)[0].postscript_name.endswith("Bold")
    assert fonts.chain("gothic")[-1] is MINCHO[-1]  # one Face a font, so that a PDF embeds it once


def test_metrics() -> None:
    face = MINCHO[0]
    assert (face.units_per_em, face.ascent, face.descent, face.italic_angle) == (2048, 1802, -246, 0.0)
    assert 0 < face.cap_height < face.ascent
    assert face.bbox[3] >= face.ascent and face.bbox[1] <= face.descent
    assert face.table("head")[12:16] == b"\x5f\x0f\x3c\xf5"
    with pytest.raises(KeyError):
        face.table("CFF ")


@pytest.mark.parametrize("key", ["mincho", "gothic"])
def test_widths_and_glyphs_equal_another_reader(key: str) -> None:
    face = fonts.chain(key)[0]
    other = TTFontFile(str(face.path), subfontIndex=face.index)
    del other.charToGlyph[0xA0]  # that reader draws it as a space
    for codepoint, gid in other.charToGlyph.items():
        assert face.gid(codepoint) == gid, hex(codepoint)
    assert len(other.charToGlyph) > 10000
    for codepoint, width in other.charWidths.items():
        if codepoint in other.charToGlyph:
            assert face.advance(face.gid(codepoint)) * 1000 / face.units_per_em == pytest.approx(width, abs=0.5)


def test_both_cmap_formats_agree() -> None:
    file = sfnt.Sfnt(MINCHO[1].path, MINCHO[1].index)
    narrow = sfnt._format4(file._cmaps[3, 1])
    assert [c for c in range(0x10000) if narrow(c) != file.lookup(c)] == []
    assert narrow(0x20BB7) == 0


@pytest.mark.parametrize("text", [*"漢Aｱ　①⑴～〜−－¥…―㈱", "ﾍﾟｰｼﾞ", "令和5年6月20日", "１２，３４５円"])
def test_characters_of_the_forms_are_in_the_first_face(text: str) -> None:
    assert {key for _, key in faces_of(text)} == {"BIZUDMincho"}
    assert fonts.uncovered(text, MINCHO) == ()


def test_advances_in_em() -> None:
    assert [glyph.advance for glyph in fonts.glyphs("漢Aｱ　①", MINCHO)] == [1, 0.5, 0.5, 1, 1]


def test_rare_name_characters() -> None:
    assert faces_of("髙﨑𠮷") == [("髙", "BIZUDMincho"), ("﨑", "BIZUDMincho"), ("𠮷", "IPAmjMincho")]


@pytest.mark.parametrize("selector", ["\U000e010f", "\U000e0110", "\U000e011f"])
def test_variation_sequences_have_glyphs_of_their_own(selector: str) -> None:
    (glyph,) = fonts.glyphs("邉" + selector, MINCHO)
    assert glyph.face.key == "IPAmjMincho" and glyph.text == "邉" + selector
    assert glyph.gid == glyph.face.gid(0x9089, ord(selector)) != 0
    if selector != "\U000e010f":  # the font's own form is listed too
        assert glyph.gid != glyph.face.gid(0x9089)


def test_default_sequence_is_the_base_glyph() -> None:
    face = MINCHO[0]
    assert face.gid(0x9089, 0xE0100) == face.gid(0x9089) != 0
    assert face.gid(0x3042, 0xE0100) == 0


def test_unknown_sequence_is_never_the_base_glyph() -> None:
    text = "渡邉\U000e01ef様"
    assert fonts.uncovered(text, MINCHO) == ((1, "邉\U000e01ef"),)
    assert fonts.glyphs(text, MINCHO)[1].gid == 0


def test_presentation_selectors_are_ignored() -> None:
    assert fonts.uncovered("①\ufe0f②\ufe0e", MINCHO) == ()
    assert [glyph.text for glyph in fonts.glyphs("①\ufe0f②", MINCHO)] == ["①\ufe0f", "②"]


@pytest.mark.parametrize("tofu", ["\U0001f600", "\U0010fffd", "\ue000", "\u200b", "\ufe00", "\x07"])
def test_tofu_is_reported_at_its_place(tofu: str) -> None:
    assert fonts.uncovered(f"あ\n{tofu}い", MINCHO) == ((2, tofu),)


def test_combining_marks() -> None:
    (glyph,) = fonts.glyphs("か\u3099", MINCHO)
    assert glyph.text == "か\u3099" and glyph.gid == MINCHO[0].gid(ord("が"))
    assert [glyph.text for glyph in fonts.glyphs("あ\u309a", MINCHO)] == ["あ", "\u309a"]
    assert fonts.uncovered("あ\u0489", MINCHO) == ((1, "\u0489"),)


def test_line_ends_have_no_glyph() -> None:
    assert [glyph.text for glyph in fonts.glyphs("あ\r\n\tい\n", MINCHO)] == ["あ", "い"]
    assert fonts.uncovered("\r\n\t", MINCHO) == ()


@given(st.text(st.sampled_from("あか漢A 𠮷\n😀\u3099\u309a\ufe0f\U000e0100\U000e0110邉"), max_size=30))
def test_glyphs_carry_every_character(text: str) -> None:
    assert "".join(glyph.text for glyph in fonts.glyphs(text, MINCHO)) == text.replace("\n", "")
    for index, cluster in fonts.uncovered(text, MINCHO):
        assert text[index : index + len(cluster)] == cluster


# --- finding ---------------------------------------------------------------------------------


def font_file(postscript: str, start: int = 0) -> bytes:
    """A font of a name table only, with offsets counted from ``start``."""
    name = postscript.encode("utf-16-be")
    table = struct.pack(">9H", 0, 1, 18, 3, 1, 0x409, 6, len(name), 0) + name
    head = b"\0\1\0\0" + struct.pack(">4H", 1, 0, 0, 0) + struct.pack(">4sIII", b"name", 0, start + 28, len(table))
    return head + table


def collection(*names: str) -> bytes:
    start, fonts_, offsets = 12 + 4 * len(names), b"", []
    for name in names:
        offsets.append(start + len(fonts_))
        fonts_ += font_file(name, offsets[-1])
    return b"ttcf" + struct.pack(f">II{len(names)}I", 0x10000, len(names), *offsets) + fonts_


def test_fixed_pitch_font_of_a_windows_collection(tmp_path: Path) -> None:
    (tmp_path / "BIZ-UDMinchoM.ttc").write_bytes(collection("BIZUDPMincho-Medium", "BIZUDMincho-Medium"))
    (face,) = fonts.find("BIZUDMincho", [], [tmp_path])
    assert (face.index, face.postscript_name) == (1, "BIZUDMincho-Medium")


def test_bold_is_told_from_regular_and_bad_files_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"")
    (tmp_path / "b.ttf").write_bytes(b"\0\1\0\0\0")
    (tmp_path / "c.ttf").write_bytes(b"PK\3\4 this is no font at all")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "renamed.TTF").write_bytes(font_file("BIZUDGothic-Bold"))
    (tmp_path / "z.ttf").write_bytes(font_file("BIZUDGothic-Regular"))
    (bold,), (regular,) = (fonts.find(key, [tmp_path], []) for key in ("BIZUDGothic-Bold", "BIZUDGothic"))
    assert bold.path.name == "renamed.TTF"
    assert regular.path.name == "z.ttf"
    assert list(fonts.find("BIZUDMincho", [tmp_path], [])) == []
    assert list(fonts.find("BIZUDGothic", [], [tmp_path])) == []  # system folders are searched by file name


def test_own_folder_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "mine.ttf"
    file.write_bytes(font_file("BIZUDMincho-Regular"))
    faces = fonts.find("BIZUDMincho", [file], [MINCHO[0].path.parent])
    assert [face.path for face in faces] == [file, MINCHO[0].path]


def test_nothing_installed(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontMissingError) as caught:
        fonts.Library(system=[tmp_path]).chain("mincho")
    (problem,) = caught.value.problems
    assert problem.code == "typography.font-missing" and "BIZUDMincho" in problem.message
    assert "sudo apt-get install fonts-morisawa-bizud-mincho" in problem.hint and "YOSHIKI_FONTS" in problem.hint


def test_without_ipamj_its_characters_are_uncovered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = fonts.digest()
    monkeypatch.setattr(fonts, "_library", fonts.Library([MINCHO[0].path], [tmp_path]))
    chain = fonts.chain("mincho")
    assert [face.key for face in chain] == ["BIZUDMincho"] and not fonts.rare_characters()
    assert fonts.uncovered("吉𠮷", chain) == ((1, "𠮷"),)
    assert fonts.digest() != whole
    # nobody is asked to write a name in other characters because a font is missing
    sample = samples.RICH
    (checked,) = check_files([sample], samples.known(), fit=False)
    assert checked.problems and all("U+20BB7" in p.message or "U+E0110" in p.message for p in checked.problems)
    assert {p.hint for p in checked.problems} == {fonts.WANTED}
