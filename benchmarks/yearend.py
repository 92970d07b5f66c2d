"""The end of the fiscal year on this machine: `make bench-yearend` measures the goals and writes YEAREND.md.

Every figure of ours is of the whole program, started anew: from YAML files to finished files on the disk. The peer
fills workbooks with openpyxl, has a listening LibreOffice make the PDF and cuts that into the forms with pypdf: the
same files with the same values, in the same run and with as many processes.

python -m benchmarks.yearend --sizes 100,1000 --peer 20 --keep
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

import openpyxl
import pypdf

from benchmarks import cases
from benchmarks.peers import libreoffice_peer
from generator import __version__
from generator.document import Document
from generator.japan import yen
from generator.operations.check import check_files
from generator.operations.render import documents_of
from generator.render import renderer
from generator.scheme.load import Schemes

HERE = Path(__file__).parent
FORMS = HERE.parent / "forms"
FORMATS = ("--format", "pdf", "--format", "xlsx")
_JOBS = 2


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu: float  # seconds of all its processes together
    said: str
    worker: float = 0.0  # MB, the most that one worker process ever had
    main: float = 0.0  # MB, the same of the process that was started


def yoshiki(*arguments: str | Path, cwd: Path) -> Run:
    """A run of the program in a process of its own."""
    command = [sys.executable, "-m", "generator", "--forms", str(FORMS), *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # a program that is in use is compiled already
    begun, before = time.perf_counter(), _used()
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    watch = _Watch(process.pid)
    said, _ = process.communicate()
    seconds = time.perf_counter() - begun
    watch.stop()
    if process.returncode not in (0, 1):
        raise RuntimeError(said)
    return Run(seconds, _used() - before, said, max(watch.children.values(), default=0.0), watch.own)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    """Looks every fifth of a second how much memory a process and its children have had at most (Linux only)."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.own, self.children = pid, 0.0, dict[int, float]()
        self.over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over.wait(0.2):
            self.own = max(self.own, _peak(self.pid))
            for child in _children(self.pid):
                self.children[child] = max(self.children.get(child, 0.0), _peak(child))

    def stop(self) -> None:
        self.over.set()
        self.join()


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _children(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]
    except OSError:
        return []


def _write(folder: Path, made: Iterable[tuple[str, str]]) -> Path:
    folder.mkdir(parents=True)
    for name, text in made:
        (folder / name).write_text(text, encoding="utf-8")
    return folder


# --- the peer --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Filled:
    """What a peer does for one stage of a case: which workbook it opens, what it puts where, what it cuts out."""

    template: bytes
    values: tuple[tuple[str, int, int, Any], ...]  # sheet, row, column, value
    pages: tuple[int, ...]  # of each form's own file; one form alone is not cut out


def _pages(document: Document) -> tuple[int, ...]:
    printed = groupby((s for s in document.sheets if s.printed), key=lambda s: s.file)
    return tuple(sum(len(sheet.pages()) for sheet in sheets) for _, sheets in printed)


def _work(paths: list[Path]) -> list[list[_Filled]]:
    """The values of each case for the workbooks that the first one gave as templates."""
    known = Schemes([FORMS])
    found: list[Any] = []
    templates: list[Any] = []
    for one in check_files(paths, known, fit=False):
        assert one.assessment is not None, one.problems
        documents = list(documents_of(one.assessment))
        if not templates:
            templates = [renderer("xlsx")(d) for d in documents]
        stages = []
        for template, document in zip(templates, documents, strict=True):
            values = [
                (sheet.name, cell.row + 1, cell.column + 1, _plain(cell.value))
                for sheet in document.sheets
                for cell in sheet.cells
                if cell.value is not None and not cell.formula
            ]
            stages.append(_Filled(template, tuple(values), _pages(document)))
        found.append(stages)
    return found


def _plain(value: Any) -> Any:
    return float(value) if type(value).__name__ == "Fraction" else value


