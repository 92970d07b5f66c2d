"""LibreOffice for the tests: one headless conversion at a time, its own profile for every test process."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

FONTS_CONF = Path(__file__).resolve().parent / "fontconfig" / "fonts.conf"  # a relative path is not found


def available() -> bool:
    """Whether soffice is installed; tests that need it skip otherwise."""
    return shutil.which("soffice") is not None


@functools.cache
def _profile() -> Path:
    # A profile is locked by the soffice that uses it, so parallel test processes must not share one.
    folder = Path(tempfile.mkdtemp(prefix="soffice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def convert(path: Path, to: str, out_dir: Path, timeout: float = 180) -> Path:
    """Convert a file with LibreOffice and return the new file, in ``out_dir``; otherwise as ``convert_all``."""
    return convert_all([path], to, out_dir, timeout)[0]


def convert_all(paths: Sequence[Path], to: str, out_dir: Path, timeout: float = 180) -> list[Path]:
    """Convert files with one start of LibreOffice and return the new files, in ``out_dir``, in the same order.

    ``to`` is what ``--convert-to`` takes: ``pdf``, ``ods``, ``xlsx``, or with a filter ``pdf:calc_pdf_Export``.
    The fonts are those of the Office files (``tests/fontconfig/fonts.conf``). Raises ValueError when two files would
    become one, RuntimeError with soffice's own words when a file was not made, and subprocess.TimeoutExpired
    after ``timeout`` seconds.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    made = [out_dir / f"{path.stem}.{to.partition(':')[0]}" for path in paths]
    if len(set(made)) != len(made):
        raise ValueError("two files would be converted into one")
    for path, new in zip(paths, made, strict=True):
        if new.resolve() == path.resolve():
            raise ValueError(f"{path} would be converted onto itself")
        new.unlink(missing_ok=True)
    run = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={_profile().as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            to,
            "--outdir",
            str(out_dir),
            *map(str, paths),
        ],
        env={**os.environ, "FONTCONFIG_FILE": str(FONTS_CONF), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    missing = [new.name for new in made if not new.exists()]
    if missing:
        said = (run.stdout + run.stderr).decode("utf-8", "replace")
        raise RuntimeError(f"soffice made no {', '.join(missing)} ({run.returncode}): {said}")
    return made


def converted(given: Mapping[str, bytes], to: str, folder: Path) -> dict[str, bytes]:
    """Files converted by one start of LibreOffice. A name is any text with the file's ending; ``folder`` takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number}{Path(name).suffix}" for number, name in enumerate(given)]
    for path, data in zip(paths, given.values(), strict=True):
        path.write_bytes(data)
    made = convert_all(paths, to, folder / to, 180 + 10 * len(paths)) if paths else []
    return {name: path.read_bytes() for name, path in zip(given, made, strict=True)}
