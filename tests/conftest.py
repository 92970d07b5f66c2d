"""What every test starts from: a fixed day, the forms of this tree, hypothesis without time limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# At import, so that it holds in module-level code of tests and in every command they start.
os.environ["YOSHIKI_TODAY"] = "2025-06-02"
os.environ.pop("YOSHIKI_FORMS", None)

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
    parser.addoption(
        "--all-samples",
        action="store_true",
        help="tests marked costly take every sample; otherwise a few that between them have every form",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--regenerate") and os.environ.get("CI"):
        raise pytest.UsageError("--regenerate is for a desk: in CI it would make every result the expected one")


@pytest.fixture(scope="session")
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether expected results are to be written anew. A test that does so must fail afterwards."""
    return bool(request.config.getoption("--regenerate"))


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> int:
    """How many times as much a test that tries at random is to try."""
    return 5 if request.config.getoption("--all-samples") else 1


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
