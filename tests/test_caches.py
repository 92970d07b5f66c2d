"""Every function that remembers its results is bounded, and asked by what cannot change: so nothing in it goes stale.

What hangs on fonts as well goes with them (`tests/typography/test_library.py`); that nothing holds an applicant's words
is shown in `test_forgotten`; a `cached_property` lives and ends with its object.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import types
import typing
from collections.abc import Iterator
from datetime import date
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
_PLAIN = (str, int, float, bool, bytes, type(None), date, Fraction, Path, Enum)
_READ_ONCE = {"generator.typography.face.Face"}  # compared by identity: a font's file as it was read
# What is asked without arguments is made once in a process: why nothing can change it there.
_CONSTANT = {
    "generator.render.pdf.file.icc.srgb": "it is written by us, from numbers",
    "generator.render.pdf.file.metadata._profile": "it is written by us, from numbers",
    "generator.scheme.cache.program": "a process runs what it has loaded; the next one reads it again",
    "generator.storage.fingerprint.program": "a process runs what it has loaded; the next one reads it again",
}


class Remembering(NamedTuple):
    """A function that remembers: where it stands, its bound as written (None: it has none), the function."""

    name: str
    most: object
    function: Any


def remembering() -> Iterator[Remembering]:
    """All of the program's, found in its sources."""
    for path in sorted((ROOT / "generator").rglob("*.py")):
        module_name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        owners: list[tuple[str, ast.AST]] = [("", tree)]
        owners += [(f"{n.name}.", n) for n in tree.body if isinstance(n, ast.ClassDef)]
        for prefix, owner in owners:
            for node in getattr(owner, "body", ()):
                for name, decorator in _decorated(node):
                    kind, most = _kind(decorator)
                    if kind:
                        module = importlib.import_module(module_name)
                        value: Any = module
                        for part in f"{prefix}{name}".split("."):
                            value = inspect.getattr_static(value, part)
                        yield Remembering(f"{module_name}.{prefix}{name}", most, value)


def _decorated(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.FunctionDef):
        yield from ((node.name, decorator) for decorator in node.decorator_list)
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value.func


def _kind(decorator: ast.expr) -> tuple[str, object]:
    call = decorator if isinstance(decorator, ast.Call) else None
    name = ast.unparse(call.func if call else decorator).rpartition(".")[2]
    if name == "cache":
        return name, None
    if name not in ("lru_cache", "remembered") or call is None:
        return "", None
    given = [*call.args, *(k.value for k in call.keywords if k.arg == "maxsize")]
    return name, ast.literal_eval(given[0]) if given else None


FOUND = list(remembering())


def plain(function: Any) -> Any:
    """The function itself, below what remembers for it."""
    function = getattr(function, "__func__", function)
    return inspect.unwrap(function)


def test_what_is_made_once_in_a_process_is_listed_with_its_reason() -> None:
    found = {f.name for f in FOUND if not inspect.signature(plain(f.function)).parameters}
    assert found == set(_CONSTANT) and len(FOUND) > 40


@pytest.mark.parametrize("found", FOUND, ids=lambda f: f.name.removeprefix("generator."))
def test_it_is_bounded_and_its_key_never_changes(found: Remembering) -> None:
    function = plain(found.function)
    hints = typing.get_type_hints(function)
    parameters = [p for p in inspect.signature(function).parameters if p not in ("self", "cls")]
    if parameters:
        assert isinstance(found.most, int), "what depends on arguments needs a bound"
    for name in parameters:
        assert lasting(hints[name]), f"{name}: {hints[name]} may change while it is remembered"


def lasting(hint: Any) -> bool:
    """Whether a value of this type cannot change."""
    arguments = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return all(map(lasting, arguments))
    if origin in (tuple, frozenset):
        return all(lasting(a) for a in arguments if a is not Ellipsis)
    if origin is not None or not isinstance(hint, type):
        return False
    if issubclass(hint, (*_PLAIN, tuple)) or f"{hint.__module__}.{hint.__qualname__}" in _READ_ONCE:
        return True  # tuple: a NamedTuple
    return dataclasses.is_dataclass(hint) and hint.__dataclass_params__.frozen  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("hint", "expected"),
    [(str, True), (tuple[int, ...], True), (Fraction | None, True), (list[str], False), (dict[str, int], False),
     (tuple[list[int], ...], False), (set, False), (Remembering, True), (ast.AST, False)],
)  # fmt: skip
def test_what_cannot_change_is_told_from_what_can(hint: Any, expected: bool) -> None:
    assert lasting(hint) is expected
