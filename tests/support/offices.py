"""An office with a register in a temporary folder, cases of the small scheme, and issuing in processes of their own."""

from __future__ import annotations

import os
import shutil
import signal
import traceback
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from generator.case.assess import Assessment
from generator.operations import issue as issuing
from generator.operations.check import check_files
from generator.operations.issue import Step
from generator.operations.order import Clerk, Issued, Order
from generator.problem import format_problem
from generator.register.entry import Keys
from generator.register.office import FILE as OFFICE_FILE
from generator.register.office import create_office, load_office
from generator.register.register import Register
from generator.scheme.load import Schemes

FORMS = Path(__file__).parents[1] / "schemes"
CLERK = Clerk("clerk", date(2025, 6, 2), "2025-06-02T01:23:45Z")

CASE = """\
制度: tiny
案件番号: {number}
申請:
  申請日: {applied}
  申請者: {{事業者名: {name}, 代表者: 見本　太郎}}
  金額: 100000
決定: {{決定日: {decided}, 金額: {amount}}}
"""


def copied(folder: Path) -> Path:
    """A folder of schemes with a copy of the small one, to be changed."""
    shutil.copytree(FORMS / "tiny", folder / "tiny")
    return folder


def reword(forms: Path, file: str, before: str, after: str) -> None:
    """Replace words that stand once in a file of the copy."""
    path = forms / "tiny" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    path.write_text(text.replace(before, after), encoding="utf-8")


def known() -> Schemes:
    return Schemes([FORMS])


@dataclass(frozen=True)
class Desk:
    """An office and what a clerk does in it."""

    root: Path
    url: str = ""

    def register(self) -> Register:
        return Register.open(load_office(self.root), self.url)

    def case(self, number: str, decided: str = "令和5年10月2日", amount: int = 50000, more: str = "",
             name: str = "株式会社見本", applied: str = "令和5年9月1日") -> Path:  # fmt: skip
        """A case file; ``more``: YAML of further sections."""
        path = self.root / "cases" / f"{number}.yaml"
        text = CASE.format(number=number, decided=decided, amount=amount, name=name, applied=applied) + more
        path.write_text(text, encoding="utf-8")
        return path

    def issue(self, path: Path, order: Order | str = "04", step: Step = lambda _: None) -> Issued:
        """Issue a document of a case that must be without problems."""
        order = Order(order) if isinstance(order, str) else order
        schemes = known()
        return issuing.issue(self.register(), assessed(path, schemes), schemes, order, CLERK, step)


def assessed(path: Path, schemes: Schemes) -> Assessment:
    (one,) = check_files([path], schemes, fit=False)
    assert one.assessment is not None and one.ok, "\n".join(format_problem(p) for p in one.problems)
    return one.assessment


def office(root: Path, url: str = "", keys: Keys | None = None) -> Desk:
    """A new office with its register and 文書記号 総企."""
    made = create_office(root, url or "register.db", keys or Keys.fresh())
    path = root / OFFICE_FILE
    path.write_text(path.read_text(encoding="utf-8").replace('"既定" = ""', '"既定" = "総企"'), encoding="utf-8")
    Register.create(made)
    return Desk(root)


@dataclass
class Issuing:
    """A process that issues: a copy of this one, for a start of Python would cost more than what it does."""

    pid: int
    told: int  # the end of a pipe from which its numbers and complaint are read
    status: int | None = None

    def running(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is None

    def finished(self) -> tuple[int, list[int], str]:
        """Its exit code (less than 0: the signal that ended it), the numbers it was given, what it complained of."""
        with open(self.told, encoding="utf-8") as pipe:
            numbers, _, complaint = pipe.read().partition("\n\n")
        if self.status is None:
            self.status = os.waitpid(self.pid, 0)[1]
        return os.waitstatus_to_exitcode(self.status), [int(n) for n in numbers.split()], complaint


def start(desk: Desk, *cases: Path, kill: str = "", limit: int = 0, form: str = "04") -> Issuing:
    """A process that issues a form of each case. ``kill``: it kills itself with SIGKILL at this step.
    ``limit``: the largest file it may write, in bytes. Not on Windows."""
    told, tell = os.pipe()
    pid = os.fork()
    if pid:
        os.close(tell)
        return Issuing(pid, told)
    code = 1
    try:
        if limit:
            import resource  # Windows has none

            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        for path in cases:
            number = desk.issue(path, form, lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == kill else None)
            os.write(tell, f"{number.entry.number} ".encode())
        code = 0
    except BaseException:
        os.write(tell, f"\n\n{traceback.format_exc()}".encode())
    finally:
        os._exit(code)  # nothing of the tests goes on here
