"""The whole batch: every case rendered, then the report of the year and the manifest written beside them."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from generator.batch import render_many
from generator.batch.options import BatchOptions, BatchResult, fiscal_year
from generator.batch.render_many import Options, Outcomes
from generator.operations.office_register import OfficeRegister
from generator.operations.processes import refuse_jobs
from generator.operations.settings import Settings
from generator.problem import Problem, RefusedError
from generator.render import renderer, wanted
from generator.reports.outcome import OTHER, STATES, Outcome
from generator.reports.report_day import as_of
from generator.scheme.load import Schemes
from generator.storage.case_folder import refuse_folder, sync_all
from generator.storage.destination import Folder, Remote, at

MANIFEST = "manifest.jsonl"
REPORTS = ("xlsx", "pdf")  # the formats of the year's report


def run_batch(
    files: Sequence[Path],
    settings: Settings,
    options: BatchOptions,
    each: Callable[[Outcome], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> BatchResult:
    """Render all cases; one bad case never stops the rest, and what is still true is not made again.

    ``each`` is told of each case as it is done, ``tell`` of workers of a cluster that are not used. Raises
    ProblemError where nothing can be made at all: the office, the place to write to or the cluster is at fault, or no
    case is of the year or has come to the stage; the report of an earlier run then stays as it is.
    """
    schemes = settings.schemes()
    register = OfficeRegister(settings).opened() if settings.office else None  # what is wrong there is told once
    options = replace(options, year=fiscal_year(options.year))
    kinds, place = _checked(options, schemes)
    outcomes = Outcomes()
    for outcome in _outcomes(files, settings, options, place, tell, functools.partial(_load, schemes, kinds)):
        outcomes.add(outcome)
        each(outcome)

    if all(outcome.state == OTHER for outcome in outcomes.cases):
        raise RefusedError([_none_of(options)])

    from generator.reports import annual  # slow to load: the workers have begun meanwhile

    with ThreadPoolExecutor(1) as aside:
        synced = aside.submit(sync_all)  # the disk needs its time; the report is drawn meanwhile
        loaded = {scheme.id: scheme for scheme in schemes.all()[0]}
        spending = annual.of_register(register) if register else None
        document = annual.report(outcomes.cases, loaded, options.today, spending)
        drawn = {kind: renderer(kind)(document) for kind in kinds}
        synced.result()
    place.write(MANIFEST, outcomes.manifest())
    beside, name = (Folder(options.report.parent), options.report.name) if options.report else (place, "")
    reports = tuple(beside.write(name or f"{annual.TITLE}.{kind}", data) for kind, data in drawn.items())
    counted = Counter(outcome.state for outcome in outcomes.cases)
    return BatchResult({state: counted[state] for state in STATES}, reports)


def _none_of(options: BatchOptions) -> Problem:
    """What is said where every case is left aside."""
    asked = "・".join(filter(None, (options.year, f"段階「{options.stage}」" if options.stage else "")))
    message = f"{asked}に当たる案件がありません" if asked else "案件がありません"
    hint = "年度は、申請日など、制度の定める日付の属する年度です。フォルダーと年度を確かめてください"
    return Problem(message, hint=hint, code="batch.no-case")


def _refuse_unknown(stage: str, schemes: Schemes) -> None:
    """Raise RefusedError for a stage that no scheme has; '' is every stage."""
    if not stage:
        return
    stages = dict.fromkeys(form.stage for scheme in schemes.all()[0] for form in scheme.forms)
    if stage not in stages:
        hint = f"使えるのは {'・'.join(stages)} です"
        raise RefusedError([Problem(f"段階「{stage}」はありません", hint=hint, code="batch.unknown-stage")])


def ready(options: BatchOptions, settings: Settings) -> None:
    """Raise ProblemError where a batch of these options could not begin: they name what there is not, or its place or
    its cluster is at fault."""
    fiscal_year(options.year)
    _checked(options, settings.schemes())
    if options.scheduler:
        from generator.batch import dask_batch  # of the extra cluster

        dask_batch.ready(options.scheduler)


def _checked(options: BatchOptions, schemes: Schemes) -> tuple[tuple[str, ...], Folder | Remote]:
    """The formats of the report, and the place to write to. Raises ProblemError for what there is not."""
    wanted(options.formats)
    refuse_jobs(options.jobs)
    as_of(options.today)
    _refuse_unknown(options.stage, schemes)
    kinds = wanted((options.report.suffix[1:],) if options.report else (), REPORTS)
    place = _ready_place(options.out)
    if isinstance(place, Folder):
        refuse_folder(place.path / MANIFEST)
    if options.report:
        refuse_folder(options.report)
        Folder(options.report.parent).ready()
    return tuple(kinds), place


def _ready_place(out: str) -> Folder | Remote:
    """The folder or URL, where files can be written. Raises ProblemError."""
    place = at(out)
    if isinstance(place, Folder) and not place.shared:
        place = replace(place, synced=False)  # `sync_all` does it in the end
    place.ready()
    return place


def _outcomes(
    files: Sequence[Path],
    settings: Settings,
    options: BatchOptions,
    place: Folder | Remote,
    tell: Callable[[str], None],
    meanwhile: Callable[[], None],
) -> Iterator[Outcome]:
    every = Options(place, options.today, settings, options.formats, (), options.stage, options.year)
    if not options.scheduler:
        return render_many.run(files, every, options.jobs, meanwhile=meanwhile)
    from generator.batch import dask_batch  # of the extra cluster

    there = options.there or functools.partial(replace, settings, office=None, ledger="")
    return dask_batch.run(files, every, options.scheduler, there, tell)


def _load(schemes: Schemes, kinds: Sequence[str]) -> None:
    """What the report needs, while the workers load what they need."""
    from generator.reports import annual  # noqa: F401

    schemes.all()
    for kind in kinds:
        renderer(kind)
