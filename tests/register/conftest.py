"""Offices with a register of their own."""

from __future__ import annotations

from pathlib import Path

import offices
import pytest
from offices import Desk


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    """An office on SQLite, then one on PostgreSQL."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("database")
    return offices.office(tmp_path / "office", url)
