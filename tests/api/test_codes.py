"""Every problem has a code that stays what it is, and docs/api.md says what each of them means."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "generator"
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_ROW = re.compile(r"^\| `([a-z]+\.[a-z0-9-]+)` \| (.+) \|$", re.MULTILINE)

# Rooms in which every problem has its code.
ROOMS = [
    "api", "batch", "case", "cli", "intake", "layout", "operations", "register", "render", "reports", "roundtrip.py",
    "scheme", "storage", "typography", "workers",
]  # fmt: skip
# What the codes of these rooms begin with.
BEGINNINGS = {
    "batch", "bundle", "case", "check", "cli", "correct", "edit", "fillable", "formula", "intake", "issue", "issued",
    "layout", "office", "overview",
    "register", "render", "reports", "roundtrip", "scheme", "settings", "source", "storage",
    "typography", "workers",
}  # fmt: skip


def files(room: str) -> list[Path]:
    path = PROGRAM / room
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def name_of(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def takes_code(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, _FUNCTION) and any(a.arg == "code" for a in (*node.args.args, *node.args.kwonlyargs))


def calls(node: ast.AST, inside: bool = False) -> Iterator[tuple[ast.Call, bool]]:
    """Every call, and whether it stands in a function to which a code is handed."""
    for child in ast.iter_child_nodes(node):
        within = takes_code(child) if isinstance(child, _FUNCTION) else inside
        if isinstance(child, ast.Call):
            yield child, within
        yield from calls(child, within)


def wrong(text: str, makers: set[str]) -> list[int]:
    """Lines where a problem is made without a code that stands there in letters."""
    found = []
    for call, handed in calls(ast.parse(text)):
        if name_of(call.func) not in makers:
            continue
        code = next((k.value for k in call.keywords if k.arg == "code"), None)
        literal = isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value != ""
        passed_on = handed and isinstance(code, ast.Name) and code.id == "code"
        passed_on |= isinstance(code, ast.Attribute) and code.attr == "code"  # of an error or a message that has one
        if not literal and not passed_on:
            found.append(call.lineno)
    return found


def makers(paths: list[Path]) -> set[str]:
    """What makes a problem: the class, a case, and every function or class of these files that is handed a code."""
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    functions = {node.name for node in nodes if takes_code(node)} - {"__init__"}
    made = ((node, part) for node in nodes if isinstance(node, ast.ClassDef) for part in node.body)
    classes = {node.name for node, part in made if takes_code(part) and part.name == "__init__"}
    return {"Problem", "problem"} | functions | classes


def used() -> set[str]:
    every = (call for path in PROGRAM.rglob("*.py") for call, _ in calls(ast.parse(path.read_text(encoding="utf-8"))))
    values = (k.value for call in every for k in call.keywords if k.arg == "code")
    return {str(v.value) for v in values if isinstance(v, ast.Constant) and v.value}


@pytest.mark.parametrize("room", ROOMS)
def test_every_problem_has_a_code(room: str) -> None:
    paths = files(room)
    assert paths
    known = makers(paths)
    lines = [f"{path.relative_to(ROOT)}:{line}" for path in paths for line in wrong(path.read_text("utf-8"), known)]
    assert lines == []


def test_the_documents_list_each_code_with_its_meaning() -> None:
    listed = _ROW.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    codes = [code for code, _ in listed]
    assert codes == sorted(set(codes))
    assert all(meaning.strip() for _, meaning in listed)
    assert {c for c in used() if c.partition(".")[0] in BEGINNINGS} == {
        c for c in codes if c.partition(".")[0] in BEGINNINGS
    }
    assert set(codes) <= used()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('Problem("x")', 1),
        ('Problem("x", code="")', 1),
        ('Problem("x", code=name)', 1),
        ('case.problem("p", "x")', 1),
        ('def f(code): pass\nf("x")', 2),
        ('def f(code):\n    def g(): Problem("x", code=code)', 2),
    ],
)
def test_a_problem_without_a_code_is_found(text: str, line: int) -> None:
    assert wrong(text, {"Problem", "problem", "f"}) == [line]


def test_a_code_in_letters_or_handed_on_is_right() -> None:
    assert wrong('Problem("x", code="a.b")\ndef f(code): Problem("x", code=code)', {"Problem", "f"}) == []
