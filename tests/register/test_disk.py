"""A full disk and a folder nobody may write to: a clear error, and the register as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import offices
import pytest
from offices import Desk

from generator.problem import ProblemError
from generator.register import office
from generator.register.register import Register, verify

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and mounts are POSIX's")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "yoshiki-test", place], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("ファイルシステムを作れるのは root だけ")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(place: Path, left: int) -> None:
    """Leave ``left`` bytes on the disk."""
    block = os.statvfs(place)
    free = block.f_bavail * block.f_frsize
    (place / "filler").write_bytes(b"\0" * max(0, free - left))


def consistent(desk: Desk, path: Path, entries: int) -> None:
    """Nothing is lost, and the next issue gets the next number."""
    register = desk.register()
    assert [e.taken for e in register.ledger.entries()] == list(range(1, entries + 1))
    assert list(verify(register)) == []
    done = desk.issue(path)
    assert (done.entry.number, done.issued_before) == (entries + 1, False)
    assert list(verify(desk.register())) == []


@pytest.mark.parametrize("left", [0, 4096, 8192, 16384, 24576, 28672, 32768, 40960])
def test_full_disk(small_disk: Path, left: int) -> None:
    desk = offices.office(small_disk / "office")
    desk.issue(desk.case("A-1"))
    path = desk.case("A-2")
    fill(small_disk, left)
    with pytest.raises((ProblemError, OSError)) as error:
        desk.issue(path)
    told = str(error.value)
    assert "空き" in told or "ディスク" in told or "No space left" in told
    if isinstance(error.value, OSError):
        assert error.value.errno == 28
    (small_disk / "filler").unlink()
    consistent(desk, path, 1)


@pytest.mark.parametrize("limit", [1, 512, 4096, 10000, 13000, 20000])
def test_no_file_may_grow_beyond(desk: Desk, limit: int) -> None:
    """RLIMIT_FSIZE makes writes fail like a full disk does, without being root."""
    path = desk.case("A-1")
    code, given, complaint = offices.start(desk, path, limit=limit).finished()
    assert code == 1 and given == []
    assert "UnavailableError" in complaint or "OSError" in complaint, complaint
    consistent(desk, path, 0)


def read_only(place: Path, desk: Desk) -> None:
    if os.geteuid() == 0:
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    else:
        for folder in (desk.root, desk.root / "issued"):
            folder.chmod(0o500)
        (desk.root / "register.db").chmod(0o400)


def writable(place: Path, desk: Desk) -> None:
    if os.geteuid() == 0:
        subprocess.run(["mount", "-o", "remount,rw", place], check=True)
    else:
        for folder in (desk.root, desk.root / "issued"):
            folder.chmod(0o700)
        (desk.root / "register.db").chmod(0o600)


@pytest.fixture
def lockable(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return request.getfixturevalue("small_disk") if os.geteuid() == 0 else tmp_path


def test_read_only_folder(lockable: Path) -> None:
    desk = offices.office(lockable / "office")
    path = desk.case("A-1")
    read_only(lockable, desk)
    try:
        with pytest.raises(ProblemError, match="書き込みが許されていません"):
            desk.issue(path)
    finally:
        writable(lockable, desk)
    consistent(desk, path, 0)


def test_only_issued_is_read_only(desk: Desk, tmp_path: Path) -> None:
    """The register could be written, the documents not: no number is taken."""
    issued = desk.root / "issued"
    issued.rmdir()
    issued.write_text("not a folder", encoding="utf-8")
    path = desk.case("A-1")
    with pytest.raises(ProblemError, match="フォルダーではないものがあります"):
        desk.issue(path)
    issued.unlink()
    issued.mkdir(mode=0o700)
    consistent(desk, path, 0)


def test_the_register_is_gone(desk: Desk) -> None:
    """A lost register is not begun again from 1 without being asked for."""
    path = desk.case("A-1")
    desk.issue(path)
    (desk.root / "register.db").unlink()
    with pytest.raises(ProblemError, match="台帳のファイルがありません"):
        desk.register()
    Register.create(desk_office(desk))
    with pytest.raises(ProblemError, match="台帳にない発行文書"):
        desk.issue(path)


def desk_office(desk: Desk) -> office.OfficeSettings:
    return office.load_office(desk.root)
