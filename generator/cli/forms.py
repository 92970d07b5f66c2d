"""yoshiki forms: the schemes and forms at hand."""

from __future__ import annotations

import sys

import click

from generator.cli import usage, workspace
from generator.cli.exit_codes import EXIT_FAILED, EXIT_FINE
from generator.cli.screen import show


@click.command(cls=usage.Command)
@click.option("--items", metavar="制度", help="その制度の案件に書ける項目を、段階ごとの表（Markdown）で示します。")
@click.pass_context
def forms(context: click.Context, items: str | None) -> None:
    """使える制度と様式の一覧を表示します。"""
    space = workspace.here(context)
    if items is not None:
        click.echo(space.item_table(items), nl=False)
        return
    schemes, faults = space.schemes(), space.faults()
    for scheme in schemes:
        click.echo(f"{scheme.id}　{scheme.authority}　{scheme.name}")
        for form in scheme.forms:
            dates = "、".join(d.isoformat() for d, _ in form.versions)
            word = "・Word" if form.word else ""
            title = form.versions[-1][1].title
            click.echo(f"  {form.id:<4}{form.label}　{title}")
            click.echo(f"      {form.stage}・{form.issuer}が作成・施行日 {dates}・Excel・PDF{word}")
    show(faults)
    if not schemes and not faults:
        raise click.UsageError("制度のフォルダーが見つかりません")
    sys.exit(EXIT_FAILED if faults else EXIT_FINE)
