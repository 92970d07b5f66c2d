"""yoshiki render: the forms of cases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from generator.cli import usage, workspace
from generator.cli.exit_codes import exit_code
from generator.cli.screen import cases_argument, name_of, show, show_summary
from generator.operations.render import render_files
from generator.render import FORMATS


@click.command(cls=usage.Command)
@cases_argument
@click.option(
    "--form",
    "chosen",
    multiple=True,
    metavar="様式",
    help="作る様式の番号（yoshiki forms で見られます）。何度でも書けます。指定がなければすべて。",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    metavar="形式",
    help="作る形式（pdf、xlsx、docx）。何度でも書けます。指定がなければすべて。",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    metavar="フォルダー",
    help="書き出すフォルダー（指定がなければ output）。",
)
@click.pass_obj
def render(known: Any, paths: tuple[Path, ...], chosen: tuple[str, ...], formats: tuple[str, ...], out: Path) -> None:
    """案件の様式を作ります（問題のある案件では何も書き出しません）。"""
    ids = {f.id for s in known.all()[0] for f in s.forms} if chosen else set()
    for id_ in chosen:
        if id_ not in ids:
            raise click.UsageError(f"様式「{id_}」はありません（使えるのは {'・'.join(sorted(ids))}）")
    results = []
    for done in render_files(paths, known, out, formats, chosen, workspace.register()):
        one = done.checked
        results.append(one)
        show(one.problems)
        if one.ok and not done.files:
            click.echo(f"{name_of(one)}: 指定された様式や形式のものは、この案件にはまだありません")
        elif one.ok and done.made:
            click.echo(f"{name_of(one)}: {len(done.files)} 個のファイルを作りました（{done.folder}）")
        elif one.ok:
            click.echo(f"{name_of(one)}: 最新です（{done.folder}）")
        else:
            show_summary(one)
            click.echo(f"{name_of(one)}: 何も書き出していません", err=True)
            if done.outdated:
                click.echo(
                    f"{name_of(one)}: {done.folder} にあるのは前に作ったもので、今の案件とは合っていません", err=True
                )
        if done.removed:
            click.echo(f"{name_of(one)}: 古くなったファイルを除きました（{'、'.join(done.removed)}）")
    sys.exit(exit_code(results))
