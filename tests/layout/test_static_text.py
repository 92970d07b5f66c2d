"""The words that a form prints itself stand where they would without being kept, and say what they would."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.document import Style
from generator.layout.fill.sheet_builder import SheetBuilder
from generator.layout.measure import static_text
from generator.problem import ProblemError
from generator.scheme.form import Form, load_form
from generator.source import read

NONE: static_text.Taken = frozenset()
HEAD = """form: 様式
paper: A4 portrait
margins: [10, 10, 10, 10]
columns: [60, 60, 70]
rows:
"""


def laid_out(folder: Path, rows: str) -> Form:
    path = folder / "form.yaml"
    path.write_text(HEAD + rows, encoding="utf-8")
    return load_form(read.read(path))


def test_words_are_set_once_for_each_place(tmp_path: Path) -> None:
    made = laid_out(tmp_path, "  - [{text: 甲}, {text: '{{ 乙 }}'}, {text: 丙}]\n")
    plan = static_text.plan_of(made, 0, NONE)
    words = static_text.words(plan, 7)
    assert [(cell.row, cell.column, cell.text) for cell, _ in words] == [(7, 0, "甲"), (7, 2, "丙")]
    assert [place.column for place in plan.filled] == [1]
    assert static_text.words(plan, 7) is words


def test_a_cell_that_reaches_down_moves_the_row_below(tmp_path: Path) -> None:
    made = laid_out(tmp_path, "  - [{text: 縦, rows: 2}, {text: 上, span: all}]\n  - [{text: 下, span: all}]\n")
    above = static_text.plan_of(made, 0, NONE)
    assert [(place.cell.rows, place.span) for place in above.filled] == [(2, 1)]
    below = static_text.plan_of(made, 1, above.taken)
    assert [(cell.column, cell.columns) for cell, _ in below.words] == [(1, 2)]
    assert below.taken == NONE
    assert static_text.plan_of(made, 1, NONE).words[0][0].columns == 3


def test_a_row_wider_than_its_form_is_refused(tmp_path: Path) -> None:
    made = laid_out(
        tmp_path, "  - [{text: 縦, rows: 2}, {text: 上, span: all}]\n  - [{text: 下}, {text: 下}, {text: 下}]\n"
    )
    with pytest.raises(ProblemError, match="用紙の列からはみ出しています"):
        static_text.plan_of(made, 1, static_text.plan_of(made, 0, NONE).taken)


def test_words_that_fit_nowhere_are_left_to_be_told(tmp_path: Path) -> None:
    made = laid_out(tmp_path, f"  - {{row: [{{text: {'永' * 90}}}, {{text: 短, span: 2}}], grow: false, height: 5}}\n")
    plan = static_text.plan_of(made, 0, NONE)
    assert [cell.text for cell, _ in plan.words] == ["短"]
    assert len(plan.filled) == 1
    builder = SheetBuilder(made)
    row = builder.rows((7.0,))
    others = builder.say(row, (0, 1, Style(), "永" * 9000, "text"), (1, 2, Style(), "短", "label"))
    assert [cell.text[:1] for cell in others] == ["永"]
    assert [(cell.text, cell.role) for cell, _ in builder.words] == [("短", "label")]


def test_a_form_that_is_loaded_anew_says_its_new_words(tmp_path: Path) -> None:
    before = laid_out(tmp_path, "  - [{text: 甲, span: all}]\n")
    after = laid_out(tmp_path, "  - [{text: 乙, span: all}]\n")
    said = [static_text.words(static_text.plan_of(f, 0, NONE), 0)[0][0].text for f in (before, after, before)]
    assert said == ["甲", "乙", "甲"]
