"""The command yoshiki, run as a user runs it: in this process (fast), or in one of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from generator.cli import main

ROOT = Path(__file__).parents[2]
FORMS = ROOT / "forms"


@dataclass(frozen=True)
class Said:
    """``output``: stdout and stderr as they came, one after the other's line."""

    code: int
    output: str
    out: str = ""
    err: str = ""


class _Both(io.StringIO):
    """Keeps what is written, and writes it to a common record too."""

    def __init__(self, record: io.StringIO):
        super().__init__()
        self.record = record

    def write(self, text: str) -> int:
        self.record.write(text)
        return super().write(text)


def run(*arguments: str | Path, forms: Path | None = FORMS) -> Said:
    """`yoshiki --forms <this tree's> …` through its entry point. An exception nobody caught is a failed test."""
    record = io.StringIO()
    out, err = _Both(record), _Both(record)
    argv = ["yoshiki", *(["--forms", str(forms)] if forms else []), *map(str, arguments)]
    code: object = 0
    with (
        mock.patch.object(sys, "argv", argv),
        mock.patch.dict(os.environ, {"YOSHIKI_DEBUG": "1"}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main.main()
        except SystemExit as exit_:
            code = exit_.code
    return Said(code if isinstance(code, int) else 0, record.getvalue(), out.getvalue(), err.getvalue())


def start(
    *arguments: str | Path, cwd: Path, forms: Path = FORMS, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """The same in a process of its own, with these environment variables; the output as bytes."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    command = [sys.executable, "-m", "generator", "--forms", str(forms), *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**env, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=300,
    )
