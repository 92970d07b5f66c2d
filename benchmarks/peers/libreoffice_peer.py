"""LibreOffice already running and listening, fed our own workbook of the sheet and asked for the PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.contest import peak
from benchmarks.sheets import alone
from generator.document import Document
from generator.render import renderer

_FONTS = Path(__file__).parents[2] / "tests" / "fontconfig" / "fonts.conf"

# Runs under the system's own Python, which has LibreOffice's bridge; a line in, a line out.
_BRIDGE = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
def value(name, v):
    p = PropertyValue(); p.Name = name; p.Value = v; return p
context = uno.getComponentContext()
resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
for _ in range(200):
    try:
        office = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % sys.argv[1]); break
    except Exception:
        time.sleep(0.1)
desktop = office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
print("ready", flush=True)
for line in sys.stdin:
    source, target, pages = line.rstrip("\\n").split("\\t")
    wanted = uno.Any("[]com.sun.star.beans.PropertyValue", (value("PageRange", pages),) if pages else ())
    form = (value("FilterName", "calc_pdf_Export"), value("FilterData", wanted))
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, (value("Hidden", True),))
    document.storeToURL(uno.systemPathToFileUrl(target), form)
    document.close(True)
    print("done", flush=True)
"""


def available() -> bool:
    python = shutil.which("/usr/bin/python3")
    return (
        bool(shutil.which("soffice") and python)
        and subprocess.run([str(python), "-c", "import uno"], capture_output=True, check=False).returncode == 0
    )


def _below(process: int) -> list[int]:
    """The process and all that it started; only itself where the system does not say."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found = [process]
    for one in found:  # grows while we walk it
        found += parents.get(one, [])
    return found


class Contestant:
    name = "LibreOffice (listening)"

    def __init__(self, documents: list[Document]):
        self.folder = Path(tempfile.mkdtemp())
        for number, document in enumerate(documents):
            (self.folder / f"{number}.xlsx").write_bytes(renderer("xlsx")(alone(document)))
        pipe = f"yoshiki{os.getpid()}{id(self)}"
        self.office = subprocess.Popen(
            ["soffice", f"-env:UserInstallation={(self.folder / 'profile').as_uri()}", "--headless", "--norestore",
             f"--accept=pipe,name={pipe};urp;"],
            env={**os.environ, "FONTCONFIG_FILE": str(_FONTS)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.bridge = subprocess.Popen(
            ["/usr/bin/python3", "-c", _BRIDGE, pipe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer("ready")
        self.version = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout
        self.name = " ".join(self.version.split()[:2]) + " (listening)"

    def _answer(self, expected: str) -> None:
        assert self.bridge.stdout is not None
        line = self.bridge.stdout.readline().strip()
        if line != expected:
            raise RuntimeError(f"LibreOffice's bridge said {line!r}")

    def draw(self, number: int, pages: str = "") -> bytes:
        """The PDF of a workbook; ``pages``: 1-6, all unless told."""
        target = self.folder / "out.pdf"
        assert self.bridge.stdin is not None
        self.bridge.stdin.write(f"{self.folder / f'{number}.xlsx'}\t{target}\t{pages}\n")
        self.bridge.stdin.flush()
        self._answer("done")
        return target.read_bytes()

    def peak(self) -> float | None:
        """Of LibreOffice's own processes, not of ours that tells them what to do."""
        found = [peak(process) for process in _below(self.office.pid)]
        return sum(known) if (known := [one for one in found if one is not None]) else None

    def close(self) -> None:
        self.bridge.kill()
        self.office.terminate()
        try:
            self.office.wait(10)
        except subprocess.TimeoutExpired:
            self.office.kill()
        time.sleep(0.1)
        shutil.rmtree(self.folder, ignore_errors=True)
