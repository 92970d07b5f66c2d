"""A case in a store without renaming: complete only once its manifest tells its files."""

from __future__ import annotations

import hashlib
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from generator.problem import Problem, ProblemError, RefusedError, UnavailableError
from generator.storage import destination as places
from generator.storage import object_store
from generator.storage.case_folder import MANIFEST
from generator.storage.destination import Carried, Folder, Remote
from generator.storage.object_store import CLAIM, RemoteCaseFolder, Root

WORD = b"a letter"


@pytest.fixture
def url() -> Iterator[str]:
    name = f"memory://{secrets.token_hex(6)}"
    yield name
    fsspec.filesystem("memory").rm(name, recursive=True)


def box(url: str, base: str = "one", choice: str = "all") -> RemoteCaseFolder:
    made = places.at(url).case_folder("s", "A-1", base, choice)
    assert isinstance(made, RemoteCaseFolder)
    return made


def names(url: str) -> list[str]:
    found = {p.rpartition("/")[2] for p in fsspec.filesystem("memory").find(f"{url}/s/A-1")}
    return sorted(found - {CLAIM})


def read(url: str, name: str) -> bytes:
    return bytes(fsspec.filesystem("memory").cat_file(f"{url}/s/A-1/{name}"))


def write(url: str, name: str, data: bytes) -> None:
    fsspec.filesystem("memory").pipe_file(f"{url}/s/A-1/{name}", data)


def test_what_was_put_is_current_until_something_changes(url: str) -> None:
    places.at(url).write("manifest.jsonl", b"")
    assert box(url).current() is None and not box(url).exists() and box(url).manifest() == {}
    assert box(url).put({"a.pdf": b"1", "b.pdf": b"2"}, {"注意": []}) == []
    assert box(url).current() == ["a.pdf", "b.pdf"] and box(url).told() == {"注意": []}
    assert box(url, "two").current() is None and box(url, choice="pdf").current() is None
    fsspec.filesystem("memory").rm_file(f"{url}/s/A-1/a.pdf")
    assert box(url).current() is None


def test_the_manifest_is_the_folders(url: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    files, told = {"b.pdf": b"2", "a.docx": WORD}, {"報告": {"x": 1}}
    box(url).put(files, told)
    other = Folder(tmp_path).case_folder("s", "A-1", "one", "all")
    other.put(files, told)
    assert read(url, MANIFEST) == (other.folder / MANIFEST).read_bytes()


def test_a_second_choice_stays_beside_the_first_and_stale_files_go(url: str) -> None:
    box(url).put({"a.pdf": b"1"})
    assert box(url, choice="docx").put({"a.docx": WORD}) == []
    assert box(url).current() == ["a.pdf"]
    write(url, "メモ.txt", b"not ours")
    assert box(url, "two").put({"b.pdf": b"3"}) == ["a.docx", "a.pdf"]
    assert names(url) == sorted(["b.pdf", MANIFEST, "メモ.txt"])


def test_a_letter_edited_by_hand_is_kept(url: str) -> None:
    box(url).put({"a.docx": WORD})
    write(url, "a.docx", b"edited")
    assert box(url).current() == ["a.docx"], "an edited letter is no reason to make the case again"
    box(url, "two").put({"a.docx": b"new"})
    aside = f"a（手直し-{hashlib.sha256(b'edited').hexdigest()[:8]}）.docx"
    assert read(url, aside) == b"edited" and read(url, "a.docx") == b"new"


def test_stopped_in_the_middle_the_case_is_not_complete(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    box(url).put({"a.docx": WORD, "b.pdf": b"1", "c.pdf": b"2"})
    second = box(url, "two")
    pipe = second.root.files.pipe

    def stops(files: dict[str, bytes]) -> None:
        if any(path.endswith(".docx") for path in files):
            pipe({path: data for path, data in files.items() if path.endswith(".docx")})
            raise ConnectionError("password=geheim")
        pipe(files)

    with monkeypatch.context() as patch, pytest.raises(ProblemError) as told:
        patch.setattr(second.root.files, "pipe", stops)
        second.put({"a.docx": b"new", "b.pdf": b"3"})
    assert "geheim" not in str(told.value) and "ConnectionError" in str(told.value)
    for base in ("one", "two"):
        assert box(url, base).current() is None
    box(url, "two").put({"a.docx": b"new", "b.pdf": b"3"})
    assert box(url, "two").current() == ["a.docx", "b.pdf"]
    assert names(url) == ["a.docx", "b.pdf", MANIFEST], "nobody has edited the letter, and c.pdf is stale"


def test_a_parcel_is_put_once(url: str) -> None:
    carried = Carried()
    carried.case_folder("s", "A-1", "one", "all").put({"a.pdf": b"1"}, {"k": 1})
    (parcel,) = carried.parcels
    assert parcel.deliver(Remote(url)) and not parcel.deliver(Remote(url))
    assert box(url).current() == ["a.pdf"] and "files" not in repr(parcel)


def test_urls_that_cannot_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProblemError, match="nowhere:// には書き出せません"):
        Root.open("nowhere://a/b")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(ProblemError, match="部品が入っていません"):
        Root.open("s3://bucket/folder")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(ProblemError) as refused:
        Root.open("memory://other")
    assert "yoshiki[cluster]" in refused.value.problems[0].hint


def test_a_place_that_cannot_be_opened_tells_no_secret(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"zip://.*FileNotFoundError") as refused:
        Root.open(f"zip://cases::file://{(tmp_path / 'geheim.zip').as_posix()}")
    (problem,) = refused.value.problems
    assert problem.code == "storage.unreachable" and "geheim" not in str(problem)


def test_a_problem_of_what_is_written_stays_as_it_is(url: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"1"
        raise RefusedError([Problem("壊れています", code="test.broken")])

    with pytest.raises(RefusedError, match="壊れています"):
        places.at(url).write("table.csv", pieces())


def test_others_who_never_come_to_an_end(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time another run has begun in the meantime: it is told, and nothing vouches for the files."""
    monkeypatch.setattr(object_store, "_PAUSE", 0.001)
    memory, claim, looked = fsspec.filesystem("memory"), f"/s/A-1/{CLAIM}", []

    class Busy:
        """A store in which somebody begins to write just before it is looked who did."""

        def __getattr__(self, name: str) -> Any:
            return getattr(memory, name)

        def cat_file(self, path: str) -> bytes:
            if path.endswith(claim):
                looked.append(path)
                memory.pipe_file(path, secrets.token_bytes(16))
            return bytes(memory.cat_file(path))

    mine = RemoteCaseFolder(Root(Busy(), Root.open(url).path, "memory"), "s", "A-1", "one", "all")
    with pytest.raises(UnavailableError, match="ほかの人が") as refused:
        mine.put({"a.pdf": b"1"})
    assert [p.code for p in refused.value.problems] == ["storage.written-by-others"] and len(looked) > 1
    assert box(url).current() is None and read(url, "a.pdf") == b"1"
    box(url).put({"a.pdf": b"1"})
    assert box(url).current() == ["a.pdf"]


def test_a_file_url_is_a_folder_of_every_worker() -> None:
    assert places.at("output") == Folder(Path("output"))
    assert places.at("file:///srv/%E6%A7%98%E5%BC%8F") == Folder(Path("/srv/様式"), shared=True)
    assert places.at("s3://bucket/folder") == Remote("s3://bucket/folder")
