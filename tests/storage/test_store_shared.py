"""Several runs put the same case into one store at once: step by step in any order, and as real processes."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import many
import pytest
from command import run
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import PROGRAM, SMALL

from generator.problem import ProblemError
from generator.storage import object_store
from generator.storage.case_folder import MANIFEST
from generator.storage.object_store import CLAIM, RemoteCaseFolder, Root

EDITED = b"edited by hand"
FILES = {  # of each fingerprint
    "zero": ("a.docx", "b.pdf", "e.pdf"),
    "one": ("a.docx", "b.pdf", "c.pdf"),
    "two": ("a.docx", "b.pdf", "d.pdf"),
}


def contents(base: str, choice: str) -> dict[str, bytes]:
    return {n: f"{n} of {base}".encode() for n in FILES[base] if choice == "all" or n.endswith(choice)}


class Turns:
    """Runs in threads, of which only one goes on at a time, for one step."""

    def __init__(self, runs: list[Callable[[Callable[[], None]], None]]):
        self.back = threading.Semaphore(0)
        self.go = [threading.Semaphore(0) for _ in runs]
        self.left = list(range(len(runs)))
        self.failed: list[BaseException] = []
        for one in enumerate(runs):
            threading.Thread(target=self._run, args=one, daemon=True).start()

    def _run(self, n: int, run: Callable[[Callable[[], None]], None]) -> None:
        def turn() -> None:
            self.back.release()
            self.go[n].acquire()

        self.go[n].acquire()
        try:
            run(turn)
        except BaseException as error:
            self.failed.append(error)
        self.left.remove(n)
        self.back.release()

    def step(self, nth: int) -> None:
        self.go[self.left[nth % len(self.left)]].release()
        self.back.acquire()


class Stepped:
    """A file system each of whose requests waits for its turn."""

    def __init__(self, files: Any, turn: Callable[[], None]):
        self.files, self.turn = files, turn

    def __getattr__(self, name: str) -> Any:
        def request(*arguments: Any, **options: Any) -> Any:
            self.turn()
            return getattr(self.files, name)(*arguments, **options)

        return request

    def pipe(self, files: dict[str, bytes]) -> None:
        for path, data in files.items():
            self.turn()
            self.files.pipe_file(path, data)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_store, "_pause", lambda tries: None)


def found(files: Any, path: str) -> dict[str, bytes]:
    return {p.rpartition("/")[2]: files.cat_file(p) for p in files.find(path) if not p.endswith(CLAIM)}


def complete(there: dict[str, bytes]) -> dict[str, str]:
    """The files whose presence the manifest vouches for, with their SHA-256."""
    manifest = json.loads(there.get(MANIFEST, b'{"choices": {}}'))
    return {name: manifest["files"][name] for names in manifest["choices"].values() for name in names}


ORDER = st.lists(st.tuples(st.integers(0, 2), st.sampled_from((1, 2, 4, 30))), max_size=40)  # who, for how many steps
RUN = st.tuples(st.sampled_from(("one", "two")), st.sampled_from(("all", "pdf", "docx")), st.booleans())


@settings(max_examples=60)
@given(st.lists(RUN, min_size=2, max_size=3), ORDER, st.booleans())
def test_in_some_orders(wanted: list[tuple[str, str, bool]], order: list[tuple[int, int]], before: bool) -> None:
    in_an_order(wanted, order, before)


@pytest.mark.torture
@settings(max_examples=400)
@given(st.lists(RUN, min_size=2, max_size=3), ORDER, st.booleans())
def test_in_any_order(wanted: list[tuple[str, str, bool]], order: list[tuple[int, int]], before: bool) -> None:
    in_an_order(wanted, order, before)


def in_an_order(wanted: list[tuple[str, str, bool]], order: list[tuple[int, int]], before: bool) -> None:
    """Whatever the order of their requests, in the end there is what one of them has made, or no manifest vouches for
    anything. Nobody's handwriting is lost. Where all make the same, every file that a manifest names is there."""
    memory = fsspec.filesystem("memory")
    path = f"/{secrets.token_hex(6)}"

    def box(base: str, choice: str, turn: Callable[[], None] = lambda: None) -> RemoteCaseFolder:
        return RemoteCaseFolder(Root(Stepped(memory, turn), path, "memory"), "s", "A-1", base, choice)

    if before:
        box("zero", "all").put(contents("zero", "all"))
        memory.pipe_file(f"{path}/s/A-1/a.docx", EDITED)

    def one(base: str, choice: str, tells: bool) -> Callable[[Callable[[], None]], None]:
        def put(turn: Callable[[], None]) -> None:
            box(base, choice, turn).put(contents(base, choice))
            if tells:
                box(base, choice, turn).tell({"told by": choice})

        return put

    turns = Turns([one(*what) for what in wanted])
    steps = [n for n, burst in order for _ in range(burst)]
    while turns.left:
        turns.step(steps.pop() if steps else 0)
        if len({made[:2] for made in wanted}) == 1:
            there = found(memory, f"{path}/s/A-1")
            for name, digest in complete(there).items():
                assert name in there
                assert name.endswith(".docx") or hashlib.sha256(there[name]).hexdigest() == digest
    assert all(isinstance(e, ProblemError) and "ほかの人が" in str(e) for e in turns.failed), turns.failed
    there = found(memory, f"{path}/s/A-1")
    for name, digest in complete(there).items():
        assert hashlib.sha256(there[name]).hexdigest() == digest
    if before:
        assert EDITED in there.values()
    for base, choice, _ in wanted:  # whoever comes after them finds or makes its own
        last = box(base, choice)
        if last.current() is None:
            last.put(contents(base, choice))
        there = found(memory, f"{path}/s/A-1")
        assert (
            contents(base, choice).items() <= there.items() and complete(there).keys() >= contents(base, choice).keys()
        )
    memory.rm(path, recursive=True)


