"""The face of the library: everything another program needs of Yoshiki, and all that it may rely on.

    from generator.api import Settings, Workspace

    workspace = Workspace(Settings(forms=(Path("forms"),)))
    case = workspace.read(data, "R5-001.yaml")
    report = workspace.check(case)
    files = workspace.render(case) if report.ok else {}

A `Workspace` may be used by many threads at once. It reads no clock, no environment and no working folder, and writes
nothing but what `issue`, `render_files` and `batch` are asked to write, and, where `Settings.cache` names a folder or
many cases of an office are looked at, what it can make again at any time. What is wrong with a case is told as
`Problem`s, each with a stable code; an exception is a `ProblemError` of one of four classes:

- `UnreadableError`: what was given cannot be read as what it should be
- `RefusedError`: it can be read, but the rules or the state of the register do not allow what is asked
- `UnavailableError`: what the program needs is not there (a font, a disk, a database)
- `SchemeError`: the files of the scheme are at fault

docs/api.md has examples, and a list of the codes.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.case.assess import Assessment
from generator.case.build import build_case
from generator.case.model import Case
from generator.document import Document
from generator.operations.check import Report, check_files, check_source
from generator.operations.explain import explanation, parameters
from generator.operations.settings import Settings
from generator.problem import (
    Position,
    Problem,
    ProblemError,
    RefusedError,
    SchemeError,
    UnavailableError,
    UnreadableError,
    format_problem,
)
from generator.scheme.model import Scheme
from generator.source.read import parse

if TYPE_CHECKING:
    from generator.batch.options import BatchOptions, BatchResult
    from generator.intake.take_in import Received
    from generator.operations.order import Clerk, Issued, Order
    from generator.operations.render import Rendered
    from generator.register.register import Reading, Register
    from generator.render import FORMATS
    from generator.reports.outcome import Outcome
    from generator.reports.overview import Standing
    from generator.reports.status import CaseStatus

# What issuing, drawing, writing and many processes need is slow to load, and reading and checking do without: the names
# of the face that stand there are loaded when they are asked for.
_LATER = {
    "FORMATS": "generator.render",
    "BatchOptions": "generator.batch.options",
    "BatchResult": "generator.batch.options",
    "Clerk": "generator.operations.order",
    "Issued": "generator.operations.order",
    "Order": "generator.operations.order",
    "Rendered": "generator.operations.render",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_MANY = 100  # files of which it is worth keeping what was found out
FILLABLE = ("xlsx", "pdf")  # the formats in which a form to be filled in can come back

__all__ = [
    "FILLABLE",
    "FORMATS",
    "Applicant",
    "Assessment",
    "BatchOptions",
    "BatchResult",
    "Case",
    "Clerk",
    "Document",
    "Issued",
    "Order",
    "Position",
    "Problem",
    "ProblemError",
    "RefusedError",
    "Rendered",
    "Report",
    "Scheme",
    "SchemeError",
    "Settings",
    "UnavailableError",
    "UnreadableError",
    "Workspace",
    "explanation",
    "format_problem",
    "parameters",
]


@dataclass(frozen=True)
class Applicant:
    """An applicant that is known: YAML of the shape of that part of a case, and what messages call it."""

    data: bytes
    name: str = "applicant.yaml"


class Workspace:
    """The schemes and the office of one `Settings`, and what can be done with their cases.

    The files of schemes and office may be changed at any time: the next call goes by what they say then.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        if settings.fonts:
            settings.use_fonts()  # of the whole process
        self._lock = threading.Lock()
        self._schemes = self.settings.schemes()
        self._register: Register | None = None  # anew where the office's settings or keys changed

    def schemes(self) -> tuple[Scheme, ...]:
        """Every scheme at hand that loads; `Workspace.faults` tells what is wrong with the others."""
        return tuple(self._schemes.all()[0])

    def faults(self) -> tuple[Problem, ...]:
        """What is wrong with the schemes that do not load."""
        return tuple(self._schemes.all()[1])

    def read(self, data: bytes, name: str = "case.yaml") -> Case:
        """A case from the bytes of its YAML file; ``name`` is what messages call it.

        What is missing or wrong in it `check` tells. Raises UnreadableError for what is no case at all: no YAML, too
        large, of a scheme that is not at hand.
        """
        case, _ = build_case(parse(data, name), self._schemes)
        return case

    def check(self, case: Case, *, fit: bool = True, issued: bool = True) -> Report:
        """Everything that is wrong with a case as it was read, and its amounts.

        ``fit``: also whether every text fits into its form, which is the most work; `render` finds that out itself.
        ``issued``: in an office, also whether the case, edited since, would change a document that was issued.
        """
        return check_source(case.source, self._schemes, self._reading() if issued else None, fit)

    def check_files(
        self, paths: Sequence[Path], *, fit: bool = True, issued: bool = True, jobs: int = 1
    ) -> list[Report]:
        """`check` of files as they stand on the disk; two of them may not share a 案件番号.

        With several ``jobs`` as many processes share the work. Of many files, what earlier runs have found out is kept
        (see `Settings`). Either way the reports then tell of a case without holding it.
        """
        if issued and (jobs > 1 or len(paths) >= _MANY):
            from generator.batch.survey import Question, survey  # with what processes need

            return [standing.report for standing in survey(paths, Question(self.settings, fit), jobs)]
        return check_files(paths, self._schemes, fit, self._reading() if issued else None)

    def documents(self, case: Case) -> tuple[Document, ...]:
        """The documents of each stage that the case has reached, ready to be drawn, with the numbers given so far.

        Raises RefusedError with its problems for a case that is not right.
        """
        from generator.operations.render import documents_of

        records = self._reading()
        assessment = self._assessed(case, records)
        return tuple(documents_of(assessment, records.numbers(assessment.case) if records else None))

    def render(self, case: Case, formats: Collection[str] = (), forms: Collection[str] = ()) -> dict[str, bytes]:
        """The files of a case by name: of each stage, and of each form by itself; the same case gives the same bytes.

        ``formats``: of `FORMATS`; () for all of them. ``forms``: only these, by id, or all of a stage by its name; ()
        for all. What was issued is copied from the archive.
        Raises RefusedError with its problems for a case that is not right, or whose texts do not fit.
        """
        from generator.operations.render import case_files
        from generator.render import FORMATS

        records = self._reading()
        assessment = self._assessed(case, records)
        chosen = assessment.case.scheme.form_ids(tuple(forms))
        return case_files(assessment, [f for f in FORMATS if not formats or f in formats], chosen, records)

    def render_files(
        self, paths: Sequence[Path], out: Path, formats: Collection[str] = (), forms: Collection[str] = ()
    ) -> Iterator[Rendered]:
        """`render` of files into a folder each below ``out``; nothing is written for a case that is not right.

        Files that are still true are left as they are, and edited letters are kept. A folder is replaced as a whole.
        """
        from generator.operations.render import render_files

        return render_files(paths, self._schemes, out, tuple(formats), tuple(forms), self._reading())

    def signs(self) -> bool:
        """Whether forms to be filled in are signed: in an office, with its key. Raises ProblemError without one."""
        return bool(self._keys())

    def fillable_stages(self, scheme: str) -> tuple[str, ...]:
        """The names of the stages in which the applicant writes something. Raises RefusedError for no such scheme."""
        from generator.intake import blank_forms  # slow to load, and few need it

        return tuple(stage.name for stage in blank_forms.stages(self._scheme(scheme)))

    def fillable(
        self,
        scheme: str,
        stage: str,
        on: datetime.date,
        prefilled: Case | Applicant | None = None,
        formats: Collection[str] = FILLABLE,
    ) -> dict[str, bytes]:
        """The forms of a stage for an applicant to fill in, as files by name; signed with the office's key.

        ``on``: the day whose version of the forms it is, while the case has no date of its own. ``prefilled``: what
        stands in them already, of a case or of its applicant alone. Raises RefusedError where the case has not come to
        that stage, and UnreadableError for an applicant that cannot be read.
        """
        from generator.intake import blank_forms  # slow to load, and few need it
        from generator.render import renderer

        loaded, wanted = self._schemes, self._scheme(scheme)
        if isinstance(prefilled, Applicant):
            case = blank_forms.of_applicant(parse(prefilled.data, prefilled.name), wanted, loaded)
        elif prefilled is None:
            case = blank_forms.blank(wanted)
        elif prefilled.scheme.id != scheme:
            raise RefusedError([Problem(f"別の制度（{prefilled.scheme.id}）の案件です", code="fillable.other-scheme")])
        else:
            case = blank_forms.of_case(prefilled.source, loaded, stage)
        records, keys = self._reading() if case.number else None, self._keys()
        document = blank_forms.compose(case, stage, on, records.numbers(case) if records else None, keys)
        files = {}
        for format_ in (f for f in FILLABLE if f in formats):
            if format_ == "pdf":
                from generator.render.pdf import acroform  # with its drawing library

                files[f"{document.name}.pdf"] = acroform.render(blank_forms.fillable(document, keys))
            else:
                files[f"{document.name}.{format_}"] = renderer(format_)(document)
        return files

    def receive(self, data: bytes, name: str, into: Case | None = None, number: str = "") -> Received:
        """What an applicant wrote into a form that came back, as values with problems, each at its cell.

        Any bytes may be given: they are read within limits. ``into``: the case that the form goes on with; without one
        it has to begin a case. ``number``: the 案件番号 that it has to be of; '' for any. Nothing is written. Raises
        UnreadableError or RefusedError for a file that is refused as a whole.
        """
        from generator.intake.take_in import take  # slow to load, and few need it

        return take(data, name, self._schemes, self._keys(), number, into.source if into else None)

    def written(self, received: Received, into: Case | None = None) -> bytes:
        """The YAML of a case with what was received: a new one, or ``into`` as it was with the section at its end."""
        return received.written(into.source if into else None)

    def issue(self, case: Case, order: Order, clerk: Clerk) -> Issued:
        """Give a document its official number, make it for the last time and keep it; or find the one issued before.

        Safe against every other writer, on this computer or others, and against a crash at any moment. Raises
        RefusedError where it may not be issued, UnavailableError where the register cannot be reached; then no number
        is taken.
        """
        from generator.operations.issue import issue  # with its database, which is slow to load

        register = self._opened()
        if register is None:
            raise RefusedError([Problem("役所のフォルダーがないので、発行できません", code="issue.no-office")])
        if not case.source.data:
            hint = "YAML のファイルにしてから読み直してください"
            raise RefusedError([Problem("ファイルから読んだ案件ではありません", hint=hint, code="issue.no-file")])
        assessment = self._assessed(case, None, fit=True)
        return issue(register, assessment, self._schemes, order, clerk)

    def status(self, case: Case, on: datetime.date) -> CaseStatus:
        """Where a case stands on a day: its stage, what comes next and until when, its amounts and numbers."""
        from generator.reports.status import row

        records = self._reading()
        report = check_source(case.source, self._schemes, records, fit=False)
        current = report.case or case
        return row(current, report.assessment, on, records.numbers(current) if records and current.number else None)

    def standings(self, paths: Sequence[Path], on: datetime.date) -> list[Standing]:
        """`status` of files and of every case in folders, the nearest deadline first; faulty files are among them."""
        from generator.batch.survey import Question, survey  # with what processes need
        from generator.register.office import load_office
        from generator.reports import overview

        office = load_office(self.settings.office) if self.settings.office else None
        files = overview.case_files(paths, office.issued if office else None)
        return overview.in_order(survey(files, Question(self.settings, fit=False, day=on)))

    def batch(
        self,
        paths: Sequence[Path],
        options: BatchOptions,
        each: Callable[[Outcome], None] = lambda _: None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> BatchResult:
        """Render thousands of cases by several processes, with the year's report and a manifest beside them.

        ``each`` is told what became of each case as it is done; ``tell`` of computers of a cluster that are not used.
        One bad case never stops the rest. Raises ProblemError where nothing can be made at all.
        """
        from generator.batch.batch import run_batch  # with what processes and reports need

        return run_batch(paths, self.settings, options, each, tell)

    def _assessed(self, case: Case, records: Reading | None, fit: bool = False) -> Assessment:
        report = check_source(case.source, self._schemes, records, fit)
        if not report.ok or report.assessment is None:
            raise RefusedError(report.problems)
        return report.assessment

    def _scheme(self, name: str) -> Scheme:
        schemes = self._schemes
        try:
            return schemes.get(name)
        except KeyError:
            raise schemes.unknown(name, Position("制度", 0, 0)) from None

    def _opened(self) -> Register | None:
        if self.settings.office is None:
            return None
        from generator.register.entry import Keys
        from generator.register.office import load_office

        office = load_office(self.settings.office)
        keys = Keys.read(office.key)
        with self._lock:
            register = self._register
            if register is None or register.office != office or register.ledger.keys != keys:
                register = self._register = self.settings.register()
            return register

    def _reading(self) -> Reading | None:
        register = self._opened()
        return register.reading() if register else None

    def _keys(self) -> tuple[str, ...]:
        """The office's keys, newest first, as the tokens of forms are signed with them."""
        if self.settings.office is None:
            return ()
        from generator.register.entry import Keys
        from generator.register.office import load_office

        return tuple(key.decode("utf-8") for key in Keys.read(load_office(self.settings.office).key).keys)
