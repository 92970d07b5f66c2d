"""yoshiki batch: every case at once, with progress, a report and a manifest."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

import click

from generator import batch as batches
from generator import clock, overview, pipeline, usage, yen
from generator.batch import CURRENT, FAILED, MADE, OTHER, PROBLEMS, Options, Outcome
from generator.outbox import private_folder, sync_all, write_whole
from generator.problem import EXIT_FAILED, EXIT_FINE, EXIT_PROBLEMS
from generator.render import FORMATS, renderer

_EVERY = 5.0  # seconds between lines where there is no terminal


@click.command(cls=usage.Command)
@click.argument("paths", metavar="案件.yaml・フォルダー…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--year", metavar="年度", default="", help="この年度の案件だけ（例 令和5年度）。")
@click.option("--stage", metavar="段階", default="", help="この段階の様式だけ（例 確定）。")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), metavar="形式",
              help="作る形式（pdf・xlsx・docx）。何度でも書けます。指定がなければすべて。")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 64), metavar="数", help="同時に動かす数（指定がなければ CPU の数）。")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="フォルダー", default=Path("output"),
              help="書き出すフォルダー（指定がなければ output）。")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), metavar="ファイル",
              help="報告のファイル（.xlsx か .pdf。指定がなければ書き出すフォルダーに両方）。")  # fmt: skip
@click.pass_context
def batch(
    context: click.Context,
    paths: tuple[Path, ...],
    year: str,
    stage: str,
    formats: tuple[str, ...],
    jobs: int | None,
    out: Path,
    report: Path | None,
) -> None:
    """多くの案件の様式を一度に作ります。

    問題のある案件があっても、ほかの案件は作ります。途中で止まっても、もう一度実行すれば続きから始めます。
    """
    if report is not None and report.suffix not in (".xlsx", ".pdf"):
        raise click.UsageError("--report のファイル名は .xlsx か .pdf で終えてください")
    files = overview.case_files(paths)
    if not files:
        raise click.UsageError("案件のファイル（*.yaml）がありません")
    today = clock.today()
    root = context.find_root().params.get("folder")
    pipeline.schemes(root)
    pipeline.register()  # what is wrong with the office is told here, once, and not by every worker
    options = Options(out, today, root, formats, (), stage, year)
    progress = _Progress(len(files))
    outcomes: list[Outcome] = []
    for outcome in batches.run(files, options, jobs or os.cpu_count() or 1):
        outcomes.append(outcome)
        progress.step(outcome)
    sync_all()
    progress.close()
    private_folder(out)
    write_whole(out / "manifest.jsonl", batches.manifest(outcomes))
    document = batches.report(outcomes, today)
    for target in [report] if report else [out / "一括処理の報告.xlsx", out / "一括処理の報告.pdf"]:
        private_folder(target.parent)
        write_whole(target, renderer(target.suffix[1:])(document))
        click.echo(f"報告: {target}")
    states = Counter(o.state for o in outcomes)
    click.echo(
        "、".join(f"{name} {states[name]}件" for name in (MADE, CURRENT, PROBLEMS, FAILED, OTHER) if states[name])
    )
    sys.exit(EXIT_FAILED if states[FAILED] else EXIT_PROBLEMS if states[PROBLEMS] else EXIT_FINE)


class _Progress:
    """A bar with rate and time left on a terminal; plain lines elsewhere."""

    def __init__(self, total: int):
        self.total, self.done, self.begun, self.told = total, 0, time.monotonic(), time.monotonic()
        self.terminal = sys.stderr.isatty()

    def step(self, outcome: Outcome) -> None:
        self.done += 1
        for problem in outcome.problems:
            self._clear()
            click.echo(problem, err=True)
        now = time.monotonic()
        if now - self.told >= (0.2 if self.terminal else _EVERY):
            self.told = now
            self._show()

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
