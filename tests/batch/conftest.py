"""What several tests of batches on a cluster share."""

from __future__ import annotations

from collections.abc import Iterator

import clusters
import pytest
import samples


@pytest.fixture(scope="session")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clusters.Dask]:
    """A cluster of two workers that have the small schemes."""
    with clusters.dask(tmp_path_factory.mktemp("dask")) as made:
        for name in ("one", "two"):
            made.worker(name, YOSHIKI_FORMS=str(samples.SMALL))
        yield made
