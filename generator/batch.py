"""Every case at once: a crew of processes renders them, and one bad case never stops the rest."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import figures, pipeline, status, wareki
from generator.crew import Crew, Lost
from generator.figures import Figures
from generator.outbox import MANIFEST
from generator.problem import Problem, format_problem

MADE, CURRENT, PROBLEMS, FAILED, OTHER = "作成", "最新", "要確認", "失敗", "対象外"
SECONDS = 120.0  # one case may take; the largest sample takes a fifth of a second


@dataclass(frozen=True)
class Options:
    """What holds for every case of the run; sent to each worker once."""

    out: Path
    today: datetime.date
    forms_folder: Path | None = None
    formats: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    stage: str = ""  # only the forms of this stage
    year: str = ""  # only the cases whose governing date lies in this 年度
    ledger: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one case. ``problems`` are formatted, personal contents masked."""

    path: str
    state: str
    scheme: str = ""
    number: str = ""
    party: str = ""
    stage: str = ""
    amounts: tuple[tuple[str, int | None], ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # path below the out folder, SHA-256
    problems: tuple[str, ...] = field(default=())
    figures: Figures = field(default=Figures())  # for the year's report

    def as_json(self) -> dict[str, Any]:
        return {
            "案件": self.path,
            "結果": self.state,
            "制度": self.scheme,
            "案件番号": self.number,
            "段階": self.stage,
            "金額": dict(self.amounts),
            "ファイル": dict(self.files),
            "問題": list(self.problems),
        }


def run(paths: Sequence[Path], options: Options, jobs: int, limit: float = SECONDS) -> Iterator[Outcome]:
    """The outcome of each case as it comes. A file whose 案件番号 an earlier one has is refused before any work."""
    twice = pipeline.same_numbers(paths)
    for path, other in twice.items():
        problem = Problem(f"{path}: 案件番号が {other} と同じです", hint="案件ごとに別の番号を付けてください")
        yield Outcome(str(path), PROBLEMS, problems=(format_problem(problem),))
    pieces = [str(p) for p in paths if p not in twice]
    crew: Crew[str, Outcome] = Crew(functools.partial(_start, options), max(1, min(jobs, len(pieces))), limit)
    for result in crew.run(pieces):
        if isinstance(result, Lost):
            yield Outcome(result.piece, FAILED, problems=(f"{result.piece}: {result.reason}（二度試しました）",))
        else:
            yield result


def _start(options: Options) -> Callable[[str], Outcome]:
    known = pipeline.schemes(options.forms_folder)
    register = pipeline.register(options.ledger)

    def work(piece: str) -> Outcome:
        try:
            return _one(Path(piece), options, known, register)
        except Exception as error:  # the last resort; what it says must not hold the case's contents
            reason = f"{piece}: プログラムの不具合です（{type(error).__name__}）"
            return Outcome(piece, FAILED, problems=(reason,))

    return work


def _one(path: Path, options: Options, known: Any, register: Any) -> Outcome:
    checked = pipeline.check([path], known, laid_out=False, register=register)[0]
    case = checked.case
    found = tuple(format_problem(p) for p in checked.problems)
    if case is None:
        return Outcome(str(path), FAILED if checked.failed else PROBLEMS, problems=found)
    governing = case.get(case.scheme.governing)
    if options.year and isinstance(governing, datetime.date) and wareki.fiscal_year_name(governing) != options.year:
        return Outcome(str(path), OTHER, case.scheme.id, case.number)
    forms = options.forms
    if options.stage:
        forms = tuple(f.id for f in case.scheme.forms if f.stage == options.stage and (not forms or f.id in forms))
        if not forms or options.stage not in {s.stage.name for s in case.stages}:
            return Outcome(str(path), OTHER, case.scheme.id, case.number)
    done = pipeline.render_checked(checked, options.out, options.formats, forms, register)
    fine = done.checked.fine
    row = status.row(case, done.checked.assessment, options.today, register.marks(case) if register else None)
    return Outcome(
        path=str(path),
        state=(MADE if done.made else CURRENT) if fine else PROBLEMS,
        scheme=case.scheme.id,
        number=case.number,
        party=row.party,
        stage=row.stage,
        amounts=row.amounts,
        files=_hashes(done.folder, done.files) if fine and done.folder else (),
        problems=tuple(format_problem(p) for p in done.checked.problems),
        figures=figures.figures(case, done.checked.assessment),
    )


def _hashes(folder: Path, files: Iterable[str]) -> tuple[tuple[str, str], ...]:
    known = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    below = f"{folder.parent.name}/{folder.name}"
    return tuple((f"{below}/{name}", known[name]) for name in sorted(files))


def ordered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """By scheme and 案件番号: the report is the same whoever finished first."""
    return sorted(outcomes, key=lambda o: (o.scheme, *pipeline.in_order(o.number), o.path))


def manifest(outcomes: Iterable[Outcome]) -> bytes:
    """JSON Lines, a case a line, every file with its SHA-256."""
    lines = [json.dumps(o.as_json(), ensure_ascii=False) + "\n" for o in ordered(outcomes) if o.state != OTHER]
    return "".join(lines).encode()
