"""How many numbers a register gives in a second, to so many processes at once.

python -m benchmarks.register [--count 60] [--processes 1 2 4] [--postgresql URL of an empty database]

Two figures for each: whole issues (checked case → number, PDF, workbook, kept for good), and entries alone, which is
what the database itself allows.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import multiprocessing
import tempfile
import time
from pathlib import Path

from generator.operations import issue as issuing
from generator.operations.check import check_files
from generator.operations.order import Clerk, Order
from generator.register.entry import ISSUED, Entry, Keys
from generator.register.office import FILE as OFFICE_FILE
from generator.register.office import create_office, load_office
from generator.register.register import Register
from generator.scheme.load import Schemes

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "fixtures" / "kawasaki-sdgs-model" / "R5-001.yaml"
FORM = "04"
_CLERK = Clerk("bench", datetime.date(2024, 4, 1), "2024-04-01T00:00:00Z")
_ENTRY = Entry(
    seq=0, kind=ISSUED, scheme="bench", series="指令", year="令和5年度", number=0, text="", date="2024-04-01", taken=0,
    case_number="", form="", ordinal=0, revision=1, applicant="", title="", reason="", who="bench",
    at="2024-04-01T00:00:00Z", case_sha256="", staging="", folder="",
)  # fmt: skip


def made(root: Path, url: str, count: int) -> list[Path]:
    """An office with so many cases, each of which may have its decision issued."""
    created = create_office(root, url or "register.db", Keys.fresh())
    path = root / OFFICE_FILE
    path.write_text(path.read_text(encoding="utf-8").replace('"既定" = ""', '"既定" = "総企"'), encoding="utf-8")
    Register.create(created)
    text = SAMPLE.read_text(encoding="utf-8")
    cases = []
    for n in range(1, count + 1):
        case = root / f"B-{n}.yaml"
        case.write_text(text.replace("案件番号: R5-001", f"案件番号: B-{n}"), encoding="utf-8")
        cases.append(case)
    return cases


def issue(root: Path, url: str, cases: list[Path], ready: object, begin: object) -> None:
    known, register = Schemes([ROOT / "forms"]), Register.open(load_office(root), url)
    checked = [one for one in check_files(cases, known, fit=False) if one.assessment and one.ok]
    assert len(checked) == len(cases)
    ready.release()  # type: ignore[attr-defined]
    begin.wait()  # type: ignore[attr-defined]
    for one in checked:
        assert one.assessment is not None
        issuing.issue(register, one.assessment, known, Order(FORM), _CLERK)


def append(root: Path, url: str, cases: list[Path], ready: object, begin: object) -> None:
    register = Register.open(load_office(root), url)
    ready.release()  # type: ignore[attr-defined]
    begin.wait()  # type: ignore[attr-defined]
    for case in cases:
        with register.ledger.writing() as writer:
            number = writer.next_number(_ENTRY.scheme, _ENTRY.series, _ENTRY.year)
            writer.append(dataclasses.replace(_ENTRY, number=number, taken=number, case_number=case.stem))


def rate(work: object, root: Path, url: str, cases: list[Path], processes: int) -> float:
    """Pieces in a second, from the moment when all processes are ready."""
    context = multiprocessing.get_context("spawn")
    ready, begin = context.Semaphore(0), context.Event()
    shares = [cases[n::processes] for n in range(processes)]
    started = [context.Process(target=work, args=(root, url, share, ready, begin)) for share in shares]
    for process in started:
        process.start()
    for _ in started:
        ready.acquire()
    since = time.perf_counter()
    begin.set()
    for process in started:
        process.join()
        assert process.exitcode == 0
    return len(cases) / (time.perf_counter() - since)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--postgresql", default="")
    given = parser.parse_args()
    name = "PostgreSQL" if given.postgresql else "SQLite"
    with tempfile.TemporaryDirectory() as folder:
        cases = made(Path(folder, "office"), given.postgresql, given.count * len(given.processes))
        for n, processes in enumerate(given.processes):
            own = cases[n * given.count : (n + 1) * given.count]
            issued = rate(issue, Path(folder, "office"), given.postgresql, own, processes)
            entered = rate(append, Path(folder, "office"), given.postgresql, own, processes)
            print(f"{name} {processes} processes: {issued:.1f} issues/s, {entered:.0f} entries/s", flush=True)


if __name__ == "__main__":
    main()
