"""The same work side by side with the peers: `make bench` prints the table and keeps it as markdown and a plot.

Times are medians over documents that all differ, with each contestant's fonts and templates warm: what counts at the
end of a fiscal year is the thousandth case, not the first. Contestants take turns of a few documents each, so that a
noisy moment hits all.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import math
import platform
import resource
import statistics
import sys
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2

from benchmarks.sheets import letters, variants, workbooks
from generator.document import Document
from generator.render import renderer

HERE = Path(__file__).parent
_TURN = 8  # documents in a row: a run draws thousands of its own, not one of each program by turns


class Ours:
    def __init__(self, documents: list[Document], format_: str):
        self.documents, self.renderer, self.name = documents, renderer(format_), "yoshiki"

    def draw(self, number: int) -> bytes:
        return self.renderer(self.documents[number])


@dataclass
class Result:
    sheet: str
    name: str
    times: list[float] = field(default_factory=list)
    size: int = 0
    same_text: bool | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.times)


def _letters_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    # every contestant draws an empty box for the check box, whatever its text layer calls it
    text = text.replace("☐", "□").replace("☑", "■")
    return "".join(
        sorted(c for c in unicodedata.normalize("NFC", text) if not c.isspace() and c not in "\ufffe\u00ad\u200b")
    )


def _contest(sheet: str, documents: tuple[Document, ...], contestants: list[Any], pdf: bool) -> list[Result]:
    results = [Result(sheet, c.name) for c in contestants]
    first = [c.draw(0) for c in contestants]
    for result, data in zip(results, first, strict=True):
        result.size = len(data)
        if pdf:
            result.same_text = _letters_of(data) == _letters_of(first[0])
    for start in range(1, len(documents), _TURN):
        for result, contestant in zip(results, contestants, strict=True):
            gc.collect()  # nobody pays for what another one left behind
            for number in range(start, min(start + _TURN, len(documents))):
                begin = time.perf_counter()
                contestant.draw(number)
                result.times.append(time.perf_counter() - begin)
    return results


def _peers(names: list[str], documents: tuple[Document, ...]) -> list[Any]:
    found = []
    for name in names:
        try:
            module = importlib.import_module(f"benchmarks.peers.{name}")
        except ImportError as error:
            print(f"（{name} は入っていないため省きます: {error}）", file=sys.stderr)
            continue
        if getattr(module, "available", lambda: True)():
            found.append(module.Contestant(list(documents)))
    return found


def run(count: int) -> list[Result]:
    results: list[Result] = []
    for format_, sheets, names in (
        ("pdf", variants(count), ["bare_peer", "typst_peer", "weasyprint_peer", "libreoffice_peer"]),
        ("xlsx", workbooks(count), ["xlsxwriter_peer", "openpyxl_peer"]),
        ("docx", letters(count), ["python_docx_peer"]),
    ):
        for sheet, documents in sheets.items():
            contestants = [Ours(list(documents), format_), *_peers(names, documents)]
            results += _contest(f"{format_} {sheet}", documents, contestants, format_ == "pdf")
            for contestant in contestants:
                getattr(contestant, "close", lambda: None)()
    return results


def table(results: list[Result]) -> str:
    lines = [
        "| 様式 | 描くもの | 中央値 ms | yoshiki の何倍 | 大きさ KB | 文字が同じ |",
        "|---|---|---:|---:|---:|---|",
    ]
    ours = {r.sheet: r for r in results if r.name == "yoshiki"}
    for r in results:
        same = {None: "", True: "○", False: "×"}[r.same_text]
        ratio = r.median / ours[r.sheet].median
        lines.append(f"| {r.sheet} | {r.name} | {r.median * 1000:.2f} | {ratio:.1f} | {r.size / 1000:.0f} | {same} |")
    lines += ["", "| 形式 | 相手 | 幾何平均で何倍 |", "|---|---|---:|"]
    for format_ in ("pdf", "xlsx", "docx"):
        names = dict.fromkeys(r.name for r in results if r.sheet.startswith(format_) and r.name != "yoshiki")
        for name in names:
            ratios = [
                r.median / ours[r.sheet].median for r in results if r.name == name and r.sheet.startswith(format_)
            ]
            mean = math.exp(statistics.fmean(math.log(x) for x in ratios))
            lines.append(f"| {format_} | {name} | {mean:.1f} |")
    return "\n".join(lines)


def plot(results: list[Result], target: Path) -> None:
    """Bars on a logarithmic scale, as SVG written by hand: no drawing library for a dozen rectangles."""
    width, bar, left = 900, 16, 330
    slowest = max(r.median for r in results) * 1000
    scale = (width - left - 90) / (math.log10(slowest) + 1)
    rows = []
    for n, r in enumerate(results):
        y = 30 + n * (bar + 6)
        length = max(2.0, (math.log10(r.median * 1000) + 1) * scale)
        colour = "#2b6cb0" if r.name == "yoshiki" else "#a0aec0"
        rows.append(
            f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{r.sheet} — {r.name}</text>'
            f'<rect x="{left}" y="{y}" width="{length:.0f}" height="{bar}" fill="{colour}"/>'
            f'<text x="{left + length + 6:.0f}" y="{y + 12}">{r.median * 1000:.1f} ms</text>'
        )
    height = 40 + len(results) * (bar + 6)
    size = f'width="{width}" height="{height}" font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    title = '<text x="10" y="18">1枚あたりの時間（対数目盛、短いほど速い）</text>'
    target.write_text(
        f"{head}<rect width='100%' height='100%' fill='white'/>{title}{''.join(rows)}</svg>\n", encoding="utf-8"
    )


def machine() -> str:
    model = ""
    cpu = Path("/proc/cpuinfo")
    if cpu.is_file():
        model = next(
            (line.partition(":")[2].strip() for line in cpu.read_text().splitlines() if "model name" in line), ""
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    system = f"{platform.system()} {platform.machine()}、{model}、Python {platform.python_version()}"
    return f"{system}、最大メモリ {peak:.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=30, help="documents of each sheet")
    parser.add_argument("--keep", action="store_true", help="write RESULTS.md and results.svg")
    options = parser.parse_args()
    results = run(options.count)
    text = table(results)
    print(text)
    print(machine())
    if options.keep:
        head = (
            (HERE / "RESULTS.head.md").read_text(encoding="utf-8")
            if (HERE / "RESULTS.head.md").exists()
            else "# 測った結果\n"
        )
        (HERE / "RESULTS.md").write_text(f"{head}\n{text}\n\n{machine()}\n\n![](results.svg)\n", encoding="utf-8")
        plot(results, HERE / "results.svg")


if __name__ == "__main__":
    main()
