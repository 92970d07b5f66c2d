"""yoshiki new, add and set: a case is written without knowing its keys, and its values without an editor."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from generator.cli import usage, workspace
from generator.cli.clock import today
from generator.cli.exit_codes import exit_code
from generator.cli.screen import show, show_summary
from generator.japan import wareki

_CASE = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=usage.Command)
@click.argument("scheme", metavar="制度")
@click.argument("number", metavar="[案件番号]", default="")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="フォルダー",
    help="案件を置くフォルダー（指定がなければ今のフォルダー）。",
)
@click.pass_context
def new(context: click.Context, scheme: str, number: str, out: Path) -> None:
    """新しい案件の YAML を作ります。項目ごとに、書き方と必須かどうかが添えてあります。

    案件番号を書かなければ、年度と、そのフォルダーで次の番号（R6-001 など）になります。
    """
    number = number or _next_number(out)
    path = out / f"{number}.yaml"
    workspace.here(context).new_case(scheme, number, path)
    click.echo(f"{path} を作りました。「必須」の項目を書き、yoshiki check {path} で確かめてください")


@click.command(cls=usage.Command)
@click.argument("stage", metavar="段階")
@click.argument("path", metavar="案件.yaml", type=_CASE)
@click.pass_context
def add(context: click.Context, stage: str, path: Path) -> None:
    """案件の終わりに、次の段階（決定・実績など）を書き足します。分かっている値は書いておきます。

    変更のように何度もある段階では、次の回を書き足します。
    """
    known = workspace.here(context).add_section(path, stage)
    told = f"{'、'.join(known)} は書いておきました（確かめてください）。" if known else ""
    click.echo(f"{path} に「{stage}」を書き足しました。{told}")
    click.echo(f"「必須」の項目を書き、yoshiki check {path} で確かめてください")


@click.command(cls=usage.Command, name="set")
@click.argument("path", metavar="案件.yaml", type=_CASE)
@click.argument("values", metavar="項目=値…", nargs=-1, required=True)
@click.pass_context
def set_values(context: click.Context, path: Path, values: tuple[str, ...]) -> None:
    """案件の値を書き換えます。ほかの行も注釈もそのままです。

    項目は 決定.決定日=令和5年7月14日 のように段階から書きます。並びの二件目は 変更[2].理由=… と書きます。
    値を書かなければ（決定.決定日=）、その値を消します。読めない値があれば、何も書き換えません。
    """
    given: dict[str, str] = {}
    for value in values:
        item, sign, text = value.partition("=")
        if not sign or not item:
            raise click.UsageError(f"「{value.split('=')[0][:40]}」は「項目=値」の形ではありません")
        if item in given:
            raise click.UsageError(f"「{item[:40]}」が二度書かれています")
        given[item] = text
    report = workspace.here(context).set_values(path, given)
    click.echo(f"{path} の {'、'.join(given)} を書き換えました")
    show(report.problems)
    show_summary(report)
    sys.exit(exit_code([report]))


def _next_number(folder: Path) -> str:
    """R6-012 where the folder has cases of this 年度 up to R6-011."""
    year = re.sub(r"[^0-9]", "", wareki.fiscal_year_name(today()).replace("元", "1"))
    found = [re.fullmatch(rf"R{year}-([0-9]{{1,6}})", path.stem, re.IGNORECASE) for path in folder.glob("*.yaml")]
    return f"R{year}-{max((int(match[1]) for match in found if match), default=0) + 1:03}"
