"""The commands as a clerk types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import command
import offices
import openpyxl
import pypdf
import pytest
from command import Said
from offices import FORMS, Desk

from generator.operations import corrections
from generator.operations.corrections import PaperDocument

SCHEME = ("--scheme", "tiny")  # the forms that come with the program have a series 指令 too
CONFIRMED = "確定: {確定日: 令和6年3月25日, 金額: 45000}\n"


@pytest.fixture
def here(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """The working folder is the office's, and only the small scheme is at hand."""
    monkeypatch.chdir(desk.root)
    monkeypatch.delenv("YOSHIKI_LEDGER", raising=False)
    return desk


def run(*arguments: str | Path) -> Said:
    return command.run(*arguments, forms=FORMS)


def test_from_init_to_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "課").code == 0
    assert run("init", "課").code == 1  # it is there already
    root = tmp_path / "課"
    assert sorted(p.name for p in root.iterdir()) == [
        ".vscode",
        "cases",
        "issued",
        "register.db",
        "register.key",
        "yoshiki.toml",
    ]
    desk = Desk(root)
    monkeypatch.chdir(root)
    path = desk.case("A-1")
    said = run("issue", path, "--form", "04")
    assert said.code == 1 and "文書記号" in said.err
    toml = root / "yoshiki.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"既定" = ""', '"既定" = "総企"'), encoding="utf-8")
    said = run("issue", path, "--form", "04")
    assert said.code == 0 and "見本市指令総企第1号　発行しました" in said.out
    assert "発行済みです" in run("issue", path, "--form", "04").out
    assert run("ledger", "verify").code == 0
    assert run("ledger", "export").code == 0
    assert (root / "output" / "文書番号台帳.pdf").is_file()


def test_two_working_folders_one_register(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    here.case("A-1")
    here.case("A-2")
    assert "第1号" in run("issue", "cases/A-1.yaml", "--form", "04").out
    monkeypatch.chdir(here.root / "cases")
    assert "第2号" in run("issue", "A-2.yaml", "--form", "04").out
    assert len(json.loads(run("ledger", "list", "--json").out)["台帳"]) == 2


def test_outside_of_an_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    path = desk.case("A-1")
    monkeypatch.chdir(tmp_path)
    said = run("issue", path, "--form", "04")
    assert said.code == 1 and "yoshiki init" in said.err
    assert run("check", path).code == 0


def test_a_case_with_problems_is_not_issued(here: Desk) -> None:
    path = here.case("A-1")
    path.write_text(path.read_text(encoding="utf-8").replace("金額: 50000", "金額: 12:30"), encoding="utf-8")
    said = run("issue", path, "--form", "04")
    assert said.code == 1 and "発行していません" in said.err
    assert json.loads(run("ledger", "list", "--json").out) == {"台帳": [], "末尾": ""}


def test_check_and_render_see_the_register(here: Desk) -> None:
    run("issue", here.case("A-1"), "--form", "04")
    assert run("render", "cases/A-1.yaml").code == 0
    path = here.case("A-1", amount=1)
    for name in ("check", "render"):
        said = run(name, path)
        assert said.code == 1 and "50,000円 → 1円" in said.err and "--reissue" in said.err
    assert run("issue", path, "--form", "04", "--reissue", "--reason", "訂正").code == 0
    assert run("check", path).code == 0


def test_void_record_and_list(here: Desk) -> None:
    assert run("ledger", "void", "1", "--series", "指令", "--year", "R5", "--reason", "書き損じ", *SCHEME).code == 0
    record = ["record", "2", "--series", "指令", "--date", "R5.6.1", "--applicant", "株式会社れい", "--title", "通知",
              *SCHEME]  # fmt: skip
    assert run("ledger", *record, "--note", "前任の控えによる").code == 0
    said = run("ledger", *record)
    assert said.code == 1 and "もう使われています" in said.err
    run("issue", here.case("A-1"), "--form", "04")
    lines = run("ledger", "list").out.splitlines()
    assert ["欠番" in lines[0], "紙" in lines[1], "第3号" in lines[2], lines[3].startswith("3 項　末尾 ")] == [True] * 4
    listed = json.loads(run("ledger", "list", "--json").out)
    assert [e["kind"] for e in listed["台帳"]] == ["欠番", "紙", "発行"]
    assert listed["末尾"] == listed["台帳"][-1]["mac"] and "04-decision.pdf" in listed["台帳"][-1]["files"]


def test_a_number_that_no_longer_stands_says_so(here: Desk) -> None:
    first, other = here.case("A-1", more=CONFIRMED), here.case("A-2")
    for path in (first, other):
        run("issue", path, "--form", "04")
    again = ("--reissue", "--reason", "誤記の訂正")
    assert run("issue", first, "--form", "04", *again).code == 0
    run("issue", first, "--form", "07")
    first.write_text(first.read_text(encoding="utf-8").replace("金額: 45000", "金額: 44000"), encoding="utf-8")
    assert run("issue", first, "--form", "07", *again).code == 0  # 差替え: the number stays
    run("ledger", "void", "2", "--series", "指令", "--year", "R5", "--reason", "相手方の誤り", *SCHEME)
    ends = ["見本市指令総企第3号により差替え", "欠番", "", "", "", ""]
    lines = run("ledger", "list").out.splitlines()
    assert [line.rpartition("　")[2] if line.endswith("】") else "" for line in lines[:6]] == [
        f"【{end}】" if end else "" for end in ends
    ]
    assert [e["ended"] for e in json.loads(run("ledger", "list", "--json").out)["台帳"]] == ends
    run("ledger", "export")
    book = openpyxl.load_workbook(here.root / "output" / "文書番号台帳.xlsx")
    remarks = [row[4].value for row in book["指令 令和5年度"].iter_rows(min_row=3, max_row=5)]
    assert remarks == [
        "A-1　見本市指令総企第3号により差替え",
        "A-2　欠番（相手方の誤り）",
        "A-1　再発行（誤記の訂正）",
    ]


def test_export(here: Desk) -> None:
    register, scheme = here.register(), offices.known().get("tiny")
    for n in range(40):
        paper = PaperDocument(
            "指令", n + 1, date(2023, 6, 1), "", f"株式会社れい{n}", "補助金の交付の決定について（通知）"
        )
        corrections.record(register, scheme, paper, offices.CLERK)
    run("ledger", "void", "7", "--series", "指令", "--year", "R5", "--reason", "相手方の誤り", *SCHEME)
    path = here.case("A-1", more=CONFIRMED)
    for form in ("04", "07"):
        run("issue", path, "--form", form)
    said = run("ledger", "export", "--out", "台帳")
    assert said.code == 0
    last = json.loads(run("ledger", "list", "--json").out)["末尾"]
    assert last in said.out
    book = openpyxl.load_workbook(here.root / "台帳" / "文書番号台帳.xlsx")
    assert book.sheetnames == ["指令 令和5年度", "通知 令和6年"]
    rows = [[c.value for c in row] for row in book["指令 令和5年度"].iter_rows()]
    assert rows[1] == ["番号", "日付", "件名", "相手方", "備考"]
    assert len(rows) == 2 + 41 + 1
    assert rows[8][0] == "見本市指令総企第7号" and rows[8][4] == "紙で発行　欠番（相手方の誤り）"
    assert rows[42][2:] == ["見本補助金交付決定通知書", "株式会社見本", "A-1"]
    assert last in rows[43][0]
    reader = pypdf.PdfReader(here.root / "台帳" / "文書番号台帳.pdf")
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) == 3 and all("相手方" in text for text in pages)
    assert round(float(reader.pages[0].mediabox.width)) == 842
    assert last in "".join("".join(pages).split())
    assert run("ledger", "verify", "--head", last).code == 0


