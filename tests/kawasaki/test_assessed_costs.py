"""What the mayor does not accept of the costs (第１３条・第８条): the amount, the reason, and what follows from it."""

from __future__ import annotations

import io
from pathlib import Path

import kawasaki_samples
import openpyxl
import pytest
import samples
from command import run

from generator.operations.check import Report, check_files
from generator.operations.render import documents_of
from generator.render import renderer
from generator.scheme.load import Schemes

KNOWN = Schemes([samples.FORMS])
FIRST = "{証拠番号: A-2, 認定額: 64000, "
REPORTED, REFUSED = 183_600 + 81_600 + 42_000 + 108_000, (81_600 - 64_000) + (42_000 - 39_200)


def changed(folder: Path, before: str, after: str, number: str = "R5-011") -> Path:
    text = kawasaki_samples.sample(number).read_text(encoding="utf-8")
    assert text.count(before) == 1
    path = folder / f"{number}.yaml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    return path


def checked(path: Path) -> Report:
    (report,) = check_files([path], KNOWN, fit=False)
    return report


def amounts(report: Report) -> dict[str, int]:
    assert report.assessment is not None
    return {name: report.assessment.value("確定", name) for name in ("補助対象事業費", "補助金交付確定額")}


def test_what_is_not_accepted_lowers_the_amount_and_nothing_else(tmp_path: Path) -> None:
    assessed = checked(kawasaki_samples.sample("R5-011"))
    text = kawasaki_samples.sample("R5-011").read_text(encoding="utf-8")
    plain = tmp_path / "R5-011.yaml"
    plain.write_text(text[: text.index("  査定:")], encoding="utf-8")
    whole = checked(plain)
    accepted = REPORTED - REFUSED
    assert amounts(assessed) == {"補助対象事業費": accepted, "補助金交付確定額": accepted // 2}
    assert amounts(whole) == {"補助対象事業費": REPORTED, "補助金交付確定額": REPORTED // 2}
    assert assessed.assessment and whole.assessment
    made, other = ({d.name: d for d in documents_of(a)} for a in (assessed.assessment, whole.assessment))
    assert made["実績一式"] == other["実績一式"], "the applicant's own sheet stays as it is"
    said = [c.text for s in made["確定一式"].sheets if s.form == "07b" for c in s.cells]
    assert f"{REPORTED:,}円" in said and f"{REFUSED:,}円" in said and f"{accepted:,}円" in said
    assert "64,000" in said and "17,600" in said and any("五十五組" in text for text in said)
    assert not any("査定" in c.text for s in other["確定一式"].sheets if s.form in ("07", "07b") for c in s.cells)


def test_the_workbook_computes_with_it() -> None:
    report = checked(kawasaki_samples.sample("R5-011"))
    assert report.assessment
    (document,) = (d for d in documents_of(report.assessment) if d.name == "確定一式")
    book = openpyxl.load_workbook(io.BytesIO(renderer("xlsx")(document)))
    assert "=実績.補助対象事業費実績額-査定による減額" in {c.value for row in book["第７号様式"] for c in row}
    cells = {str(c.value) for row in book["確定額計算書"] for c in row}
    assert {"=SUM(査定.減額)", "=SUM(査定.報告額)", "=SUM(査定.認定額)"} <= cells
    looked_up = '=SUMPRODUCT((実績.支出明細.証拠番号={0})*(実績.支出明細.証拠番号<>""),実績.支出明細.金額)'
    assert looked_up.format("'確定額計算書'!$A$21") in cells


def test_explain_says_why() -> None:
    told = run("explain", kawasaki_samples.sample("R5-011"))
    assert told.code == 0
    assert "  査定（1件目）の減額 = 17,600\n" in told.out
    assert "      理由: 教室の受講者に売った五十五組は、本事業に要した経費と認められないため。\n" in told.out


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (FIRST, "{証拠番号: A-9, 認定額: 64000, ", "支出明細にありません"),
        (FIRST, "{証拠番号: A-3, 認定額: 1000, ", "二度書かれています"),
        (FIRST, "{証拠番号: A-2, 認定額: 81601, ", "報告された額（81,600円）を1円超えています"),
        ("{証拠番号: A-1, ", "{証拠番号: A-2, ", "支出明細に2件あり"),
    ],
)
def test_a_slip_in_it_is_an_error(tmp_path: Path, before: str, after: str, message: str) -> None:
    errors = [p for p in checked(changed(tmp_path, before, after)).problems if p.level == "error"]
    assert errors and all(message in p.message and p.hint and p.basis == "要綱第１３条第１項" for p in errors)


def test_numbers_are_the_same_however_they_are_written(tmp_path: Path) -> None:
    """1 and "1" are one number, 1 and 01 are two."""
    path = changed(tmp_path, "{証拠番号: A-1, ", "{証拠番号: 1, ")
    path.write_text(path.read_text(encoding="utf-8").replace("{証拠番号: A-2, ", '{証拠番号: "01", '), encoding="utf-8")
    assert amounts(checked(path))["補助対象事業費"] == REPORTED - REFUSED
    path.write_text(path.read_text(encoding="utf-8").replace("{証拠番号: A-3, ", '{証拠番号: "1", '), encoding="utf-8")
    errors = [p.message for p in checked(path).problems if p.level == "error"]
    assert errors and all("支出明細に2件あり" in message for message in errors)


def test_another_amount_than_applied_for_wants_its_reason(tmp_path: Path) -> None:
    def warnings(path: Path) -> list[str]:
        return [p.message for p in checked(path).problems if "理由" in p.message]

    assert not warnings(kawasaki_samples.sample("R5-011"))
    less = changed(tmp_path, "  認定した対象事業費: 422000", "  認定した対象事業費: 421000")
    text = less.read_text(encoding="utf-8").replace("補助金交付限度額: 211000", "補助金交付限度額: 210500")
    less.write_text(text, encoding="utf-8")
    assert warnings(less) == ["申請と異なる額を補助対象事業費と認めた理由が書かれていません（申請は422,000円）"]
    less.write_text(
        text.replace("  決定日:", "  認定の理由: 裏地の一部は備品に当たるため。\n  決定日:"), encoding="utf-8"
    )
    assert not warnings(less)
    assert "      理由: 裏地の一部は備品に当たるため。\n" in run("explain", less).out