def _peer(work: list[list[_Filled]], ready: Any, go: Any, queue: Any) -> None:
    """One process of the peer with a LibreOffice of its own."""
    office = libreoffice_peer.Contestant([])
    try:
        for n, stages in enumerate([work[0], *work]):  # the first one only to warm it up
            if n == 1:
                ready.release()
                go.wait()
            for stage in stages:
                book = openpyxl.load_workbook(io.BytesIO(stage.template))
                for sheet, row, column, value in stage.values:
                    book[sheet].cell(row, column).value = value
                book.save(office.folder / "0.xlsx")
                # the forms alone, which come first
                whole = pypdf.PdfReader(io.BytesIO(office.draw(0, f"1-{sum(stage.pages)}")))
                if len(whole.pages) != sum(stage.pages):
                    raise RuntimeError(f"{len(whole.pages)} pages instead of {sum(stage.pages)}")
                for end, count in zip(accumulate(stage.pages), stage.pages, strict=True):
                    if len(stage.pages) > 1:
                        form = pypdf.PdfWriter()
                        form.append(whole, pages=(end - count, end), import_outline=False)
                        form.write(office.folder / f"{end}.pdf")
        queue.put(None)
    except Exception as error:
        ready.release()
        queue.put(error)
    finally:
        office.close()


def peer(paths: list[Path]) -> float:
    """Seconds a case takes with openpyxl, LibreOffice and pypdf, by as many processes as ours."""
    work = _work(paths)
    context = multiprocessing.get_context("spawn")
    ready, go, queue = context.Semaphore(0), context.Event(), context.Queue()
    lanes = [context.Process(target=_peer, args=(work[n::_JOBS], ready, go, queue)) for n in range(_JOBS)]
    for lane in lanes:
        lane.start()
    for _ in lanes:
        ready.acquire()
    begun = time.perf_counter()
    go.set()
    for _ in lanes:
        if (error := queue.get()) is not None:
            raise error
    seconds = time.perf_counter() - begun
    for lane in lanes:
        lane.join()
    return seconds / len(paths)


# --- what is measured ------------------------------------------------------------------------


def first_file(scratch: Path) -> Run:
    """From the start of the program to its end, with one file made: the middle of five."""
    sample = cases.FIXTURES / "R5-003.yaml"
    runs = []
    for n in range(5):
        arguments = ("--form", "01", "--format", "pdf", "--out", scratch / f"first{n}")
        runs.append(yoshiki("render", sample, *arguments, cwd=scratch))
    return sorted(runs, key=lambda run: run.seconds)[2]


