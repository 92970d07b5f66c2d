"""Who is at the register's register_options: what the operating system says."""

from __future__ import annotations

import os

import pytest

from generator.cli import register_options


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no numbers of users")
def test_a_user_without_a_name_is_told_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number of which no list of users knows."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert register_options.clerk().who == "3999999999"
    monkeypatch.setenv("LOGNAME", "tanaka")
    assert register_options.clerk().who == "tanaka"
