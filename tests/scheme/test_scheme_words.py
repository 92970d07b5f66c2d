"""What a scheme calls things stands in its own files: no module of the program knows the words of any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.scheme.duties import Annual
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.scheme.roles import APPLICANT, Role

PROGRAM = Path(__file__).parents[2] / "generator"
SCHEMES = Schemes([Path(__file__).parents[2] / "forms", Path(__file__).parents[1] / "schemes"])
_RENDERERS = PROGRAM / "render"  # there "10" is a number of Word's, and no form


def words(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """What only the scheme knows, each with the pattern that finds it in a module."""
    yield scheme.id, re.escape(scheme.id)
    yield scheme.name, re.escape(scheme.name)
    yield scheme.authority, re.escape(scheme.authority[:-1])  # without 市, 県, 町
    for series in scheme.series.values():
        yield series.name, re.escape(series.name)
    for word in scheme.roles:
        if word != APPLICANT:  # alone, not as a part of 市外局番
            yield word, f"(?<![一-鿿]){re.escape(word)}(?![一-鿿])"
    for expense in scheme.procedure.annual.expenses:
        yield expense.list, re.escape(expense.list)
        yield expense.category, re.escape(expense.category)
        yield expense.title, re.escape(expense.title)
    procedure = scheme.procedure
    said = (procedure.annual.title, procedure.annual.remark, procedure.budget.remark if procedure.budget else "")
    for text in said:
        if text not in ("", Annual().title):
            yield text, re.escape(text)
    for form in scheme.forms:
        yield form.id, f"""["']{form.id}["']|例 ?{form.id}(?![0-9.])"""
        if not form.id.isdecimal():
            yield form.id, rf"\b{form.id}\b"
        yield form.file, re.escape(form.file)


@pytest.mark.parametrize("scheme", [SCHEMES.get(name) for name in SCHEMES.folders], ids=lambda s: s.id)
def test_no_module_holds_the_words_of_a_scheme(scheme: Scheme) -> None:
    sought = dict.fromkeys(words(scheme))
    assert any(word in scheme.roles and scheme.roles[word] is Role.OFFICE for word, _ in sought)
    numbers = {form.id for form in scheme.forms if form.id.isdecimal()}
    wrong = []
    for path in sorted(PROGRAM.rglob("*")):
        if path.suffix not in (".py", ".toml", ".yaml", ".txt"):
            continue
        text = path.read_text(encoding="utf-8")
        passed_by = numbers if path.is_relative_to(_RENDERERS) else set()
        found = [word for word, pattern in sought if word not in passed_by and re.search(pattern, text)]
        wrong += [f"{path.relative_to(PROGRAM)}: {word}" for word in found]
    assert not wrong, "\n".join(wrong)
