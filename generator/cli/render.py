"""yoshiki render: the forms of cases."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.api import FORMATS
from generator.cli import usage, workspace
from generator.cli.exit_codes import exit_code
from generator.cli.screen import cases_argument, name_of, refuse_unknown, show, show_summary


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
    "--stage",
    "stages",
    multiple=True,
    metavar="段階",
    help="作る段階の名前。その段階の様式をすべて作ります。何度でも書けます。",
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
@click.pass_context
def render(context: click.Context, paths: tuple[Path, ...], chosen: tuple[str, ...], stages: tuple[str, ...],
           formats: tuple[str, ...], out: Path) -> None:  # fmt: skip
    """案件の様式を作ります（問題のある案件では何も書き出しません）。"""
    space = workspace.here(context)
    if chosen or stages:
        forms = [form for scheme in space.schemes() for form in scheme.forms]
        refuse_unknown("様式", chosen, sorted({form.id for form in forms}))
        refuse_unknown("段階", stages, list(dict.fromkeys(form.stage for form in forms)))
    results = []
    for done in space.render_files(paths, out, formats or FORMATS, (*chosen, *stages)):
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
