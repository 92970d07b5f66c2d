"""Every case at once: a pool of processes renders them, and one bad case never stops the rest."""

from __future__ import annotations

import datetime
import functools
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.case import figures, identity
from generator.case.figures import Figures
from generator.operations.check import check_file
from generator.operations.office_register import OfficeRegister
from generator.operations.render import Rendered, render_checked, up_to_date
from generator.operations.settings import Settings
from generator.problem import ProblemError, format_problem
from generator.reports import status
from generator.reports.outcome import CURRENT, FAILED, MADE, OTHER, PROBLEMS, Outcome, ordered
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.storage.destination import Destination
from generator.typography import typeset
from generator.workers.pool import Lost, WorkerPool

if TYPE_CHECKING:
    from generator.register.records import Records

_KEPT = "報告"  # what is kept of a case for the report; only what JSON can hold, and nothing that depends on today
SECONDS = 120.0  # one case may take; the largest sample takes a fifth of a second


@dataclass(frozen=True)
class Options:
    """What holds for every case of the run; sent to each worker once."""

    out: Destination
    today: datetime.date
    settings: Settings
    formats: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    stage: str = ""  # only the forms of this stage
    year: str = ""  # only the cases whose governing date lies in this 年度


def run(
    paths: Sequence[Path],
    options: Options,
    jobs: int,
    limit: float = SECONDS,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Outcome]:
    """The outcome of each case as it comes. A file whose 案件番号 an earlier one has is refused before any work.

    ``meanwhile``: what is worth doing here while the workers begin.
    """
    names, twice = distinct(paths)
    yield from twice
    pool: WorkerPool[str, Outcome] = WorkerPool(
        functools.partial(_start, options), max(1, min(jobs, len(names))), limit
    )
    for result in pool.run(names, meanwhile):
        yield lost_outcome(result.task, result.reason) if isinstance(result, Lost) else result


def distinct(paths: Sequence[Path]) -> tuple[list[str], list[Outcome]]:
    """The cases to be worked off, and those whose 案件番号 an earlier one has."""
    twice = identity.same_numbers(paths)
    refused = []
    for path, other in twice.items():
        problem = format_problem(identity.same_number(other))
        refused.append(Outcome(str(path), PROBLEMS, problems=(f"{path}: {problem}",)))
    return [str(p) for p in paths if p not in twice], refused


def lost_outcome(path: str, reason: str) -> Outcome:
    """The outcome of a case that two workers died of."""
    return Outcome(path, FAILED, problems=(f"{path}: {reason}（二度試しました）",))


def _start(options: Options) -> Callable[[str], Outcome]:
    schemes, register = options.settings.schemes(), OfficeRegister(options.settings).reading()
    memory: typeset.Memory = {}  # many cases say the same of dates, amounts and units; it ends with this process

    def work(name: str) -> Outcome:
        with options.settings.fonts_used(), typeset.call(memory):
            return attempt(name, options, schemes, register)

    return work


def attempt(
    path: str, options: Options, schemes: Schemes, register: Records | None, data: bytes | None = None
) -> Outcome:
    """What becomes of one case; it never raises. ``data``: the contents of a file that is on another computer."""
    try:
        file = Path(path)
        return unchanged(file, options, schemes, register, data) or _made(file, options, schemes, register, data)
    except ProblemError as error:
        return Outcome(path, FAILED, problems=tuple(map(format_problem, error.problems)))
    except Exception as error:
        return broken_outcome(path, error)


def broken_outcome(path: str, error: Exception) -> Outcome:
    """The outcome of a case at which the program itself failed; it says nothing of what the case holds."""
    return Outcome(path, FAILED, problems=(f"{path}: プログラムの不具合です（{type(error).__name__}）",))


def unchanged(
    path: Path, options: Options, schemes: Schemes, register: Records | None, data: bytes | None = None
) -> Outcome | None:
    """What an earlier run kept of a case, if nothing has changed since."""
    named = identity.named(path, schemes, data)
    forms = _forms(named.scheme, options) if named else None
    if forms is None:
        return None
    rendered = up_to_date(named, options.out, options.formats, forms, register)
    kept = rendered.told.get(_KEPT) if rendered else None
    if not kept or not rendered:
        return None
    told: dict[str, Any] = {name: _tuples(value) for name, value in kept["outcome"].items()}
    if (options.year and kept["year"] != options.year) or (options.stage and options.stage not in kept["stages"]):
        return Outcome(str(path), OTHER, told["scheme"], told["number"])
    told["figures"] = Figures(**{name: _tuples(value) for name, value in kept["figures"].items()})
    files = _hashes(rendered, told["scheme"], told["number"])
    return Outcome(
        str(path), CURRENT, files=files, problems=tuple(map(format_problem, rendered.checked.problems)), **told
    )


