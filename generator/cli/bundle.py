"""yoshiki bundle: the whole file of a case as one PDF."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli import usage, workspace
from generator.cli.exit_codes import exit_code
from generator.cli.screen import name_of, show


@click.command(cls=usage.Command)
@click.argument("path", metavar="案件.yaml", type=click.Path(path_type=Path))
@click.option(
    "--with",
    "attachments",
    multiple=True,
    metavar="添付.pdf",
    type=click.Path(path_type=Path),
    help="領収書など、後ろに付ける PDF。何度でも書けます。付けたものは PDF/A とはしません。",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default="output",
    metavar="フォルダー",
    help="書き出すフォルダー。",
)
@click.pass_context
def bundle(context: click.Context, path: Path, attachments: tuple[Path, ...], out: Path) -> None:
    """案件のすべての様式を、手続の順に一つの PDF（一件書類.pdf）にまとめます。

    しおりとページの番号が付き、案件の YAML と Excel が中に添えられます。長期保存のための形式（PDF/A-3a）です。
    """
    done = workspace.here(context).bundle(path, out, attachments)
    show(done.checked.problems)
    name = name_of(done.checked)
    if done.path is None:
        click.echo(f"{name}: 何も書き出していません", err=True)
        sys.exit(exit_code([done.checked]) or 1)
    kind = f"添付{done.foreign}件。PDF/A とはしていません" if done.foreign else "PDF/A-3a"
    click.echo(f"{name}: 一件書類を作りました（{done.path}、{kind}）")
