"""What the JSON Schema validator finds in a case, as Problems in our words and at their places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generator.case import schema_messages
from generator.case.model import Case
from generator.problem import Position, Problem
from generator.scheme.schema import Item

MISSING = "case.missing"  # the code of a Problem with a required item that is not there


def violations(case: Case, instance: Any, failed: set[str]) -> list[Problem]:
    """What the JSON Schema validator finds in ``instance``; places that already ``failed`` are not blamed twice."""
    problems = []
    for error in case.scheme.schema.validator.iter_errors(instance):
        path = ""
        for step in error.instance_path:
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
        if any(path == f or path.startswith((f + ".", f + "[")) for f in failed):
            continue
        name, kind = type(error.kind).__name__, error.kind
        if name == "Required":
            inner = f"{path}.{kind.property}" if path else kind.property
            if inner in failed:
                continue
            problems.append(_missing(case, inner, case.scheme.schema.at(inner)))
            continue
        item = case.scheme.schema.at(path)
        basis = item.basis if item else ""
        said = schema_messages.refused(name, kind, case.get(path), item)
        hint = "一行目から書いてください" if name == "MinItems" and case.position(path).cell else said.hint
        problems.append(case.problem(path, said.message, hint, basis, code=said.code))
    return problems


def _missing(case: Case, path: str, item: Item | None) -> Problem:
    key = path.rpartition(".")[2]
    if case.position(path).cell:
        hint = (
            "この欄に書いてください" if path in case.positions else f"「{item.title if item else key}」を書いてください"
        )
    elif path in case.positions:
        hint = f"「{key}: 」に続けて書いてください"
    else:
        unit = "欄" if item and item.kind in ("object", "list") else "行"
        hint = f"「{key}: 」の{unit}を加えてください"
    if item and item.description:
        hint += f"。{item.description}" if "（" in item.description else f"（{item.description}）"
    message = "必須の項目ですが、書かれていません"
    problem = case.problem(path, message, hint, item.basis if item else "", code="case.missing")
    parent = path if path in case.positions else path.rpartition(".")[0]
    if problem.position and parent in case.positions and not parent.endswith("]"):
        at = heading(problem.position)
        return replace(problem, position=at or problem.position, private=at is None)
    return replace(problem, private=True)


def heading(position: Position) -> Position | None:
    """A key's place with the key alone as its excerpt; None where something else stands before the key."""
    if position.cell:
        return position
    end = position.column - 1 + position.length
    head, rest = position.excerpt[:end], position.excerpt[end:].lstrip(" :")
    if head[: position.column - 1].strip(" -"):
        return None
    return replace(position, excerpt=f"{head}: …" if rest else f"{head}:")
