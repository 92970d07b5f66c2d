"""The rooms of the house: each says what it is for and shows a face, and others use that face only."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "generator"
PACKAGES = sorted(p.parent for p in ROOT.rglob("__init__.py") if p.parent != ROOT)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(p): p for p in ROOT.rglob("*.py")}


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def face(package: str) -> set[str]:
    """The names in ``__all__`` of a package."""
    for node in tree(MODULES[package]).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return set(ast.literal_eval(node.value))
    return set()


@functools.cache
def imports(path: Path) -> tuple[str, ...]:
    """Every name of ours that a file imports, dotted: generator.scheme.load.Scheme."""
    names: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("generator"):
            names += (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            names += (alias.name for alias in node.names if alias.name.startswith("generator"))
    return tuple(names)


def is_package(name: str) -> bool:
    return name in MODULES and MODULES[name].name == "__init__.py"


def package_of(module: str) -> str:
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_room_says_what_it_is_for_and_shows_a_face(package: Path) -> None:
    name = module_of(package / "__init__.py")
    assert len((ast.get_docstring(tree(MODULES[name])) or "").splitlines()) >= 3
    shown = face(name)
    assert shown, f"{name} has no __all__"
    for public in shown:
        own = f"{name}.{public}"
        assert own in MODULES or f" {public}" in MODULES[name].read_text(encoding="utf-8"), own


def used(package: str) -> set[str]:
    """The parts beside a package, of the room or package that it is in, and the rooms, that its modules import."""
    parent, _, own = package.rpartition(".")
    room = package.split(".")[1]
    names: set[str] = set()
    for module, path in MODULES.items():
        if module == package or module.startswith(f"{package}."):
            for name in imports(path):
                if name.startswith(f"{parent}."):
                    names.add(name.removeprefix(f"{parent}.").partition(".")[0])
                elif name.count(".") > 0 and name.split(".")[1] != room:
                    names.add(name.split(".")[1])
    return {n for n in names if n != own and (f"generator.{n}" in MODULES or f"{parent}.{n}" in MODULES)}


def permitted(package: str) -> tuple[set[str], bool]:
    """What a package's docstring says that it may use, and whether what those may use is meant as well."""
    (said,) = re.findall(r"May use: ([^.;(]*)[.;(]", ast.get_docstring(tree(MODULES[package])) or "")
    listed, also, _ = re.split(r"( and what (?:they|that) may use|$)", " ".join(said.split()), maxsplit=1)
    return set(listed.replace("no other part of layout", "").split(", ")) - {""}, bool(also)


def all_permitted(room: str) -> set[str]:
    """What a room may use, by what its docstring says, and the docstrings of those that it names."""
    if not is_package(f"generator.{room}"):
        return {name.split(".")[1] for name in imports(MODULES[f"generator.{room}"])}
    listed, also = permitted(f"generator.{room}")
    return listed.union(*map(all_permitted, listed)) if also else listed


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_room_uses_what_it_says_and_no_more(package: Path) -> None:
    name = module_of(package / "__init__.py")
    listed, _ = permitted(name)
    actual = used(name)
    assert listed <= actual, "it does not use what it says that it may"
    if package.parent == ROOT:
        assert actual <= all_permitted(package.name)
    else:
        beside = {part for part in actual if f"{name.rpartition('.')[0]}.{part}" in MODULES}
        assert beside <= listed


def test_rooms_use_the_face_of_others_only() -> None:
    wrong = []
    for module, path in MODULES.items():
        here = package_of(module)
        for name in imports(path):
            parts = name.split(".")
            for depth in range(2, len(parts)):
                package = ".".join(parts[:depth])
                inside = here == package or here.startswith(f"{package}.")
                if not inside and is_package(package) and parts[depth] not in face(package):
                    wrong.append(f"{module} imports {name}, but {parts[depth]} is not in the face of {package}")
            if parts[-1].startswith("_") and not parts[-1].startswith("__"):
                wrong.append(f"{module} imports the private {name}")
    assert wrong == []


def test_a_face_shows_no_more_than_others_use() -> None:
    unused = []
    for package in (module_of(p / "__init__.py") for p in PACKAGES):
        outside = [
            name
            for module, path in MODULES.items()
            if package_of(module) != package and not package_of(module).startswith(f"{package}.")
            for name in imports(path)
        ]
        modules = [f"{package}.{public}" for public in face(package) if f"{package}.{public}" in MODULES]
        unused += [m for m in modules if not any(n == m or n.startswith(f"{m}.") for n in outside)]
    assert unused == []


# words that stand where a noun of the field should
EMPTY_WORDS = {"asked", "found", "given", "kept", "known", "one", "thing", "what"}


def functions(path: Path) -> list[ast.FunctionDef | ast.Lambda]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.Lambda)]


def parameters(function: ast.FunctionDef | ast.Lambda) -> set[str]:
    own = function.args
    every = (*own.posonlyargs, *own.args, *own.kwonlyargs, own.vararg, own.kwarg)
    return {argument.arg for argument in every if argument}


def test_a_parameter_is_named_by_a_noun() -> None:
    empty = [(name, p) for name, path in MODULES.items() for f in functions(path) for p in parameters(f) & EMPTY_WORDS]
    assert empty == []


def test_no_name_in_a_function_hides_a_module() -> None:
    hidden = []
    for name, path in MODULES.items():
        top = [node for node in tree(path).body if isinstance(node, ast.ImportFrom) and node.module]
        modules = {a.asname or a.name for node in top for a in node.names if f"{node.module}.{a.name}" in MODULES}
        for function in functions(path):
            inside = ast.walk(function)
            stored = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            hidden += [(name, local) for local in modules & (stored | parameters(function))]
    assert hidden == []
