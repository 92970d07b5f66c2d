"""Every case at once: a crew of processes renders them, and one bad case never stops the rest."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import pipeline, status, tables, wareki
from generator.crew import Crew, Lost
from generator.document import Document, Value
from generator.outbox import MANIFEST
from generator.problem import Problem, format_problem
from generator.scheme import Scheme
from generator.tables import Column

MADE, CURRENT, PROBLEMS, FAILED, OTHER = "作成", "最新", "要確認", "失敗", "対象外"
_KEPT = "報告"  # what is kept of a case for the report; only what JSON can hold, and nothing that depends on today
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
    return _unchanged(path, options, known, register) or _made(path, options, known, register)


def _unchanged(path: Path, options: Options, known: Any, register: Any) -> Outcome | None:
    """What an earlier run kept of a case, if nothing has changed since."""
    named = pipeline.named(path, known)
    forms = _forms(named.scheme, options) if named else None
    if forms is None:
        return None
    found = pipeline.current(named, options.out, options.formats, forms, register)
    kept = found.told.get(_KEPT) if found and found.folder else None
    if not kept or not found or not found.folder:
        return None
    told: dict[str, Any] = {name: _tuples(value) for name, value in kept["outcome"].items()}
    if (options.year and kept["year"] != options.year) or (options.stage and options.stage not in kept["stages"]):
        return Outcome(str(path), OTHER, told["scheme"], told["number"])
    files = _hashes(found.folder, found.files)
    return Outcome(str(path), CURRENT, files=files, problems=tuple(map(format_problem, found.checked.problems)), **told)


def _tuples(value: Any) -> Any:
    """What JSON made lists of."""
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def _forms(scheme: Scheme, options: Options) -> tuple[str, ...] | None:
    """The forms asked for; None where the stage asked for has none of them."""
    if not options.stage:
        return options.forms
    wanted = (f.id for f in scheme.forms if f.stage == options.stage)
    return tuple(f for f in wanted if not options.forms or f in options.forms) or None


def _made(path: Path, options: Options, known: Any, register: Any) -> Outcome:
    checked = pipeline.check([path], known, laid_out=False, register=register)[0]
    case = checked.case
    found = tuple(format_problem(p) for p in checked.problems)
    if case is None:
        return Outcome(str(path), FAILED if checked.failed else PROBLEMS, problems=found)
    governing = case.get(case.scheme.governing)
    if options.year and isinstance(governing, datetime.date) and wareki.fiscal_year_name(governing) != options.year:
        return Outcome(str(path), OTHER, case.scheme.id, case.number)
    forms, stages = _forms(case.scheme, options), [s.stage.name for s in case.stages]
    if forms is None or (options.stage and options.stage not in stages):
        return Outcome(str(path), OTHER, case.scheme.id, case.number)
    row = status.row(case, checked.assessment, options.today, register.marks(case) if register else None)
    told: dict[str, Any] = {
        "scheme": case.scheme.id,
        "number": case.number,
        "party": row.party,
        "stage": row.stage,
        "amounts": row.amounts,
    }
    year = wareki.fiscal_year_name(governing) if isinstance(governing, datetime.date) else ""
    kept = {_KEPT: {"outcome": told, "year": year, "stages": stages}}
    done = pipeline.render_checked(checked, options.out, options.formats, forms, register, kept, False)
    fine = done.checked.fine
    return Outcome(
        path=str(path),
        state=(MADE if done.made else CURRENT) if fine else PROBLEMS,
        files=_hashes(done.folder, done.files) if fine and done.folder else (),
        problems=tuple(format_problem(p) for p in done.checked.problems),
        **told,
    )


def _hashes(folder: Path, files: Iterable[str]) -> tuple[tuple[str, str], ...]:
    known = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    below = f"{folder.parent.name}/{folder.name}"
    return tuple((f"{below}/{name}", known[name]) for name in sorted(files))


def ordered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """By scheme and 案件番号: the report is the same whoever finished first."""
    return sorted(outcomes, key=lambda o: (o.scheme, o.number, o.path))


def manifest(outcomes: Iterable[Outcome]) -> bytes:
    """JSON Lines, a case a line, every file with its SHA-256."""
    lines = [json.dumps(o.as_json(), ensure_ascii=False) + "\n" for o in ordered(outcomes) if o.state != OTHER]
    return "".join(lines).encode()


def report(outcomes: Iterable[Outcome], today: datetime.date) -> Document:
    """The list of all cases with their amounts and totals, and what needs looking at."""
    found = [o for o in ordered(outcomes) if o.state != OTHER]
    labels = list(dict.fromkeys(label for o in found for label, _ in o.amounts))
    columns = [Column("案件番号", 24), Column("申請者", 60), Column("段階", 22)]
    columns += [Column(f"{label}（円）", 26, "金額") for label in labels]
    columns += [Column("結果", 16), Column("要確認", 14, "日数")]
    rows: list[list[Value]] = []
    for one in found:
        amounts = dict(one.amounts)
        head: list[Value] = [one.number or Path(one.path).name, one.party, one.stage]
        rows.append([*head, *(amounts.get(n) for n in labels), one.state, len(one.problems) or None])
    totals: list[Value] = [sum(dict(o.amounts).get(n) or 0 for o in found) for n in labels]
    rows.append([f"合計 {len(found)}件", "", "", *totals, "", None])
    listed = tables.sheet("案件一覧", f"一括処理の報告（{wareki.format_date(today)}）", columns, rows)
    sheets = [listed]
    bad = [(o, p) for o in found for p in o.problems]
    if bad:
        told: list[list[Value]] = [[o.number or Path(o.path).name, o.state, p] for o, p in bad]
        wide = [Column("案件番号", 24), Column("結果", 16), Column("内容", 200)]
        sheets.append(tables.sheet("要確認", "確かめるところ", wide, told))
    return tables.document("一括処理の報告", sheets, today)
