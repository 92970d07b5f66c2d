"""docs/項目.md is what `yoshiki forms --items` says of the scheme."""

from __future__ import annotations

import pytest
from command import ROOT, run

FILE = ROOT / "docs" / "項目.md"


def test_the_items_of_a_case_are_listed(regenerate: bool) -> None:
    said = run("forms", "--items", "kawasaki-sdgs-model")
    assert said.code == 0
    if regenerate and said.out != FILE.read_text(encoding="utf-8"):
        FILE.write_text(said.out, encoding="utf-8", newline="\n")
        pytest.fail(f"{FILE.name} written: read it, then run without --regenerate")
    assert said.out == FILE.read_text(encoding="utf-8"), "If this is meant, run make goldens and read the change."