def measure(scratch: Path, sizes: list[int], count: int, peers: int) -> str:
    goals, lines = [], []

    def goal(name: str, measured: str, wanted: str, reached: bool) -> None:
        goals.append(f"| {name} | {measured} | {wanted} | {'○' if reached else '×'} |")
        print(goals[-1], file=sys.stderr, flush=True)

    jobs = ("--jobs", str(_JOBS))
    folder = _write(scratch / "confirmed", cases.confirmed(count, 1))
    run = yoshiki("batch", folder, *FORMATS, *jobs, "--out", scratch / "made", cwd=scratch)
    files = sum(1 for p in (scratch / "made").glob("*/*/*") if p.suffix in (".pdf", ".xlsx"))
    ours = run.seconds / count
    each = f"1件 {files // count}個、CPU {run.cpu / count * 1000:.0f} ms"
    goal(f"確定した案件 {count}件の PDF と Excel（{each}）", f"毎秒{1 / ours:.1f}件", "毎秒25件",
         1 / ours >= 25)  # fmt: skip
    workers = [run.worker]
    if peers and libreoffice_peer.available():
        theirs = peer(sorted(folder.iterdir())[:peers])
        goal(f"openpyxl と待っている LibreOffice と pypdf（同じ案件 {peers}件、1件 {theirs:.2f}秒）",
             f"{theirs / ours:.1f}倍", "20倍", theirs / ours >= 20)  # fmt: skip
    run = first_file(scratch)
    goal(f"起動から最初のファイルまで（CPU {run.cpu:.2f}秒）", f"{run.seconds:.2f}秒", "0.5秒", run.seconds < 0.5)
    folder = _write(scratch / "checked", cases.cases(1000, 1))
    run = yoshiki("check", *sorted(folder.iterdir()), *jobs, cwd=scratch)
    goal(f"yoshiki check 1,000件（CPU {run.cpu:.2f}秒）", f"{run.seconds:.2f}秒", "3秒", run.seconds < 3)
    for size in sizes:
        folder = _write(scratch / f"size{size}", cases.cases(size, 1))
        out = scratch / f"out{size}"
        first, again = (yoshiki("batch", folder, *FORMATS, *jobs, "--out", out, cwd=scratch) for _ in range(2))
        workers.append(first.worker)
        lines.append(
            f"| {yen.format_yen(size)} | {first.seconds:.1f} | {size / first.seconds:.1f} | "
            f"{first.seconds / size * 1000:.1f} | "
            f"{first.cpu / size * 1000:.1f} | {first.worker:.0f} | {first.main:.0f} | {again.seconds:.2f} | "
            f"{again.seconds / size * 100:.2f} | {again.cpu / size * 100:.2f} |"
        )
        print(lines[-1], file=sys.stderr, flush=True)
        last = again.seconds / size * 100
        shutil.rmtree(out)
    goal("変わっていない案件の二度目（100件あたり）", f"{last:.2f}秒", "1秒", last < 1)
    goal("ワーカーの最大メモリ", f"{max(workers):.0f} MB", "250 MB", max(workers) < 250)
    return TEXT.format(jobs=_JOBS, goals="\n".join(goals), lines="\n".join(lines), machine=_machine())


TEXT = """\
# 年度末の一括処理を測った結果

`make bench-yearend` が書きます。時間はどれも、プログラムの起動から、YAML を読み、ファイルを書き終えるまでの全体です
（{jobs}プロセス）。確定した案件は見本 R5-001（申請・決定・変更・実績・確定。第１号から第７号様式まで）から、
ほかは見本の全部から作った架空の案件で、一部に誤りがあります。CPU の時間は全プロセスの合計です。

| 測ったもの | 結果 | 目標 | |
|---|---:|---:|---|
{goals}

LibreOffice の相手は、段階ごとの Excel を openpyxl で開いて同じ値を書き込み、待っている LibreOffice に
様式のシートだけを PDF にさせ、それを pypdf で様式ごとの PDF に切り分けたものです。どちらも同じファイルを作ります。

| 案件の数 | 秒 | 毎秒 | 1件 ms | 1件 CPU ms | ワーカー MB | 親 MB | 二度目 秒 | 同 100件 秒 | 同 CPU 秒 |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{lines}

{machine}
"""


def _machine() -> str:
    model = ""
    cpu = Path("/proc/cpuinfo")
    if cpu.is_file():
        rows = cpu.read_text(encoding="utf-8").splitlines()
        model = next((row.partition(":")[2].strip() for row in rows if "model name" in row), "")
    load = f"、ほかの仕事の量 {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    python = platform.python_version()
    return (
        f"{platform.system()} {platform.machine()}、{model}、CPU {os.cpu_count()}、Python {python}、"
        f"yoshiki {__version__}{load}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000", help="numbers of generated cases")
    parser.add_argument("--count", type=int, default=200, help="confirmed cases")
    parser.add_argument("--peer", type=int, default=20, help="confirmed cases for the peer; 0: without it")
    parser.add_argument("--keep", action="store_true", help="write YEAREND.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yoshiki-bench-") as scratch:
        sizes = [int(n) for n in options.sizes.split(",")]
        text = measure(Path(scratch), sizes, options.count, options.peer)
    print(text)
    if options.keep:
        (HERE / "YEAREND.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
