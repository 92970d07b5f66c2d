"""The cache of results: what was put comes back, and whatever happens to its file, nothing wrong ever does."""

from __future__ import annotations

import multiprocessing
import os
import random
import stat
from pathlib import Path

import pytest

from generator.storage import result_cache
from generator.storage.result_cache import NAME, ResultCache

VALUE = {"案件": ["R5-001", None, 12, True], "𠮷": "\ud800"}
posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")


def right(n: int) -> object:
    return {"n": n, "text": "案件" * 50}


def keep(folder: Path, count: int = 40) -> None:
    cache = ResultCache([folder])
    for n in range(count):
        cache.put(f"key {n}", right(n))
    cache.save()


def found(folder: Path, count: int = 40) -> list[object]:
    cache = ResultCache([folder])
    return [cache.get(f"key {n}") for n in range(count)]


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    cache = ResultCache([tmp_path])
    assert cache.get("a") is None
    cache.put("a", VALUE)
    assert cache.get("a") == VALUE, "before it is saved"
    assert ResultCache([tmp_path]).get("a") is None
    cache.save()
    again = ResultCache([tmp_path])
    assert again.get("a") == VALUE and again.get("b") is None
    again.put("a", 2)
    again.save()
    assert ResultCache([tmp_path]).get("a") == 2
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_a_run_that_is_interrupted_loses_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "_TOGETHER", 10)
    cache = ResultCache([tmp_path])
    for n in range(25):
        cache.put(f"key {n}", right(n))
    assert found(tmp_path, 25) == [right(n) for n in range(20)] + [None] * 5


@posix
def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    keep(tmp_path / "office")
    assert stat.S_IMODE((tmp_path / "office").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "office" / NAME).stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("mode", [0o660, 0o604, 0o602])
def test_what_others_could_have_written_or_read_is_not_believed(tmp_path: Path, mode: int) -> None:
    keep(tmp_path)
    (tmp_path / NAME).chmod(mode)
    assert found(tmp_path) == [None] * 40
    keep(tmp_path)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert found(tmp_path) == [right(n) for n in range(40)]


@posix
def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    keep(elsewhere)
    before = (elsewhere / NAME).read_bytes()
    here.mkdir()
    (here / NAME).symlink_to(elsewhere / NAME)
    assert found(here) == [None] * 40
    keep(here, 1)
    assert (elsewhere / NAME).read_bytes() == before and not (here / NAME).is_symlink()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser can give a file away")
def test_the_file_of_another_user_is_left_alone(tmp_path: Path) -> None:
    keep(tmp_path)
    os.chown(tmp_path / NAME, 12345, -1)
    before = (tmp_path / NAME).read_bytes()
    assert found(tmp_path) == [None] * 40
    keep(tmp_path, 1)
    assert (tmp_path / NAME).read_bytes() == before and (tmp_path / NAME).stat().st_uid == 12345
    cache = ResultCache([tmp_path, tmp_path / "own"])
    cache.put("a", 1)
    cache.save()
    cache.save()
    assert ResultCache([tmp_path / "own"]).get("a") == 1, "it goes where it can be written"


def test_nothing_wrong_comes_out_of_a_damaged_file(tmp_path: Path) -> None:
    """Blocks and single bits are overwritten, the file is cut, or grows: it is as if it were not there."""
    path, rng = tmp_path / NAME, random.Random(1)
    keep(tmp_path)
    whole = path.read_bytes()
    for turn in range(200):
        data = bytearray(whole)
        at = rng.randrange(len(data))
        if turn % 4 == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif turn % 4 == 1:
            data[at : at + 300] = rng.randbytes(300)
        elif turn % 4 == 2:
            del data[at:]
        else:
            data += rng.randbytes(rng.randrange(1, 300))
        path.write_bytes(data)
        assert found(tmp_path) == [None] * 40
    keep(tmp_path)
    assert found(tmp_path) == [right(n) for n in range(40)]


@pytest.mark.parametrize("content", [b"", b"yoshiki results 1\n", b"not such a file" * 100])
def test_a_file_that_is_none_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    (tmp_path / NAME).chmod(0o600)
    assert found(tmp_path) == [None] * 40
    keep(tmp_path)
    assert found(tmp_path) == [right(n) for n in range(40)]


def test_what_nobody_asks_for_gives_way_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path)
    monkeypatch.setattr(result_cache, "MOST_RESULTS", 10)
    cache = ResultCache([tmp_path])
    assert cache.get("key 3") == right(3)
    cache.put("new", 1)
    cache.save()
    assert found(tmp_path) == [None, None, None, right(3), *[None] * 28, *(right(n) for n in range(32, 40))]


def test_the_file_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "MOST_BYTES", 1_000)
    keep(tmp_path)
    assert 500 < (tmp_path / NAME).stat().st_size <= 1_000
    values = found(tmp_path)
    left = sum(value is not None for value in values)
    assert 0 < left < 40 and values == [None] * (40 - left) + [right(n) for n in range(40 - left, 40)]
    monkeypatch.setattr(result_cache, "MOST_BYTES", 900)
    assert found(tmp_path) == [None] * 40, "a file of any size is not read"


def test_it_goes_where_it_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    (tmp_path / "taken" / NAME).mkdir(parents=True)
    nowhere = [tmp_path / "file" / "below", tmp_path / "taken"]
    for folders in ([], nowhere):
        cache = ResultCache(folders)
        cache.put("a", 1)
        cache.save()
        assert ResultCache(folders).get("a") is None
    cache = ResultCache([*nowhere, tmp_path / "own" / "yoshiki", tmp_path])
    cache.put("a", 1)
    cache.save()
    assert ResultCache([tmp_path / "own" / "yoshiki"]).get("a") == 1
    assert ResultCache([tmp_path]).get("a") is None
    assert [p.name for p in (tmp_path / "taken").iterdir()] == [NAME], "nothing is left behind"


def _writes(folder: Path, first: int) -> None:
    for n in range(first, first + 5):
        cache = ResultCache([folder])
        for m in range(100):
            cache.put(f"{n} {m}", [n, m])
        cache.save()


def test_several_write_at_once(tmp_path: Path) -> None:
    """None disturbs the other; what one of them has saved while the other was saving may be lost, never be wrong."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_writes, args=(tmp_path, first)) for first in (0, 5, 3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [p.exitcode for p in processes] == [0, 0, 0]
    cache = ResultCache([tmp_path])
    values = {(n, m): cache.get(f"{n} {m}") for n in range(10) for m in range(100)}
    assert all(value in (None, [n, m]) for (n, m), value in values.items())
    assert sum(value is not None for value in values.values()) >= 100
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_who_saves_last_takes_over_what_others_saved(tmp_path: Path) -> None:
    first, second = ResultCache([tmp_path]), ResultCache([tmp_path])
    first.put("a", 1)
    second.put("b", 2)
    first.save()
    second.save()
    again = ResultCache([tmp_path])
    assert (again.get("a"), again.get("b")) == (1, 2)
