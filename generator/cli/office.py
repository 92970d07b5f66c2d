"""yoshiki init, issue and ledger: the office's folder, official documents, the register of their numbers."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from generator.cli import clock, usage, workspace
from generator.cli.desk import Date, clerk, ledger_option, opened
from generator.cli.exit_codes import EXIT_FINE, EXIT_PROBLEMS, exit_code
from generator.cli.screen import show
from generator.operations import corrections
from generator.operations.check import check_files
from generator.operations.corrections import Paper, Spoiled
from generator.operations.order import Order
from generator.problem import ProblemError
from generator.register import budget
from generator.register import register as registers
from generator.register.entry import VOID, Keys
from generator.register.ledger import head
from generator.register.office import FILE as OFFICE_FILE
from generator.register.office import create_office
from generator.register.register import Register
from generator.render import renderer
from generator.reports import ledger_report
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.storage.case_folder import private_folder, write_whole

_scheme = click.option("--scheme", "scheme_id", metavar="制度", help="制度の名前（系列の名前だけで決まらないとき）。")
_series = click.option("--series", required=True, metavar="系列", help="番号の系列（制度が series に決めた名前）。")


@click.command(cls=usage.Command)
@click.argument("folder", metavar="フォルダー", type=click.Path(path_type=Path, file_okay=False))
@ledger_option
@click.pass_obj
def init(known: Schemes, folder: Path, url: str) -> None:
    """役所（課）のフォルダーを作ります（設定・案件・発行文書・台帳・鍵）。"""
    series = [series for scheme in known.all()[0] for series in scheme.series.values()]
    office = create_office(folder, workspace.ledger_place(url) or "register.db", Keys.fresh(), series)
    Register.create(office)
    click.echo(
        f"{folder} を作りました。{OFFICE_FILE} に文書記号を書き、鍵（register.key）の控えを別の所に置いてください"
    )


@click.command(cls=usage.Command)
@click.argument("path", metavar="案件.yaml", type=click.Path(path_type=Path))
@click.option("--form", required=True, metavar="様式", help="発行する様式の番号（yoshiki forms で見られます）。")
@click.option("--nth", type=click.IntRange(1), metavar="回", help="何回目のものか（変更のように繰り返す様式で）。")
@click.option("--date", "on", type=Date(), metavar="日付", help="文書の日付（指定がなければ案件に書かれた日付）。")
@click.option("--reissue", is_flag=True, help="発行済みの文書を出し直します（--reason が要ります）。")
@click.option("--reason", default="", metavar="理由", help="出し直す理由。台帳に残ります。")
@ledger_option
@click.pass_context
def issue(context: click.Context, path: Path, form: str, nth: int | None, on: date | None, reissue: bool, reason: str,
          url: str) -> None:  # fmt: skip
    """文書番号を取り、正式な文書を作って納めます。"""
    if reason and not reissue:
        raise click.UsageError("--reason は --reissue と一緒に指定してください")
    space = workspace.here(context, url)
    opened(url)  # what is wrong with the office is told before the case is read
    (one,) = space.check_files([path], issued=False)
    show(one.problems)
    if not one.ok or one.case is None:
        click.echo("案件に直すところがあるので、発行していません", err=True)
        sys.exit(exit_code([one]))
    try:
        done = space.issue(one.case, Order(form, nth, on, reissue, reason), clerk())
    except ProblemError as error:
        show(error.problems)
        click.echo("発行していません", err=True)
        sys.exit(EXIT_PROBLEMS)
    what = "発行済みです" if done.again else "発行しました"
    place = f"（{done.folder}）" if done.folder else "（紙で発行）"
    click.echo(f"{done.entry.case_number}: {done.entry.title}　{done.entry.text}　{what}{place}")


@click.group(cls=usage.Group)
@ledger_option
@click.pass_context
def ledger(context: click.Context, url: str) -> None:
    """文書番号台帳を見たり、記入したりします。"""
    context.meta["yoshiki.ledger"] = url


def _opened() -> Register:
    return opened(click.get_current_context().meta["yoshiki.ledger"])


@ledger.command()
def create() -> None:
    """新しい台帳を作ります（PostgreSQL に移るときなど）。"""
    office = workspace.office()
    if office is None:
        raise click.UsageError("役所のフォルダー（yoshiki.toml のあるフォルダー）の中で実行してください")
    Register.create(office, workspace.ledger_place(click.get_current_context().meta["yoshiki.ledger"]))
    click.echo("台帳を作りました")


@ledger.command("list")
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")
def list_(as_json: bool) -> None:
    """台帳の項を、記した順にすべて表示します。"""
    entries = _opened().ledger.entries()
    if as_json:
        click.echo(json.dumps(ledger_report.as_json(entries), ensure_ascii=False, indent=2))
        return
    for line in ledger_report.lines(entries):
        click.echo(line)
    click.echo(f"{len(entries)} 項" + (f"　末尾 {head(entries)}" if entries else ""))


@ledger.command()
@click.option(
    "--head", "wanted", default="", metavar="末尾", help="前に書き出した台帳の末尾の値（頭の16桁からでよい）。"
)
def verify(wanted: str) -> None:
    """台帳と発行文書が、書き換えられたり失われたりしていないかを確かめます。"""
    if wanted and (len(wanted.strip()) < 16 or set(wanted.strip().lower()) - set("0123456789abcdef")):
        raise click.UsageError("--head には、台帳に印刷された末尾の値を16桁以上書いてください")
    register = _opened()
    if wrong := list(registers.verify(register, wanted)):
        show(wrong)
        click.echo(f"台帳: おかしなところが {len(wrong)} 件あります", err=True)
        sys.exit(EXIT_PROBLEMS)
    entries = register.ledger.entries()
    click.echo(f"台帳: {len(entries)} 項と発行文書に、おかしなところはありません")
    sys.exit(EXIT_FINE)


@ledger.command()
@click.argument("number", metavar="番号", type=click.IntRange(1))
@_series
@click.option("--year", required=True, metavar="年度", help="番号の年度または年（例 令和5年度）。")
@click.option("--reason", required=True, metavar="理由", help="欠番にする理由。")
@_scheme
@click.pass_obj
def void(known: Any, number: int, series: str, year: str, reason: str, scheme_id: str | None) -> None:
    """番号を欠番にします（台帳からは消えません）。"""
    scheme = _with_series(known, series, scheme_id)
    entry = corrections.void(_opened(), scheme, Spoiled(series, year, number, reason), clerk())
    click.echo(f"{entry.text}（{entry.year}）を{VOID}にしました")


@ledger.command()
@click.argument("number", metavar="番号", type=click.IntRange(1))
@_series
@click.option("--date", "on", required=True, type=Date(), metavar="日付", help="文書の日付。")
@click.option("--applicant", required=True, metavar="相手方", help="文書の相手方。")
@click.option("--title", default="", metavar="件名", help="文書の件名（--form を書けば要りません）。")
@click.option("--case", "case_number", default="", metavar="案件番号", help="案件番号。")
@click.option("--form", default="", metavar="様式", help="様式の番号（後の文書がこの番号を引けるようになります）。")
@click.option("--nth", type=click.IntRange(1), default=1, metavar="回", help="何回目のものか。")
@click.option("--note", default="", metavar="備考", help="備考。")
@click.option("--amount", type=click.IntRange(0), metavar="円", help="決定した額（年度の予算に数えます）。")
@_scheme
@click.pass_obj
def record(known: Any, number: int, series: str, on: date, applicant: str, title: str, case_number: str, form: str,
           nth: int, note: str, amount: int | None, scheme_id: str | None) -> None:  # fmt: skip
    """紙で付けた番号を台帳に記します。"""
    if form and not case_number:
        raise click.UsageError("--form には --case も要ります")
    if not form and not title:
        raise click.UsageError("--title か --form を指定してください")
    scheme = _with_series(known, series, scheme_id)
    if amount is not None:
        note = "　".join(p for p in (note, budget.noted(amount)) if p)
    paper = Paper(series, number, on, case_number, applicant, title, form, nth, note)
    entry = corrections.record(_opened(), scheme, paper, clerk())
    click.echo(f"{entry.text}（{entry.year}）を記しました")


@ledger.command()
@click.argument("path", metavar="案件.yaml", type=click.Path(path_type=Path))
@click.pass_obj
def release(known: Any, path: Path) -> None:
    """取り下げられた案件の決定額を、その年度の予算に戻します（番号はそのまま残ります）。"""
    register = _opened()
    (one,) = check_files([path], known, fit=False, register=register)
    show(one.problems)
    if not one.ok or one.assessment is None:
        click.echo("案件に直すところがあるので、予算に戻していません", err=True)
        sys.exit(exit_code([one]))
    entry = corrections.release(register, one.assessment, clerk())
    click.echo(f"{entry.case_number}: {entry.text}の決定額を予算に戻しました（{entry.reason}）")


@ledger.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    metavar="フォルダー",
    help="書き出すフォルダー（指定がなければ output）。",
)
@click.pass_obj
def export(known: Any, out: Path) -> None:
    """文書番号台帳を Excel と PDF で書き出します。"""
    entries = _opened().ledger.entries()
    schemes, problems = known.all()
    show(problems)
    book = ledger_report.book(entries, {s.id: s for s in schemes}, clock.today())
    private_folder(out)
    for kind in ("xlsx", "pdf"):
        write_whole(out / f"{ledger_report.TITLE}.{kind}", renderer(kind)(book))
    click.echo(f"{out / ledger_report.TITLE}.xlsx と .pdf を書き出しました")
    if entries:
        click.echo(f"末尾 {head(entries)}（後で yoshiki ledger verify --head に使えます）")


def _with_series(known: Schemes, series: str, scheme_id: str | None) -> Scheme:
    """The scheme asked for; else the only one that has the series."""
    if scheme_id:
        if scheme_id not in known.folders:
            raise click.UsageError(f"制度「{scheme_id}」はありません（使えるのは {'・'.join(known.folders)}）")
        return known.get(scheme_id)
    loaded = known.all()[0]
    having = [s for s in loaded if series in s.series]
    if not having:
        names = "・".join(dict.fromkeys(n for s in loaded for n in s.series))
        raise click.UsageError(f"系列「{series}」はありません（使えるのは {names}）")
    if len(having) > 1:
        raise click.UsageError(f"--scheme を指定してください（{'・'.join(s.id for s in having)} のどれか）")
    return having[0]
