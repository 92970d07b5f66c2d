"""yoshiki init and issue: the office's folder, and official documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from generator.api import Order, ProblemError
from generator.cli import usage, workspace
from generator.cli.exit_codes import EXIT_PROBLEMS, exit_code
from generator.cli.register_options import Date, clerk, ledger_option
from generator.cli.screen import show
from generator.japan import wareki


@click.command(cls=usage.Command)
@click.argument("folder", metavar="フォルダー", type=click.Path(path_type=Path, file_okay=False))
@ledger_option
@click.pass_context
def init(context: click.Context, folder: Path, url: str) -> None:
    """役所（課）のフォルダーを作ります（設定・案件・発行文書・台帳・鍵）。"""
    workspace.here(context).create_office(folder, workspace.ledger_place(url) or "register.db")
    click.echo(
        f"{folder} を作りました。yoshiki.toml に文書記号を書き、"
        "鍵（register.key）のバックアップを別の所に置いてください"
    )


@click.command(cls=usage.Command)
@click.argument("path", metavar="案件.yaml", type=click.Path(path_type=Path))
@click.option("--form", required=True, metavar="様式", help="発行する様式の番号（yoshiki forms で見られます）。")
@click.option("--nth", type=click.IntRange(1), metavar="回", help="何回目のものか（変更のように繰り返す様式で）。")
@click.option("--date", type=Date(), metavar="日付", help="文書の日付（指定がなければ案件に書かれた日付）。")
@click.option("--reissue", is_flag=True, help="発行済みの文書を出し直します（--reason が要ります）。")
@click.option("--reason", default="", metavar="理由", help="出し直す理由。台帳に残ります。")
@ledger_option
@click.pass_context
def issue(context: click.Context, /, path: Path, url: str, **options: Any) -> None:
    """文書番号を取り、正式な文書を作って納めます。"""
    order = Order(**options)
    if order.reason and not order.reissue:
        raise click.UsageError("--reason は --reissue と一緒に指定してください")
    space = workspace.here(context, url)
    space.office()  # what is wrong with it is told before the case is read
    (report,) = space.check_files([path], issued=False)
    show(report.problems)
    if not report.ok or report.case is None:
        click.echo("案件に直すところがあるので、発行していません", err=True)
        sys.exit(exit_code([report]))
    try:
        done = space.issue(report.case, order, clerk())
    except ProblemError as error:
        show(error.problems)
        click.echo("発行していません", err=True)
        sys.exit(EXIT_PROBLEMS)
    what = "発行済みです" if done.issued_before else "発行しました"
    place = f"（{done.folder}）" if done.folder else "（紙で発行）"
    click.echo(f"{done.entry.case_number}: {done.entry.title}　{done.entry.text}　{what}{place}")
    if done.later:
        on = wareki.format_date(wareki.parse_date(done.entry.date))
        told = f"この文書は{on}付けですが、前の番号に{wareki.format_date(done.later)}付けの文書があります"
        click.echo(f"注意: 番号と日付の順が逆になりました。{told}", err=True)
