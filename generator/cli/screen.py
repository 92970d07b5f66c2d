"""What the commands print of cases and problems, and the arguments that several of them take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.problem import Problem, format_problem

if TYPE_CHECKING:
    from generator.api import Report

cases_argument = click.argument("paths", metavar="案件.yaml…", nargs=-1, required=True, type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")


def refuse_unknown(what: str, names: Iterable[str], offered: Sequence[str]) -> None:
    """Raise UsageError for one of the names that stands for nothing at hand."""
    for name in names:
        if name not in offered:
            raise click.UsageError(f"{what}「{name}」はありません（使えるのは {'・'.join(offered)}）")


def name_of(one: Report) -> str:
    return one.about.number if one.about and one.about.number else str(one.path)


def show(problems: Iterable[Problem]) -> None:
    """Each problem as text; one that comes again and again on a line (an alias bomb) is told once."""
    together: dict[tuple[object, ...], list[Problem]] = {}
    for n, problem in enumerate(problems):
        at = problem.position
        together.setdefault((at.file, at.line, problem.message, problem.item) if at else (n,), []).append(problem)
    for first, *more in together.values():
        again = f"（同じ行にほか{len(more)}か所）" if more else ""
        click.echo(format_problem(replace(first, message=first.message + again)), err=True)


def show_summary(one: Report) -> None:
    errors = sum(p.level == "error" for p in one.problems)
    warnings = len(one.problems) - errors
    noted = f"（注意が {warnings} 件あります）" if warnings else ""
    if one.ok:
        click.echo(f"{name_of(one)}: 問題ありません{noted}")
    else:
        where = "制度のファイルやフォントに" if one.failed else ""
        click.echo(f"{name_of(one)}: {where}直すところが {errors} 件あります{noted}", err=True)


def report_json(one: Report) -> dict[str, Any]:
    found: dict[str, Any] = {"file": str(one.path), "ok": one.ok, "problems": [p.as_json() for p in one.problems]}
    if one.about:
        found |= {"制度": one.about.scheme, "案件番号": one.about.number, "段階": list(one.about.stages)}
    return found


def show_json(value: Any) -> None:
    import json  # not worth its time where nobody asks for it

    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
