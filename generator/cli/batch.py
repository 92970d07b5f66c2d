"""yoshiki batch: every case at once, with progress, a report and a manifest."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path

import click

from generator.api import FORMATS, BatchOptions
from generator.cli import clock, usage, workspace
from generator.cli.desk import Date, clerk, ledger_option, opened
from generator.cli.exit_codes import EXIT_FAILED, EXIT_FINE, EXIT_PROBLEMS
from generator.japan import yen
from generator.reports import overview
from generator.reports.outcome import CURRENT, FAILED, MADE, OTHER, PROBLEMS

_EVERY = 5.0  # seconds between lines where there is no terminal


@click.command(cls=usage.Command)
@click.argument("paths", metavar="案件.yaml・フォルダー…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--year", metavar="年度", default="", help="この年度の案件だけ（例 令和5年度）。")
@click.option("--stage", metavar="段階", default="", help="この段階の様式だけ（例 確定）。")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), metavar="形式",
              help="作る形式（pdf・xlsx・docx）。何度でも書けます。指定がなければすべて。")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 64), metavar="数", help="同時に動かす数（指定がなければ CPU の数）。")
@click.option("--out", metavar="フォルダー・URL", default="output",
              help="書き出すフォルダーか URL（例 s3://バケット/フォルダー。指定がなければ output）。")  # fmt: skip
@click.option("--engine", type=click.Choice(("local", "dask")), default="local", metavar="方式",
              help="働かせるもの。local はこの計算機、dask は Dask のクラスター（指定がなければ local）。")  # fmt: skip
@click.option("--scheduler", metavar="URL", default="",
              help="Dask のスケジューラー（例 tcp://計算機:8786、tls://計算機:8786）。")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), metavar="ファイル",
              help="報告のファイル（.xlsx か .pdf。指定がなければ書き出すフォルダーに両方）。")  # fmt: skip
@click.option("--issue", "form", metavar="様式", default="",
              help="この様式（番号は yoshiki forms）を案件番号の順に発行します。先に一覧を示します。")  # fmt: skip
@click.option("--date", "on", type=Date(), metavar="日付",
              help="発行する文書の日付（指定がなければ案件に書かれた日付）。")  # fmt: skip
@click.option("--yes", is_flag=True, help="一覧を示したあと、尋ねずに発行します。")
@ledger_option
@click.pass_context
def batch(
    context: click.Context,
    paths: tuple[Path, ...],
    year: str,
    stage: str,
    formats: tuple[str, ...],
    jobs: int | None,
    out: str,
    engine: str,
    scheduler: str,
    report: Path | None,
    form: str,
    on: date | None,
    yes: bool,
    url: str,
) -> None:
    """多くの案件の様式を一度に作ります。

    問題のある案件があっても、ほかの案件は作ります。途中で止まっても、もう一度実行すれば続きから始めます。
    --issue を付けると、その様式をすべての案件について発行してから作ります。
    """
    if (on or yes) and not form:
        raise click.UsageError("--date と --yes は --issue と一緒に指定してください")
    if report is not None and report.suffix not in (".xlsx", ".pdf"):
        raise click.UsageError("--report のファイル名は .xlsx か .pdf で終えてください")
    if (engine == "dask") != bool(scheduler):
        raise click.UsageError("クラスターで作るには --engine dask --scheduler tcp://計算機:8786 と書いてください")
    files = overview.case_files(paths)
    if not files:
        raise click.UsageError("案件のファイル（*.yaml）がありません")
    folder = context.find_root().params.get("folder")
    there = partial(workspace.forms_only, folder)
    jobs = jobs or os.cpu_count() or 1
    options = BatchOptions(out, clock.today(), formats, stage, year, jobs, report, scheduler, there)
    refused = False
    if form:
        from generator.batch.batch import ready_place  # what only issuing needs (a database) is slow to load
        from generator.batch.issue_many import BulkOrder
        from generator.cli import issue_many

        settings, register = workspace.settings(folder, url), opened(url)
        ready_place(out)  # no number is taken for a batch that cannot begin
        if scheduler:
            from generator.batch import dask_batch

            dask_batch.ready(scheduler)
        bulk = BulkOrder(form, clerk(), settings, on, year)
        refused = issue_many.issue(files, settings.schemes(), register, bulk, jobs, yes, _Progress)
    progress = _Progress(len(files))
    space = workspace.here(context, url)
    result = space.batch(files, options, lambda outcome: progress.step(outcome.problems), progress.say)
    progress.close()
    for place in result.reports:
        click.echo(f"報告: {place}")
    states = result.states
    counts = (f"{name} {states[name]}件" for name in (MADE, CURRENT, PROBLEMS, FAILED, OTHER) if states[name])
    click.echo("、".join(counts))
    sys.exit(EXIT_FAILED if states[FAILED] else EXIT_PROBLEMS if states[PROBLEMS] or refused else EXIT_FINE)


class _Progress:
    """A bar with rate and time left on a terminal; plain lines elsewhere."""

    def __init__(self, total: int):
        self.total, self.done, self.begun, self.told = total, 0, time.monotonic(), time.monotonic()
        self.terminal = sys.stderr.isatty()

    def step(self, problems: Iterable[str]) -> None:
        """One more is done; its problems are told at once."""
        self.done += 1
        for problem in problems:
            self.say(problem)
        now = time.monotonic()
        if now - self.told >= (0.2 if self.terminal else _EVERY):
            self.told = now
            self._show()

    def say(self, text: str) -> None:
        self._clear()
        click.echo(text, err=True)

    def _show(self) -> None:
        spent = time.monotonic() - self.begun
        rate = self.done / spent if spent else 0.0
        left = (self.total - self.done) / rate if rate else 0.0
        text = f"{yen.format_yen(self.done)}／{yen.format_yen(self.total)}件　毎秒{rate:.1f}件　残り{_time(left)}"
        if self.terminal:
            filled = 30 * self.done // self.total
            click.echo(f"\r[{'#' * filled}{'.' * (30 - filled)}] {text}  ", nl=False, err=True)
        else:
            click.echo(text, err=True)

    def _clear(self) -> None:
        if self.terminal:
            click.echo("\r\033[K", nl=False, err=True)

    def close(self) -> None:
        self._clear()
        spent = time.monotonic() - self.begun
        click.echo(
            f"{yen.format_yen(self.done)}件を{_time(spent)}で終えました（毎秒{self.done / max(spent, 1e-9):.1f}件）",
            err=True,
        )


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}分{rest:02d}秒" if minutes else f"{seconds:.1f}秒"
