"""Contestants drawing by turns, each in a process of its own, so that its memory can be told."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import statistics
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from generator.document import Document
from generator.render import renderer

_TURN = 20  # documents in a row: a run draws thousands of its own, not one of each program by turns


class Ours:
    """``format_``: pdf, xlsx or docx."""

    def __init__(self, documents: list[Document], format_: str):
        self.documents, self.renderer, self.name = documents, renderer(format_), "yoshiki"

    def draw(self, number: int) -> bytes:
        return self.renderer(self.documents[number])


@dataclass
class Result:
    """``first``: seconds for the first document, fonts and templates cold; ``memory``: MB at most, None: not known."""

    sheet: str
    name: str
    sample: bytes
    first: float
    times: list[float] = field(default_factory=list)
    memory: float | None = None
    same_text: bool | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.times)


def peak(process: int | str) -> float | None:
    """The most memory (MB) that a process has had so far; None where the system does not say."""
    status = Path(f"/proc/{process}/status")
    if not status.is_file():
        return None
    lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), None)


def _work(pipe: Connection, name: str, format_: str) -> None:
    """The life of a contestant's process: told what to draw, it tells how long it took."""
    documents = pipe.recv()
    contestant: Any
    if name == "yoshiki":
        contestant = Ours(documents, format_)
    else:
        try:
            module = importlib.import_module(f"benchmarks.peers.{name}")
        except ImportError as error:
            pipe.send(str(error))
            return
        if not getattr(module, "available", lambda: True)():
            pipe.send("この計算機にありません")
            return
        contestant = module.Contestant(documents)
    begin = time.perf_counter()
    sample = contestant.draw(0)
    pipe.send((contestant.name, sample, time.perf_counter() - begin))
    gc.freeze()  # the documents, which are no part of the work
    while (turn := pipe.recv()) is not None:
        gc.collect()  # nobody pays for what was left behind
        times = []
        for number in turn:
            begin = time.perf_counter()
            contestant.draw(number)
            times.append(time.perf_counter() - begin)
        pipe.send(times)
    pipe.send(getattr(contestant, "peak", lambda: peak("self"))())
    getattr(contestant, "close", lambda: None)()


def contest(sheet: str, documents: tuple[Document, ...], names: list[str], format_: str) -> list[Result]:
    """The results of us, who come first, and of those ``names`` (modules of peers) that are installed."""
    context = multiprocessing.get_context("spawn")
    running: list[tuple[Result, Connection, Any]] = []
    for name in ("yoshiki", *names):
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, name, format_))
        process.start()
        ours.send(list(documents))
        begun = ours.recv()
        if isinstance(begun, str):
            print(f"（{name} は省きます: {begun}）", file=sys.stderr)
            process.join()
            continue
        running.append((Result(sheet, *begun), ours, process))
    for start in range(1, len(documents), _TURN):
        for result, pipe, _ in running:
            pipe.send(range(start, min(start + _TURN, len(documents))))
            result.times += pipe.recv()
    for result, pipe, process in running:
        pipe.send(None)
        result.memory = pipe.recv()
        process.join()
    return [result for result, _, _ in running]
