"""The workspace: cases read, checked, drawn, filled in, taken in, issued and looked over, one or many.

What drawing, writing, an office or many processes need is imported where it is used: loading it takes longer than
checking a case does, and not every program has use for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.api.case_writing import CaseWriting
from generator.api.with_settings import each_with_settings, with_settings
from generator.case.assess import Assessment
from generator.case.build import build_case
from generator.case.model import Case
from generator.document import Document
from generator.operations.check import Report, assessed_source, check_files, check_source
from generator.operations.office_register import OfficeRegister
from generator.operations.processes import MANY, processes, refuse_jobs
from generator.operations.settings import Settings
from generator.problem import Problem, RefusedError
from generator.register.office import load_office, new_office
from generator.scheme.model import Scheme
from generator.source.read import bytes_of, parse

if TYPE_CHECKING:
    from generator.api.office import Office
    from generator.batch.options import BatchOptions, BatchResult
    from generator.intake.filing import Filed
    from generator.intake.take_in import Received
    from generator.operations.bundle import Bundled
    from generator.operations.order import Clerk, Issued, Order
    from generator.operations.render import Rendered
    from generator.reports.outcome import Outcome
    from generator.reports.overview import Overview
    from generator.reports.status import CaseStatus


@dataclass(frozen=True)
class Applicant:
    """An applicant that is known: YAML of the shape of that part of a case, and what messages call it."""

    data: bytes
    name: str = "applicant.yaml"

    @classmethod
    def of_file(cls, path: Path) -> Applicant:
        """The applicant in a file. Raises UnreadableError where it cannot be read."""
        return cls(bytes_of(path), str(path))


class Workspace(CaseWriting):
    """The schemes and the office of one `Settings`, and what can be done with their cases.

    The files of schemes and office may be changed at any time: the next call goes by what they say then. Its fonts are
    its own: another workspace in the same process may have others. Raises UnreadableError where the settings name a
    folder of schemes, or fonts, that are not there, now or at a later call.
    """

    def __init__(self, settings: Settings) -> None:
        settings.refuse_missing()
        self.settings = settings
        self._schemes = settings.schemes()
        self._register = OfficeRegister(settings)

    @with_settings
    def schemes(self) -> tuple[Scheme, ...]:
        """Every scheme at hand that loads; `Workspace.faults` tells what is wrong with the others."""
        return tuple(self._schemes.all()[0])

    @with_settings
    def item_table(self, scheme: str) -> str:
        """All that can be written in a case of a scheme: a document in Markdown, with a table for each stage.

        Raises UnreadableError for a scheme that is not at hand.
        """
        from generator.case.item_table import table

        return table(self._schemes.named(scheme))

    @with_settings
    def faults(self) -> tuple[Problem, ...]:
        """What is wrong with the schemes that do not load."""
        return tuple(self._schemes.all()[1])

    def cases(self, paths: Sequence[Path]) -> tuple[Path, ...]:
        """The files given and every case file (*.yaml) in the folders given, each once.

        Hidden folders and the office's issued documents are passed by. Raises RefusedError for a folder with too many.
        """
        from generator.reports.overview import case_files

        office = load_office(self.settings.office) if self.settings.office else None
        return tuple(case_files(paths, office.issued if office else None))

    @with_settings
    def read(self, data: bytes, name: str = "case.yaml") -> Case:
        """A case from the bytes of its YAML file; ``name`` is what messages call it.

        What is missing or wrong in it `check` tells. Raises UnreadableError for what is no case at all: no YAML, too
        large, of a scheme that is not at hand.
        """
        case, _ = build_case(parse(data, name), self._schemes)
        return case

    def read_file(self, path: Path) -> Case:
        """`read` of a file. Raises UnreadableError also where there is none."""
        return self.read(bytes_of(path), str(path))

    @with_settings
    def check(self, case: Case, *, fit: bool = True, issued: bool = True) -> Report:
        """Everything that is wrong with a case as it was read, and its amounts.

        ``fit``: also whether every text fits into its form, which is the most work; `render` finds that out itself.
        ``issued``: in an office, also whether the case, edited since, would change a document that was issued.
        """
        return check_source(case.source, self._schemes, self._register.reading() if issued else None, fit)

    @with_settings
    def check_files(
        self, paths: Sequence[Path], *, fit: bool = True, issued: bool = True, jobs: int | None = 1
    ) -> list[Report]:
        """`check` of files as they stand on the disk; two of them may not share a 案件番号.

        With several ``jobs`` as many processes share the work; None: one for each processor where there are many. Of
        many files, what earlier runs have found out is kept (see `Settings`). Either way the reports then tell of a
        case without holding it. Raises RefusedError for ``jobs`` below 1.
        """
        refuse_jobs(jobs)
        if processes(len(paths), jobs) > 1 or len(paths) >= MANY:
            from generator.batch.survey import Question, survey

            settings = self.settings if issued else replace(self.settings, office=None)
            return [standing.report for standing in survey(paths, Question(settings, fit), jobs)]
        return check_files(paths, self._schemes, fit, self._register.reading() if issued else None)

    @with_settings
    def assessment(self, case: Case) -> Assessment:
        """The amounts of a case, with the lines that they were computed by: see `explanation`.

        Raises RefusedError with its problems for a case that is not right.
        """
        return assessed_source(case.source, self._schemes, self._register.reading())

    @with_settings
    def documents(self, case: Case) -> tuple[Document, ...]:
        """The documents of each stage that the case has reached, to be drawn, with the numbers given so far.

        Raises RefusedError with its problems for a case that is not right.
        """
        from generator.operations.render import documents_of

        records = self._register.reading()
        assessment = assessed_source(case.source, self._schemes, records)
        made = documents_of(assessment, records.numbers(assessment.case) if records else None)
        return tuple(replace(document, fonts=self.settings.fonts) for document in made)

    @with_settings
    def render(self, case: Case, formats: Collection[str] = (), forms: Collection[str] = ()) -> dict[str, bytes]:
        """The files of a case by name: of each stage, and of each form by itself; the same case gives the same bytes.

        ``formats``: of `FORMATS`; () for all of them. ``forms``: only these, by id, or all of a stage by its name; ()
        for all. What was issued is copied from the archive.
        Raises RefusedError with its problems for a case that is not right, or whose texts do not fit, and for a format
        or form that there is not.
        """
        from generator.operations.render import case_files, refuse_unknown
        from generator.render import wanted

        chosen = wanted(formats)
        refuse_unknown(forms, [case.scheme])
        records = self._register.reading()
        assessment = assessed_source(case.source, self._schemes, records)
        return case_files(assessment, chosen, assessment.case.scheme.form_ids(tuple(forms)), records)

    @each_with_settings
    def render_files(
        self, paths: Sequence[Path], out: Path, formats: Collection[str] = (), forms: Collection[str] = ()
    ) -> Iterator[Rendered]:
        """`render` of files into a folder each below ``out``; nothing is written for a case that is not right.

        Files that are still true are left as they are, and edited letters are kept. A folder is replaced as a whole.
        Raises RefusedError for a format or form that there is not.
        """
        from generator.operations.render import render_files

        return render_files(paths, self._schemes, out, tuple(formats), tuple(forms), self._register.reading())

    @with_settings
    def bundle(self, path: Path, out: Path, attachments: Sequence[Path] = ()) -> Bundled:
        """All of a case file as one PDF in its folder below ``out``, with PDF files from outside behind it.

        Nothing is written for a case that is not right. Raises ProblemError where one of the ``attachments`` cannot be
        used.
        """
        from generator.operations.bundle import bundle

        return bundle(path, self._schemes, out, attachments, self._register.reading())

    def signs(self) -> bool:
        """Whether forms to be filled in are signed: in an office, with its key. Raises ProblemError without one."""
        return bool(self._register.keys())

    @with_settings
    def fillable_stages(self, scheme: str) -> tuple[str, ...]:
        """The names of the stages in which the applicant writes something.

        Raises UnreadableError for a scheme that is not at hand.
        """
        from generator.intake import blank_forms

        return tuple(stage.name for stage in blank_forms.stages(self._schemes.named(scheme)))

    @with_settings
    def fillable(
        self,
        scheme: str,
        stage: str,
        on: datetime.date,
        prefilled: Case | Applicant | None = None,
        formats: Collection[str] = (),
    ) -> dict[str, bytes]:
        """The forms of a stage for an applicant to fill in, as files by name; signed with the office's key.

        ``on``: the day whose version of the forms it is, while the case has no date of its own. ``prefilled``: what
        stands in them already, of a case or of its applicant alone. ``formats``: of `FILLABLE`; () for all of them.
        Raises RefusedError where the case has not come to that stage, or the applicant writes nothing in it, and
        UnreadableError for a scheme that is not at hand, or an applicant that cannot be read.
        """
        from generator.intake import blank_forms

        wanted = self._schemes.named(scheme)
        if isinstance(prefilled, Applicant):
            case = blank_forms.of_applicant(parse(prefilled.data, prefilled.name), wanted, self._schemes)
        elif prefilled is None:
            case = blank_forms.blank(wanted)
        elif prefilled.scheme.id != scheme:
            hint = "その制度の名前で作るか、この制度の案件を渡してください"
            message = f"別の制度（{prefilled.scheme.id}）の案件です"
            raise RefusedError([Problem(message, hint=hint, code="fillable.other-scheme")])
        else:
            case = blank_forms.of_case(prefilled.source, self._schemes, stage)
        records, keys = self._register.reading() if case.number else None, self._register.keys()
        document = blank_forms.compose(case, stage, on, records.numbers(case) if records else None, keys)
        return blank_forms.files(document, keys, formats)

    @with_settings
    def receive(self, data: bytes, name: str, into: Case | None = None, number: str = "") -> Received:
        """What an applicant wrote into a form that came back, as values with problems, each at its cell.

        Any bytes may be given: they are read within limits. ``into``: the case that the form goes on with; without one
        it has to begin a case. ``number``: the 案件番号 that it has to be of; '' for any. Nothing is written. Raises
        UnreadableError or RefusedError for a file that is refused as a whole.
        """
        from generator.intake.take_in import take

        return take(data, name, self._schemes, self._register.keys(), number, into.source if into else None)

    def receive_file(self, path: Path, into: Case | None = None, number: str = "") -> Received:
        """`receive` of a file, of which no more is read than may be looked at."""
        from generator.intake.filing import bytes_of_returned

        return self.receive(bytes_of_returned(path), str(path), into, number)

    def written(self, received: Received, into: Case | None = None) -> bytes:
        """The YAML of a case with what was received: a new one, or ``into`` as it was with the section at its end.

        Raises RefusedError with its problems where something is wrong with what was received, and UnreadableError where
        nothing can be added to the end of ``into``.
        """
        if not received.fine:
            raise RefusedError(received.problems)
        return received.written(into.source if into else None)

    def file_received(self, received: Received, folder: Path, into: Case | None = None) -> Filed:
        """Make a case file in the folder of what was received, or add it to the end of the file of the case ``into``.

        The file is kept in the folder as it came. Raises RefusedError where something is wrong with what was received,
        another case of that number is there, or the file of ``into`` has changed since it was read.
        """
        from generator.intake.filing import continue_case, open_case

        if not received.fine:
            raise RefusedError(received.problems)
        return (
            continue_case(received, into.source, folder, self._register.case_lock)
            if into
            else open_case(received, folder)
        )

    @with_settings
    def issue(self, case: Case, order: Order, clerk: Clerk) -> Issued:
        """Give a document its official number, make it for the last time and keep it; or find the one issued before.

        Safe against every other writer, on this computer or others, and against a crash at any moment. Raises
        RefusedError where it may not be issued, UnavailableError where the register cannot be reached; then no number
        is taken.
        """
        from generator.operations.issue import issue

        register, assessment = self._register.opened(), assessed_source(case.source, self._schemes, fit=True)
        return issue(register, assessment, self._schemes, order, clerk)

    @with_settings
    def status(self, case: Case, on: datetime.date) -> CaseStatus:
        """Where a case stands on a day: its stage, what comes next and until when, its amounts and numbers."""
        from generator.reports.status import row

        records = self._register.reading()
        report = check_source(case.source, self._schemes, records, fit=False)
        current = report.case or case
        return row(current, report.assessment, on, records.numbers(current) if records and current.number else None)

    @with_settings
    def overview(self, paths: Sequence[Path], on: datetime.date) -> Overview:
        """`status` of `cases`, the nearest deadline first; faulty files are among them."""
        from generator.batch.survey import Question, survey
        from generator.reports.overview import Overview

        return Overview.of(
            survey(self.cases(paths), Question(self.settings, fit=False, day=on)), on, self.settings.fonts
        )

    @with_settings
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
        from generator.batch.batch import run_batch

        return run_batch(paths, self.settings, options, each, tell)

    @with_settings
    def ready(self, options: BatchOptions) -> None:
        """Raise ProblemError where `batch` could not begin: before numbers are given for it, say."""
        from generator.batch.batch import ready

        ready(options, self.settings)

    def office(self) -> Office:
        """The office, whose register was opened. Raises RefusedError where the settings name none, ProblemError where
        its settings, its keys or its register cannot be read.
        """
        from generator.api.office import Office

        self._register.opened()
        return Office(self.settings, self._schemes, self._register)

    @with_settings
    def create_office(self, folder: Path, ledger: str = "register.db") -> None:
        """Make the folder of a new office, with its settings, a key, an empty register, and what an editor is told of
        cases.

        ``ledger``: where the register is, a file or a postgresql:// URL. Raises RefusedError for a folder that is not
        empty, and where that register is there already.
        """
        from generator.operations.editor_files import write_editor_files
        from generator.register.entry import Keys
        from generator.register.register import Register

        schemes = self.schemes()
        with new_office(folder, ledger, Keys.fresh(), schemes) as made:
            Register.create(made)
            write_editor_files(folder, schemes)

    def create_register(self) -> None:
        """Make an empty register for the office of the settings. Raises RefusedError where there is one already."""
        self._register.create()
