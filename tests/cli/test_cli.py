"""The command from end to end: what is typed, what is printed, what is written, and the exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import command
import pytest
import samples
from command import Said

from generator.cli import main
from generator.typography import fonts

SAMPLES = samples.PLAIN.parent
SMALL = SAMPLES / "L-003.yaml"  # only what every case must have
PROBLEM = samples.SMALL / "faulty" / "clock.yaml"
STAGE = {"01-application.pdf", "01b-costs.pdf", "申請一式.pdf", "申請一式.xlsx"}


def run(*arguments: str | Path, forms: Path | None = samples.SMALL) -> Said:
    return command.run(*arguments, forms=forms)


def start(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return command.start(*arguments, cwd=cwd, forms=samples.SMALL, **environment)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with one small case; its output goes to ./output."""
    shutil.copyfile(SMALL, tmp_path / "L-003.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def box(desk: Path) -> Path:
    """Where the case's files are written."""
    return desk / "output" / "lecture" / "L-003"


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# ---- what is printed ----


def test_forms_are_listed() -> None:
    said = run("forms")
    assert said.code == 0
    assert "lecture　見本市　見本講習補助金" in said.out
    ids = re.findall(r"^  (\d\d[a-z]?) +\S", said.out, re.MULTILINE)
    assert {"01", "01b", "02", "03", "03b", "04"} <= set(ids)


def test_check_is_quiet_about_a_good_case() -> None:
    said = run("check", *sorted(SAMPLES.glob("*.yaml")))
    assert said.code == 0
    assert said.err == ""
    assert said.out.splitlines() == [f"{p.stem}: 問題ありません" for p in sorted(SAMPLES.glob("*.yaml"))]


def test_check_json() -> None:
    said = run("check", "--json", SMALL, PROBLEM)
    good, bad = json.loads(said.out)
    assert (said.code, said.err) == (1, "")
    assert (good["ok"], good["案件番号"], good["段階"], good["problems"]) == (True, "L-003", ["申請"], [])
    assert not bad["ok"]
    (problem,) = bad["problems"]
    assert (
        problem.items()
        >= {
            "level": "error",
            "message": "「12:30」は金額として読めません",
            "file": str(PROBLEM),
            "line": 14,
            "column": 11,
            "item": "第１号様式別紙「単価」（2件目）",
            "hint": "円単位の整数で書いてください（例 1230）",
            "basis": "第３条",
        }.items()
    )


def test_explain_tells_inputs_formula_result_and_article() -> None:
    said = run("explain", SAMPLES / "L-001.yaml")
    assert said.code == 0
    assert "補助率 = 2分の1　2020-04-01 から　根拠: 第３条" in said.out
    lines = said.out.splitlines()
    at = lines.index("  補助額 = 36,562")
    assert lines[at + 1].strip() == "=MIN(ROUNDDOWN(合計*補助率,0),限度額)"
    assert re.fullmatch(r"合計 [\d,]+、補助率 2分の1、限度額 300,000", lines[at + 2].strip())
    assert lines[at + 3].strip().startswith("根拠: 第３条")


def test_explain_json() -> None:
    said = run("explain", "--json", SAMPLES / "L-001.yaml")
    found = json.loads(said.out)
    (confirmed,) = [line for line in found["計算"] if (line["段階"], line["項目"]) == ("申請", "補助額")]
    assert confirmed["結果"] == "36,562"
    assert confirmed["入力"]["補助率"] == "2分の1"
    assert {d["項目"] for d in found["定め"]} >= {"補助率", "限度額"}


def test_explain_of_a_case_with_problems() -> None:
    said = run("explain", PROBLEM)
    assert said.code == 1
    assert "「12:30」は金額として読めません" in said.err
    assert "経費（1件目）の金額 = 20,000" in said.out
    assert "合計 =" not in said.out  # nothing is concluded from what cannot be read


# ---- help and usage ----


def _commands(group: click.Group = main.cli, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield before
    for name in group.list_commands(click.Context(group)):
        below = group.get_command(click.Context(group), name)
        assert below is not None
        if isinstance(below, click.Group):
            yield from _commands(below, (*before, name))
        else:
            yield (*before, name)


# What click says by itself, and the kinds of values it names.
CLICK = re.compile(
    r"\b(usage|options|commands|arguments|required|default|show|message|exit|version|range"
    r"|text|integer|float|boolean|path|file|filename|directory|date|uuid|args)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("command", list(_commands()), ids=" ".join)
def test_help_is_japanese(command: tuple[str, ...]) -> None:
    said = run(*command, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("使い方: yoshiki")
    text = re.sub(r"--[a-z-]+", "", said.out.partition("\n")[2])
    assert not CLICK.search(text), CLICK.findall(text)
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", text), text  # an English sentence
    for line in text.splitlines():
        assert not line or re.search("[ぁ-んァ-ヶ一-龠]", line), line


@pytest.mark.parametrize("name", ["batch", "check"])
def test_help_tells_a_range_in_words(name: str) -> None:
    said = run(name, "--help").out
    assert "、1から64まで）" in said and "<=" not in said


def test_help_tells_the_exit_codes() -> None:
    assert (
        "終了コード: 0 問題なし、1 案件や設定に直すところがある、2 使い方の誤り、3 プログラムや環境の不具合"
        in run("--help").out
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check"], "案件.yaml… が指定されていません"),
        (["explain"], "案件.yaml が指定されていません"),
        (["explain", "a.yaml", "b.yaml"], "余分な引数があります（b.yaml）"),
        (["forms", "要らない引数"], "余分な引数があります（要らない引数）"),
        (["chek", "a.yaml"], "コマンド「chek」はありません（「check」ではありませんか）"),
        (["様式"], "コマンド「様式」はありません（使えるのは"),
        (["check", "--jsn", "a.yaml"], "「--jsn」というオプションはありません（「--json」ではありませんか）"),
        (["check", "--json=1", "a.yaml"], "--json には値を付けられません"),
        (["render", "--format", "doc", "a.yaml"], "--format の値が正しくありません（使えるのは pdf・xlsx・docx）"),
        (["render", "--form", "99", "a.yaml"], "様式「99」はありません（使えるのは 01・01b・"),
        (["render", "a.yaml", "--out"], "--out には値が要ります"),
        (["render", "--out", str(SMALL), "a.yaml"], "--out にはフォルダーを指定してください"),
        (["--forms", "ない", "forms"], "--forms には今あるフォルダーを指定してください"),
    ],
)
def test_wrong_usage(arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(*arguments)
    assert (said.code, said.out) == (2, "")
    first, second = said.err.splitlines()
    assert first.startswith(f"yoshiki: {told}"), first
    assert re.fullmatch(r"使い方は yoshiki( \w+)? --help で見られます", second)
    assert list(tmp_path.iterdir()) == []


def test_no_command_shows_the_help() -> None:
    said = run(forms=None)
    assert (said.code, said.out) == (2, "")
    assert said.err == run("--help").out
    assert run().err.startswith("yoshiki: コマンドが書かれていません（使えるのは ")


# ---- what is written ----


def test_render_writes_every_form_of_the_stage(desk: Path, box: Path) -> None:
    said = run("render", "L-003.yaml")
    assert (said.code, said.err) == (0, "")
    assert said.out == f"L-003: 4 個のファイルを作りました（{Path('output/lecture/L-003')}）\n"
    assert names(box) == STAGE | {"manifest.json"}
    assert (box / "01-application.pdf").read_bytes().startswith(b"%PDF-")


def test_a_whole_life_has_every_stage(tmp_path: Path) -> None:
    said = run("render", "--out", tmp_path, "--format", "docx", SAMPLES / "L-001.yaml")
    assert said.code == 0
    made = names(tmp_path / "lecture" / "L-001")
    assert made >= {"02-decision.docx", "03-report.docx", "04-invoice.docx", "manifest.json"}
    assert all(name.endswith(".docx") for name in made - {"manifest.json"})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_owner_may_read(desk: Path, box: Path) -> None:
    old = os.umask(0o022)
    try:
        run("render", "L-003.yaml")
    finally:
        os.umask(old)
    for path in (box.parent, box):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    for path in (*box.iterdir(), *box.parent.glob(".*.lock")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_second_run_writes_nothing(desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    before = contents(box)
    said = run("render", "L-003.yaml")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("L-003: 最新です")
    assert contents(box) == before


def test_a_changed_case_is_made_again(desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    before = contents(box)
    text = (desk / "L-003.yaml").read_text(encoding="utf-8")
    (desk / "L-003.yaml").write_text(re.sub("(    名称: ).*", r"\1改めた名前の事業", text, count=1), encoding="utf-8")
    said = run("render", "L-003.yaml")
    assert "4 個のファイルを作りました" in said.out
    after = contents(box)
    assert after.keys() == before.keys()
    assert after["01-application.pdf"][0] != before["01-application.pdf"][0]


def test_changed_forms_are_made_again(desk: Path, box: Path, tmp_path: Path) -> None:
    copy = tmp_path / "forms"
    shutil.copytree(samples.SMALL, copy)
    run("render", "L-003.yaml", forms=copy)
    assert run("render", "L-003.yaml", forms=copy).out.startswith("L-003: 最新です")
    rules = copy / "lecture" / "rules.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + "# 読み直した\n", encoding="utf-8")
    assert "4 個のファイルを作りました" in run("render", "L-003.yaml", forms=copy).out


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_damaged_file_is_made_again(damage: str, desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    before = contents(box)
    victim = box / "01b-costs.pdf"
    victim.unlink() if damage == "missing" else victim.write_bytes(b"?")
    assert "4 個のファイルを作りました" in run("render", "L-003.yaml").out
    assert {n: data for n, (data, _) in contents(box).items()} == {n: data for n, (data, _) in before.items()}


def test_a_partial_run_keeps_what_is_still_true(desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    before = {n: data for n, (data, _) in contents(box).items() if n != "manifest.json"}
    said = run("render", "--form", "01", "--format", "pdf", "L-003.yaml")
    assert "1 個のファイルを作りました" in said.out
    assert {n: data for n, (data, _) in contents(box).items() if n != "manifest.json"} == before
    assert run("render", "L-003.yaml").out.startswith("L-003: 最新です")


def test_a_partial_run_removes_what_is_no_longer_true(desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    with (desk / "L-003.yaml").open("a", encoding="utf-8") as file:
        file.write("# 書き足した\n")
    said = run("render", "--form", "01", "--format", "pdf", "L-003.yaml")
    assert "古くなったファイルを除きました" in said.out
    assert names(box) == {"01-application.pdf", "manifest.json"}


def test_a_form_the_case_has_not_reached(desk: Path, box: Path) -> None:
    said = run("render", "--form", "04", "L-003.yaml")
    assert said.code == 0
    assert said.out == "L-003: 指定された様式や形式のものは、この案件にはまだありません\n"


def test_files_of_others_stay(desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    (box / "窓口のメモ.txt").write_text("電話あり", encoding="utf-8")
    (box / "添付").mkdir()
    (box / "添付" / "見積書.pdf").write_bytes(b"%PDF-")
    with (desk / "L-003.yaml").open("a", encoding="utf-8") as file:
        file.write("# 書き足した\n")
    run("render", "L-003.yaml")
    assert names(box) == STAGE | {"manifest.json", "窓口のメモ.txt", "添付"}
    assert (box / "窓口のメモ.txt").read_text(encoding="utf-8") == "電話あり"
    assert (box / "添付" / "見積書.pdf").read_bytes() == b"%PDF-"


def test_a_problem_leaves_the_old_files_and_says_so(desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    before = contents(box)
    change(desk / "L-003.yaml", "区分:", "区部:")
    said = run("render", "L-003.yaml")
    assert (said.code, said.out) == (1, "")
    assert "「区部」という項目はありません" in said.err
    assert "L-003: 何も書き出していません" in said.err
    folder = Path("output/lecture/L-003")
    assert f"{folder} にあるのは前に作ったもので、今の案件とは合っていません" in said.err
    assert contents(box) == before


def test_nothing_is_written_for_a_case_with_problems(desk: Path) -> None:
    said = run("render", PROBLEM)
    assert said.code == 1
    assert "何も書き出していません" in said.err
    assert "今の案件とは合っていません" not in said.err
    assert names(desk) == {"L-003.yaml"}


def test_the_other_cases_of_a_run_are_made(desk: Path, box: Path) -> None:
    said = run("render", PROBLEM, "L-003.yaml", desk / "ない.yaml")
    assert said.code == 1
    assert "L-003: 4 個のファイルを作りました" in said.out
    assert "ない.yaml: ファイルがありません" in said.err
    assert names(box.parent) == {"L-003", ".L-003.lock"}


def test_the_number_is_unique_in_a_run_ignoring_case(desk: Path, box: Path) -> None:
    shutil.copyfile(desk / "L-003.yaml", desk / "もう一つ.yaml")
    change(desk / "もう一つ.yaml", "案件番号: L-003", "案件番号: l-003")
    said = run("render", "L-003.yaml", "もう一つ.yaml")
    assert said.code == 1
    assert "案件番号が L-003.yaml と同じです" in said.err
    assert names(box.parent) == {"L-003", ".L-003.lock"}


def test_the_same_file_twice_is_no_clash(desk: Path) -> None:
    assert run("check", "L-003.yaml", desk / "L-003.yaml").code == 0


def test_killed_while_building(desk: Path, box: Path) -> None:
    """The half-built folder goes; what was there stays until the next one is whole."""
    run("render", "L-003.yaml")
    before = contents(box)
    half = box.parent / ".L-003.new"
    half.mkdir()
    (half / "01-application.pdf").write_bytes(b"%PDF-1.7 half")
    assert run("render", "L-003.yaml").out.startswith("L-003: 最新です")
    assert contents(box) == before
    assert names(box.parent) == {"L-003", ".L-003.lock"}


def test_killed_between_the_two_renames(desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    before = contents(box)
    shutil.copytree(box, box.parent / ".L-003.new")
    box.rename(box.parent / ".L-003.old")
    assert run("render", "L-003.yaml").out.startswith("L-003: 最新です")
    assert contents(box) == before
    assert names(box.parent) == {"L-003", ".L-003.lock"}


def test_killed_before_the_old_folder_went(desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    before = contents(box)
    shutil.copytree(box, box.parent / ".L-003.old")
    assert run("render", "L-003.yaml").out.startswith("L-003: 最新です")
    assert contents(box) == before
    assert names(box.parent) == {"L-003", ".L-003.lock"}


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"base": 1}', '{"choices": [], "files": 3}'])
def test_an_unreadable_manifest_means_stale(manifest: str, desk: Path, box: Path) -> None:
    run("render", "L-003.yaml")
    (box / "manifest.json").write_text(manifest, encoding="utf-8")
    assert "4 個のファイルを作りました" in run("render", "L-003.yaml").out


# ---- surroundings ----


def test_broken_forms_are_not_the_cases_fault(desk: Path, tmp_path: Path) -> None:
    copy = tmp_path / "forms"
    shutil.copytree(samples.SMALL, copy)
    change(copy / "lecture" / "rules.yaml", "formula:", "formulla:")
    said = run("check", "L-003.yaml", forms=copy)
    assert said.code == 3
    assert "rules.yaml" in said.err


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(desk: Path) -> None:
    (desk / "output").mkdir(mode=0o500)
    said = run("render", "L-003.yaml")
    assert said.code == 3
    assert "読み書きの権限がありません" in said.err


def test_a_file_where_the_folder_should_be(desk: Path) -> None:
    (desk / "output").mkdir()
    (desk / "output" / "lecture").write_bytes(b"")
    said = run("render", "L-003.yaml")
    assert said.code == 1  # as `batch` says it
    assert said.err.startswith(f"{Path('output', 'lecture')}: フォルダーではないものがあります\n")
    assert not re.search("[A-Za-z]{4,} [a-z]+", said.err), said.err


def _told(desk: Path, **environment: str) -> tuple[int, bytes]:
    done = start("check", "L-003.yaml", PROBLEM, cwd=desk, **environment)
    return done.returncode, done.stdout


def test_the_output_is_utf8_whatever_the_locale(desk: Path) -> None:
    plain = _told(desk, LC_ALL="C.UTF-8")
    assert plain[0] == 1
    assert "L-003: 問題ありません" in plain[1].decode("utf-8")
    assert _told(desk, LC_ALL="C") == plain
    assert _told(desk, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0") == plain
    assert _told(desk, LC_ALL="tr_TR.UTF-8", LANG="ja_JP.eucJP") == plain
    assert _told(desk, PYTHONUTF8="0", PYTHONIOENCODING="cp932") == plain


def test_the_files_are_the_same_whatever_the_locale(desk: Path, box: Path) -> None:
    done = start("render", "L-003.yaml", cwd=desk, LC_ALL="C.UTF-8", TZ="Asia/Tokyo")
    assert done.returncode == 0, done.stdout.decode("utf-8")
    first = {n: data for n, (data, _) in contents(box).items()}
    shutil.rmtree(desk / "output")
    other = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp932", "PYTHONCOERCECLOCALE": "0"}
    start("render", "L-003.yaml", cwd=desk, **other, PYTHONHASHSEED="7", TZ="America/New_York")
    assert {n: data for n, (data, _) in contents(box).items()} == first


def test_version() -> None:
    said: Said = run("--version")
    assert said.code == 0
    assert re.fullmatch(r"yoshiki \d+\.\d+\.\d+\S*\n", said.out)


def test_a_letter_edited_by_hand_is_never_lost(desk: Path) -> None:
    """People edit the Word letters: an edited one is no damage, and a new one does not overwrite it."""
    shutil.copyfile(SAMPLES / "L-001.yaml", desk / "L-001.yaml")
    letter = desk / "output" / "lecture" / "L-001" / "02-decision.docx"
    run("render", "L-001.yaml", "--format", "docx")
    for edit in (b"first", b"second"):
        letter.write_bytes(edit)
        assert run("render", "L-001.yaml", "--format", "docx").out.startswith("L-001: 最新です")
        assert letter.read_bytes() == edit
        path = desk / "L-001.yaml"
        path.write_text(path.read_text(encoding="utf-8") + f"# {edit!r}\n", encoding="utf-8")
        assert run("render", "L-001.yaml", "--format", "docx").code == 0
        assert letter.read_bytes()[:2] == b"PK"
    kept = sorted(p.read_bytes() for p in letter.parent.glob("*手直し*.docx"))
    assert kept == [b"first", b"second"]


def test_a_fault_of_a_scheme_is_not_the_clerks_for_any_command(tmp_path: Path) -> None:
    folder = tmp_path / "forms" / SAMPLES.name
    shutil.copytree(samples.SMALL / folder.name, folder)
    (folder / "rules.yaml").write_text("定め: [\n", encoding="utf-8")
    for arguments in (("forms",), ("check", SMALL), ("explain", SMALL)):
        said = run(*arguments, forms=tmp_path / "forms")
        assert (said.code, "rules.yaml" in said.err) == (3, True), arguments
    assert run("check", SMALL, forms=tmp_path / "forms").err.endswith(": 制度のファイルに直すところが 1 件あります\n")


def test_what_is_missing_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "_library", fonts.Library([tmp_path], ()))
    assert run("check", SMALL).err.endswith(": フォントに直すところが 1 件あります\n")
