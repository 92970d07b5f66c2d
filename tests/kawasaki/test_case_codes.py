"""What is wrong with a case has a code, by which programs go; the words are for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.case import assess
from generator.case.build import build_case
from generator.problem import UnreadableError
from generator.scheme.load import Schemes
from generator.source import read

ROOT = Path(__file__).parents[2]
SCHEMES = Schemes([ROOT / "forms"])
SAMPLE = (ROOT / "fixtures" / "kawasaki-sdgs-model" / "R5-001.yaml").read_text(encoding="utf-8")


def no_exclamation_mark(text: str) -> list[tuple[int, str, str]]:
    """Stands for fonts that lack one character."""
    return [(0, "!", "")] if text == "!" else []


def codes(before: str, after: str) -> set[str]:
    """The codes of what is wrong with the sample once its text is changed."""
    assert before in SAMPLE
    text = SAMPLE.replace(before, after, 1)
    case, problems = build_case(read.parse(text, "案件.yaml"), SCHEMES, no_exclamation_mark)
    _, unmet = assess.assess(case)
    return {p.code for p in (*problems, *unmet) if p.level == "error"}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("案件番号: R5-001", "案件番号: CON", "case.unusable-number"),
        ("案件番号: R5-001\n", "", "case.no-number"),
        ("  プラットフォーム参加: はい\n", "", "case.missing"),
        ("  申請日: ", "  申請日: 令和99年 #", "case.not-of-its-kind"),
        ("  申請日: ", "  申請火: ", "case.unknown-key"),
        ("  パートナー区分: 認証\n", "  パートナー区分: 未登録\n", "case.not-a-choice"),
        ("  申請日: ", "  申請日: 平成2年4月1日 #", "case.before-the-scheme"),
        ("    事業者名: ", '    事業者名: "!" #', "case.no-glyph"),
        ("    事業者名: ", '    事業者名: "一\\n二" #', "case.several-lines"),
    ],
)
def test_codes(before: str, after: str, code: str) -> None:
    assert code in codes(before, after)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("案件番号: R5-001\n", "case.no-scheme"),
        ("制度: まだない\n", "scheme.unknown-scheme"),
        ("制度: [a]\n", "case.no-scheme"),
    ],
)
def test_codes_where_there_is_no_case(text: str, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        build_case(read.parse(text, "案件.yaml"), SCHEMES)
    assert [p.code for p in caught.value.problems] == [code]
