"""How a value of each kind is to be written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.case import prompts
from generator.case.schema_messages import NAMES
from generator.scheme.schema import ITEM_KINDS, SCRIPTS
from generator.spreadsheet.cell_format import DATE_PARTS


@pytest.mark.parametrize("kind", [*ITEM_KINDS, *SCRIPTS, *DATE_PARTS])
def test_every_kind_but_a_free_line_says_how_it_is_written(kind: str) -> None:
    assert bool(prompts.prompt(kind)) == (kind != "文字")
    assert "{" not in prompts.prompt(kind) + prompts.refusal(kind)


@pytest.mark.parametrize("kind", NAMES)
def test_a_kind_that_is_read_has_a_remedy(kind: str) -> None:
    assert prompts.prompt(kind).endswith(("）", "ください"))


@pytest.mark.parametrize("say", [prompts.prompt, prompts.refusal])
def test_the_number_of_a_town_is_the_schemas_own(say: Callable[..., str]) -> None:
    assert "（例 03-0000-0000）" in say("電話番号")
    assert "（例 0120-000-000）" in say("電話番号", "0120-000-000")
    assert say("日付", "令和7年1月1日") == say("日付")
