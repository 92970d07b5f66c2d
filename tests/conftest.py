"""What every test starts from: a fixed day, the forms of this tree, hypothesis without time limits."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# At import, so that it holds in module-level code of tests and in every command they start.
os.environ["YOSHIKI_TODAY"] = "2025-06-02"
os.environ.pop("YOSHIKI_FORMS", None)
if "PYTEST_XDIST_WORKER" not in os.environ:  # workers share what the run that started them has set
    os.environ["YOSHIKI_CACHE"] = tempfile.mkdtemp(prefix="yoshiki-tests-")
    atexit.register(shutil.rmtree, os.environ["YOSHIKI_CACHE"], ignore_errors=True)

# A busy machine is no defect; a failure in CI must come again when the same tree is tried at a desk.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate",
        action="store_true",
        help="write the expected results anew instead of comparing with them; the run then ends as failed",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--regenerate") and os.environ.get("CI"):
        raise pytest.UsageError("--regenerate is for a desk: in CI it would make every result the expected one")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --regenerate only those tests run that keep an expected result."""
    if config.getoption("--regenerate"):
        kept = [item for item in items if "regenerate" in getattr(item, "fixturenames", ())]
        keeping = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in keeping])
        items[:] = kept


@pytest.fixture(scope="session")
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether expected results are to be written anew. A test that does so must fail afterwards."""
    return bool(request.config.getoption("--regenerate"))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
