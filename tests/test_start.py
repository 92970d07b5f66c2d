"""What a command loads before it does anything: all that it does not need costs every call its time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from command import FORMS, ROOT

from generator.cli import main, usage

SAMPLE = next((ROOT / "fixtures").glob("*/*.yaml"))
_SLOW = {
    "dask", "deflate", "difflib", "distributed", "docx", "filelock", "fsspec", "holidays", "itsdangerous", "lxml",
    "multiprocessing", "openpyxl", "psycopg", "pypdf", "reportlab", "sqlalchemy", "sqlite3", "tomllib",
}  # fmt: skip
_PROGRAM = """
import sys
from generator.__main__ import main
try:
    main()
finally:
    sys.stderr.write(" ".join(sys.modules))
"""


def loaded(*arguments: str | Path, cwd: Path, cache: Path | str = "") -> set[str]:
    """The modules that a run of the program has loaded in the end, each with the packages above it.

    ``cache``: the folder where it keeps what it has read; '' to keep nothing.
    """
    # coverage would load what is looked for here
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env={**inherited, "PYTHONPATH": str(ROOT), "YOSHIKI_FORMS": str(FORMS), "YOSHIKI_CACHE": str(cache)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_the_help_page_loads_the_command_line_only(arguments: tuple[str, ...], tmp_path: Path) -> None:
    modules = loaded(*arguments, cwd=tmp_path)
    ours = {name for name in modules if name.split(".")[0] == "generator"}
    door = {f"generator.cli{name}" for name in ("", ".exit_codes", ".main", ".screen", ".usage")}
    assert ours <= {"generator", "generator.__main__", "generator.problem", *door}
    assert not modules & (_SLOW | {"yaml", "jinja2", "jsonschema_rs", "json"})


def test_a_check_outside_an_office_loads_no_database_and_no_library_that_draws(tmp_path: Path) -> None:
    modules = loaded("check", SAMPLE, cwd=tmp_path)
    assert "generator.operations.check" in modules
    assert not modules & _SLOW
    drawn = ("generator.render", "generator.intake", "generator.reports", "generator.batch", "generator.workers")
    assert not [name for name in modules if name.startswith(drawn)]
    assert modules.isdisjoint({"generator.register.register", "generator.register.ledger", "generator.storage"})


def test_a_check_with_a_scheme_that_was_read_before_puts_its_texts_together_without_jinja(tmp_path: Path) -> None:
    assert "jinja2" in loaded("check", SAMPLE, cwd=tmp_path, cache=tmp_path / "cache")  # it reads the scheme
    assert "jinja2" not in loaded("check", SAMPLE, cwd=tmp_path, cache=tmp_path / "cache")


def test_the_line_of_a_command_on_the_help_page_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    context = click.Context(main.cli)
    group = main.cli
    assert isinstance(group, usage.Group)
    assert group.list_commands(context) == sorted(group.later)
    for name, later in group.later.items():
        command = group.get_command(context, name)
        assert command is not None and command.name == name
        assert command.get_short_help_str(sys.maxsize) == later.help
