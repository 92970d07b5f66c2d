"""What README and docs/運用.md list is what there is: commands, options, settings, variables, exit codes."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from documents import ROOT, all_documents, blocks

from generator.cli.main import cli
from generator.problem import ProblemError
from generator.register import office

README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
OPERATION = ROOT / "docs" / "運用.md"


def section(path: Path, heading: str) -> str:
    """What stands below a heading, up to the next one of its kind."""
    mark = heading.partition(" ")[0]
    below = rf"^{re.escape(heading)}\n(.*?)(?=^{mark} |\Z)"
    found = re.search(below, path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found, f"{path.name} has no {heading}"
    return found[1]


def first_cells(text: str) -> list[str]:
    """The first cell of each row of the table in a text, without its heading."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip().strip("`") for row in rows[2:]]


def command(*names: str) -> click.Command:
    """A command of the program by its name, or by its group's and its own."""
    found: click.Command = cli
    for name in names:
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), name)
        assert inner is not None, f"there is no command {' '.join(names)}"
        found = inner
    return found


def shown() -> list[tuple[tuple[str, ...], str]]:
    """The commands that README lists, each with the line where it stands."""
    (block,) = [b for b in blocks(section(README, "## 命令")) if b.words == ("text",)]
    found: list[tuple[tuple[str, ...], str]] = []
    for line in filter(None, block.text.splitlines()):
        words = line.split()
        assert words[0] == "yoshiki"
        if isinstance(command(words[1]), click.Group):
            found += [((words[1], name), line) for name in words[2].split("・")]
        else:
            found.append(((words[1],), line))
    return found


def there_are() -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for name in cli.list_commands(click.Context(cli)):
        inner = command(name)
        if isinstance(inner, click.Group):
            found |= {(name, below) for below in inner.list_commands(click.Context(inner))}
        else:
            found.add((name,))
    return found


def test_readme_lists_each_command_once() -> None:
    names = [name for name, _ in shown()]
    assert len(names) == len(set(names))
    assert set(names) == there_are()


@pytest.mark.parametrize(("names", "line"), shown(), ids=lambda value: value if isinstance(value, str) else "-")
def test_the_options_that_readme_shows_exist(names: tuple[str, ...], line: str) -> None:
    options = {opt for param in command(*names).params for opt in param.opts}
    assert set(re.findall(r"--[a-z]+", line)) <= options


def test_readme_leads_to_each_document() -> None:
    linked = {(ROOT / target).resolve() for target in re.findall(r"\]\(([^):]+)\)", README.read_text("utf-8"))}
    assert {path.resolve() for path in all_documents()} - {README} <= linked


@pytest.mark.parametrize("path", all_documents(), ids=lambda path: path.name)
def test_the_targets_that_a_document_names_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = path.read_text("utf-8")
    named = set(re.findall(r"(?:`|^ *(?:\$ )?)make +([a-z-]+)", text, re.MULTILINE))
    assert named <= targets
    assert named or path not in (README, CONTRIBUTING)


def test_what_contributing_runs_is_there() -> None:
    """pytest takes each line as it stands, and finds tests in the files that it names."""
    (block,) = [b for b in blocks(section(CONTRIBUTING, "## Setting up, and one test")) if b.words == ("text",)]
    lines = [re.split(r" {2,}", line)[0].split() for line in block.text.splitlines()]
    runs = [words[1:] for words in lines if words[0] == ".venv/bin/pytest"]
    assert runs
    for arguments in runs:
        here = [word for word in arguments if word.startswith("tests/")]
        assert here and all((ROOT / word).exists() for word in here)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments],
            cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def windows(line: str) -> list[str]:
    """The words of a command for Windows' launcher, `py`, for the Python that runs here."""
    first, *words = shlex.split(line)
    assert first == "py"
    return [sys.executable, *words]


def test_the_command_that_finds_the_schemes_which_came_along_finds_them(tmp_path: Path) -> None:
    (block,) = [b for b in blocks(section(OPERATION, "## 環境変数")) if b.words == ("text",)]
    done = subprocess.run(
        windows(block.text), cwd=tmp_path, capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    assert Path(done.stdout.strip()) == ROOT / "generator" / "forms"  # in a wheel; here they stand beside it


def test_an_office_with_postgresql_begins_as_shown(tmp_path: Path, server: str) -> None:
    """The commands as they stand, but for the name of the server."""
    (block,) = [b for b in blocks(section(OPERATION, "## 台帳: SQLite と PostgreSQL")) if b.words == ("text",)]
    create, init, folder, verify = block.text.splitlines()
    name = f"t{secrets.token_hex(6)}"
    assert create == "createdb yoshiki" and "postgresql://yoshiki@db/yoshiki" in init
    host = server.partition("host=")[2]
    subprocess.run(["createdb", "-h", host, "-U", "yoshiki", name], check=True, timeout=60)
    for number, line in enumerate((init, verify)):
        words = shlex.split(line.replace("postgresql://yoshiki@db/yoshiki", server.replace("/postgres?", f"/{name}?")))
        assert words[0] == "yoshiki"
        place = tmp_path / folder.removeprefix("cd ") if number else tmp_path
        done = subprocess.run(
            [sys.executable, "-m", "generator", *words[1:]],
            cwd=place, capture_output=True, encoding="utf-8", check=False, timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_the_environment_variables_are_those_of_the_program() -> None:
    read = {
        name
        for path in (ROOT / "generator").rglob("*.py")
        for name in re.findall(r"\bYOSHIKI_[A-Z_]+", path.read_text("utf-8"))
    }
    assert sorted(first_cells(section(OPERATION, "## 環境変数"))) == sorted(read)


def test_the_settings_are_those_of_an_office(tmp_path: Path) -> None:
    named = first_cells(section(OPERATION, "## yoshiki.toml"))
    wrong = tmp_path / office.FILE
    wrong.write_text('"ない" = 1\n', encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        office.load_office(tmp_path)
    (only,) = refused.value.problems
    assert only.hint == f"書ける項目は {'・'.join(named)} です"


def test_the_exit_codes_are_those_of_the_program() -> None:
    rows = [row.split("|")[1:3] for row in section(OPERATION, "## 終了コード").splitlines() if row.startswith("| ")]
    told = "、".join(f"{code.strip()} {meaning.partition('（')[0].strip()}" for code, meaning in rows[1:])
    assert cli.epilog == f"終了コード: {told}"


def test_a_result_as_json_is_offered_where_the_document_says_so() -> None:
    (said,) = re.findall(r"`--json` のある命令（([^）]*)）", OPERATION.read_text("utf-8"))
    offered = {" ".join(names) for names in there_are() if any("--json" in p.opts for p in command(*names).params)}
    assert set(re.findall(r"`([a-z ]+)`", said)) == offered


def test_the_names_that_contributing_points_at_stand_where_it_points() -> None:
    """A constant in capitals is named in the same line as the modules, one of which has it."""
    found = 0
    for line in CONTRIBUTING.read_text("utf-8").splitlines():
        modules = [ROOT / target for target in re.findall(r"\]\((generator/[^)]*)\)", line)]
        texts = [p.read_text("utf-8") for m in modules for p in (m.glob("*.py") if m.is_dir() else (m,))]
        for name in re.findall(r"`(_?[A-Z][A-Z_]+)`", line) if texts else ():
            assert any(re.search(rf"^{name}\b", text, re.MULTILINE) for text in texts), name
            found += 1
    assert found
