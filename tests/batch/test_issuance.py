"""yoshiki batch --issue: gapless, by date and 案件番号, after a list that writes nothing, however it is interrupted."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import command
import offices
import pytest
import samples
from command import Said
from offices import FORMS, Desk

from generator.operations.order import Order
from generator.register.entry import Entry
from generator.register.register import verify

CHANGES = """\
変更:
  - {申請日: 令和5年11月1日, 承認日: 令和5年11月10日, 内容: 一つ目}
  - {申請日: 令和5年12月1日, 承認日: 令和5年12月8日, 内容: 二つ目}
  - {申請日: 令和6年1月9日, 承認日: 令和6年1月15日, 内容: 三つ目}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = offices.office(tmp_path / "office")
    monkeypatch.chdir(made.root)
    return made


def batch(*arguments: str, jobs: int = 1) -> Said:
    return command.run("batch", "cases", "--jobs", f"{jobs}", "--format", "pdf", *arguments, forms=FORMS)


def entries(desk: Desk) -> tuple[Entry, ...]:
    register = desk.register()
    assert list(verify(register)) == []
    return register.ledger.entries()


def given(desk: Desk) -> list[tuple[str, int]]:
    return [(e.case_number, e.number) for e in entries(desk)]


def contents(root: Path) -> dict[str, str]:
    files = (p for p in root.rglob("*") if p.is_file())
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def budget(desk: Desk, yen: int) -> None:
    path = desk.root / "yoshiki.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('["予算"]', f'["予算"]\n"令和5年度" = {yen}', 1), encoding="utf-8")


def test_gapless_by_number_though_some_fail(desk: Desk) -> None:
    for number in ("A-10", "A-2", "A-1", "B-1"):
        desk.case(number)
    desk.case("A-3", decided="きのう")
    desk.case("A-4").write_text("申請：\n", encoding="utf-8")
    desk.case("A-5", name="株式会社超過", amount=900_000)
    budget(desk, 200_000)
    said = batch("--issue", "04", "--yes", jobs=2)
    assert said.code == 1
    assert given(desk) == [("A-1", 1), ("A-2", 2), ("A-10", 3), ("B-1", 4)]
    assert "発行するもの 4件" in said.out and "発行できないもの 3件" in said.out
    assert "予算 200,000円を" in said.out
    assert "令和5年度　見本市指令総企第1号から 見本市指令総企第4号 まで　4件" in said.out
    listed = re.findall(r"令和5年度  見本市指令総企第(\d+)号 +(\S+)", said.out)
    assert [(case, int(number)) for number, case in listed] == given(desk)


def test_the_list_writes_nothing(desk: Desk) -> None:
    desk.case("A-1")
    desk.issue(desk.case("A-2"))
    before = contents(desk.root)
    said = batch("--issue", "04")
    assert said.code == 0
    assert "発行するもの 1件" in said.out and "発行済み 1件" in said.out and "見本市指令総企第2号" in said.out
    assert "--yes を付けて" in said.out
    assert contents(desk.root) == before


def test_again_finds_the_same(desk: Desk) -> None:
    desk.case("A-1")
    desk.case("A-3")
    assert batch("--issue", "04", "--yes").code == 0
    desk.case("A-2")
    said = batch("--issue", "04", "--yes")
    assert "発行するもの 1件" in said.out and "発行済み 2件" in said.out
    assert given(desk) == [("A-1", 1), ("A-3", 2), ("A-2", 3)]
    assert "新たに発行するものはありません" in batch("--issue", "04", "--yes").out
    register = desk.register()
    for entry in register.ledger.entries():
        copied = desk.root / "output" / "tiny" / entry.case_number / "04-decision.pdf"
        assert copied.read_bytes() == register.archive.read(entry, "04-decision.pdf")


def test_every_change_that_was_approved(desk: Desk) -> None:
    path = desk.case("A-1", more=CHANGES)
    desk.case("A-2")
    assert "まだ発行されていません" in batch("--issue", "05").out  # the decision, which it quotes
    desk.issue(path)
    desk.issue(path, Order("05", nth=2))
    said = batch("--issue", "05", "--yes")
    assert "（第3回）" in said.out and "発行済み 1件" in said.out and "至っていないものなど 1件" in said.out
    assert [(e.ordinal, e.number, e.date, e.year) for e in entries(desk)[1:]] == [
        (1, 1, "2023-12-08", "令和5年"),
        (0, 2, "2023-11-10", "令和5年"),
        (2, 1, "2024-01-15", "令和6年"),
    ]


