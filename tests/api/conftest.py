"""What the tests of the library's face begin with."""

from __future__ import annotations

import offices
import pytest

from generator.api import Settings, Workspace


@pytest.fixture
def space(desk: offices.Desk) -> Workspace:
    """The workspace of a new office with the small schemes."""
    return Workspace(Settings((offices.FORMS,), desk.root))
