"""The examples of docs/api.md as the program of somebody who has installed the library: typed, and by themselves."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def examples() -> str:
    return "\n".join(_PYTHON.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8")))


def test_the_examples_pass_mypy_as_a_caller_would_run_it(tmp_path: Path) -> None:
    file = tmp_path / "caller.py"
    file.write_text(examples(), encoding="utf-8")
    # What mypy has read of the program once it need not read again; it looks itself at what has changed.
    cache = ROOT / ".mypy_cache" / "examples"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(cache)]
    done = subprocess.run([*command, str(file)], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.startswith("Success"), done.stdout + done.stderr


def test_the_examples_need_nothing_that_a_wheel_does_not_hold() -> None:
    """They are run in an empty folder; only by the place of the program could they reach what lies beside it."""
    assert "__file__" not in examples() and "fixtures" not in examples()
