"""Scheme + Case + Assessment → Document: every text set, every row high enough, pages divided, formulas linked."""

from __future__ import annotations

import datetime
from itertools import groupby
from operator import itemgetter

from generator import __version__, roundtrip
from generator.case.assess import Assessment
from generator.case.case import Case, StageRef
from generator.case.document_number import Marks
from generator.document import Cell, Document, Sheet
from generator.layout.fill.fill import Expander
from generator.layout.fillable import input_rules, instructions_sheet, other_items_sheet
from generator.layout.filled_cell import Draft, Grid
from generator.layout.formulas import calculation_sheet
from generator.layout.formulas.linking import Linker
from generator.layout.measure import capacity, static_text
from generator.layout.overflow import Search
from generator.problem import Problem, ProblemError
from generator.scheme.form import characters
from generator.scheme.load import FormEntry
from generator.typography import typeset

DRAFT_STAMP = "案"


def compose(assessment: Assessment, stage: StageRef, marks: Marks | None = None, template: bool = False) -> Document:
    """The Document of one stage.

    ``marks`` holds what the register knows of the case's documents; a form of the city without one is a draft,
    stamped 案. ``template``: the applicant's forms alone, to be filled in: what the case lacks is an input.
    Raises ProblemError naming every item whose text fits nowhere.
    """
    case, scheme = assessment.case, assessment.case.scheme
    marks = marks or {}
    grids = _grids(Expander(case, assessment, stage, marks, template))
    titles = _titles(grids)
    rest = other_items_sheet.grid(case, stage, grids, template)
    if rest is not None:
        grids.append(rest)
        titles.append(other_items_sheet.SHEET)
    if template:
        input_rules.prepare(grids, scheme.schema)
    linker = Linker(grids, titles, assessment, stage, template)
    if template:
        linker.names |= input_rules.equip(grids, titles, case)
        input_rules.point(grids, titles)
        grids.insert(0, instructions_sheet.grid(grids, titles, f"{scheme.name}　{stage.label}の記入の手引"))
        titles.insert(0, instructions_sheet.SHEET)
    problems: list[Problem] = []
    sheets = [_sheet(g, t, case, stage, marks, problems) for g, t in zip(grids, titles, strict=True)]
    sheets.append(_sheet(linker.basis.grid, calculation_sheet.SHEET, case, stage, marks, problems))
    if problems:
        raise ProblemError(problems)
    dated = case.get(f"{stage.key}.{stage.stage.date}" if stage.stage.many else stage.stage.date)
    made = Document(
        name=f"{stage.file}一式",
        title=f"{scheme.name}　{stage.label}一式（{case.number}）",
        author=scheme.authority,
        subject=scheme.name,
        date=dated if isinstance(dated, datetime.date) else assessment.governing,
        sheets=tuple(sheets),
        names=tuple(sorted(linker.names.items())),
        protected=template,
    )
    return roundtrip.sealed(made, _token(assessment, stage))


def called_for(assessment: Assessment, stage: StageRef, entry: FormEntry, marks: Marks | None = None) -> bool:
    """Whether a form is made in this stage: it has no condition, or its ``when`` holds. Raises ProblemError."""
    return Expander(assessment.case, assessment, stage, marks or {}).made(entry)


def misfits(assessment: Assessment, stage: StageRef) -> list[Problem]:
    """The items of a stage whose text fits nowhere, as `compose` would raise them, without making the Document.

    A form's own words are not looked at: where these do not fit, no case has documents.
    Raises ProblemError where a text cannot be composed.
    """
    case = assessment.case
    problems: list[Problem] = []
    for grid in _grids(Search(case, assessment, stage, {})):
        for draft in grid.drafts:
            _fit(draft, grid, case, problems)
    if not other_items_sheet.holds(case.get(stage.key)):
        rest = other_items_sheet.grid(case, stage, _grids(Expander(case, assessment, stage, {})))
        if rest is not None:
            for draft in rest.drafts:
                _fit(draft, rest, case, problems)
    for text in (calculation_sheet.told(line) for line in assessment.columns if line.stage == stage):
        if not calculation_sheet.has_room(text):
            row = calculation_sheet.row_of(text)
            _fit(row.drafts[0], row, case, problems)
    return problems


def _grids(expander: Expander) -> list[Grid]:
    """The sheets of the forms of a stage."""
    name = expander.stage.stage.name
    return [g for entry in expander.case.scheme.forms if entry.stage == name for g in expander.grids(entry)]


def _token(assessment: Assessment, stage: StageRef) -> roundtrip.Token:
    case, scheme = assessment.case, assessment.case.scheme
    party = case.get(scheme.party) if scheme.party else None
    versions = {}
    for entry in scheme.forms:
        if entry.stage == stage.stage.name:
            form = entry.version(assessment.governing)
            versions[entry.id] = next(begins.isoformat() for begins, f in entry.versions if f is form)
    applicant = party if isinstance(party, str) else ""
    return roundtrip.Token(scheme.id, stage.key, case.number, applicant, versions, __version__, "")


