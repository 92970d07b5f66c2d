from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import offices
import postgres
import pytest
from offices import Desk


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    if sys.platform == "win32":
        pytest.skip("PostgreSQL のサーバーは Debian で試す")
    with postgres.server() as url:
        yield url


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return offices.office(tmp_path / "office")


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    """An office on SQLite, then one on PostgreSQL."""
    if request.param == "sqlite":
        return offices.office(tmp_path / "office")
    return offices.office(tmp_path / "office", postgresql(request))


def postgresql(request: pytest.FixtureRequest) -> str:
    return postgres.database(request.getfixturevalue("server"), f"t{secrets.token_hex(6)}")


@pytest.fixture
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    return lambda: postgresql(request)
