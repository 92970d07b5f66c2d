"""yoshiki batch --issue: what would be issued, the question whether to, and the issuing of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from generator.api import BulkOrder, Candidate, Entry, Office, Plan, ProblemError, Workspace
from generator.cli.exit_codes import EXIT_FINE, EXIT_PROBLEMS
from generator.cli.progress import Progress
from generator.cli.register_options import clerk
from generator.japan import wareki
from generator.problem import display_width

_YES = ("y", "yes", "はい", "発行", "発行する")


def refuse_unnumbered(space: Workspace, form: str) -> None:
    """Raise UsageError for a form that has a number in no scheme."""
    official = [e for scheme in space.schemes() for e in scheme.forms if e.series]
    if not any(e.id == form for e in official):
        if faults := space.faults():
            raise ProblemError(faults)
        ids = "・".join(dict.fromkeys(e.id for e in official))
        raise click.UsageError(f"番号の付く様式「{form}」はありません（使えるのは {ids}）")


def issue(office: Office, files: Sequence[Path], order: BulkOrder, jobs: int, yes: bool) -> bool:
    """Issue a form of all cases; whether any was refused. Ends the program where nothing is to be issued yet."""
    click.echo("発行できるかを確かめています（まだ何も発行しません）", err=True)
    candidates: list[Candidate] = []
    progress = Progress(len(files))
    for candidate in office.examine(files, order, clerk(), jobs):
        candidates.append(candidate)
        progress.step(candidate.problems)
    progress.close()
    plan = office.plan(order, candidates)
    for line in told(plan):
        click.echo(line)
    refused = bool(plan.refused)
    if not plan.planned:
        click.echo("新たに発行するものはありません")
        return refused
    if not yes and not _agreed(len(plan.planned)):
        sys.exit(EXIT_PROBLEMS if refused else EXIT_FINE)
    return _carried_out(office, plan) or refused


def _agreed(count: int) -> bool:
    """Ask on a terminal; elsewhere tell how to go on."""
    if not sys.stdin.isatty():
        click.echo("まだ何も発行していません。発行するには、同じコマンドに --yes を付けて実行してください")
        return False
    answer = click.prompt(f"{count}件を発行しますか [はい/いいえ]", default="いいえ", show_default=False)
    if answer.strip().lower() in _YES:
        return True
    click.echo("発行していません")
    return False


def _carried_out(office: Office, plan: Plan) -> bool:
    progress, again, refused = Progress(len(plan.planned)), 0, 0
    given: list[Entry] = []
    try:
        for done in office.carry_out(plan, clerk):
            progress.step(done.problems)
            refused += done.entry is None
            again += done.issued_before
            if done.entry is not None and not done.issued_before:
                given.append(done.entry)
    finally:
        progress.close()
        others = "".join(f"、{what} {n}件" for what, n in (("発行済み", again), ("発行できなかったもの", refused)) if n)
        click.echo(f"発行しました {len(given)}件{others}")
        for line in _spans(given):
            click.echo(line)
    return bool(refused)


def _spans(entries: Iterable[Entry]) -> Iterator[str]:
    """The first and the last number given in each series and year."""
    spans: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        spans.setdefault((entry.scheme, entry.series, entry.year), []).append(entry)
    for (_, _, year), own in spans.items():
        last = f"から {own[-1].text} まで" if len(own) > 1 else ""
        yield f"  {year}　{own[0].text}{last}　{len(own)}件"


def told(plan: Plan) -> Iterator[str]:
    """The plan for the screen."""
    yield f"発行するもの {len(plan.planned)}件"
    rows: list[tuple[str, ...]] = []
    for item in plan.planned:
        document, candidate = item.document, item.candidate
        title = _title(document.title, document.nth, candidate, plan)
        day = wareki.format_date(document.date)
        rows.append((document.year, item.text, candidate.number, candidate.party, title, day))
    yield from _table(rows)
    if late := [item.later for item in plan.planned if item.later]:
        newest = wareki.format_date(max(late))
        yield f"注意: {len(late)}件は、番号と日付の順が逆になります（{newest}付けまで発行済みです）"
    if plan.issued:
        yield f"発行済み {len(plan.issued)}件（あらためて発行しません）"
        done = [(e.year, e.text, f.number, f.party, _title(e.title, (e.ordinal or 0) + 1, f, plan), _day(e.date))
                for f, e in plan.issued]  # fmt: skip
        yield from _table(done)
    if plan.refused:
        yield f"発行できないもの {len(plan.refused)}件"
        rows = [(f.number or Path(f.path).name, f.party, f"第{nth}回: {why}" if nth > 1 else why)
                for f, nth, why in plan.refused]  # fmt: skip
        yield from _table(rows)
    if plan.others:
        yield f"この様式の段階に至っていないものなど {plan.others}件"


def _day(iso: str) -> str:
    return wareki.format_date(wareki.parse_date(iso))


def _title(title: str, nth: int, candidate: Candidate, plan: Plan) -> str:
    """The title of a document, with which of several it is, in a case that has several."""
    several = len(candidate.documents) + sum(f is candidate for f, _, _ in plan.refused) > 1
    return f"{title}（第{nth}回）" if several else title


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(display_width(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    for row in rows:
        cells = (text + " " * (width - display_width(text)) for text, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
