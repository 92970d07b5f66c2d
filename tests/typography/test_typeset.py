"""Line breaking keeps every character and 禁則, and fitting keeps within the cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.document import Style
from generator.paper import MM_PER_POINT
from generator.typography.typeset import ROOM, Fitted, break_lines, fit, height_of, measure

STYLE = Style(pad=1.0)
EM = 10.5 * MM_PER_POINT
JOINED = re.compile("[\ufe00-\ufe0f\u3099\u309a\U000e0100-\U000e01ef]")
# written out again here: a slip in the module's own lists must show
NOT_FIRST = "、。，．・：；？！々ーゃゅょっァィッ）］｝」』】〉》〕’”…‐～〜％℃,.:;?!)]}%ﾟﾞｰ"
NOT_LAST = "（［｛「『【〈《〔‘“￥¥$([{"
LETTERS = "あいかカ漢字　ｱ円年①𠮷" + "abXY0189０１Ａ" + " " + NOT_FIRST + NOT_LAST + "―—/@-'_&△" + "\n"
TEXTS = st.lists(
    st.sampled_from([*LETTERS, "か\u3099", "邉\U000e0110", "2,000", "12.5", "https://a.example/b-c", "……", "――"]),
    max_size=40,
).map("".join)
WIDTHS = st.floats(0.3, 14).map(lambda ems: ems * EM + 2)


def lines(text: str, ems: float) -> list[str]:
    return [line.text for line in break_lines(text, ems * EM + 2, STYLE, 10.5)]


def clusters(text: str) -> list[str]:
    return re.findall(f".{JOINED.pattern}*", text)


def width(text: str) -> float:
    return measure(text, STYLE, 10.5)


@given(TEXTS, WIDTHS)
@example("  " * 20 + "あ", 2 * EM + 2)
@example("\n\n", 30.0)
def test_no_character_is_lost_or_moved(text: str, wide: float) -> None:
    broken = break_lines(text, wide, STYLE, 10.5)
    paragraphs: list[list[str]] = [[]]
    for line in broken:
        paragraphs[-1].append(line.text)
        if line.last:
            paragraphs.append([])
    assert paragraphs.pop() == []
    expected = text.removesuffix("\n").split("\n") if text else []
    assert len(paragraphs) == len(expected)
    for got, paragraph in zip(paragraphs, expected, strict=True):
        assert re.fullmatch(" *".join(map(re.escape, got)) + " *", paragraph), (got, paragraph)
        assert not any(JOINED.match(line) for line in got[1:])


@given(TEXTS, WIDTHS)
def test_lines_are_within_the_cell(text: str, wide: float) -> None:
    for line in break_lines(text, wide, STYLE, 10.5):
        assert line.width == pytest.approx(width(line.text))
        assert line.width <= wide - 2 + 1e-5 or len(clusters(line.text)) == 1


def must_not_part(left: str, right: str, space: bool) -> bool:
    """The rule as a reader of the page sees it."""
    if right[0] in NOT_FIRST or left[0] in NOT_LAST:
        return True
    return not space and bool(re.fullmatch("[A-Za-z0-9０-９]{2}|――|——", left[0] + right[0]))


def hangs(left: str, right: str, space: bool) -> bool:
    """The rule, and what may hang together besides: addresses, signs and separators of numbers."""
    if must_not_part(left, right, space) or space:
        return must_not_part(left, right, space)
    pair = left[0] + right[0]
    return bool(re.fullmatch("[!-~０-９Ａ-Ｚａ-ｚ]{2}|[△，．][0-9０-９]", pair))


def words(paragraph: str) -> list[tuple[str, str]]:
    """Clusters, each with the spaces around it that no break parts from it."""
    return re.findall(f"((?:^ +)?[^ ]{JOINED.pattern}*)( *)", paragraph)


@given(TEXTS.filter(lambda t: "\n" not in t), WIDTHS)
@example("あいうえ。", 4 * EM + 2)
@example("あいう（え", 4 * EM + 2)
@example("あい ( う )", 2.5 * EM + 2)
def test_kinsoku_holds_wherever_a_line_can_hold_it(text: str, wide: float) -> None:
    parts = words(text)
    base = [(cluster.lstrip(" "), bool(spaces)) for cluster, spaces in parts]

    def tied(rule: Callable[[str, str, bool], bool], at: int) -> bool:
        return rule(base[at - 1][0], base[at][0], base[at - 1][1])

    at = 0
    for line in break_lines(text, wide, STYLE, 10.5)[:-1]:
        at += len(clusters(line.text.replace(" ", "")))
        if not 0 < at < len(base) or not tied(must_not_part, at):
            continue
        start, end = at - 1, at + 1
        while start and tied(hangs, start):
            start -= 1
        while end < len(base) and tied(hangs, end):
            end += 1
        chain = "".join(cluster + spaces for cluster, spaces in parts[start:end]).rstrip(" ")
        assert width(chain) > wide - 2, (line.text, chain)


@pytest.mark.parametrize(
    ("text", "ems", "expected"),
    [
        ("あいうえお", 5, ["あいうえお"]),
        ("あいうえおかきく", 5, ["あいうえお", "かきく"]),
        ("あいうえ。おか", 4, ["あいう", "え。おか"]),  # pushed out, never hanging
        ("あいう「えおか」き", 4, ["あいう", "「えお", "か」き"]),
        ("あい「（う）」え", 5, ["あい", "「（う）」", "え"]),
        ("時々刻々と", 3, ["時々", "刻々と"]),
        ("コーヒーを", 3, ["コー", "ヒーを"]),
        ("ｺﾝﾋﾟｭｰﾀｰ", 2, ["ｺﾝ", "ﾋﾟｭｰ", "ﾀｰ"]),
        ("あいう……えお", 4, ["あい", "う……", "えお"]),
        ("あいう――えお", 4, ["あいう", "――えお"]),
        ("計2,000円です", 3, ["計", "2,000", "円です"]),
        ("率は12.5％だ", 4, ["率は", "12.5％だ"]),
        ("金額△５，０００円", 6, ["金額", "△５，０００", "円"]),
        ("価格は￥500だ", 4, ["価格は", "￥500だ"]),
        ("Sustainable Development Goals", 6, ["Sustainable", "Development", "Goals"]),
        ("ab　cd", 2, ["ab　", "cd"]),  # a full-width space is a character
        ("か\u3099き\u3099く\u3099け\u3099", 2, ["か\u3099き\u3099", "く\u3099け\u3099"]),
        ("Goals  and", 3, ["Goals", "and"]),
        ("ab cd ", 2, ["ab", "cd "]),  # no break follows: the space stays
        ("あいう\nえお", 5, ["あいう", "えお"]),
        ("あ\n\nい\n", 5, ["あ", "", "い"]),
        # a word longer than a line: after its signs, else anywhere
        ("見よhttps://example.com/a/b.html。", 6, ["見よhttps://", "example.com/", "a/b.html。"]),
        ("taro.yamada@example.com", 8, ["taro.yamada@", "example.com"]),
        ("０４４－２００－２３００", 9, ["０４４－２００－", "２３００"]),
        ("Internationalization", 4, ["Internat", "ionaliza", "tion"]),
        ("電話は044-200-2300", 7, ["電話は", "044-200-2300"]),
        ("、、、、、、", 3, ["、、、", "、、、"]),  # nothing else is possible
        # no lonely character on the last line
        ("あいうえおか", 5, ["あいうえ", "おか"]),
        ("あいうえおか。", 5, ["あいうえ", "おか。"]),
        ("あいえおかkm", 5, ["あいえおか", "km"]),
    ],
)
def test_examples(text: str, ems: float, expected: list[str]) -> None:
    assert lines(text, ems) == expected


@given(st.integers(1, 60), st.floats(2, 12))
def test_no_lonely_character_on_the_last_line(count: int, ems: float) -> None:
    broken = lines("漢" * count, ems)
    assert len(broken) == 1 or len(broken[-1]) > 1
    assert len(broken) == -(-count // int(ems + 1e-9))


def test_line_ends_of_paragraphs_are_marked() -> None:
    broken = break_lines("あいうえおか\nき", 4 * EM + 2, STYLE, 10.5)
    assert [(line.text, line.last) for line in broken] == [("あいうえ", False), ("おか", True), ("き", True)]
    assert break_lines("", 20, STYLE, 10.5) == ()


def test_measure() -> None:
    assert measure("漢字Aｱ", STYLE, 10.0) == pytest.approx(3 * 10 * 25.4 / 72)
    assert measure("𠮷\n", STYLE, 72.0) == pytest.approx(25.4)
    assert measure("あ", Style(font="gothic", bold=True), 72.0) == pytest.approx(25.4)


# --- fitting ---------------------------------------------------------------------------------


def test_short_text_keeps_its_size() -> None:
    fitted = fit("見本市", 40, 8, STYLE)
    assert (fitted.size, [line.text for line in fitted.lines], fitted.fits) == (10.5, ["見本市"], True)
    assert fitted.height == pytest.approx(10.5 * 1.3 * MM_PER_POINT + 2 * ROOM)


def test_empty_text_takes_one_line() -> None:
    assert fit("", 40, None, STYLE) == Fitted(10.5, (), height_of((), STYLE, 10.5))
    assert height_of((), STYLE, 10.5) == height_of(fit("あ", 40, None, STYLE).lines, STYLE, 10.5)


def test_growing_text_keeps_its_size() -> None:
    fitted = fit("漢" * 400, 100, None, STYLE)
    assert (fitted.size, fitted.fits) == (10.5, True)
    assert fitted.height == height_of(fitted.lines, STYLE, 10.5) > 50


def test_text_shrinks_to_a_given_height_and_no_further_than_it_must() -> None:
    fitted = fit("漢" * 100, 100, 20, STYLE)
    assert fitted.fits and 7 <= fitted.size < 10.5 and fitted.height <= 20
    larger = replace(STYLE, size=fitted.size + 0.5, smallest=fitted.size + 0.5)
    assert not fit("漢" * 100, 100, 20, larger).fits


def test_too_much_text_says_so_and_loses_nothing() -> None:
    fitted = fit("漢" * 1000, 100, 20, STYLE)
    assert (fitted.fits, fitted.size) == (False, 7.0)
    assert "".join(line.text for line in fitted.lines) == "漢" * 1000 and fitted.height > 20


def test_unwrapped_text_shrinks_on_one_line() -> None:
    style = replace(STYLE, wrap=False)
    fitted = fit("漢" * 10, 10 * 9 * MM_PER_POINT + 2, None, style)
    assert (fitted.size, len(fitted.lines), fitted.fits) == (9.0, 1, True)


def test_unwrapped_text_is_broken_before_it_would_be_cut() -> None:
    fitted = fit("漢" * 30, 30, None, replace(STYLE, wrap=False))
    assert fitted.size == 7.0 and len(fitted.lines) > 1 and fitted.fits
    assert "".join(line.text for line in fitted.lines) == "漢" * 30


def test_sizes_end_at_the_smallest_and_never_grow() -> None:
    assert fit("漢" * 1000, 100, 20, replace(STYLE, size=9.2, smallest=8.0)).size == 8.0
    assert fit("漢" * 1000, 100, 20, replace(STYLE, size=6.0)).size == 6.0


@given(TEXTS, st.floats(5, 80), st.one_of(st.none(), st.floats(3, 60)), st.booleans())
def test_what_fits_is_within_the_cell(text: str, wide: float, high: float | None, wrap: bool) -> None:
    style = replace(STYLE, wrap=wrap)
    fitted = fit(text, wide, high, style)
    assert style.smallest <= fitted.size <= style.size
    assert fitted.height == height_of(fitted.lines, style, fitted.size)
    if fitted.fits:
        assert high is None or fitted.height <= high + 1e-5
        assert all(line.width <= wide - 2 + 1e-5 for line in fitted.lines)
    assert "".join(line.text for line in fitted.lines).replace(" ", "") == re.sub("[ \n]", "", text)
