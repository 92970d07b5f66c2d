"""Cases of the small scheme in any number, a few of them faulty; the same for the same count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import samples

SCHEME = samples.PLAIN.parent.name


def cases(count: int, faulty: int = 9) -> Iterator[tuple[str, str]]:
    """File names and contents: the samples in turn, each under a number of its own. ``faulty``: each so-manieth is."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(samples.PLAIN.parent.glob("*.yaml"))]
    for n in range(1, count + 1):
        text = re.sub(r"(?m)^案件番号: .*", f"案件番号: B-{n:03d}", texts[n % len(texts)], count=1)
        if faulty and n % faulty == 0:
            text = re.sub("申請日: .*", "申請日: きのう", text, count=1)
        yield f"B-{n:03d}.yaml", text


def write(folder: Path, count: int, faulty: int = 9) -> None:
    """The same as files in a new folder."""
    folder.mkdir(parents=True)
    for name, text in cases(count, faulty):
        (folder / name).write_text(text, encoding="utf-8")
