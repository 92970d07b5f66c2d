"""The step between linking and paginating: every text set in its cell, every row made high enough."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from generator.document import Cell
from generator.layout.fill.stage_view import StageView
from generator.layout.measure import capacity, static_text
from generator.layout.sheets import FilledCell, FilledSheet, Frame, LinkedCell, LinkedSheet, MeasuredSheet
from generator.paper import MM_PER_POINT
from generator.problem import Problem, RefusedError
from generator.typography import typeset

_QUOTED = 20  # characters of a form's words, to tell them by


def measured(sheets: Sequence[LinkedSheet], view: StageView) -> tuple[MeasuredSheet, ...]:
    """The sheets with their texts set and their rows high enough for them.

    Raises RefusedError naming every item of the case whose text fits nowhere.
    """
    fitter = Fitter(view)
    made = tuple(_measured(sheet, fitter) for sheet in sheets)
    if fitter.problems:
        raise RefusedError(fitter.problems)
    return made


class Fitter:
    """Sets the texts of a case; ``problems`` tells of those that fit nowhere."""

    def __init__(self, view: StageView):
        self.view = view
        self.problems: list[Problem] = []

    def fit_all(self, sheet: FilledSheet) -> None:
        """Look whether all cells of a sheet have room for their texts."""
        for cell in sheet.cells:
            self.fit(cell, sheet.frame, sheet.frame.form.columns)

    def fit(self, cell: FilledCell | LinkedCell, frame: Frame, columns: Sequence[float]) -> typeset.Fitted:
        """The text of a cell in its room, between columns so many mm wide."""
        row, end = cell.row, cell.row + cell.rows
        single = cell.rows == 1
        least = frame.heights[row] if single else sum(frame.heights[row:end])
        # what stands beside the form does not make it grow
        grows = cell.column < len(frame.form.columns) and (frame.grow[row] if single else all(frame.grow[row:end]))
        most = capacity.tallest(cell.rows, frame.form) if grows else None
        fit = static_text.kept_fitted if cell.own else static_text.fitted
        fitted = fit(cell.text, _width(cell, columns), least, most, cell.style)
        if not fitted.fits:
            self.problems.append(self._problem(cell, frame))
        return fitted

    def _problem(self, cell: FilledCell | LinkedCell, frame: Frame) -> Problem:
        message, hint = "文が長く、いちばん小さな字でも様式の枠に収まりません", "文を短くしてください"
        if cell.path:
            view = self.view.of(frame.form_spec) if frame.form_spec else self.view
            return view.case.problem(cell.path, message, hint, code="layout.text-fits-nowhere")
        words = (cell.source or cell.text)[:_QUOTED]  # not what the case says in it, which may be a name
        return Problem(f"「{words}…」{message}", hint=hint, code="layout.text-fits-nowhere")


def _measured(sheet: LinkedSheet, fitter: Fitter) -> MeasuredSheet:
    frame = sheet.frame
    columns = (*frame.form.columns, *sheet.aside) if sheet.aside else frame.form.columns
    heights = list(frame.heights)
    cells: list[Cell] = []
    for words, height in frame.words:
        cells.append(words)
        if height > heights[words.row]:
            heights[words.row] = height
    high: list[tuple[LinkedCell, float]] = []  # cells of several rows, once the height of each is known
    for cell in sheet.cells:
        fitted = fitter.fit(cell, frame, columns)
        cells.append(_cell(cell, fitted, columns))
        if cell.rows > 1:
            high.append((cell, fitted.height))
        elif fitted.height > heights[cell.row] or cell.lines:
            room = cell.lines * fitted.size * cell.style.line * MM_PER_POINT
            heights[cell.row] = max(heights[cell.row], fitted.height, room)
    for cell, height in high:
        end = cell.row + cell.rows
        heights[end - 1] += max(0.0, height - sum(heights[cell.row : end]))
    cells.sort(key=itemgetter(0, 1))  # row and column
    return MeasuredSheet(frame, tuple(cells), tuple(heights), sheet.aside)


def _cell(cell: LinkedCell, fitted: typeset.Fitted, columns: Sequence[float]) -> Cell:
    blank = None
    if cell.blank is not None:
        blank = typeset.break_lines(cell.blank, _width(cell, columns), cell.style, fitted.size)
    return Cell(
        cell.row, cell.column, cell.rows, cell.columns, cell.text, cell.style, fitted.size, fitted.lines, cell.value,
        cell.format, cell.formula, cell.field, cell.mark, cell.role, cell.refusing, cell.input, cell.follows, cell.warn,
        blank,
    )  # fmt: skip


def _width(cell: FilledCell | LinkedCell, columns: Sequence[float]) -> float:
    """mm between the cell's left and right edge."""
    return columns[cell.column] if cell.columns == 1 else sum(columns[cell.column : cell.column + cell.columns])
