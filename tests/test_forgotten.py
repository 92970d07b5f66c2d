"""No cache in memory holds an applicant's words longer than the call that needed them."""

from __future__ import annotations

import functools
import gc
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import offices
import pytest
import samples
from command import run
from offices import Desk

from generator import render
from generator.api import Order, Settings, Workspace

# words that stand in one sample only, wherever they end up: a name, an address, a mail address, running text
_WORDS = {
    "株式会社見本": "株式会社ワスレナグサ製作",
    "代表取締役　見本　太郎": "忘名　草太郎",
    "見本市仮町1番地2": "忘却町七丁目6番5号",
    "藍染めの仕組みを知り": "ワスレナグサの育て方を知り",
    "はじめての染物": "はじめての忘れな草",
}


def test_nothing_of_a_case_stays_in_memory(tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    text = samples.PLAIN.read_text(encoding="utf-8")
    for before, after in _WORDS.items():
        assert before in text
        text = text.replace(before, after)
    case = tmp_path / "L-001.yaml"
    case.write_text(text, encoding="utf-8")
    for command in (("check",), ("explain",), ("render", "--out", str(tmp_path / "out"))):
        said = run(command[0], case, *command[1:], forms=samples.SMALL)
        assert said.code == 0, said.output
    case.write_text(text[: text.index("\n請求:")], encoding="utf-8")
    said = run(
        "template", "lecture", "--case", case, "--stage", "請求", "--out", tmp_path / "blank", forms=samples.SMALL
    )
    assert said.code == 0, said.output
    case.write_text(text, encoding="utf-8")
    monkeypatch.chdir(desk.root)
    for command in (("issue", "--form", "02"), ("status",), ("bundle", "--out", str(tmp_path / "bundle"))):
        said = run(command[0], case, *command[1:], forms=samples.SMALL)
        assert said.code == 0, said.output
    del text, said
    gc.collect()
    assert list(holders(*_WORDS.values())) == []


def test_a_workspace_that_goes_on_holds_nothing_of_its_cases(desk: Desk) -> None:
    """Of an office with a 予算, which is reckoned from all that was issued."""
    settings = desk.root / "yoshiki.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('["予算"]', '["予算"]\n"令和6年度" = 900000\n"令和7年度" = 900000', 1), "utf-8")
    space = Workspace(Settings((offices.FORMS,), desk.root))
    for n in (1, 2):
        case = space.read_file(desk.case(f"A-{n}", name="株式会社ワスレナグサ製作"))
        assert space.issue(case, Order("04"), offices.CLERK).entry.applicant == "株式会社ワスレナグサ製作"
        assert space.render(case) and space.status(case, offices.CLERK.today)
    del case
    gc.collect()
    held = [at for _, at in holders("ワスレナグサ", root=space)]
    assert held == []


def holders(*words: str, root: object = None) -> Iterator[tuple[str, str]]:
    """Each of the words that stands in a string that can be reached from what the program's modules hold, or from one
    object, and where."""
    seen: set[int] = set()
    modules = {id(m) for m in sys.modules.values()}
    waiting: list[tuple[object, str]] = [
        (m.__dict__, name) for name, m in sys.modules.items() if name.split(".")[0] == "generator"
    ]
    if root is not None:
        waiting = [(root, type(root).__name__)]
    encoded = {word.encode(): word for word in words}
    while waiting:
        value, path = waiting.pop()
        if id(value) in seen or (id(value) in modules and path.count(">")):
            continue
        seen.add(id(value))
        if isinstance(value, str):
            yield from ((word, path) for word in words if word in value)
            continue
        if isinstance(value, (bytes, bytearray)):
            yield from ((word, path) for data, word in encoded.items() if data in value)
            continue
        if isinstance(value, (types.FrameType, types.CodeType, int, float)):
            continue
        if isinstance(value, (types.FunctionType, type)) and not str(value.__module__).startswith("generator"):
            continue
        kind = getattr(value, "__qualname__", type(value).__name__)
        waiting += [(inner, f"{path} > {kind}") for inner in gc.get_referents(value)]


def test_what_stays_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search goes through caches of functions and of objects."""
    kept = functools.lru_cache(maxsize=4)(lambda text: {"about": [text.encode()]})
    monkeypatch.setattr(render, "_kept", kept, raising=False)
    kept("見本　忘れな草")
    assert {word for word, _ in holders("忘れな草", "思い草")} == {"忘れな草"}
    kept.cache_clear()
    assert not list(holders("忘れな草", "思い草"))
