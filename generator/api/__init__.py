"""The face of the library: everything another program needs of Yoshiki, and all that it may rely on.

    from generator.api import Settings, Workspace

    workspace = Workspace(Settings(forms=(Path("forms"),)))
    case = workspace.read(data, "R5-001.yaml")
    report = workspace.check(case)
    files = workspace.render(case) if report.ok else {}

A `Workspace` may be used by many threads at once, and so may the `Office` it gives. Fonts are those of its settings,
whatever others use in the same process. They ask no clock for the day, and read no environment and no working folder;
the clock is read to tell whether a file may have changed since it was read, and how long a process takes. They write
nothing but what they are asked to write, and, where `Settings.cache` names a folder or many cases of an office are
looked at, what can be made again at any time. What is wrong with a case is told as `Problem`s, each with a stable code;
what cannot be done is told by a `ProblemError` of one of four classes:

- `UnreadableError`: what was given cannot be read as what it should be
- `RefusedError`: it can be read, but the rules or the state of the register do not allow what is asked
- `UnavailableError`: what the program needs is not there (a font, a disk, a database)
- `SchemeError`: the files of the scheme are at fault

docs/api.md has examples, and a list of the codes.

May use: batch, intake and what they may use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from generator.api.workspace import Applicant, Workspace
from generator.case.assess import Assessment
from generator.case.model import Case
from generator.document import Document
from generator.operations.check import Report
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
from generator.register.office import office_folder
from generator.scheme.model import Scheme

if TYPE_CHECKING:
    from generator.api.files import draw, write_file
    from generator.api.office import Office
    from generator.batch.issue_many import BulkOrder, Candidate, Plan, PlanOutcome
    from generator.batch.options import BatchOptions, BatchResult
    from generator.intake.blank_forms import FILLABLE
    from generator.intake.filing import Filed
    from generator.intake.take_in import Received
    from generator.operations.bundle import Bundled
    from generator.operations.corrections import PaperDocument, VoidNumber
    from generator.operations.order import Clerk, Issued, Order
    from generator.operations.render import Rendered
    from generator.register.entry import Entry
    from generator.render import FORMATS
    from generator.reports.budget_report import YearBudget
    from generator.reports.ledger_report import LedgerReport
    from generator.reports.outcome import Outcome
    from generator.reports.overview import Overview, Standing, StatusColumn
    from generator.reports.status import CaseStatus

# What issuing, drawing, writing and many processes need is slow to load, and reading and checking do without: the names
# of the face that stand there are loaded when they are asked for.
_LATER = {
    "FILLABLE": "generator.intake.blank_forms",
    "FORMATS": "generator.render",
    "BatchOptions": "generator.batch.options",
    "BatchResult": "generator.batch.options",
    "BulkOrder": "generator.batch.issue_many",
    "Bundled": "generator.operations.bundle",
    "Candidate": "generator.batch.issue_many",
    "CaseStatus": "generator.reports.status",
    "Clerk": "generator.operations.order",
    "Entry": "generator.register.entry",
    "Filed": "generator.intake.filing",
    "Issued": "generator.operations.order",
    "LedgerReport": "generator.reports.ledger_report",
    "Office": "generator.api.office",
    "Order": "generator.operations.order",
    "Outcome": "generator.reports.outcome",
    "Overview": "generator.reports.overview",
    "PaperDocument": "generator.operations.corrections",
    "Plan": "generator.batch.issue_many",
    "PlanOutcome": "generator.batch.issue_many",
    "Received": "generator.intake.take_in",
    "Rendered": "generator.operations.render",
    "Standing": "generator.reports.overview",
    "StatusColumn": "generator.reports.overview",
    "VoidNumber": "generator.operations.corrections",
    "YearBudget": "generator.reports.budget_report",
    "draw": "generator.api.files",
    "write_file": "generator.api.files",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


__all__ = [
    "FILLABLE",
    "FORMATS",
    "Applicant",
    "Assessment",
    "BatchOptions",
    "BatchResult",
    "BulkOrder",
    "Bundled",
    "Candidate",
    "Case",
    "CaseStatus",
    "Clerk",
    "Document",
    "Entry",
    "Filed",
    "Issued",
    "LedgerReport",
    "Office",
    "Order",
    "Outcome",
    "Overview",
    "PaperDocument",
    "Plan",
    "PlanOutcome",
    "Position",
    "Problem",
    "ProblemError",
    "Received",
    "RefusedError",
    "Rendered",
    "Report",
    "Scheme",
    "SchemeError",
    "Settings",
    "Standing",
    "StatusColumn",
    "UnavailableError",
    "UnreadableError",
    "VoidNumber",
    "Workspace",
    "YearBudget",
    "draw",
    "explanation",
    "format_problem",
    "office_folder",
    "parameters",
    "write_file",
]
