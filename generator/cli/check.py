"""yoshiki check: what is wrong with cases; nothing is written."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli import usage, workspace
from generator.cli.exit_codes import exit_code
from generator.cli.screen import cases_argument, json_option, report_json, show, show_json, show_summary


@click.command(cls=usage.Command)
@cases_argument
@json_option
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="数",
    help="同時に動かす数（指定がなければ、案件が多いときは CPU の数）。",
)
@click.pass_context
def check(context: click.Context, paths: tuple[Path, ...], as_json: bool, jobs: int | None) -> None:
    """案件を確かめます。何も書き出しません。"""
    results = workspace.here(context).check_files(paths, jobs=jobs)
    if as_json:
        show_json([report_json(c) for c in results])
    else:
        for one in results:
            show(one.problems)
            show_summary(one)
    sys.exit(exit_code(results))