def _tuples(value: Any) -> Any:
    """What JSON made lists of."""
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def _forms(scheme: Scheme, options: Options) -> tuple[str, ...] | None:
    """The forms asked for; None where the stage asked for has none of them."""
    if not options.stage:
        return options.forms
    wanted = (f.id for f in scheme.forms if f.stage == options.stage)
    return tuple(f for f in wanted if not options.forms or f in options.forms) or None


def _made(
    path: Path, options: Options, schemes: Schemes, register: Records | None, data: bytes | None = None
) -> Outcome:
    checked = check_file(path, schemes, register, fit=False, data=data)
    case = checked.case
    problems = tuple(format_problem(p) for p in checked.problems)
    if case is None:
        return Outcome(str(path), FAILED if checked.failed else PROBLEMS, problems=problems)
    if options.year and case.year not in ("", options.year):
        return Outcome(str(path), OTHER, case.scheme.id, case.number)
    forms, stages = _forms(case.scheme, options), [s.stage.name for s in case.stages]
    if forms is None or (options.stage and options.stage not in stages):
        return Outcome(str(path), OTHER, case.scheme.id, case.number)
    row = status.row(case, checked.assessment, options.today, register.numbers(case) if register else None)
    told: dict[str, Any] = {
        "scheme": case.scheme.id,
        "number": case.number,
        "party": row.party,
        "stage": row.stage,
        "amounts": row.amounts,
    }
    given = figures.figures(case, checked.assessment)
    kept = {_KEPT: {"outcome": told, "figures": asdict(given), "year": case.year, "stages": stages}}
    done = render_checked(checked, options.out, options.formats, forms, register, kept)
    fine = done.checked.ok
    return Outcome(
        path=str(path),
        state=(MADE if done.made else CURRENT) if fine else PROBLEMS,
        files=_hashes(done, case.scheme.id, case.number) if fine else (),
        problems=tuple(format_problem(p) for p in done.checked.problems),
        **told,
        figures=given,
    )


def _hashes(done: Rendered, scheme: str, number: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{scheme}/{number}/{name}", digest) for name, digest in done.hashes().items())


class Outcomes:
    """What became of all cases. What the report tells of each is held; the files, which are most of it, are written
    aside at once, so that many cases need little memory."""

    def __init__(self) -> None:
        self.cases: list[Outcome] = []  # without their files
        self._aside = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as this lives; it has no name
        self._lines: dict[str, tuple[int, int]] = {}  # path → where its line of the manifest lies
        self._texts: dict[Any, Any] = {}

    def add(self, outcome: Outcome) -> None:
        """Take in what became of one case; its line of the manifest is written aside."""
        line = (json.dumps(outcome.as_json(), ensure_ascii=False) + "\n").encode()
        self._lines[outcome.path] = (self._aside.tell(), len(line))
        self._aside.write(line)
        amounts, own = self._shared(outcome.amounts), outcome.figures
        shared = Figures(self._shared(own.year), self._shared(own.amounts), self._shared(own.expenses))
        names = {name: self._shared(getattr(outcome, name)) for name in ("state", "scheme", "stage")}
        self.cases.append(replace(outcome, files=(), amounts=amounts, figures=shared, **names))

    def _shared(self, value: Any) -> Any:
        """The same object for the texts that other cases have too: what comes from another process has its own."""
        if isinstance(value, tuple):
            return tuple([self._shared(v) for v in value])
        return self._texts.setdefault(value, value) if isinstance(value, str) else value

    def manifest(self) -> Iterator[bytes]:
        """JSON Lines, a case a line, every file with its SHA-256."""
        for outcome in ordered(self.cases):
            if outcome.state != OTHER:
                place, size = self._lines[outcome.path]
                self._aside.seek(place)
                yield self._aside.read(size)
