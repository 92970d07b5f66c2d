"""A case's folder on disk: replaced as a whole, what a crash left is made good, and what people wrote stays."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from generator.problem import RefusedError
from generator.storage import case_folder
from generator.storage.case_folder import MANIFEST, LocalCaseFolder
from generator.storage.destination import Carried, Folder

FILES = {"a.docx": b"letter", "b.pdf": b"1"}


def box(root: Path, base: str = "one", choice: str = "all") -> LocalCaseFolder:
    return LocalCaseFolder(root, "A-1", base, choice)


def contents(root: Path) -> dict[str, bytes]:
    folder = root / "A-1"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_altered_or_missing_file_is_not_current(tmp_path: Path) -> None:
    assert box(tmp_path).current() is None and not box(tmp_path).exists()
    box(tmp_path).put(FILES)
    assert box(tmp_path).current() == ["a.docx", "b.pdf"] and box(tmp_path).exists()
    (tmp_path / "A-1" / "b.pdf").write_bytes(b"2")
    assert box(tmp_path).current() is None
    (tmp_path / "A-1" / "b.pdf").unlink()
    assert box(tmp_path).current() is None


@pytest.mark.parametrize("manifest", [b"", b"\xff", b"[]", b'{"choices": {}}', b'{"choices": [], "files": {}}'])
def test_a_manifest_that_is_none_tells_nothing(tmp_path: Path, manifest: bytes) -> None:
    box(tmp_path).put(FILES, {"k": 1})
    (tmp_path / "A-1" / MANIFEST).write_bytes(manifest)
    assert (box(tmp_path).manifest(), box(tmp_path).current(), box(tmp_path).told()) == ({}, None, {})


def test_what_is_told_is_written_once(tmp_path: Path) -> None:
    box(tmp_path).put(FILES, {"k": 1})
    path = tmp_path / "A-1" / MANIFEST
    before = path.stat().st_ino
    box(tmp_path).tell({"k": 1})
    assert path.stat().st_ino == before
    box(tmp_path).tell({"m": 2})
    assert box(tmp_path).told() == {"k": 1, "m": 2} and box(tmp_path, "two").told() == {}


@pytest.mark.parametrize("links", [True, False])
def test_what_people_put_there_stays(tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Edited letters under names of their own, all else as it was: with links, and on file systems without."""
    if not links:

        def refuses(*_: object, **__: object) -> None:
            raise OSError("no links")

        monkeypatch.setattr(os, "link", refuses)
    folder = tmp_path / "A-1"
    box(tmp_path).put(FILES)
    (folder / "メモ").mkdir()
    (folder / "メモ" / "x.txt").write_bytes(b"note")
    (folder / "y.txt").write_bytes(b"note")
    expected = {"メモ/x.txt": b"note", "y.txt": b"note"}
    for base, words, name in (
        ("two", b"first", "a（手直し）.docx"),
        ("three", b"second", "a（手直し2）.docx"),
        ("four", b"third", "a（手直し3）.docx"),
    ):
        (folder / "a.docx").write_bytes(words)
        assert box(tmp_path, base).put(FILES) == []
        expected[name] = words
        there = contents(tmp_path)
        assert there.pop(MANIFEST) and there == {**FILES, **expected}
    assert box(tmp_path, "four", "pdf").put({"c.pdf": b"3"}) == []
    assert box(tmp_path, "four").current() == ["a.docx", "b.pdf"], "another choice leaves the first as it is"
    assert box(tmp_path, "five").put({"c.pdf": b"4"}) == ["a.docx", "b.pdf"]
    assert [p.name for p in tmp_path.iterdir()] == ["A-1"]


def test_a_letter_without_a_manifest_is_held_against_what_is_made_now(tmp_path: Path) -> None:
    (tmp_path / "A-1").mkdir()
    (tmp_path / "A-1" / "a.docx").write_bytes(FILES["a.docx"])
    box(tmp_path).put(FILES)
    assert sorted(contents(tmp_path)) == ["a.docx", "b.pdf", MANIFEST]


