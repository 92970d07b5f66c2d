"""Counts and kana as LibreOffice computes them: at the limit, and with what is no character of its own."""

from __future__ import annotations

from pathlib import Path

import blanks
import kawasaki_samples
import libreoffice
import pytest
import workbooks

from generator.japan import characters
from generator.scheme import text_template

TEXTS = {
    "寄与度": "𠮷" * 200,
    "新規性独創性": "邉\U000e0100" * 100 + "\n" * 3 + "辺\ufe00" * 100,
    "協働性": "𠮷\U000e0101\n" * 201,
    "包摂性": "字" * 200,
    "統合性": "字" * 201,
    "波及性": "一行\n\n二行",
}


@pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")
def test_the_count_follows_what_is_typed(tmp_path: Path) -> None:
    document = kawasaki_samples.blank()
    fields = {c.field: (s, c) for s in document.sheets for c in s.cells if c.field}
    given, shown_at = {}, {}
    for name, text in TEXTS.items():
        sheet, cell = fields[f"申請.事業.計画.{name}"]
        given[blanks.place(sheet.name, cell)] = text
        assert cell.input is not None
        count = next(c for c in sheet.cells if c.formula == cell.input.count)
        shown_at[name] = blanks.place(sheet.name, count)
    path = tmp_path / "count.xlsx"
    path.write_bytes(blanks.filled(blanks.workbook(document), given))
    shown = workbooks.read_ods(libreoffice.convert(path, "ods", tmp_path / "ods").read_bytes())
    assert {name: shown[at] for name, at in shown_at.items()} == {n: characters.count(t) for n, t in TEXTS.items()}
    assert [characters.count(TEXTS[n]) for n in ("新規性独創性", "協働性")] == [200, 201]


@pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")
@pytest.mark.parametrize("kana", ["かぶしきがいしゃみほん", "ミホン・さゝき　ABC商会", ""])
def test_the_pledge_has_the_name_in_katakana(kana: str, tmp_path: Path) -> None:
    """The input is in hiragana on the first form; the pledge prints katakana, as it does when a case is rendered."""
    document = kawasaki_samples.blank()
    sheet, cell = next((s, c) for s in document.sheets for c in s.cells if c.field == "申請.申請者.事業者名ふりがな")
    pledge = next(s for s in document.sheets if s.name == "第３号様式")
    shown_at = next(blanks.place(pledge.name, c) for c in pledge.cells if "_xlfn.UNICHAR" in c.formula)
    path = tmp_path / "kana.xlsx"
    path.write_bytes(blanks.filled(blanks.workbook(document), {blanks.place(sheet.name, cell): kana or None}))
    shown = workbooks.read_ods(libreoffice.convert(path, "ods", tmp_path / "ods").read_bytes())
    assert shown.get(shown_at, "") == text_template.text("{{ x | カタカナ }}").render({"x": kana})
