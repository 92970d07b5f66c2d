"""A Markdown document made true: its files are written, its commands run, its output compared, block after block.

What a fence is for, its first line says (a language, then words):

- ```` ```yaml path/to/file.yaml ```` writes the file into the document's own folder; so do `toml` and `text` with a
  path. With 追記 behind the path the lines are added at the end of the file, with 書換え they stand in its place.
- ```` ```console ```` holds lines `$ command`, each followed by what it prints (a command whose line ends with `\\`
  goes on in the next). A line `…` stands for any lines, `…` inside a line for any text; a last line `[終了コード 1]`
  states an exit code other than 0.
- ```` ```python ```` runs in one namespace with the document's other ones. In a block with `>>>` the results are
  compared as doctest does; in any other one `# → …` behind an expression states its repr.
- ```` ```yaml ```` without a path must be readable as our own files are; ```` ```yaml 断片 ```` need not be.
- ```` ```text ```` is for what cannot run here: other machines, drawings. Another language is a mistake.

The comment `<!-- 今日: 2023-06-20 -->` on a line of its own tells which day it is for the blocks below it.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from command import Said
from command import run as yoshiki

from generator.operations import settings
from generator.source import read

ROOT = Path(__file__).parents[2]
SCHEME = "kawasaki-sdgs-model"  # that the documents show
APPENDED, REPLACED, FRAGMENT = "追記", "書換え", "断片"
_FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`]*)\Z")
_DAY = re.compile(r"<!-- 今日: (\d{4}-\d{2}-\d{2}) -->\Z")
_CODE = re.compile(r"\[終了コード (\d+)\]\Z")
_ONLY_YOSHIKI = re.compile(r"(?:cd (?P<folder>\w+) && )?yoshiki (?P<arguments>[^|&;<>$`*?~()\\\n]*)")
_STATED = re.compile(r"# → (.*)\Z")


def all_documents() -> list[Path]:
    """Every document of the project that is to be true: those for readers at the root, and all of docs/."""
    named = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    return [p for p in named if p.exists()] + sorted((ROOT / "docs").rglob("*.md"))


@dataclass(frozen=True)
class Block:
    """A fence: the words behind its ticks, the lines in it, the line of the document where it begins, and the day."""

    words: tuple[str, ...]
    text: str
    line: int
    day: str


def blocks(markdown: str) -> Iterator[Block]:
    """The fences of a document in their order; AssertionError where one is not closed."""
    lines = enumerate(markdown.splitlines(), 1)
    day = os.environ["YOSHIKI_TODAY"]
    for number, line in lines:
        if said := _DAY.match(line):
            day = said[1]
        if not (fence := _FENCE.match(line)):
            continue
        inside: list[str] = []
        for _, inner in lines:
            if inner.strip() == fence["ticks"]:
                break
            inside.append(inner.removeprefix(fence["indent"]))
        else:
            raise AssertionError(f"{number}: this fence is not closed")
        yield Block(tuple(fence["info"].split()), "".join(f"{s}\n" for s in inside), number, day)


def commands(text: str) -> Iterator[tuple[str, str, int]]:
    """Of a console: each command, what it prints and its exit code."""
    lines = text.splitlines()
    assert lines and lines[0].startswith("$ "), "a console begins with a line '$ command'"
    at = 0
    while at < len(lines):
        command = lines[at].removeprefix("$ ")
        while command.endswith("\\"):
            at += 1
            command += "\n" + lines[at]
        at += 1
        shown = []
        while at < len(lines) and not lines[at].startswith("$ "):
            shown.append(lines[at])
            at += 1
        while shown and not shown[-1].strip():
            shown.pop()
        code = _CODE.match(shown[-1]) if shown else None
        yield command, "".join(f"{s}\n" for s in (shown[:-1] if code else shown)), int(code[1]) if code else 0


def as_shown(shown: str, printed: str) -> bool:
    """Whether a command printed what the document shows."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(re.escape(piece) for piece in line.split("…")) + r"\n"
    if printed and not printed.endswith("\n"):
        printed += "\n"
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n" if printed.strip() else "") is not None


