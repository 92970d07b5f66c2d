"""An office with a register in a temporary folder, cases of the small scheme, and issuing in processes of their own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

if __name__ == "__main__":  # run as a script by the tests
    sys.path.insert(0, str(Path(__file__).parents[2]))

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


def start(desk: Desk, *cases: Path, kill: str = "", limit: int = 0, form: str = "04") -> subprocess.Popen[str]:
    """A process that issues a form of each case. ``kill``: it kills itself with SIGKILL at this step.
    ``limit``: the largest file it may write, in bytes."""
    arguments = [str(desk.root), *map(str, cases), "--form", form, "--kill", kill, "--limit", str(limit)]
    return subprocess.Popen(
        [sys.executable, __file__, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, list[int], str]:
    """Its exit code, the numbers it was given, and what it complained of."""
    out, err = process.communicate(timeout=300)
    return process.returncode, [json.loads(line) for line in out.splitlines()], err


def _main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--form")
    parser.add_argument("--kill")
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    desk = Desk(given.root)
    if given.limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (given.limit, given.limit))

    def step(name: str) -> None:
        if name == given.kill:
            os.kill(os.getpid(), signal.SIGKILL)

    for path in given.cases:
        print(desk.issue(path, given.form, step).entry.number, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
