"""`yoshiki new`, `add` and `set` as a clerk runs them."""

from __future__ import annotations

import difflib
import sys
import threading
from pathlib import Path

import command
import pytest
import samples

from generator.api import Settings, Workspace
from generator.case import skeleton
from generator.problem import RefusedError
from generator.source.read import parse
from generator.source.write import given
from generator.storage.case_file import lock_beside, unchanged


def run(*arguments: str | Path) -> command.Said:
    return command.run(*arguments, forms=samples.SMALL)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YOSHIKI_TODAY", "2026-04-01")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "L-001.yaml"
    path.write_bytes(samples.PLAIN.read_bytes())
    return path


def test_a_new_case_says_what_belongs_where(tmp_path: Path) -> None:
    said = run("new", "lecture")
    assert (said.code, said.out.partition(" ")[0]) == (0, "R8-001.yaml"), said.output
    text = Path("R8-001.yaml").read_text(encoding="utf-8")
    assert "\n  申請日:                               # 必須" in text
    assert run("new", "lecture").out.startswith("R8-002.yaml")
    again = run("new", "lecture", "R8-002")
    assert again.code == 1 and "もうあります" in again.err
    assert run("new", "lecture", "A/B").code == 1 and not Path("A").exists()
    checked = run("check", "R8-001.yaml")
    assert checked.code == 1 and "「申請日: 」に続けて書いてください" in checked.err
    if sys.platform != "win32":
        assert Path("R8-001.yaml").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("scheme", samples.SCHEMES)
def test_each_section_of_every_scheme_is_yaml_in_which_nothing_is_given(scheme: str) -> None:
    known = samples.known().get(scheme)
    assert not given(parse(skeleton.case(known, "A-1"), "a").root.entries[known.stages[0].name][1])
    for stage in known.stages:
        text = skeleton.section(known, stage)
        uncommented = "\n".join(line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line
                                for line in text.splitlines())  # fmt: skip
        for written in (text, uncommented):  # whoever takes the signs away has YAML as well
            node = parse(written, "a").root.entries[stage.name][1]
            assert not given(node) or stage.many, stage.name


def test_a_stage_is_added_with_what_is_known(case: Path) -> None:
    text = case.read_text(encoding="utf-8")
    case.write_text(text[: text.index("決定:")] if "決定:" in text else text, encoding="utf-8")
    before = case.read_text(encoding="utf-8")
    said = run("add", "決定", case)
    assert said.code == 0, said.output
    after = case.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n")) and "\n決定:" in after
    again = run("add", "決定", case)
    assert again.code == 1 and "もう書かれています" in again.err and case.read_text(encoding="utf-8") == after
    wrong = run("add", "けってい", case)
    assert wrong.code == 1 and "この制度の段階は" in wrong.err
    assert run("add", "報告", case).code == 0 and run("add", "報告", case).code == 0
    assert len(parse(case.read_bytes(), "a").root.entries["報告"][1].items) == 2


def test_a_value_is_set_in_its_line(case: Path) -> None:
    before = case.read_text(encoding="utf-8")
    said = run("set", case, "申請.申請者.所在地=見本市, 二丁目", "申請.申請者.電話番号=044-000-0000")
    assert said.code in (0, 1) and "申請.申請者.所在地、申請.申請者.電話番号 を書き換えました" in said.out
    assert "二丁目" not in said.out, "a name or an address is not shown"
    lines = [line for line in difflib.ndiff(before.splitlines(), case.read_text(encoding="utf-8").splitlines())
             if line[0] in "-+"]  # fmt: skip
    assert len(lines) == 2 and '所在地: "見本市, 二丁目"' in lines[1] and "電話番号: 044-000-0000" in lines[1]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("申請.申請日=あした", "日付として読めません"),
        ("申請.申請日付=1", "「申請日」ではありませんか"),
        ("申請.申請者=甲", "一つの値ではありません"),
        ("申請.経費=甲", "並びです"),
        ("申請.経費[9].単価=5", "その場所はありません"),
        ("支払.支払日=R6.6.1", "yoshiki add 支払"),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_changes(case: Path, value: str, told: str) -> None:
    before = case.read_bytes()
    said = run("set", case, value)
    assert said.code == 1 and told in said.err and case.read_bytes() == before
    assert run("set", case, "申請.申請日").code == 2
    assert run("set", case, "申請.申請日=R6.1.1", "申請.申請日=R6.1.2").code == 2


def test_a_file_that_changed_in_between_is_refused_with_what_changed(case: Path) -> None:
    before = case.read_bytes()
    case.write_text(case.read_text(encoding="utf-8").replace("案件番号: L-001", "案件番号: L-9"), encoding="utf-8")
    with pytest.raises(RefusedError) as caught, unchanged(case, before):
        pytest.fail("never reached")
    (problem,) = caught.value.problems
    assert problem.code == "storage.case-changed" and "（変わったところ: 案件番号）" in problem.message
    text = before.decode("utf-8").replace("単価: 1250", "単価: 1251").replace("公開: はい", "公開: いいえ")
    case.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedError) as caught, unchanged(case, before):
        pytest.fail("never reached")
    assert "（変わったところ: 申請.講習.公開、申請.経費（2件目）.単価）" in caught.value.problems[0].message
    case.write_bytes(before + b"\n")
    with pytest.raises(RefusedError) as caught, unchanged(case, before):
        pytest.fail("never reached")
    assert "変わったところ" not in caught.value.problems[0].message, "a blank line more says the same"
    case.write_bytes(b"\xff")
    with pytest.raises(RefusedError), unchanged(case, before):
        pytest.fail("never reached")


def test_writers_wait_for_each_other(case: Path) -> None:
    workspace = Workspace(Settings(forms=(samples.SMALL,)))
    with lock_beside(case):
        thread = threading.Thread(target=workspace.set_values, args=(case, {"案件番号": "L-77"}))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive() and b"L-77" not in case.read_bytes()
    thread.join(30)
    assert b"L-77" in case.read_bytes()
