"""yoshiki ledger: the register of official numbers, and what is entered in it by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from generator.api import PaperDocument, VoidNumber, Workspace, draw, write_file
from generator.cli import clock, usage, workspace
from generator.cli.exit_codes import EXIT_FINE, EXIT_PROBLEMS, exit_code
from generator.cli.register_options import Date, clerk, ledger_option
from generator.cli.screen import refuse_unknown, show

_scheme = click.option("--scheme", "scheme_id", metavar="制度", help="制度の名前（系列の名前だけで決まらないとき）。")
_series = click.option("--series", required=True, metavar="系列", help="番号の系列（制度が series に決めた名前）。")


@click.group(cls=usage.Group)
@ledger_option
@click.pass_context
def ledger(context: click.Context, url: str) -> None:
    """文書番号台帳を見たり、記入したりします。"""
    context.obj = workspace.here(context, url)


@ledger.command()
@click.pass_obj
def create(space: Workspace) -> None:
    """新しい台帳を作ります（PostgreSQL に移るときなど）。"""
    if space.settings.office is None:
        raise click.UsageError("役所のフォルダー（yoshiki.toml のあるフォルダー）の中で実行してください")
    space.create_register()
    click.echo("台帳を作りました")


@ledger.command("list")
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")
@click.pass_obj
def list_(space: Workspace, as_json: bool) -> None:
    """台帳の項を、記した順にすべて表示します。"""
    report = space.office().ledger()
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        return
    for line in report.lines():
        click.echo(line)
    click.echo(f"{len(report.entries)} 項" + (f"　末尾 {report.head}" if report.entries else ""))


@ledger.command()
@click.option("--head", default="", metavar="末尾", help="前に書き出した台帳の末尾の値（頭の16桁からでよい）。")
@click.pass_obj
def verify(space: Workspace, head: str) -> None:
    """台帳と発行文書が、書き換えられたり失われたりしていないかを確かめます。"""
    if head and (len(head.strip()) < 16 or set(head.strip().lower()) - set("0123456789abcdef")):
        raise click.UsageError("--head には、台帳に印刷された末尾の値を16桁以上書いてください")
    office = space.office()
    if wrong := office.verify(head):
        show(wrong)
        click.echo(f"台帳: おかしなところが {len(wrong)} 件あります", err=True)
        sys.exit(EXIT_PROBLEMS)
    click.echo(f"台帳: {len(office.ledger().entries)} 項と発行文書に、おかしなところはありません")
    sys.exit(EXIT_FINE)


@ledger.command()
@click.argument("number", metavar="番号", type=click.IntRange(1))
@_series
@click.option("--year", required=True, metavar="年度", help="番号の年度または年（例 令和5年度）。")
@click.option("--reason", required=True, metavar="理由", help="欠番にする理由。")
@_scheme
@click.pass_obj
def void(space: Workspace, /, scheme_id: str | None, **options: Any) -> None:
    """番号を欠番にします（台帳からは消えません）。"""
    spoiled = VoidNumber(**options)
    scheme = _scheme_of(space, spoiled.series, scheme_id)
    entry = space.office().void(scheme, spoiled, clerk())
    click.echo(f"{entry.text}（{entry.year}）を欠番にしました")


@ledger.command()
@click.argument("number", metavar="番号", type=click.IntRange(1))
@_series
@click.option("--date", required=True, type=Date(), metavar="日付", help="文書の日付。")
@click.option("--applicant", required=True, metavar="相手方", help="文書の相手方。")
@click.option("--title", default="", metavar="件名", help="文書の件名（--form を書けば要りません）。")
@click.option("--case", "case_number", default="", metavar="案件番号", help="案件番号。")
@click.option("--form", default="", metavar="様式", help="様式の番号（後の文書がこの番号を引けるようになります）。")
@click.option("--nth", type=click.IntRange(1), default=1, metavar="回", help="何回目のものか。")
@click.option("--note", default="", metavar="備考", help="備考。")
@click.option("--amount", type=click.IntRange(0), metavar="円", help="決定した額（年度の予算に数えます）。")
@_scheme
@click.pass_obj
def record(space: Workspace, /, scheme_id: str | None, **options: Any) -> None:
    """紙で付けた番号を台帳に記します。"""
    paper = PaperDocument(**options)
    if paper.form and not paper.case_number:
        raise click.UsageError("--form には --case も要ります")
    if not paper.form and not paper.title:
        raise click.UsageError("--title か --form を指定してください")
    scheme = _scheme_of(space, paper.series, scheme_id)
    entry = space.office().record(scheme, paper, clerk())
    click.echo(f"{entry.text}（{entry.year}）を記しました")


@ledger.command()
@click.argument("path", metavar="案件.yaml", type=click.Path(path_type=Path))
@click.pass_obj
def release(space: Workspace, path: Path) -> None:
    """取り下げられた案件の決定額や、出納閉鎖までに納付された返還金を、その年度の予算に戻します。

    番号はそのまま残ります。"""
    office = space.office()
    (report,) = space.check_files([path], fit=False)
    show(report.problems)
    if not report.ok or report.case is None:
        click.echo("案件に直すところがあるので、予算に戻していません", err=True)
        sys.exit(exit_code([report]))
    entry = office.release(report.case, clerk())
    what = entry.note or "決定額"
    click.echo(f"{entry.case_number}: {entry.text}の{what}を予算に戻しました（{entry.reason}）")


@ledger.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    metavar="フォルダー",
    help="書き出すフォルダー（指定がなければ output）。",
)
@click.pass_obj
def export(space: Workspace, out: Path) -> None:
    """文書番号台帳を Excel と PDF で書き出します。"""
    report = space.office().ledger()
    show(space.faults())
    document = report.document(space.schemes(), clock.today())
    for format_ in ("xlsx", "pdf"):
        write_file(out / f"{document.name}.{format_}", draw(document, format_))
    click.echo(f"{out / document.name}.xlsx と .pdf を書き出しました")
    if report.entries:
        click.echo(f"末尾 {report.head}（後で yoshiki ledger verify --head に使えます）")


def _scheme_of(space: Workspace, series: str, scheme_id: str | None) -> str:
    """The scheme asked for; else the only one that has the series."""
    schemes = space.schemes()
    if scheme_id:
        ids = [scheme.id for scheme in schemes]
        if not space.faults():  # else it may be one of the faulty ones, which the office tells
            refuse_unknown("制度", [scheme_id], ids)
        return scheme_id
    having = [scheme.id for scheme in schemes if series in scheme.series]
    if not having:
        names = "・".join(dict.fromkeys(name for scheme in schemes for name in scheme.series))
        raise click.UsageError(f"系列「{series}」はありません（使えるのは {names}）")
    if len(having) > 1:
        raise click.UsageError(f"--scheme を指定してください（{'・'.join(having)} のどれか）")
    return having[0]
