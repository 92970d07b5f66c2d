"""Results as markdown tables and as a plot."""

from __future__ import annotations

import math
import platform
import statistics
from pathlib import Path

from benchmarks.contest import Result

BARE = "下限（字と線だけ）"


def table(results: list[Result]) -> str:
    """One line for each sheet and contestant."""
    lines = [
        "| 様式 | 描くもの | 中央値 ms | yoshiki の何倍 | 初めの一枚 ms | 大きさ KB | 最大メモリ MB | 文字が同じ |",
        "|---|---|---:|---:|---:|---:|---:|---|",
    ]
    ours = {r.sheet: r for r in results if r.name == "yoshiki"}
    for r in results:
        same = {None: "", True: "○", False: "×"}[r.same_text]
        memory = "" if r.memory is None else f"{r.memory:.0f}"
        numbers = f"{r.median * 1000:.2f} | {r.median / ours[r.sheet].median:.1f} | {r.first * 1000:.0f}"
        lines.append(f"| {r.sheet} | {r.name} | {numbers} | {len(r.sample) / 1000:.0f} | {memory} | {same} |")
    return "\n".join(lines)


def means(results: list[Result]) -> str:
    """The geometric means over the sheets of a format."""
    ours = {r.sheet: r for r in results if r.name == "yoshiki"}
    lines = ["| 形式 | 相手 | 幾何平均で何倍 |", "|---|---|---:|"]
    for format_ in dict.fromkeys(r.sheet.split()[0] for r in results):
        of_format = [r for r in results if r.sheet.startswith(format_)]
        for name in dict.fromkeys(r.name for r in of_format if r.name != "yoshiki"):
            ratios = [r.median / ours[r.sheet].median for r in of_format if r.name == name]
            lines.append(f"| {format_} | {name} | {statistics.geometric_mean(ratios):.1f} |")
    return "\n".join(lines)


def rest(results: list[Result]) -> str:
    """How far our PDF is from the bare writer's, in words."""
    bare = {r.sheet: r for r in results if r.name == BARE}
    parts = []
    for r in results:
        if r.name == "yoshiki" and r.sheet in bare:
            apart = (r.median - bare[r.sheet].median) * 1000
            parts.append(f"{r.sheet.split()[1]} で {abs(apart):.2f} ms{'遅い' if apart > 0 else '速い'}")
    return f"yoshiki の PDF は下限に比べて {'、'.join(parts)}。" if parts else ""


def plot(results: list[Result], target: Path) -> None:
    """Bars on a logarithmic scale, as SVG written by hand: no drawing library for a dozen rectangles."""
    width, bar, left = 900, 16, 330
    slowest = max(r.median for r in results) * 1000
    scale = (width - left - 90) / (math.log10(slowest) + 1.5)
    rows = []
    for n, r in enumerate(results):
        y = 30 + n * (bar + 6)
        length = max(2.0, (math.log10(r.median * 1000) + 1.5) * scale)
        colour = "#2b6cb0" if r.name == "yoshiki" else "#a0aec0"
        rows.append(
            f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{r.sheet} — {r.name}</text>'
            f'<rect x="{left}" y="{y}" width="{length:.0f}" height="{bar}" fill="{colour}"/>'
            f'<text x="{left + length + 6:.0f}" y="{y + 12}">{r.median * 1000:.2f} ms</text>'
        )
    height = 40 + len(results) * (bar + 6)
    size = f'width="{width}" height="{height}" font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    title = '<text x="10" y="18">1枚あたりの時間（対数目盛、短いほど速い）</text>'
    target.write_text(
        f"{head}<rect width='100%' height='100%' fill='white'/>{title}{''.join(rows)}</svg>\n", encoding="utf-8"
    )


def machine() -> str:
    """What was measured on."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(encoding="utf-8").splitlines() if cpu.is_file() else []
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    cores = sum(line.startswith("processor") for line in lines)
    return f"{platform.system()} {platform.machine()}、{model}（{cores}コア）、Python {platform.python_version()}"
