"""Many cases at once: each made once, one bad case stops nobody, a second run makes nothing again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import command
import pytest
import samples
from command import ROOT, Said

from generator.batch.render_many import Outcomes
from generator.case.figures import Figures
from generator.reports.outcome import MADE, OTHER, Outcome

SAMPLE = samples.PLAIN.with_name("L-003.yaml")


def run(*arguments: str) -> Said:
    return command.run(*arguments, forms=samples.SMALL)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cases").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def case(desk: Path, number: str, name: str = "", change: tuple[str, str] = ("", "")) -> Path:
    path = desk / "cases" / f"{name or number}.yaml"
    text = SAMPLE.read_text(encoding="utf-8").replace("案件番号: L-003", f"案件番号: {number}")
    path.write_text(text.replace(*change) if change[0] else text, encoding="utf-8")
    return path


def test_what_many_cases_became_lies_on_the_disk() -> None:
    """The files are most of it, and the manifest tells them in the order of the numbers, whoever came first."""
    outcomes = Outcomes()
    for number in ("R5-010", "R5-002", "R5-001"):
        figures = Figures("令和5年度", (("決定額", 1000, "2023-10-02"),))
        outcomes.add(Outcome(f"{number}.yaml", MADE, "s", number, files=((f"s/{number}/a.pdf", "0"),), figures=figures))
    outcomes.add(Outcome("R5-003.yaml", OTHER, "s", "R5-003"))
    lines = [json.loads(line) for line in outcomes.manifest()]
    assert [one["案件番号"] for one in lines] == ["R5-001", "R5-002", "R5-010"]
    assert [one["ファイル"] for one in lines] == [{f"s/{one['案件番号']}/a.pdf": "0"} for one in lines]
    assert not any(one.files for one in outcomes.cases) and outcomes.cases[0].figures.amounts[0][1] == 1000


def manifest(desk: Path) -> dict[str, dict[str, object]]:
    lines = (desk / "output" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return {Path(one["案件"]).stem: one for one in map(json.loads, lines)}


def test_a_bad_case_stops_nobody(desk: Path) -> None:
    for number in ("B-1", "B-2", "B-3"):
        case(desk, number)
    case(desk, "B-4", change=("申請日: 令和6年5月7日", "申請日: きのう"))
    said = run("batch", "cases", "--jobs", "2", "--format", "pdf")
    assert said.code == 1
    assert "作成 3件、要確認 1件" in said.out
    found = manifest(desk)
    assert {n: o["結果"] for n, o in found.items()} == {"B-1": "作成", "B-2": "作成", "B-3": "作成", "B-4": "要確認"}
    assert not found["B-4"]["ファイル"] and len(found["B-1"]["ファイル"]) == 3
    again = run("batch", "cases", "--jobs", "2", "--format", "pdf")
    assert "最新 3件、要確認 1件" in again.out
    assert {n: o["ファイル"] for n, o in manifest(desk).items()} == {n: o["ファイル"] for n, o in found.items()}
    assert (desk / "output" / "年度の報告.xlsx").exists() and (desk / "output" / "年度の報告.pdf").exists()


def test_the_number_is_known_however_it_is_written(desk: Path) -> None:
    """Six ways of writing one 案件番号: one case is made, the others are refused before they could overwrite it."""
    plain = case(desk, "B-1", "a").read_text(encoding="utf-8")
    spelled = [
        "\ufeff" + plain,
        plain.replace("案件番号:", "案件番号 :"),
        plain.replace("案件番号:", '"案件番号":'),
        plain.replace("案件番号: B-1", "案件番号:\n  b-1"),
        "#" + "x" * 5000 + "\n" + plain,
    ]
    for n, text in enumerate(spelled):
        (desk / "cases" / f"b{n}.yaml").write_text(text, encoding="utf-8")
    said = run("batch", "cases", "--jobs", "2", "--format", "pdf")
    assert "作成 1件、要確認 5件" in said.out


def test_only_the_year_and_stage_asked_for(desk: Path) -> None:
    case(desk, "B-1")
    case(desk, "B-2", change=("申請日: 令和6年", "申請日: 令和7年"))
    for year in ("令和6年度", "令和6", "R6", "2024", "２０２４年度"):
        said = run("batch", "cases", "--year", year, "--stage", "申請", "--format", "pdf")
        assert said.code == 0 and "対象外 1件" in said.out, year
    assert "作成 1件" in run("batch", "cases", "--year", "2025", "--stage", "申請", "--format", "pdf").out


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("cases", "--year", "令和4年度"), "令和4年度に当たる案件がありません"),
        (("cases", "--year", "2022", "--stage", "決定"), "令和4年度・段階「決定」に当たる案件がありません"),
        (("cases", "--stage", "決定"), "段階「決定」に当たる案件がありません"),
        (("cases", "--year", "そのうち"), "「そのうち」は年として読めません"),
        (("case", "--year", "R6"), "case: フォルダーがありません"),
    ],
)
def test_where_nothing_is_asked_for_nothing_is_written(desk: Path, asked: tuple[str, ...], told: str) -> None:
    case(desk, "B-1")
    assert run("batch", "cases", "--format", "pdf").code == 0
    before = {p: p.read_bytes() for p in (desk / "output").rglob("*") if p.is_file()}
    said = run("batch", *asked)
    assert said.code == 1 and told in said.err and "年度の報告" not in said.out
    assert {p: p.read_bytes() for p in (desk / "output").rglob("*") if p.is_file()} == before


def test_no_process_loads_what_it_does_not_need(desk: Path) -> None:
    """Outside of an office nobody needs a database; a worker needs no command line, and nobody an HTTP client."""
    case(desk, "B-1")
    words = [sys.executable, "-X", "importtime", "-m", "generator", "--forms", str(samples.SMALL), "batch", "cases"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=desk, env=environment, capture_output=True, check=True)
    loaded = Counter(re.findall(r"(?m)^import time:.*\| +(\S+)\r?$", done.stderr.decode("utf-8")))
    assert loaded["generator.batch.render_many"] == loaded["openpyxl"] == 2, "the command's and its worker's"
    assert loaded["generator.cli.main"] == loaded["click"] == 1
    for unused in ("docx", "sqlalchemy", "distributed", "fsspec", "asyncio", "http.client", "ssl"):
        assert not loaded[unused], unused