def test_two_batches_of_the_same_cases_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As processes, through fsspec into files: each case is there once and whole, as if one had made it alone."""
    many.write(tmp_path / "cases", 14, faulty=0)
    monkeypatch.chdir(tmp_path)
    assert run("batch", "cases", "--format", "pdf", "--jobs", "1", "--out", "alone", forms=SMALL).code == 0
    url = f"local://{(tmp_path / 'shared').as_posix()}"
    command = [sys.executable, "-m", "generator", "--forms", SMALL, "batch", "cases"]
    command += ["--format", "pdf", "--jobs", "1", "--out", url]
    environment = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)
    ]
    for one in both:
        said, _ = one.communicate(timeout=300)
        assert one.returncode == 0, said.decode("utf-8")
    marked = 0
    for path in (p for p in (tmp_path / "alone").rglob("*") if p.is_file() and not p.name.startswith(".")):
        inside = path.relative_to(tmp_path / "alone")
        if len(inside.parts) > 1:
            assert (tmp_path / "shared" / inside).read_bytes() == path.read_bytes(), inside
            marked += inside.name == MANIFEST
    there = {p.relative_to(tmp_path / "shared") for p in (tmp_path / "shared").glob("*/*/*") if p.name != CLAIM}
    assert there == {p.relative_to(tmp_path / "alone") for p in (tmp_path / "alone").glob("*/*/*")} and marked == 14


def test_nothing_is_told_of_what_others_made_meanwhile() -> None:
    memory = fsspec.filesystem("memory")
    root = Root(memory, f"/{secrets.token_hex(6)}", "memory")
    first, other = RemoteCaseFolder(root, "s", "A-1", "one", "all"), RemoteCaseFolder(root, "s", "A-1", "two", "all")
    first.put({"a.pdf": b"1"})
    other.put({"a.pdf": b"2"}, {"told": 2})
    first.tell({"told": 1})
    other.seen.clear()
    assert other.current() == ["a.pdf"] and other.told() == {"told": 2}
    memory.rm(root.path, recursive=True)


def test_what_is_told_late_vouches_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that stands still just before it writes a manifest, while another makes the case from something else."""
    memory = fsspec.filesystem("memory")
    root = Root(memory, f"/{secrets.token_hex(6)}", "memory")
    first, other = RemoteCaseFolder(root, "s", "A-1", "one", "all"), RemoteCaseFolder(root, "s", "A-1", "two", "all")
    first.put({"a.pdf": b"1"})
    pipe, waiting = memory.pipe, [lambda: other.put({"a.pdf": b"2"})]

    def slow(files: dict[str, bytes]) -> None:
        if any(path.endswith(MANIFEST) for path in files) and waiting:
            waiting.pop()()
        pipe(files)

    monkeypatch.setattr(memory, "pipe", slow)
    first.tell({"told": 1})
    assert complete(found(memory, f"{root.path}/s/A-1")) == {}
    for box in (first, other):
        box.seen.clear()
        assert box.current() is None
    memory.rm(root.path, recursive=True)
