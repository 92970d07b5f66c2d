"""yoshiki status: where the cases stand, as a table on the screen, as JSON or as a workbook."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from generator.api import Overview, StatusColumn, draw, write_file
from generator.cli import clock, usage, workspace
from generator.cli.exit_codes import exit_code
from generator.japan import wareki, yen
from generator.problem import display_width
from generator.values import Value

_WIDEST = 32  # columns of the screen that one cell may take; JSON and the workbook have the whole text
_GAP = "  "
_WEEK = "月火水木金土日"


@click.command(cls=usage.Command)
@click.argument("paths", metavar="案件.yaml・フォルダー…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx"]),
    metavar="形式",
    help="表をファイルにします（xlsx）。",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="ファイル",
    help="書き出すファイル（指定がなければ output/進行状況.xlsx）。",
)
@click.pass_context
def status(context: click.Context, paths: tuple[Path, ...], as_json: bool, form: str | None, out: Path | None) -> None:
    """案件の進行状況（段階、次の書類と期限、金額）を一覧にします。

    フォルダーを指定すると、その中の案件（*.yaml）をすべて調べます。期限は、土日祝日と年末年始を避けた日です。
    """
    if as_json and form:
        raise click.UsageError("--json と --format はどちらか一方を指定してください")
    if out and not form:
        raise click.UsageError("--out は --format と一緒に指定してください")
    today = clock.today()
    overview = workspace.here(context).overview(paths, today)
    found = overview.standings
    if not found:
        raise click.UsageError("案件のファイル（*.yaml）がありません")
    if as_json:
        click.echo(json.dumps(overview.as_json(), ensure_ascii=False, indent=2))
    elif form:
        document = overview.document()
        file = out or Path("output") / f"{document.name}.{form}"
        write_file(file, draw(document, form))
        click.echo(f"{file} を書き出しました（{len(found)}件）")
    else:
        click.echo(f"{wareki.format_date(today)}現在　{len(found)}件\n")
        click.echo("\n".join(_table(overview)))
    sys.exit(exit_code([s.report for s in found]))


def _table(overview: Overview) -> list[str]:
    """Heading and rows, aligned as a terminal shows them; text that is too long ends in …."""
    columns = overview.columns
    table = [[_cut(column.heading) for column in columns]]
    table += [[_cut(_shown(column, column.value(standing))) for column in columns] for standing in overview.standings]
    widths = [max(width for _, width in cells) for cells in zip(*table, strict=True)]
    lines = []
    for row in table:
        line = ""
        for column, (text, own), width in zip(columns, row, widths, strict=True):
            space = " " * (width - own)
            line += (space + text if column.kind in ("金額", "日数") else text + space) + _GAP
        lines.append(line.rstrip())
    return lines


def _shown(column: StatusColumn, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        letter, (_, year) = wareki.era_letter(value), wareki.era_year(value)
        return f"{letter}{year}.{value.month}.{value.day}({_WEEK[value.weekday()]})"
    if not isinstance(value, int):
        return str(value)
    if column.kind == "日数":
        return "本日" if value == 0 else f"{value}日" if value > 0 else f"{-value}日超過"
    return yen.format_yen(value)


def _cut(text: str) -> tuple[str, int]:
    """One line of at most _WIDEST columns, and how many it has."""
    text = " ".join(text.split())
    width = display_width(text)
    if width <= _WIDEST:
        return text, width
    while display_width(text) > _WIDEST - 2:
        text = text[:-1]
    return text + "…", display_width(text + "…")