def test_what_a_crash_left_is_made_good(tmp_path: Path) -> None:
    box(tmp_path).put(FILES)
    assert box(tmp_path).settled()
    (tmp_path / "A-1").rename(tmp_path / ".A-1.old")  # between the two renames
    (tmp_path / ".A-1.new").mkdir()
    assert not box(tmp_path).settled()
    box(tmp_path).recover()
    assert box(tmp_path).settled() and box(tmp_path).current() == ["a.docx", "b.pdf"]
    (tmp_path / ".A-1.old").mkdir()  # after them
    (tmp_path / ".A-1.old" / "b.pdf").write_bytes(b"0")
    assert not box(tmp_path).settled()
    box(tmp_path).recover()
    assert box(tmp_path).settled() and contents(tmp_path)["b.pdf"] == FILES["b.pdf"]
    (tmp_path / ".A-1.new").mkdir()
    box(tmp_path).recover()
    assert [p.name for p in tmp_path.iterdir()] == ["A-1"]


def code(refused: pytest.ExceptionInfo[RefusedError]) -> str:
    (problem,) = refused.value.problems
    assert problem.hint
    return problem.code


def test_what_is_in_the_way_is_not_taken_away(tmp_path: Path) -> None:
    (tmp_path / "A-1").write_bytes(b"a file")
    with pytest.raises(RefusedError) as refused:
        box(tmp_path).put(FILES)
    assert code(refused) == "storage.no-folder" and (tmp_path / "A-1").read_bytes() == b"a file"
    for path in (tmp_path / "A-1", tmp_path / "A-1" / "below"):
        with pytest.raises(RefusedError) as refused:
            Folder(path).ready()
        assert code(refused) == "storage.no-folder"
        with pytest.raises(RefusedError) as refused:
            case_folder.private_folder(path)
        assert code(refused) == "storage.no-folder"
    with pytest.raises(RefusedError) as refused:
        Folder(tmp_path.parent).write(tmp_path.name, b"")
    assert code(refused) == "storage.no-file"


def test_names_that_no_file_system_can_have(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        Folder(tmp_path / "a\0b").ready()
    assert code(refused) == "storage.unusable-name"
    with pytest.raises(RefusedError) as refused:
        case_folder.private_folder(tmp_path / "a\0b")
    assert code(refused) == "storage.unusable-name"
    with pytest.raises(RefusedError) as refused:
        Folder(tmp_path).write("a\0b", b"")
    assert code(refused) == "storage.unusable-name"


@pytest.mark.parametrize("name", [".A-1.new", ".A-1.old"])
def test_a_file_in_the_way_of_our_own_names_goes(tmp_path: Path, name: str) -> None:
    for there in (False, True):  # the folder itself, before
        (tmp_path / name).write_bytes(b"")
        box(tmp_path).recover()
        box(tmp_path, str(there)).put(FILES)
        assert FILES.items() <= contents(tmp_path).items() and not (tmp_path / name).exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_into(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RefusedError) as refused:
        Folder(tmp_path / "out").ready()
    assert code(refused) == "storage.read-only"


def test_a_folder_whose_files_are_carried_away_is_always_made_again() -> None:
    carried = Carried()
    carried.ready()
    folder = carried.case_folder("s", "A-1", "one", "all")
    folder.tell({"k": 1})
    assert not folder.exists() and folder.manifest() == {} and folder.current() is None and carried.parcels == []
    folder.put(FILES)
    made = {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}
    assert folder.manifest() == {"base": "one", "choices": {"all": ["a.docx", "b.pdf"]}, "files": made}
    assert not folder.exists() and folder.current() is None and len(carried.parcels) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are best effort there")
def test_every_folder_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        case_folder.private_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    modes = {(tmp_path / part).stat().st_mode & 0o777 for part in ("a", "a/b", "a/b/c")}
    assert modes == {0o700}
