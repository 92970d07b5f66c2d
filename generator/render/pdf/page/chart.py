"""A chart drawn into a page: axes, bars and their names."""

from __future__ import annotations

from collections.abc import Iterator

from generator.document import Chart
from generator.paper import POINTS_PER_MM
from generator.render.pdf.page.grid import PageGrid
from generator.render.pdf.page.operators import filled_rectangle, outlined_rectangle
from generator.render.pdf.page.text import ContentWriter
from generator.typography.fonts import chain, glyphs

_SIZE, _TITLE = 8.0, 10.5  # points
_FILLS = ("0.12 0.31 0.47", "0.55 0.71 0.85", "0.45 0.45 0.45", "0.85 0.85 0.85")  # told apart without colour, too
_GREY = "0.8"  # of the lines across
_STEPS = (1, 2, 5)
_LINES = 5  # across, at most
_LEFT, _RIGHT, _TOP, _BOTTOM = 22.0, 4.0, 19.0, 8.0  # mm around the bars
_MOST_LINES = 3  # of a group's name
_FULL = 0.94  # of the room of a group that its name may fill
_GAP = 0.35  # of the room of a group, left free between it and the next


def corners(chart: Chart, grid: PageGrid) -> tuple[float, float, float, float]:
    """Left, bottom, right and top, in points, of the rows and columns that are kept free for the chart on a page."""
    top = grid.rows.index(chart.row)
    below = grid.ys[min(top + chart.rows, len(grid.ys) - 1)]
    return grid.xs[chart.column], below, grid.xs[chart.column + chart.columns], grid.ys[top]


def draw_chart(writer: ContentWriter, chart: Chart, grid: PageGrid) -> None:
    """Draws the chart into its place on a page."""
    area = _PlotArea(*corners(chart, grid), chart)
    writer.shapes(area.shapes(chart))
    for text, x, baseline, size, side in area.texts(chart):
        fonts = chain("gothic", size > _SIZE)
        width = sum(glyph.advance for glyph in glyphs(text, fonts)) * size
        writer.line(text, (x - width * side, baseline), size, fonts)


def ticks(most: int) -> list[int]:
    """The values written along the axis: round ones from 0 up, the last not below ``most``, as 0, 200000, 400000, …"""
    power = 1
    while True:
        for step in (s * power for s in _STEPS):
            if step * _LINES >= most:
                return list(range(0, max(most + step - 1, step) // step * step + 1, step))
        power *= 10


class _PlotArea:
    """The chart's place in points, and in it that of the bars."""

    def __init__(self, left: float, bottom: float, right: float, top: float, chart: Chart) -> None:
        room = (right - left - (_LEFT + _RIGHT) * POINTS_PER_MM) / len(chart.labels)
        self.lines = max(len(_divided(label, room, _MOST_LINES)) for label in chart.labels)
        self.left, self.bottom, self.right, self.top = left, bottom, right, top
        self.x, self.y = left + _LEFT * POINTS_PER_MM, bottom + _BOTTOM * POINTS_PER_MM + (self.lines - 1) * _SIZE * 1.2
        self.width, self.height = right - _RIGHT * POINTS_PER_MM - self.x, top - _TOP * POINTS_PER_MM - self.y

    def level(self, value: int, most: int) -> float:
        return self.y + self.height * max(value, 0) / most

    def shapes(self, chart: Chart) -> Iterator[str]:
        scale = _scale(chart)
        yield f"{_GREY} g"
        for value in scale[1:]:
            yield filled_rectangle(self.x, self.level(value, scale[-1]) - 0.15, self.width, 0.3)
        for n, series in enumerate(chart.series):
            yield f"{_FILLS[n % len(_FILLS)]} rg"
            for left, value in zip(self.lefts(chart, n), series.values, strict=True):
                if value > 0:
                    yield filled_rectangle(left, self.y, self.thickness(chart), self.level(value, scale[-1]) - self.y)
            yield filled_rectangle(
                self.legend(chart, n), self.top - 11.4 * POINTS_PER_MM, 2.4 * POINTS_PER_MM, 2.4 * POINTS_PER_MM
            )
        yield "0 g"
        yield filled_rectangle(self.x, self.y - 0.25, self.width, 0.5)
        yield from outlined_rectangle(self.left, self.bottom, self.right - self.left, self.top - self.bottom, 0.5)

    def texts(self, chart: Chart) -> Iterator[tuple[str, float, float, float, float]]:
        """Text, x, baseline, size, and how much of its width lies left of x."""
        yield chart.title, (self.left + self.right) / 2, self.top - 6.2 * POINTS_PER_MM, _TITLE, 0.5
        for n, series in enumerate(chart.series):
            yield series.name, self.legend(chart, n) + 3.4 * POINTS_PER_MM, self.top - 11.2 * POINTS_PER_MM, _SIZE, 0.0
        scale = _scale(chart)
        yield f"（{chart.unit}）", self.x - 1.5 * POINTS_PER_MM, self.y + self.height + 3 * POINTS_PER_MM, _SIZE, 1.0
        for value in scale:
            yield f"{value:,}", self.x - 1.5 * POINTS_PER_MM, self.level(value, scale[-1]) - 0.35 * _SIZE, _SIZE, 1.0
        room = self.width / len(chart.labels)
        for n, label in enumerate(chart.labels):
            for line, part in enumerate(_divided(label, room, self.lines)):
                yield part, self.x + room * (n + 0.5), self.y - 4 * POINTS_PER_MM - line * _SIZE * 1.2, _SIZE, 0.5

    def thickness(self, chart: Chart) -> float:
        return min(self.width / len(chart.labels) * (1 - _GAP) / len(chart.series), 12 * POINTS_PER_MM)

    def lefts(self, chart: Chart, series: int) -> Iterator[float]:
        """Where the bars of a series begin."""
        room, thick = self.width / len(chart.labels), self.thickness(chart)
        for n in range(len(chart.labels)):
            yield self.x + room * (n + 0.5) + thick * (series - len(chart.series) / 2)

    def legend(self, chart: Chart, series: int) -> float:
        """Where the sign of a series stands; they stand in a row, centred."""
        widths = [_width(s.name) + 10 * POINTS_PER_MM for s in chart.series]
        return (self.left + self.right - sum(widths)) / 2 + sum(widths[:series])


def _scale(chart: Chart) -> list[int]:
    return ticks(max((value for series in chart.series for value in series.values), default=0))


def _divided(label: str, room: float, lines: int) -> list[str]:
    """The name of a group in pieces no wider than the room, as far as there are lines for them."""
    pieces = [""]
    for character in label:
        if pieces[-1] and _width(pieces[-1] + character) > room * _FULL:
            pieces.append("")
        pieces[-1] += character
    return pieces if len(pieces) <= lines else [*pieces[: lines - 1], pieces[lines - 1][:-1] + "…"]


def _width(text: str) -> float:
    """Points at the size of all but the title."""
    return sum(glyph.advance for glyph in glyphs(text, chain("gothic"))) * _SIZE
