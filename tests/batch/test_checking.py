"""Many cases checked by several processes: the same is said as by one."""

from __future__ import annotations

from pathlib import Path

import pytest
import samples
from command import run

SAMPLES = sorted(samples.PLAIN.parent.glob("*.yaml"))
FAULTY = sorted((samples.PROGRAM / "tests" / "errors").glob("*/case.yaml"))


@pytest.fixture
def many(tmp_path: Path) -> list[Path]:
    twice = tmp_path / "twice.yaml"
    twice.write_text(SAMPLES[0].read_text(encoding="utf-8") + "\n", encoding="utf-8")
    return [*SAMPLES, *FAULTY[::3], twice, tmp_path / "missing.yaml"]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_same_is_said(many: list[Path], more: tuple[str, ...]) -> None:
    one, two = (run("check", *more, "--jobs", jobs, *many) for jobs in ("1", "2"))
    assert len(FAULTY) > 30 and one.code == 1
    assert (two.code, two.output) == (one.code, one.output)
    assert more or "と同じです" in one.output
