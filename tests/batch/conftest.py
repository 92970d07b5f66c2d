"""What several tests of batches on a cluster share."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator

import clusters
import postgres
import pytest


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clusters.Dask]:
    """A cluster of two workers."""
    with clusters.dask(tmp_path_factory.mktemp("dask")) as made:
        for name in ("one", "two"):
            made.worker(name)
        yield made


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of a new, empty database of a server of its own."""
    if sys.platform == "win32":
        pytest.skip("PostgreSQL のサーバーは Debian で試す")
    with postgres.server() as url:
        yield postgres.database(url, f"t{secrets.token_hex(6)}")