@dataclass
class Session:
    """A document on its way: its folder, and the names that its Python blocks have made."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "document"})
    executed: int = 0

    def __post_init__(self) -> None:
        self.desk, programs = self.folder / "desk", self.folder / "bin"
        for made in (self.desk, programs, self.folder / "home"):
            made.mkdir(parents=True)
        command = programs / "yoshiki"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m generator "$@"\n', encoding="utf-8")
        command.chmod(0o700)
        # The program with the scheme that the documents tell of, whatever others stand beside it.
        program = self.folder / "program"
        (program / "forms").mkdir(parents=True)
        (program / "generator").symlink_to(ROOT / "generator")
        (program / "forms" / SCHEME).symlink_to(ROOT / "forms" / SCHEME)
        self.forms = program / "forms"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON", "XDG_"))}
        self.environment = kept | {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(program),
            "HOME": str(self.folder / "home"),
        }

    def run(self, markdown: str) -> None:
        """Every block of the document; AssertionError with the line of the first that is not true."""
        for block in blocks(markdown):
            try:
                self.block(block)
            except Exception as error:
                raise AssertionError(f"the block in line {block.line}: {error}") from error
        assert self.executed, "no command of this document and no Python is executed"

    def block(self, block: Block) -> None:
        match block.words:
            case ("yaml" | "toml" | "text", path, *rest) if path != FRAGMENT:
                assert rest in ([], [APPENDED], [REPLACED]), f"behind the path there is {' '.join(rest)}"
                self.write(path, block.text, *rest)
            case ("yaml",):
                read.parse(block.text, "the block")
            case ("yaml", "断片") | ("text",):
                pass
            case ("console",):
                self.console(block)
            case ("python",):
                self.python(block)
            case _:
                raise AssertionError(f"a fence may not be called '{' '.join(block.words)}'")

    def write(self, path: str, text: str, how: str = "") -> None:
        target = (self.desk / path).resolve()
        assert target.is_relative_to(self.desk.resolve()), f"{path} is outside of the document's folder"
        assert target.exists() == bool(how), f"{path} is {'not ' if how else ''}there yet"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w" if how == REPLACED else "a", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def console(self, block: Block) -> None:
        for command, shown, code in commands(block.text):
            environment = self.environment | {"YOSHIKI_TODAY": block.day}
            only = _ONLY_YOSHIKI.fullmatch(command.replace("\\\n", " "))
            run = self.yoshiki(only, environment) if only else self.shell(command, environment)
            told = f"$ {command}\n{run.output}[exit code {run.code}]"
            assert run.code == code, f"the document says exit code {code}\n{told}"
            changes = "\n".join(difflib.ndiff(shown.splitlines(), run.output.splitlines()))
            assert as_shown(shown, run.output), f"this is not what the document shows (-)\n$ {command}\n{changes}"
            self.executed += 1

    def yoshiki(self, command: re.Match[str], environment: dict[str, str]) -> Said:
        """In this process, to spare the time of its start."""
        folder = self.desk / (command["folder"] or "")
        own = mock.patch.object(settings, "_OWN_FORMS", (self.forms,))
        with own, mock.patch.dict(os.environ, environment, clear=True), contextlib.chdir(folder):
            return yoshiki(*shlex.split(command["arguments"]), forms=None)

    def shell(self, command: str, environment: dict[str, str]) -> Said:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.desk,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=300,
        )
        return Said(done.returncode, done.stdout.decode())

    def python(self, block: Block) -> None:
        self.executed += 1
        with contextlib.chdir(self.desk):
            self.doctest(block.text) if ">>> " in block.text else self.stated(block.text)

    def doctest(self, text: str) -> None:
        said: list[str] = []
        test = doctest.DocTestParser().get_doctest(text, {}, "document", None, 0)
        test.globs = self.names
        doctest.DocTestRunner(verbose=False).run(test, out=said.append, clear_globs=False)
        assert not said, "".join(said)

    def stated(self, text: str) -> None:
        lines = text.splitlines()
        for statement in ast.parse(text).body:
            code = compile(ast.Module([statement], []), "document", "exec")
            result = _STATED.search(lines[(statement.end_lineno or 1) - 1])
            if not result:
                exec(code, self.names)
                continue
            assert isinstance(statement, ast.Expr), f"'# → {result[1]}' stands behind no expression"
            value = repr(eval(compile(ast.Expression(statement.value), "document", "eval"), self.names))
            assert as_shown(result[1], value), f"the result is {value}, the document says {result[1]}"
