"""Every form to be filled in, filled to its limits: each input with the longest or largest that it takes, in each row.

What was typed comes back, whole; what then does not fit on the printed form is told, item by item, and never cut off.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import blanks
import fillable
import pages
import pytest
import samples
from blanks import Template

from generator.case import assess
from generator.case.model import Case, StageRef
from generator.document import Document
from generator.intake import take_in
from generator.layout import compose
from generator.operations.render import files_of
from generator.problem import ProblemError
from generator.scheme.schema import Item

DAY = datetime.date(2031, 12, 31)
LONGEST = 200  # characters of a text without a limit of its own
LENGTHS = (LONGEST, 60, 20, 6, 2)  # of texts, until the form has room
KANJI = "永"


def largest(item: Item, length: int, number: int) -> Any:
    """The longest or largest value of a kind; texts are at most ``length`` long.

    ``number``: which of a list it is; a list of choices has each of them once.
    """
    if item.choices and item.kind != "真偽":
        read = [choice for choice in item.choices if item.kind != "整数" or isinstance(choice, int)]
        return sorted(read, key=lambda choice: len(str(choice)))[-1 - number % len(read)]
    match item.kind:
        case "円":
            return 99_999_999
        case "整数":
            return 99
        case "数量":
            return 999
        case "日付":
            return DAY
        case "真偽":
            return True
        case "電話番号":
            return "0" * 15
        case "Eメール":
            return "m" * 30 + "@example.jp"
    return text_of(item, min(length, item.limit or length))


def text_of(item: Item, length: int) -> str:
    match item.script:
        case "カタカナ":
            return "ア" * length
        case "郵便番号":
            return "000-0000"
    return KANJI * length


def full(document: Document, case: Case, length: int) -> Case:
    """The case with a largest value for each input of the forms, in every row of every list."""
    data: dict[str, Any] = {}
    paths = dict.fromkeys(c.field for s in document.sheets for c in s.cells if c.field and not c.formula)
    for path in paths:
        item = case.scheme.schema.at(path)
        assert item is not None
        last = path.rpartition("[")[2].removesuffix("]") if path.endswith("]") else "0"
        put(data, path, largest(item, length, int(last)))
    stage = next(iter(data))
    return replace(case, data={**case.data, **data}) if isinstance(data[stage], dict) else joined(case, stage, data)


def joined(case: Case, stage: str, data: Mapping[str, Any]) -> Case:
    """With one more item in the list of a stage that comes again and again."""
    return replace(case, data={**case.data, stage: [*(case.data.get(stage) or ()), data[stage][-1]]})


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Sets a value at a path such as 申請.経費[3].単価; lists grow as far as needed."""
    at: Any = data
    steps = [int(s) if s.isdecimal() else s for s in path.replace("]", "").replace("[", ".").split(".")]
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        new = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(at, list):
            at.extend([] if isinstance(following, int) else {} for _ in range(len(at), step))
            if len(at) == step:
                at.append(new)
        elif step not in at:
            at[step] = new
        at = at[step]


def given_by(template: Template) -> tuple[Document, Case, Any]:
    """The form, what is known of the case before it, and the source it goes on with."""
    document = template.document()
    if template.sample is None:
        return document, blanks.whole_of_nobody(template.scheme), None
    before = blanks.before(template.sample, template.stage)
    return document, before, blanks.earlier(template.sample, template.stage)


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_what_was_typed_comes_back_whole(template: Template, kind: str) -> None:
    document, before, source = given_by(template)
    case = full(document, before, LONGEST)
    if kind == "xlsx":
        data = blanks.filled(blanks.workbook(document), blanks.answers(document, case))
    else:
        data = fillable.filled(document, case)
    taken = take_in.take(data, f"満杯.{kind}", samples.known(), into=source)
    key = taken.stage.key
    assert taken.case.get(key) == case.get(key)


def test_what_does_not_fit_is_told_and_all_else_is_printed(template: Template) -> None:
    document, before, _ = given_by(template)
    told_of: set[str] = set()
    for length in LENGTHS:
        case = full(document, before, length)
        assessment, _ = assess.assess(case, blanks.TODAY)
        assert assessment is not None
        ref = stage_of(case, template.stage)
        try:
            made = compose.compose(assessment, ref)
        except ProblemError as error:
            told_of |= {problem.item for problem in error.problems}
            assert all(problem.item and problem.hint for problem in error.problems)
            continue
        held = "".join(pages.visible(c.text) for s in made.sheets for c in s.cells)
        for path in {c.field for s in document.sheets for c in s.cells if c.field}:
            value = case.get(path)
            assert not isinstance(value, str) or value in held, path
        printed = dict(files_of(made, ["pdf"], ()))[f"{made.name}.pdf"]
        words = "".join(page.text for page in pages.read(printed))
        on_paper = "".join(pages.visible(c.text) for s in made.sheets if s.printed for c in s.cells)
        assert words.count(KANJI) == on_paper.count(KANJI) > 0
        return
    raise AssertionError(f"not even texts of {LENGTHS[-1]} characters fit: {sorted(told_of)}")


def stage_of(case: Case, name: str) -> StageRef:
    return [stage for stage in case.stages if stage.stage.name == name][-1]
