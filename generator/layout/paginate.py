"""The last step: the pages of a measured sheet divided, so that a Document can have it."""

from __future__ import annotations

from collections.abc import Sequence

from generator.document import Cell, Sheet
from generator.layout.sheets import Frame, MeasuredSheet
from generator.scheme.form import characters

_SLACK = 0.01  # mm that rounding may take from a page


def paginated(sheet: MeasuredSheet, ordinal: str, stamp: str, note: str) -> Sheet:
    """A sheet of the Document.

    ``ordinal`` stands behind the name of its file (-2 for the second of a repeated stage), ``stamp`` and ``note`` in
    its margin.
    """
    frame, form, form_spec = sheet.frame, sheet.frame.form, sheet.frame.form_spec
    heights = sheet.heights
    headed = _headed(frame, sheet.cells)
    return Sheet(
        form=form_spec.id if form_spec else form.label,
        name=frame.name,
        title=f"{frame.name}　{form.title}" if form.title else frame.name,
        file=(form_spec.file + ordinal) if form_spec else form.label,
        kind=form.kind if form_spec else "table",
        paper=form.paper,
        margins=form.margins,
        columns=form.columns,
        heights=tuple(round(height, 3) for height in heights),
        cells=sheet.cells,
        breaks=_breaks(frame, heights, headed or len(heights)),
        repeated=frame.header,
        headed=headed,
        printed=form_spec is not None,
        word=form_spec is not None and form_spec.word,
        aside=sheet.aside,
        hidden=frame.hidden,
        note=note,
        characters=characters(form) if form_spec else (),
        stamp=stamp,
    )


def _headed(frame: Frame, cells: Sequence[Cell]) -> int | None:
    """The row after the table of the header: the first one without a border; None where it has none itself."""
    if frame.header is None:
        return None
    ruled = {row for cell in cells if cell.style.bordered for row in range(cell.row, cell.row + cell.rows)}
    if frame.header[0] not in ruled:
        return None
    return next((row for row in range(frame.header[1], len(frame.heights)) if row not in ruled), None)


def _breaks(frame: Frame, heights: Sequence[float], headed: int) -> tuple[int, ...]:
    """Rows that begin a page: groups are kept whole while a page can hold them.

    ``headed``: the row after the last one below the header.
    """
    room, header = frame.form.printable, frame.header
    repeated = sum(heights[header[0] : header[1]]) if header else 0.0
    breaks: list[int] = []
    used = 0.0
    for first, end in frame.groups:
        whole = heights[first] if end == first + 1 else sum(heights[first:end])
        pieces = [(first, whole)]
        if whole > room - repeated:
            pieces = [(row, heights[row]) for row in range(first, end)]
        for start, height in pieces:
            forced = start in frame.forced and start > 0
            if start and (forced or used + height > room + _SLACK):
                breaks.append(start)
                used = repeated if header and header[1] <= start < headed else 0.0
            used += height
    return tuple(breaks)