def test_the_date_and_its_year(desk: Desk) -> None:
    desk.case("A-1", decided="令和6年3月29日")
    desk.case("A-2", decided="令和6年4月1日")
    assert batch("--issue", "04", "--yes").code == 0
    assert [(e.number, e.year, e.date) for e in entries(desk)] == [
        (1, "令和5年度", "2024-03-29"),
        (1, "令和6年度", "2024-04-01"),
    ]
    desk.case("A-3", decided="令和6年4月1日")
    said = batch("--issue", "04", "--date", "令和6年5月7日", "--yes")
    assert "発行済み 2件" in said.out  # they keep their own dates
    assert (entries(desk)[-1].number, entries(desk)[-1].date) == (2, "2024-05-07")


def test_numbers_run_with_the_dates(desk: Desk) -> None:
    for number, decided in (("A-1", "令和6年3月25日"), ("A-2", "令和5年12月14日"), ("A-3", "令和5年12月14日")):
        desk.case(number, decided=decided)
    said = batch("--issue", "04", "--yes")
    assert "逆になります" not in said.out
    assert [(e.case_number, e.number, e.date) for e in entries(desk)] == [
        ("A-2", 1, "2023-12-14"),
        ("A-3", 2, "2023-12-14"),
        ("A-1", 3, "2024-03-25"),
    ]
    desk.case("A-0", decided="令和6年1月10日")
    desk.case("A-9", decided="令和6年3月25日")
    said = batch("--issue", "04")
    assert "注意: 1件は、番号と日付の順が逆になります（令和6年3月25日付けまで発行済みです）" in said.out


def test_a_document_dated_before_the_last_one_is_remarked(desk: Desk) -> None:
    desk.case("A-1", decided="令和6年3月25日")
    desk.case("A-2", decided="令和5年12月14日")
    desk.case("A-3", decided="令和6年4月1日")  # another 年度
    said = [command.run("issue", f"cases/A-{n}.yaml", "--form", "04", forms=FORMS) for n in (1, 2, 3)]
    assert [one.code for one in said] == [0, 0, 0]
    assert said[1].err == (
        "注意: 番号と日付の順が逆になりました。この文書は令和5年12月14日付けですが、"
        "前の番号に令和6年3月25日付けの文書があります\n"
    )
    assert not said[0].err and not said[2].err
    assert not command.run("issue", "cases/A-2.yaml", "--form", "04", forms=FORMS).err  # told once


def test_changes_of_a_case_are_issued_one_after_the_other(desk: Desk, tmp_path: Path) -> None:
    """Where each rests on the one before, their dates do not matter."""
    forms = tmp_path / "forms"
    shutil.copytree(FORMS, forms)
    scheme = forms / "tiny" / "scheme.yaml"
    text = scheme.read_text(encoding="utf-8")
    scheme.write_text(text.replace("date: 承認日}", 'date: 承認日, requires: ["04", "05"]}'), encoding="utf-8")
    desk.case("A-1", more=CHANGES.replace("承認日: 令和5年11月10日", "承認日: 令和5年12月20日"))
    desk.case("A-2", more=CHANGES)
    for form, count in (("04", 2), ("05", 6)):
        said = command.run("batch", "cases", "--format", "pdf", "--issue", form, "--yes", forms=forms)
        assert f"発行しました {count}件" in said.out and "発行できない" not in said.out, said.output
    given = [(e.case_number, e.ordinal, e.date) for e in entries(desk) if e.form == "05"]
    assert given == [
        ("A-2", 0, "2023-11-10"),
        ("A-2", 1, "2023-12-08"),
        ("A-1", 0, "2023-12-20"),
        ("A-1", 1, "2023-12-08"),
        ("A-1", 2, "2024-01-15"),
        ("A-2", 2, "2024-01-15"),
    ]


def test_two_files_of_one_number_are_both_refused(desk: Desk) -> None:
    desk.case("A-1")
    twin = desk.case("A-2")
    twin.write_text(twin.read_text(encoding="utf-8").replace("A-2", "a-1"), encoding="utf-8")
    assert "発行できないもの 2件" in batch("--issue", "04", "--yes").out
    assert given(desk) == []