def test_verify_tells_what_is_wrong(here: Desk) -> None:
    run("issue", here.case("A-1"), "--form", "04")
    path = here.root / "issued" / "tiny" / "A-1" / "04-decision" / "04-decision.pdf"
    path.chmod(0o600)
    path.write_bytes(b"%PDF")
    said = run("ledger", "verify")
    assert said.code == 1 and "変えられています" in said.err
    said = run("ledger", "verify", "--head", "0" * 64)
    assert "おかしなところが 2 件" in said.err
    assert run("ledger", "verify", "--head", "zz").code == 2


@pytest.mark.parametrize("by", ["option", "environment"])
def test_another_register(
    here: Desk, by: str, monkeypatch: pytest.MonkeyPatch, new_database: Callable[[], str]
) -> None:
    """--ledger and YOSHIKI_LEDGER go before yoshiki.toml."""
    url = new_database()
    option: list[str] = ["--ledger", url]
    if by == "environment":
        monkeypatch.setenv("YOSHIKI_LEDGER", url)
        option = []
    path = here.case("A-1")
    said = run("issue", path, "--form", "04", *option)
    assert said.code == 3 and "ledger create" in said.err  # an empty database is not taken for a register
    assert run("ledger", *option, "create").code == 0
    assert run("ledger", *option, "create").code == 1
    assert run("issue", path, "--form", "04", *option).code == 0
    assert len(json.loads(run("ledger", *option, "list", "--json").out)["台帳"]) == 1
    monkeypatch.delenv("YOSHIKI_LEDGER", raising=False)
    assert json.loads(run("ledger", "list", "--json").out)["台帳"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("init",),
        ("issue",),
        ("ledger",),
        *(("ledger", n) for n in ("create", "list", "verify", "void", "record", "export")),
    ],
)
def test_help_is_japanese(arguments: tuple[str, ...]) -> None:
    said = run(*arguments, "--help")
    assert said.code == 0 and said.out.startswith("使い方: yoshiki") and "Show this" not in said.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("issue", "cases/A-1.yaml", "--form", "04", "--date", "いつか"), "日付が正しくありません"),
        (("issue", "cases/A-1.yaml", "--form", "04", "--reason", "訂正"), "--reissue と一緒に"),
        (("ledger", "void", "1", "--series", "何か", "--year", "R5", "--reason", "x"), "系列「何か」はありません"),
        (
            ("ledger", "void", "1", "--series", "指令", "--year", "いつか", "--reason", "x", *SCHEME),
            "年として読めません",
        ),
        (("ledger", "record", "1", "--series", "指令", "--date", "R5.6.1", "--applicant", "甲"), "--title か --form"),
    ],
)
def test_slips(here: Desk, arguments: tuple[str, ...], told: str) -> None:
    here.case("A-1")
    said = run(*arguments)
    assert said.code in (1, 2) and told in said.err
