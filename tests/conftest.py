"""What every test starts from: a fixed day, the forms of this tree, hypothesis without time limits, one server."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import offices
import pytest
import samples
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
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    if sys.platform == "win32":
        pytest.skip("PostgreSQL のサーバーは Debian で試す")
    import postgres  # it needs what Windows does not have

    with postgres.server() as url:
        yield url


@pytest.fixture
def new_database(server: str) -> Callable[[], str]:
    """Makes a new, empty database and gives its URL."""
    import postgres  # as above

    return lambda: postgres.database(server, f"t{secrets.token_hex(6)}")


@pytest.fixture
def database(new_database: Callable[[], str]) -> str:
    """The URL of a new, empty database."""
    return new_database()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that share what is costly to make are run by the same process; goldens are remade by their tests alone."""
    if config.getoption("--regenerate"):
        writing = [item for item in items if "regenerate" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in writing])
        items[:] = writing
    for item in items:
        group = _shared(item)
        if group and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Raise where pytest-xdist would not keep tests together: each process would make again what they share."""
    if session.config.getoption("loadgroup", False):
        apart = [i.nodeid for i in session.items if i.get_closest_marker("xdist_group") and "@" not in i.nodeid]
        if apart:
            raise pytest.UsageError(f"pytest-xdist does not keep tests together that share much: {apart[0]}")


def _shared(item: pytest.Item) -> str:
    """What a test shares with others: servers, what LibreOffice made in one go, or all that is made of a sample."""
    values = getattr(getattr(item, "callspec", None), "params", {})
    asked = set(getattr(item, "fixturenames", ()))
    if {"dask", "server"} & asked or "postgresql" in values.values():
        return "servers"
    if {"prints", "calculated"} & asked:
        return "libreoffice"
    made = (getattr(value, "sample", value) for value in values.values())
    return next((samples.name(sample) for sample in made if sample in samples.ALL), "")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that wrote expected results proves nothing, whatever its tests say."""
    if session.config.getoption("--regenerate") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def desk(tmp_path: Path) -> offices.Desk:
    """A new office with its register, on SQLite."""
    return offices.office(tmp_path / "office")
