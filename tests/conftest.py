"""What every test starts from: a fixed day, the forms of this tree, hypothesis without time limits."""

from __future__ import annotations

import os

from hypothesis import settings

# At import, so that it holds in module-level code of tests and in every command they start.
os.environ["YOSHIKI_TODAY"] = "2025-06-02"
os.environ.pop("YOSHIKI_FORMS", None)

# A busy machine is no defect; a failure in CI must come again when the same tree is tried at a desk.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
