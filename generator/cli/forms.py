"""yoshiki forms: the schemes and forms at hand."""

from __future__ import annotations

import sys

import click

from generator.cli import usage, workspace
from generator.cli.exit_codes import EXIT_FAILED, EXIT_FINE
from generator.cli.screen import show


@click.command(cls=usage.Command)
@click.pass_context
def forms(context: click.Context) -> None:
    """使える制度と様式の一覧を表示します。"""
    space = workspace.here(context)
    schemes, faults = space.schemes(), space.faults()
    for scheme in schemes:
        click.echo(f"{scheme.id}　{scheme.authority}　{scheme.name}")
        for entry in scheme.forms:
            dates = "、".join(d.isoformat() for d, _ in entry.versions)
            word = "・Word" if entry.word else ""
            title = entry.versions[-1][1].title
            click.echo(f"  {entry.id:<4}{entry.label}　{title}")
            click.echo(f"      {entry.stage}・{entry.issuer}が作成・施行日 {dates}・Excel・PDF{word}")
    show(faults)
    if not schemes and not faults:
        raise click.UsageError("制度のフォルダーが見つかりません")
    sys.exit(EXIT_FAILED if faults else EXIT_FINE)
