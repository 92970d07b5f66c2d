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
_SCHEME_ROOMS = {"formula", "scheme", "source"}  # what the codes begin with of problems of a scheme's files
json_option = click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")


def refuse_unknown(noun: str, names: Iterable[str], offered: Sequence[str]) -> None:
    """Raise UsageError for one of the names that stands for nothing at hand."""
    for name in names:
        if name not in offered:
            raise click.UsageError(f"{noun}「{name}」はありません（使えるのは {'・'.join(offered)}）")


def name_of(report: Report) -> str:
    """What lines on the screen call a case: its 案件番号, or its file where that is not known."""
    return report.about.number if report.about and report.about.number else str(report.path)


def show(problems: Iterable[Problem]) -> None:
    """Each problem as text; one that comes again and again on a line (an alias bomb) is told once."""
    together: dict[tuple[object, ...], list[Problem]] = {}
    for n, problem in enumerate(problems):
        at = problem.position
        together.setdefault((at.file, at.line, problem.message, problem.item) if at else (n,), []).append(problem)
    for first, *more in together.values():
        again = f"（同じ行にほか{len(more)}か所）" if more else ""
        click.echo(format_problem(replace(first, message=first.message + again)), err=True)


def show_summary(report: Report) -> None:
    """A line that says whether the case has problems, and how many."""
    errors = sum(p.level == "error" for p in report.problems)
    warnings = len(report.problems) - errors
    noted = f"（注意が {warnings} 件あります）" if warnings else ""
    if report.ok:
        click.echo(f"{name_of(report)}: 問題ありません{noted}")
    else:
        click.echo(f"{name_of(report)}: {_where(report)}直すところが {errors} 件あります{noted}", err=True)


def _where(report: Report) -> str:
    """What is to be mended, where it is not the case."""
    if not report.failed:
        return ""
    rooms = {problem.code.partition(".")[0] for problem in report.problems}
    return "フォントに" if rooms == {"typography"} else "制度のファイルに" if rooms <= _SCHEME_ROOMS else ""


def report_json(report: Report) -> dict[str, Any]:
    """The report as JSON holds it."""
    problems = [problem.as_json() for problem in report.problems]
    told: dict[str, Any] = {"file": str(report.path), "ok": report.ok, "problems": problems}
    if report.about:
        told |= {"制度": report.about.scheme, "案件番号": report.about.number, "段階": list(report.about.stages)}
    return told


def show_json(value: Any) -> None:
    """Print a value as JSON, letters as they are."""
    import json  # not worth its time where nobody asks for it

    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
