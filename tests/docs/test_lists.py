"""What README and docs/運用.md list is what there is: commands, options, settings, variables, exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from documents import ROOT, all_documents, blocks

from generator.cli.main import cli
from generator.problem import ProblemError
from generator.register import office

README = ROOT / "README.md"
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


def test_the_targets_that_readme_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", README.read_text("utf-8")))
    assert named and named <= targets


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
