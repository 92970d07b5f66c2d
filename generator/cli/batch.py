"""yoshiki batch: every case at once, with progress, a report and a manifest."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click

from generator.api import FORMATS, BatchOptions
from generator.cli import clock, usage, workspace
from generator.cli.exit_codes import EXIT_FAILED, EXIT_FINE, EXIT_PROBLEMS
from generator.cli.progress import Progress
from generator.cli.register_options import Date, ledger_option
from generator.cli.screen import refuse_unknown


@click.command(cls=usage.Command)
@click.argument("paths", metavar="案件.yaml・フォルダー…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--year", metavar="年度", default="", help="この年度の案件だけ（例 令和5年度、R5、2023）。")
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
              help="様式（番号は yoshiki forms）を日付と案件番号の順に発行します。先に一覧を示します。")  # fmt: skip
@click.option("--date", "on", type=Date(), metavar="日付",
              help="発行する文書の日付（指定がなければ案件に書かれた日付）。")  # fmt: skip
@click.option("--yes", is_flag=True, help="一覧を示したあと、尋ねずに発行します。")
@ledger_option
@click.pass_context
def batch(context: click.Context, /, **arguments: Any) -> None:
    """多くの案件の様式を一度に作ります。

    問題のある案件があっても、ほかの案件は作ります。途中で止まっても、もう一度実行すれば続きから始めます。
    --issue を付けると、その様式をすべての案件について発行してから作ります。
    """
    asked = _Asked(**arguments)
    asked.refuse_contradictions()
    space = workspace.here(context, asked.url)
    files = space.cases(asked.paths)
    if not files:
        raise click.UsageError("案件のファイル（*.yaml）がありません")
    if asked.stage:
        refuse_unknown("段階", [asked.stage], list(dict.fromkeys(f.stage for s in space.schemes() for f in s.forms)))
    there = partial(workspace.forms_only, context.find_root().params.get("folder"))
    options = BatchOptions(
        asked.out, clock.today(), asked.formats, asked.stage, asked.year, asked.processes, asked.report,
        asked.scheduler, there,
    )  # fmt: skip
    refused = False
    if asked.form:
        from generator.api import BulkOrder  # with a database, which a batch that gives no number does without
        from generator.cli import issue_many

        office = space.office()
        space.ready(options)  # no number is taken for a batch that cannot begin
        issue_many.refuse_unnumbered(space, asked.form)
        order = BulkOrder(asked.form, asked.on, asked.year)
        refused = issue_many.issue(office, files, order, asked.processes, asked.yes)
    progress = Progress(len(files))
    result = space.batch(files, options, lambda outcome: progress.step(outcome.problems), progress.say)
    progress.close()
    for place in result.reports:
        click.echo(f"報告: {place}")
    click.echo("、".join(f"{name} {count}件" for name, count in result.states.items() if count))
    sys.exit(EXIT_FAILED if result.failed else EXIT_PROBLEMS if result.faulty or refused else EXIT_FINE)


@dataclass(frozen=True)
class _Asked:
    """What was typed, under the names that the options have above."""

    paths: tuple[Path, ...]
    year: str
    stage: str
    formats: tuple[str, ...]
    jobs: int | None
    out: str
    engine: str
    scheduler: str
    report: Path | None
    form: str
    on: date | None
    yes: bool
    url: str

    @property
    def processes(self) -> int:
        """How many share the work."""
        return self.jobs or os.cpu_count() or 1

    def refuse_contradictions(self) -> None:
        """Raise UsageError for options that do not go together."""
        if (self.on or self.yes) and not self.form:
            raise click.UsageError("--date と --yes は --issue と一緒に指定してください")
        if self.report is not None and self.report.suffix not in (".xlsx", ".pdf"):
            raise click.UsageError("--report のファイル名は .xlsx か .pdf で終えてください")
        if (self.engine == "dask") != bool(self.scheduler):
            raise click.UsageError("クラスターで作るには --engine dask --scheduler tcp://計算機:8786 と書いてください")
