"""Where the fields of a sheet stand on its pages, and what is drawn there without them.

Further places of an item (``Cell.follows``) are widgets of its field; the cells 元号, 年, 月 and 日 of one date are one
field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from generator.document import Cell, Sheet
from generator.render.pdf.page.grid import PlacedCell, grid_of, placed_cells

DATE_PARTS = ("元号", "年", "月", "日")  # kinds of the inputs that make one date

WidgetKey = tuple[int, int, int]  # sheet as drawn, row, column: where the structure has an element Form


@dataclass(frozen=True, slots=True)
class Widget:
    """One place of a field: its page, counted from 0, and its rectangle."""

    page: int
    key: WidgetKey
    box: tuple[float, float, float, float]  # left, bottom, right, top in points
    cell: Cell


def without_answers(sheet: Sheet) -> Sheet:
    """The sheet as it is drawn below its fields: no answers, nothing that depends on them, nothing beside the form.

    A cell over which a field comes has the role ``field``; of the cells of a date it is the first.
    """
    cells = []
    dates: set[str] = set()
    for cell in sheet.cells:
        if cell.column >= len(sheet.columns):
            continue
        path = cell.field or cell.follows
        if not path and cell.blank == () and not sheet.printed:  # what would say in words what the answer means
            continue
        if not path and cell.blank is not None:
            text = "".join(line.text for line in cell.blank)
            cell = cell._replace(text=text, lines=cell.blank if text else ())
        if path:
            further = _of_date(cell) and path in dates
            role = "field" if path and not further else cell.role
            if _of_date(cell):
                dates.add(path)
            cell = cell._replace(text="", lines=(), mark="", style=replace(cell.style, fill=""), role=role)
        cells.append(cell)
    return replace(sheet, cells=tuple(cells), printed=True, aside=())


def widgets_of(number: int, sheet: Sheet, rows: Iterable[int], page: int) -> Iterator[tuple[str, Widget]]:
    """The case path and the widget of each field on one page of the sheet.

    ``number``: which sheet of the file it is; ``rows``: those on the page; ``page``: the page's place in the file.
    """
    cells: dict[int, list[Cell]] = {}
    for cell in sheet.cells:
        if cell.column < len(sheet.columns):
            cells.setdefault(cell.row, []).append(cell)
    dates: dict[str, list[PlacedCell]] = {}
    for at in placed_cells(cells, grid_of(sheet, tuple(rows))):
        path = at.cell.field or at.cell.follows
        if not path:
            continue
        if _of_date(at.cell):
            dates.setdefault(path, []).append(at)
        else:
            key = (number, at.cell.row, at.cell.column)
            yield path, Widget(page, key, (at.left, at.bottom, at.right, at.top), at.cell)
    for path, parts in dates.items():
        edges = [(p.left, p.bottom, p.right, p.top) for p in parts]
        box = (min(e[0] for e in edges), min(e[1] for e in edges), max(e[2] for e in edges), max(e[3] for e in edges))
        text = ".".join(p.cell.text for p in parts).replace(".", "", 1) if parts[0].cell.text else ""
        cell = parts[0].cell._replace(text=text, value=text or None, lines=())
        yield path, Widget(page, (number, cell.row, cell.column), box, cell)


def _of_date(cell: Cell) -> bool:
    return cell.input is not None and cell.input.kind in DATE_PARTS
