"""yoshiki budget: what is left of the 予算 of each 年度."""

from __future__ import annotations

import json

import click

from generator.api import YearBudget
from generator.cli import usage, workspace
from generator.japan import yen
from generator.problem import display_width

_HEADS = ("年度", "制度", "決定", "予算額", "決定額", "予算執行額", "残額")
_WORDS = 2  # of the columns: the others are numbers, and end under each other


@click.command(cls=usage.Command)
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")
@click.pass_context
def budget(context: click.Context, as_json: bool) -> None:
    """年度ごとに、予算額・決定額・予算執行額・残額を表示します。

    予算額は役所のフォルダーの yoshiki.toml に、ほかの額は台帳によります。残額は、これから決定できる額です。
    """
    found = workspace.here(context).office().budgets()
    if as_json:
        click.echo(json.dumps([_json(b) for b in found], ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo("予算も決定もありません（予算は yoshiki.toml の「予算」に書きます）")
        return
    rows = [_HEADS, *(_row(b) for b in found)]
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            text + " " * (width - display_width(text)) if n < _WORDS else " " * (width - display_width(text)) + text
            for n, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
    for remark in dict.fromkeys(b.remark for b in found if b.remark):
        click.echo(f"※{remark}")


@click.command(cls=usage.Command)
@click.argument("name", metavar="年度")
@click.argument("amount", metavar="予算額")
@click.option("--scheme", default="", metavar="制度", help="その制度だけの予算（指定がなければ、すべての制度のもの）。")
@click.pass_context
def year(context: click.Context, name: str, amount: str, scheme: str) -> None:
    """新しい年度を始めます。予算額を yoshiki.toml に書き足します（ほかの行はそのままです）。

    文書番号は、年度ごとの系列なら、その年度の初めの発行で第1号から始まります。
    """
    try:
        wanted = yen.parse_yen(amount)
    except ValueError as error:
        raise click.UsageError(f"予算額として読めません（{error}）") from None
    office = workspace.here(context).office()
    begun = office.begin_year(name, wanted, scheme)
    click.echo(f"{begun}の予算 {yen.format_yen(wanted)}円を yoshiki.toml に書きました")
    click.echo(
        "率や限度額など、この年度から変わる定めがあれば、yoshiki.toml の「定め」か、制度の rules.yaml に書いてください"
    )


def _row(b: YearBudget) -> tuple[str, ...]:
    limit, left = ("定めなし" if value is None else yen.format_yen(value) for value in (b.limit, b.left))
    amounts = (limit, yen.format_yen(b.decided), yen.format_yen(b.used), left if b.limit is not None else "")
    return (b.year, b.scheme, f"{b.cases}件", *amounts)


def _json(b: YearBudget) -> dict[str, object]:
    amounts = {"予算額": b.limit, "決定額": b.decided, "予算執行額": b.used, "残額": b.left}
    return {"年度": b.year, "制度": b.scheme, "制度の名前": b.name, "決定の件数": b.cases, **amounts}
