"""The 予算 of a new 年度 is one line more in yoshiki.toml; nothing else of it changes."""

from __future__ import annotations

import difflib

import command
import offices
import pytest
from offices import Desk

from generator.register.office import load_office


def lines(before: str, after: str) -> list[str]:
    told = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in told if line[:1] in "-+"]


@pytest.fixture(autouse=True)
def inside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.root)


def run(*arguments: str) -> command.Said:
    return command.run("year", *arguments, forms=offices.FORMS)


def test_a_line_more(desk: Desk) -> None:
    path = desk.root / "yoshiki.toml"
    before = path.read_text(encoding="utf-8")
    said = run("R8", "５，０００，０００円")
    assert (said.code, said.out.splitlines()[0]) == (0, "令和8年度の予算 5,000,000円を yoshiki.toml に書きました")
    first = path.read_text(encoding="utf-8")
    assert lines(before, first) == ['+ "令和8年度" = 5000000']
    assert run("令和9年度", "1").code == 0 and run("令和9年度", "300", "--scheme", "tiny").code == 0
    assert lines(first, path.read_text(encoding="utf-8")) == [
        '+ "令和9年度" = 1', "+ ", '+ ["予算"."tiny"]', '+ "令和9年度" = 300'
    ]  # fmt: skip
    told = load_office(desk.root).budgets
    assert told == {("", "令和8年度"): 5_000_000, ("", "令和9年度"): 1, ("tiny", "令和9年度"): 300}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('"予算" = {"令和5年度" = 1}\n', None),
        ('["予算"]\r\n"令和5年度" = 1 # 当初\r\n\r\n# 番号\r\n["次の番号"."指令"]\r\n"令和5年度" = 4\r\n',
         '["予算"]\r\n"令和5年度" = 1 # 当初\r\n"令和8年度" = 7\r\n\r\n# 番号\r\n["次の番号"."指令"]\r\n'
         '"令和5年度" = 4\r\n'),
        ('[ "予算" ]  # 円\n', '[ "予算" ]  # 円\n"令和8年度" = 7\n'),
        ("", '\n\n["予算"]\n"令和8年度" = 7\n'),
    ],
)  # fmt: skip
def test_however_the_settings_are_written(desk: Desk, text: str, after: str | None) -> None:
    path = desk.root / "yoshiki.toml"
    path.write_bytes(text.encode())
    said = run("令和8年度", "7")
    assert path.read_bytes().decode() == (text if after is None else after), said.output
    assert said.code == (1 if after is None else 0)


def test_what_is_no_year_or_is_there(desk: Desk) -> None:
    before = (desk.root / "yoshiki.toml").read_bytes()
    assert "年として読めません" in run("来年", "5").err
    assert run("令和8年度", "たくさん").code == 2
    assert run("令和8年度", "5", "--scheme", "ない").code == 1
    assert (desk.root / "yoshiki.toml").read_bytes() == before
    assert run("令和8年度", "5").code == 0
    again = run("2026", "6")
    assert again.code == 1 and "令和8年度の予算は、もう書かれています" in again.err