def test_what_was_issued_is_no_case_of_its_own(desk: Desk) -> None:
    """Each issued document is kept with its case: the whole folder of an office has that case twice."""
    desk.issue(desk.case("A-1"))
    assert list((desk.root / "issued").rglob("case.yaml"))
    said = command.run("batch", ".", "--jobs", "1", "--format", "pdf", forms=FORMS)
    assert said.code == 0 and "作成 1件" in said.out and "要確認" not in said.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--stage", "無い段階"), "段階「無い段階」はありません（使えるのは 申請・"),
        (("--issue", "01"), "番号の付く様式「01」はありません"),
        (("--issue", "99"), "使えるのは 02・04・05・07"),
        (("--yes",), "--issue と一緒に"),
        (("--issue", "04", "--date", "きのう"), "日付が正しくありません"),
    ],
)
def test_wrong_command_lines(desk: Desk, arguments: tuple[str, ...], told: str) -> None:
    desk.case("A-1")
    said = batch(*arguments)
    assert said.code == 2 and told in said.output
    assert given(desk) == []


def test_outside_of_any_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = offices.office(tmp_path / "office")
    desk.case("A-1")
    (desk.root / "yoshiki.toml").unlink()
    monkeypatch.chdir(desk.root)
    assert "役所のフォルダー" in batch("--issue", "04", "--yes").err


RUN = """\
import os, signal, sys
from generator.cli import main as cli
from generator.operations import issue as issuing

def main():  # and only in this process: its workers import this file, too
    issue, left, at = issuing.issue, [int(sys.argv.pop(1))], sys.argv.pop(1)

    def watched(*arguments):
        left[0] -= 1
        def step(name):
            if not left[0] and name == at:
                os.kill(os.getpid(), signal.SIGKILL)
        return issue(*arguments, step)

    issuing.issue = watched
    cli.main()

if __name__ == "__main__":
    main()
"""


def start(desk: Desk, tmp_path: Path, *arguments: str, nth: int = 0, at: str = "") -> subprocess.Popen[bytes]:
    """The command in a process of its own, which kills itself at a step of its n-th document."""
    script = tmp_path / "run.py"
    script.write_text(RUN, encoding="utf-8")
    options = ["--forms", str(FORMS), "batch", "cases", "--jobs", "1", "--format", "pdf", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(command.ROOT), "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, str(script), str(nth), at, *options],
        cwd=desk.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize(
    "at",
    [
        pytest.param("rendered", marks=pytest.mark.torture),
        pytest.param("inserted", marks=pytest.mark.torture),
        "committed",
    ],
)
def test_killed_in_the_middle(desk: Desk, tmp_path: Path, at: str) -> None:
    numbers = [f"A-{n}" for n in range(1, 6)]
    for number in numbers:
        desk.case(number)
    killed = start(desk, tmp_path, "--issue", "04", "--yes", nth=3, at=at)
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    done = 3 if at == "committed" else 2
    assert given(desk) == [(number, n) for n, number in enumerate(numbers[:done], 1)]
    said = batch("--issue", "04", "--yes")
    assert said.code == 0 and f"発行済み {done}件" in said.out
    assert given(desk) == [(number, n) for n, number in enumerate(numbers, 1)]


@pytest.mark.torture
def test_two_runs_at_once(desk: Desk, tmp_path: Path) -> None:
    numbers = [f"A-{n}" for n in range(1, 13)]
    for number in numbers:
        desk.case(number)
    runs = [start(desk, tmp_path, "--issue", "04", "--yes") for _ in range(2)]
    for run in runs:
        out, _ = run.communicate(timeout=240)
        told = out.decode("utf-8")
        assert "発行しました" in told or "新たに発行するものはありません" in told, told
    assert given(desk) == [(number, n) for n, number in enumerate(numbers, 1)]


def test_a_list_that_is_missing_stops_neither_the_batch_nor_the_overview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = offices.office(tmp_path / "office")
    monkeypatch.chdir(desk.root)
    text = samples.PLAIN.read_text(encoding="utf-8").replace("  経費:", "  経費の内訳:", 1)
    (desk.root / "cases" / samples.PLAIN.name).write_text(text, encoding="utf-8")
    assert "要確認 1件" in batch().out
    assert "要確認" in command.run("status", "cases", forms=FORMS).out
