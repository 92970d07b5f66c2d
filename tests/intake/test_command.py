"""yoshiki intake: what is written where, what is said, what is left alone."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

import command
import parts
import pytest
import samples

from generator.case.build import load_case
from generator.intake import filing
from generator.problem import UnreadableError
from generator.register.entry import Keys


def run(*arguments: str) -> command.Said:
    return command.run(*arguments, forms=samples.SMALL)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, data in parts.returnable(parts.PLAIN).items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def head(sample: Path, stage: str) -> bytes:
    """The sample's file as far as the section."""
    text = sample.read_bytes()
    at = text.index(f"\n{stage}:".encode())
    return text[: at + 1]


def test_a_new_case(desk: Path) -> None:
    said = run("intake", "申請一式.xlsx", "-o", "箱")
    data = (desk / "申請一式.xlsx").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    assert said.code == 0, said.output
    case, problems = load_case(desk / "箱" / "L-001.yaml", parts.schemes())
    assert not [p for p in problems if p.level == "error"]
    assert case.data["申請"] == parts.full(parts.PLAIN).data["申請"]
    kept = desk / "箱" / "受領" / f"{digest[:8]}-申請一式.xlsx"
    assert kept.read_bytes() == data
    for told in ("L-001の「申請」を読み取りました", "署名なし", "補助額", digest, str(Path("箱", "L-001.yaml"))):
        assert told in said.out
    if os.name == "posix":
        assert stat.S_IMODE((desk / "箱" / "L-001.yaml").stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert run("check", "箱/L-001.yaml").code == 0


def test_twice_is_once(desk: Path) -> None:
    run("intake", "申請一式.xlsx")
    before = (desk / "受付" / "L-001.yaml").read_bytes()
    said = run("intake", "申請一式.xlsx")
    assert said.code == 0 and "同じ内容のものがすでにあります" in said.out
    assert (desk / "受付" / "L-001.yaml").read_bytes() == before


def test_another_case_of_that_number_is_left_alone(desk: Path) -> None:
    (desk / "受付").mkdir()
    (desk / "受付" / "l-001.yaml").write_text("案件番号: L-001\n", encoding="utf-8")
    said = run("intake", "申請一式.xlsx")
    assert said.code == 1 and "がもうあります" in said.err and "--into" in said.err
    assert sorted(p.name for p in (desk / "受付").iterdir() if not p.name.startswith(".")) == ["l-001.yaml"]


def test_nothing_is_written_for_a_file_with_problems(desk: Path) -> None:
    data = parts.typed(parts.application(), {"申請.申請日": "来月", "申請.申請者.代表者": None})
    (desk / "返送.xlsx").write_bytes(data)
    said = run("intake", "返送.xlsx", "申請一式.xlsx", "無い.xlsx")
    assert said.code == 1
    assert "返送.xlsx: 直すところが 2 件あります。何も書き出していません" in said.err
    assert "無い.xlsx: ファイルがありません" in said.err
    assert [p.name for p in (desk / "受付" / "受領").iterdir()] != []
    assert not list((desk / "受付" / "受領").glob("*返送*"))
    assert (desk / "受付" / "L-001.yaml").exists()  # the other file of the run is taken in


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_is_no_file(desk: Path) -> None:
    """To read one would wait for ever."""
    os.mkfifo(desk / "返送.xlsx")
    said = run("intake", "返送.xlsx")
    assert said.code == 1 and "返送.xlsx: 普通のファイルではありません" in said.err


def test_a_name_that_no_file_can_have(desk: Path) -> None:
    said = run("intake", f"{'返送' * 200}.xlsx")
    assert said.code == 1 and "ファイルを読めません" in said.err
    with pytest.raises(UnreadableError, match="ファイルがありません"):
        filing.bytes_of_returned(desk / "返送\0.xlsx")


def test_a_folder_is_no_file(desk: Path) -> None:
    (desk / "返送.xlsx").mkdir()
    said = run("intake", "返送.xlsx")
    assert said.code == 1 and "返送.xlsx: フォルダーです" in said.err


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_report_goes_on_with_its_case(desk: Path, ending: bytes) -> None:
    before = head(parts.PLAIN, "請求").replace(b"\n", ending)
    (desk / "案件.yaml").write_bytes(before)
    said = run("intake", "請求一式.xlsx", "--into", "案件.yaml", "--for", "L-001")
    assert said.code == 0, said.output
    after = (desk / "案件.yaml").read_bytes()
    assert after.startswith(before) and len(after) > len(before)
    case, _ = load_case(desk / "案件.yaml", parts.schemes())
    assert case.data["請求"] == parts.full(parts.PLAIN).data["請求"]
    assert len(list((desk / "受領").iterdir())) == 1
    again = run("intake", "請求一式.xlsx", "--into", "案件.yaml")
    assert again.code == 1 and "もう「請求」が書かれています" in again.err
    assert (desk / "案件.yaml").read_bytes() == after


def test_a_change_goes_on_with_its_case(desk: Path) -> None:
    before = head(parts.PLAIN, "報告")
    (desk / "案件.yaml").write_bytes(before)
    said = run("intake", "報告一式.xlsx", "--into", "案件.yaml")
    assert said.code == 0, said.output
    assert (desk / "案件.yaml").read_bytes().startswith(before)
    case, _ = load_case(desk / "案件.yaml", parts.schemes())
    assert case.data["報告"] == [parts.expected(parts.PLAIN, "報告[0]")]
    again = run("intake", "報告一式.xlsx", "--into", "案件.yaml")
    assert again.code == 1 and "「報告（第1回）」はもう書かれています" in again.err


def test_the_second_change_follows_the_first(desk: Path) -> None:
    text = parts.RICH.read_text(encoding="utf-8")
    begin = text.index("\n報告:")
    second = text.index("\n  - 報告日", text.index("  - 報告日", begin) + 3)
    (desk / "案件.yaml").write_text(text[: second + 1], encoding="utf-8", newline="\n")
    (desk / "報告2.xlsx").write_bytes(samples.files(parts.RICH, "xlsx")["報告2一式.xlsx"])
    said = run("intake", "報告2.xlsx", "--into", "案件.yaml")
    assert said.code == 0, said.output
    case, _ = load_case(desk / "案件.yaml", parts.schemes())
    assert case.get("報告[1]") == parts.expected(parts.RICH, "報告[1]")


def test_a_report_without_its_case(desk: Path) -> None:
    said = run("intake", "請求一式.xlsx")
    assert said.code == 1 and "--into" in said.err and not (desk / "受付").exists()


def test_an_earlier_section_that_was_changed_is_told(desk: Path) -> None:
    (desk / "案件.yaml").write_bytes(head(parts.PLAIN, "請求"))
    (desk / "請求.xlsx").write_bytes(parts.typed((desk / "請求一式.xlsx").read_bytes(), {"申請.講習.名称": "別の事業"}))
    said = run("intake", "請求.xlsx", "--into", "案件.yaml")
    assert said.code == 0, said.output
    assert "案件の「申請」と違うことが書かれています" in said.err and "別の事業" not in said.out
    case, _ = load_case(desk / "案件.yaml", parts.schemes())
    assert case.data["申請"] == parts.full(parts.PLAIN).data["申請"]


def test_json(desk: Path) -> None:
    said = run("intake", "申請一式.xlsx", "請求一式.xlsx", "--json")
    first, second = json.loads(said.out)
    assert said.code == 1 and first["ok"] and not second["ok"]
    assert first["案件番号"] == "L-001" and first["段階"] == "申請" and first["署名"] is False
    assert first["計算"]["補助額"] and first["案件"].endswith("L-001.yaml")
    assert second["problems"][0]["hint"]


def test_a_form_that_nobody_numbered(desk: Path) -> None:
    data = parts.signed(number="")
    (desk / "申請.xlsx").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()[:8]
    assert run("intake", "申請.xlsx").code == 0
    provisional = desk / "受付" / f"uketsuke-{digest}.yaml"
    text = provisional.read_text(encoding="utf-8")
    assert f"案件番号: uketsuke-{digest}" in text and "仮のもの" in text
    assert run("intake", "申請.xlsx").code == 0  # the same again
    twice = run("intake", "申請.xlsx", "--for", "R5-888")  # one file is not to be two cases
    assert twice.code == 1 and f"uketsuke-{digest}.yaml に取り込んでいます" in twice.err
    assert not (desk / "受付" / "R5-888.yaml").exists()
    provisional.unlink()
    assert run("intake", "申請.xlsx", "--for", "R5-888").code == 0
    assert (desk / "受付" / "R5-888.yaml").exists()


def test_the_keys_of_the_office(desk: Path) -> None:
    old, new = Keys.fresh(), Keys.fresh()
    (desk / "yoshiki.toml").write_text("", encoding="utf-8")
    (desk / "register.key").write_text(f"{new}\n{old}\n", encoding="utf-8")
    (desk / "署名.xlsx").write_bytes(parts.signed((old,)))
    said = run("intake", "署名.xlsx")
    assert said.code == 0 and "署名あり" in said.out, said.output
    (desk / "register.key").write_text(f"{new}\n", encoding="utf-8")
    said = run("intake", "署名.xlsx")
    assert said.code == 1 and "署名が正しくありません" in said.err
    said = run("intake", "申請一式.xlsx", "-o", "別")
    assert said.code == 0 and "用紙に署名がありません" in said.err


def test_wrong_usage(desk: Path) -> None:
    for arguments in (
        ["intake"],
        ["intake", "申請一式.xlsx", "請求一式.xlsx", "--for", "L-001"],
        ["intake", "申請一式.xlsx", "--for", "../x"],
        ["intake", "申請一式.xlsx", "--out"],
    ):
        said = run(*arguments)
        assert said.code == 2 and not said.output.isascii()
    said = run("intake", "請求一式.xlsx", "--into", "無い.yaml")
    assert said.code == 1 and "無い.yaml" in said.err
    assert run("intake", str(desk)).code == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("申請一式.xlsx", "申請一式.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\a b*.xlsx", "a_b_.xlsx"),
        ("...", "file"),
        ("CON.xlsx", "_CON.xlsx"),
        ("a\n\x00b.xlsx", "a__b.xlsx"),
        ("-rf.xlsx", "-rf.xlsx"),
    ],
)
def test_names_that_are_kept(name: str, expected: str) -> None:
    assert filing.harmless(name) == expected
    assert len(filing.harmless("あ" * 200 + ".xlsx").encode()) <= 120
