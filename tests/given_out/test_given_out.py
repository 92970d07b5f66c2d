"""What earlier versions gave out stays good: the register verifies, issued bytes are copied, files come back."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command import run

Desk = Callable[[Path], Path]
HERE = Path(__file__).parent
VERSIONS = sorted(p for p in HERE.iterdir() if (p / "office").is_dir())
RETURNED = [folder for version in VERSIONS for folder in sorted((version / "forms").iterdir())]


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda v: v.name)
def version(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Path], Path]:
    """Copies the office of a version and works in it."""

    def enter(version: Path) -> Path:
        office = Path(shutil.copytree(version / "office", tmp_path / "office"))
        monkeypatch.chdir(office)
        return office

    return enter


def test_the_register_verifies_and_says_the_same(version: Path, desk: Desk) -> None:
    desk(version)
    told = run("ledger", "verify")
    assert told.code == 0, told.output
    listed = re.sub(r"　【[^】]*】$", "", run("ledger", "list").out, flags=re.MULTILINE)  # 差替え and 欠番, told since
    assert listed == (version / "台帳.txt").read_text(encoding="utf-8")


def test_a_changed_byte_is_seen(version: Path, desk: Desk) -> None:
    office = desk(version)
    file = sorted(office.glob("issued/*/*/*/*.pdf"))[0]
    file.write_bytes(file.read_bytes()[:-1] + b"\n ")
    assert run("ledger", "verify").code == 1


def test_issued_bytes_are_copied(version: Path, desk: Desk, tmp_path: Path) -> None:
    office = desk(version)
    told = run("render", *sorted(office.glob("cases/*.yaml")), "--out", tmp_path / "out")
    assert told.code == 0, told.output
    # every single PDF of an issued document that still counts, byte for byte
    issued = {p.relative_to(office / "issued").as_posix(): p for p in office.glob("issued/*/*/*/*.pdf")}
    newest: dict[str, Path] = {}
    for name, path in sorted(issued.items()):
        scheme, number, folder, file = name.split("/")
        if not folder.endswith(("-r2", "-r3")) and f"{scheme}/{number}/{folder}-r2/{file}" in issued:
            continue  # reissued since
        newest[f"{scheme}/{number}/{_rendered(folder, file)}"] = path
    assert len(newest) > 20
    for name, path in newest.items():
        assert (tmp_path / "out" / name).read_bytes() == path.read_bytes(), name


def _rendered(folder: str, file: str) -> str:
    """The second approval of a case is issued in 10-change-approval-2 and rendered as 10-change-approval-2.pdf."""
    return file if not folder[-1:].isdigit() or folder.endswith("-r2") else f"{folder}.pdf"


@pytest.mark.parametrize("folder", RETURNED, ids=lambda f: f"{f.parents[1].name}/{f.name}")
def test_what_came_back_is_taken_in_with_the_same_values(folder: Path, desk: Desk, tmp_path: Path) -> None:
    desk(folder.parents[1])
    (file,) = folder.glob("filled.*")
    out = tmp_path / "out"
    out.mkdir()
    if (folder / "before.yaml").exists():
        into = shutil.copy(folder / "before.yaml", out / "case.yaml")
        told = run("intake", file, "--into", into, "--json")
    else:
        told = run("intake", file, "--out", out, "--json")
    assert told.code == 0, told.output
    (taken,) = json.loads(told.out)
    assert taken["署名"] == ("-signed-" in folder.name)
    assert taken["SHA-256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert Path(taken["案件"]).read_text(encoding="utf-8") == (folder / "after.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", RETURNED, ids=lambda f: f"{f.parents[1].name}/{f.name}")
def test_a_blank_is_known_and_lacks_answers_only(folder: Path, desk: Desk, tmp_path: Path) -> None:
    files = list(folder.glob("blank.*"))
    if not files:
        pytest.skip("only the filled one was kept, for its size")
    desk(folder.parents[1])
    into = ["--into", shutil.copy(folder / "before.yaml", tmp_path)] if (folder / "before.yaml").exists() else []
    told = run("intake", *files, *into, "--out", tmp_path / "out", "--json")
    (taken,) = json.loads(told.out)
    errors = [p for p in taken["problems"] if p["level"] == "error"]
    assert told.code == 1 and errors and taken["署名"] == ("-signed-" in folder.name)
    assert all(p["message"].endswith(("記入されていません", "ません", "ください")) for p in errors), errors
