"""Checked schemes are kept between runs, and within a run until a byte changes; what is kept is never wrong."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import samples

from generator.problem import SchemeError
from generator.scheme import cache, serialization
from generator.scheme.cache import SchemeCache
from generator.scheme.load import Schemes, load

NAME = samples.PLAIN.parent.name
ALL = [path.parent for forms in (samples.FORMS, samples.SMALL) for path in sorted(forms.glob("*/scheme.yaml"))]
posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no users and permissions as POSIX has them")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(samples.SMALL / NAME, tmp_path / "forms" / NAME))


@pytest.fixture
def kept(tmp_path: Path) -> SchemeCache:
    return SchemeCache(tmp_path / "cache" / "yoshiki")


def files(kept: SchemeCache) -> list[Path]:
    return sorted(kept.folder.iterdir())


def edit(folder: Path, before: str, after: str) -> None:
    path = folder / "scheme.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def disguise(kept: SchemeCache, folder: Path) -> None:
    """What is kept says another name than the files, so that it shows where a scheme came from."""
    kept.put(replace(load(folder), name="控えから"), folder)


def named(folder: Path, kept: SchemeCache) -> str:
    return load(folder, kept).name


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_kept_scheme_is_the_scheme(path: Path) -> None:
    scheme = load(path)
    data = serialization.serialize(scheme, path)
    again = serialization.deserialize(data, path)
    assert serialization.serialize(again, path) == data
    assert (again.rulebook.steps, again.rulebook.checks, again.procedure, again.series, again.roles) == (
        scheme.rulebook.steps, scheme.rulebook.checks, scheme.procedure, scheme.series, scheme.roles)  # fmt: skip
    assert (again.places, again.quotes, again.stages, again.schema.raw) == (
        scheme.places, scheme.quotes, scheme.stages, scheme.schema.raw)  # fmt: skip
    for ours, theirs in zip(again.forms, scheme.forms, strict=True):
        for (_, mine), (_, other) in zip(ours.versions, theirs.versions, strict=True):
            assert mine.rows == other.rows and mine.position == other.position


def test_a_scheme_is_taken_from_where_it_is_kept(folder: Path, kept: SchemeCache) -> None:
    disguise(kept, folder)
    assert named(folder, kept) == "控えから"


def test_its_places_follow_the_folder(folder: Path, kept: SchemeCache, tmp_path: Path) -> None:
    load(folder, kept)
    moved = tmp_path / "elsewhere" / NAME
    shutil.copytree(folder, moved)
    disguise(kept, folder)
    scheme = load(moved, kept)
    assert scheme.name == "控えから" and Path(scheme.forms[0].versions[0][1].position.file).parent == moved


def test_a_changed_byte_is_another_scheme(folder: Path, kept: SchemeCache) -> None:
    disguise(kept, folder)
    edit(folder, "交付要綱\n", "交付要綱改\n")
    scheme = load(folder, kept)
    assert scheme.name != "控えから" and scheme.basis.endswith("改")


def test_another_program_takes_nothing(folder: Path, kept: SchemeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    disguise(kept, folder)
    monkeypatch.setattr(cache, "program", lambda: "another")
    assert named(folder, kept) != "控えから"


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


@pytest.mark.parametrize("damage", [cut, flipped, lambda _: b"", lambda _: b"\xff\n[]"])
def test_a_damaged_file_is_made_anew(folder: Path, kept: SchemeCache, damage: object) -> None:
    assert callable(damage)
    load(folder, kept)
    (path,) = files(kept)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert load(folder, kept).forms
    assert path.read_bytes() == whole


@posix
def test_only_the_user_can_read_what_is_kept(folder: Path, kept: SchemeCache) -> None:
    load(folder, kept)
    assert [p.stat().st_mode & 0o777 for p in (kept.folder, *files(kept))] == [0o700, 0o600]


@posix
def test_a_folder_or_file_that_others_can_write_is_not_used(folder: Path, kept: SchemeCache) -> None:
    disguise(kept, folder)
    (path,) = files(kept)
    for place, mode, own in ((kept.folder, 0o777, 0o700), (path, 0o666, 0o600)):
        place.chmod(mode)
        assert kept.get(load(folder).digest, folder) is None
        place.chmod(own)
    assert kept.get(load(folder).digest, folder) is not None


@posix
def test_nothing_is_kept_where_others_can_write(folder: Path, kept: SchemeCache) -> None:
    kept.folder.mkdir(parents=True)
    kept.folder.chmod(0o777)
    assert load(folder, kept).forms and files(kept) == []


@posix
def test_a_link_is_not_followed(folder: Path, kept: SchemeCache, tmp_path: Path) -> None:
    disguise(kept, folder)
    (path,) = files(kept)
    path.rename(tmp_path / "aside")
    path.symlink_to(tmp_path / "aside")
    assert named(folder, kept) != "控えから"


def test_where_nothing_can_be_kept_the_scheme_is_the_same(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert load(folder, SchemeCache(tmp_path / "file" / "yoshiki")).id == NAME


def test_only_the_newest_are_kept(folder: Path, kept: SchemeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_FILES", 2)
    scheme = load(folder, kept)
    for digest in ("a", "b", "c"):
        kept.put(replace(scheme, digest=digest), folder)
    assert len(files(kept)) == 2 and kept.get("c", folder) is not None


def test_a_faulty_scheme_tells_its_fault_each_time(folder: Path, kept: SchemeCache) -> None:
    load(folder, kept)
    edit(folder, "governing:", "governning:")
    schemes = Schemes([folder.parent], kept)
    for _ in range(2):
        with pytest.raises(SchemeError, match="governning"):
            schemes.get(NAME)
    assert len(files(kept)) == 1


def test_a_scheme_is_the_same_object_until_a_byte_changes(folder: Path) -> None:
    schemes = Schemes([folder.parent])
    first = schemes.get(NAME)
    assert schemes.get(NAME) is first
    (folder / "rules.yaml").touch()
    assert schemes.get(NAME) is first
    edit(folder, "交付要綱\n", "交付要領\n")  # as long as before
    second = schemes.get(NAME)
    assert second is not first and second.basis.endswith("交付要領")
    assert schemes.get(NAME) is second


def test_threads_share_one_scheme_while_it_changes(folder: Path, kept: SchemeCache) -> None:
    schemes = Schemes([folder.parent], kept)
    with ThreadPoolExecutor(16) as threads:
        first = set(map(id, threads.map(lambda _: schemes.get(NAME), range(32))))
        edit(folder, "交付要綱\n", "交付要領\n")
        after = list(threads.map(lambda _: schemes.get(NAME), range(32)))
    assert len(first) == 1 and len(set(map(id, after))) == 1 and after[0].basis.endswith("要領")


def test_a_folder_that_comes_or_goes_is_seen(folder: Path) -> None:
    schemes = Schemes([folder.parent])
    schemes.get(NAME)
    shutil.copytree(folder, folder.parent / "another")
    edit(folder.parent / "another", f"scheme: {NAME}", "scheme: another")
    assert schemes.get("another").id == "another"
    shutil.rmtree(folder)
    with pytest.raises(KeyError):
        schemes.get(NAME)


def test_what_cannot_be_put_in_its_place_leaves_nothing_behind(folder: Path, kept: SchemeCache) -> None:
    load(folder, kept)
    (path,) = files(kept)
    path.unlink()
    path.mkdir()
    assert load(folder, kept).id == NAME
    assert files(kept) == [path] and path.is_dir()


@posix
def test_a_folder_that_is_a_link_is_not_used(folder: Path, kept: SchemeCache, tmp_path: Path) -> None:
    disguise(kept, folder)
    kept.folder.rename(tmp_path / "aside")
    kept.folder.symlink_to(tmp_path / "aside")
    assert named(folder, kept) != "控えから"


def test_what_cannot_be_written_down_is_not_kept(folder: Path, kept: SchemeCache) -> None:
    scheme = replace(load(folder), party={"甲"})
    with pytest.raises(TypeError):
        serialization.serialize(scheme, folder)
    kept.put(scheme, folder)
    assert not kept.folder.exists()


def test_nothing_but_a_scheme_comes_out() -> None:
    with pytest.raises(TypeError):
        serialization.deserialize(b'["a"]\n' + bytes(4), samples.FORMS)