def _titles(grids: list[Grid]) -> list[str]:
    """Worksheet names: the form's label, numbered where it has several sheets."""
    titles: list[str] = []
    for _, same in groupby(grids, key=lambda g: g.entry.id if g.entry else ""):
        sheets = list(same)
        count, number = sum(not g.called for g in sheets), 0
        for grid in sheets:
            assert grid.entry is not None
            if grid.called:
                again = sum(t.startswith(grid.called) for t in titles)
                titles.append(f"{grid.called}({again + 1})" if again else grid.called)
                continue
            number += 1
            titles.append(grid.entry.label if count == 1 else f"{grid.entry.label}({number})")
    return titles


def _sheet(grid: Grid, title: str, case: Case, stage: StageRef, marks: Marks, problems: list[Problem]) -> Sheet:
    form, entry = grid.form, grid.entry
    heights = list(grid.heights)
    cells: list[Cell] = []
    for cell, height in grid.printed:
        cells.append(cell)
        if height > heights[cell.row]:
            heights[cell.row] = height
    high: list[tuple[Draft, float]] = []  # cells of several rows, once the height of each is known
    for draft in grid.drafts:
        fit = _fit(draft, grid, case, problems)
        cells.append(_cell(draft, fit, grid))
        if draft.rows > 1:
            high.append((draft, fit.height))
        elif fit.height > heights[draft.row] or draft.lines:
            room = draft.lines * fit.size * draft.style.line * 25.4 / 72
            heights[draft.row] = max(heights[draft.row], fit.height, room)
    for draft, height in high:
        end = draft.row + draft.rows
        heights[end - 1] += max(0.0, height - sum(heights[draft.row : end]))
    cells.sort(key=itemgetter(0, 1))  # row and column
    ordinal = f"-{stage.index + 1}" if stage.index else ""
    headed = _headed(grid, cells)
    official = entry is not None and bool(entry.series)
    return Sheet(
        form=entry.id if entry else form.label,
        name=title,
        title=f"{title}　{form.title}" if form.title else title,
        file=(entry.file + ordinal) if entry else form.label,
        kind=form.kind if entry else "table",
        paper=form.paper,
        margins=form.margins,
        columns=form.columns,
        heights=tuple(round(h, 3) for h in heights),
        cells=tuple(cells),
        breaks=_breaks(grid, heights, headed or len(heights)),
        repeated=grid.header,
        headed=headed,
        printed=entry is not None,
        word=entry is not None and entry.word,
        aside=grid.aside,
        hidden=grid.hidden,
        characters=characters(form) if entry else (),
        stamp=DRAFT_STAMP if official and entry is not None and (entry.id, stage.index or 0) not in marks else "",
    )


def _cell(d: Draft, fitted: typeset.Fitted, grid: Grid) -> Cell:
    blank = None if d.blank is None else typeset.break_lines(d.blank, _width(d, grid), d.style, fitted.size)
    return Cell(
        d.row, d.column, d.rows, d.columns, d.text, d.style, fitted.size, fitted.lines, d.value, d.format, d.formula,
        d.field, d.mark, d.role, d.refusing, d.input, d.follows, d.warn, blank,
    )  # fmt: skip


def _fit(draft: Draft, grid: Grid, case: Case, problems: list[Problem]) -> typeset.Fitted:
    row, end = draft.row, draft.row + draft.rows
    single = draft.rows == 1
    least = grid.heights[row] if single else sum(grid.heights[row:end])
    # what stands beside the form does not make it grow
    grows = draft.column < len(grid.form.columns) and (grid.grow[row] if single else all(grid.grow[row:end]))
    most = capacity.most(draft.rows, grid.form) if grows else None
    fitted = static_text.fitted(draft.text, _width(draft, grid), least, most, draft.style)
    if not fitted.fits:
        item = f"「{draft.text[:10]}…」" if not draft.field else ""
        message = "文が長く、いちばん小さな字でも様式の枠に収まりません"
        hint = "文を短くしてください"
        problems.append(case.problem(draft.field, message, hint) if draft.field else Problem(item + message, hint=hint))
    return fitted


def _width(draft: Draft, grid: Grid) -> float:
    columns = grid.form.columns
    whole = (*columns, *grid.aside) if grid.aside else columns
    return whole[draft.column] if draft.columns == 1 else sum(whole[draft.column : draft.column + draft.columns])


def _headed(grid: Grid, cells: list[Cell]) -> int | None:
    """The row after the table of the header: the first one without a border; None where it has none itself."""
    if grid.header is None:
        return None
    ruled = {n for c in cells if c.style.bordered for n in range(c.row, c.row + c.rows)}
    if grid.header[0] not in ruled:
        return None
    return next((row for row in range(grid.header[1], len(grid.heights)) if row not in ruled), None)


def _breaks(grid: Grid, heights: list[float], headed: int) -> tuple[int, ...]:
    """Rows that begin a page: groups are kept whole while a page can hold them.

    ``headed``: the row after the last one below the header.
    """
    room = grid.form.printable
    header = grid.header
    repeated = sum(heights[header[0] : header[1]]) if header else 0.0
    breaks: list[int] = []
    used = 0.0
    for first, end in grid.groups:
        whole = heights[first] if end == first + 1 else sum(heights[first:end])
        pieces = [(first, whole)]
        if whole > room - repeated:
            pieces = [(row, heights[row]) for row in range(first, end)]
        for start, height in pieces:
            forced = start in grid.forced and start > 0
            if start and (forced or used + height > room + 0.01):
                breaks.append(start)
                used = repeated if header and header[1] <= start < headed else 0.0
            used += height
    return tuple(breaks)
