"""Cells as Word paragraphs: alignment, indents and tab stops in place of the grid's columns."""

from __future__ import annotations

from collections.abc import Sequence

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Length, Pt, Twips
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from generator.document import BODY_SIZE, Cell
from generator.paper import MM_PER_INCH, MM_PER_POINT
from generator.render.docx.blank import GOTHIC, SYMBOL
from generator.render.docx.plan import SheetPlan
from generator.typography import fonts
from generator.typography.fonts import RARE

_SPARE = 0.1  # mm a text may run over, so that rounding never turns our one line into Word's two
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_TAB = {"center": WD_TAB_ALIGNMENT.CENTER, "right": WD_TAB_ALIGNMENT.RIGHT}
_SPACE = "\u3000"
_STYLES = {"title": "Title", "heading": "Heading1"}


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point, Word's unit."""
    return round(mm * 1440 / MM_PER_INCH)


def pitch(cell: Cell) -> int:
    """The distance between the cell's lines in twips."""
    return round(cell.style.line * cell.size * 20)


def height(cell: Cell) -> int:
    """What the cell's lines take in twips."""
    return pitch(cell) * max(1, len(cell.lines))


def fill_cell(paragraph: Paragraph, cell: Cell) -> None:
    """Write the text of a table's cell into its paragraph."""
    _dress(paragraph, cell, pitch(cell))
    _align(paragraph, cell)
    if not cell.text:  # an empty paragraph takes the height of its mark
        _mark_size(paragraph, cell)
    _write(paragraph, cell)


def fill_row(paragraph: Paragraph, cells: Sequence[Cell], plan: SheetPlan) -> None:
    """Write the cells of a row into one paragraph as the grid places them.

    A single cell is indented to its edges and aligned between them. Several stand at tab stops; the
    last one hangs below its own beginning when it takes several lines.
    """
    _dress(paragraph, cells[0], max(map(pitch, cells)))
    last = cells[-1]
    if len(cells) == 1:
        _align(paragraph, last)
        spare_left, spare_right = spare(last)
        _indent(paragraph, plan.left(last) - spare_left, plan.body - plan.right(last) - spare_right + inset(last))
    else:
        _tabs(paragraph, cells, plan)
    for place, cell in enumerate(cells):
        if place or (cell.style.align in _TAB and len(cells) > 1):
            paragraph.add_run().add_tab()
        _write(paragraph, cell)


def _tabs(paragraph: Paragraph, cells: Sequence[Cell], plan: SheetPlan) -> None:
    first, *rest = cells
    last = rest[-1]
    if first.style.align in _TAB:
        rest, begin = list(cells), 0.0
    else:
        begin = plan.left(first)
    hanging = last.style.wrap and not any(c.style.align in _TAB for c in cells)
    for cell in rest:
        position = {"right": plan.right(cell) - inset(cell), "center": (plan.left(cell) + plan.right(cell)) / 2}
        stop = position.get(cell.style.align, plan.left(cell))
        paragraph.paragraph_format.tab_stops.add_tab_stop(
            Twips(twips(stop)), _TAB.get(cell.style.align, WD_TAB_ALIGNMENT.LEFT)
        )
    if hanging or len(last.lines) > 1:
        if last.style.align == "justify":
            _align(paragraph, last)
        _indent(paragraph, plan.left(last), plan.body - plan.right(last) - _SPARE, begin)
    else:
        _indent(paragraph, begin, 0.0)


def inset(cell: Cell) -> float:
    """The mm that full-width spaces keep right-aligned text from its edge.

    Word processors differ in whether such spaces count, so they become an indent.
    """
    if cell.style.align != "right" or len(cell.lines) > 1:
        return 0.0
    return (len(cell.text) - len(cell.text.rstrip(_SPACE))) * cell.size * MM_PER_POINT


def spare(cell: Cell) -> tuple[float, float]:
    """The mm a cell's text may run over at its left and right, where that does not move it."""
    left = {"right": _SPARE, "center": _SPARE}.get(cell.style.align, 0.0)
    right = 0.0 if cell.style.align == "right" else _SPARE
    return left, right


def _indent(paragraph: Paragraph, left: float, right: float, first: float | None = None) -> None:
    form = paragraph.paragraph_format
    if twips(left):
        form.left_indent = Twips(twips(left))
    if twips(right):
        form.right_indent = Twips(twips(right))
    if first is not None:
        form.first_line_indent = Twips(twips(first) - twips(left))


def _align(paragraph: Paragraph, cell: Cell) -> None:
    if cell.style.align != "left":
        paragraph.alignment = _ALIGN[cell.style.align]
    elif cell.role == "title":  # the style Title is centred
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _dress(paragraph: Paragraph, cell: Cell, line: int) -> None:
    exact_lines(paragraph, line)
    if cell.role in _STYLES:
        paragraph._p.style = _STYLES[cell.role]


def exact_lines(paragraph: Paragraph, line: int) -> None:
    """Give the paragraph a line pitch in twips that no font can change."""
    form = paragraph.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Twips(line)


def segments(cell: Cell) -> list[str]:
    """The text between its own line ends; nothing where nothing is printed."""
    printed = cell.text.rstrip(_SPACE) if inset(cell) else cell.text
    return printed.removesuffix("\n").split("\n") if printed else []


def _write(paragraph: Paragraph, cell: Cell) -> None:
    """The text as it is, its own line ends as line breaks; Word breaks the lines itself."""
    lines = segments(cell)
    if not lines:
        return
    face = SYMBOL if cell.mark else GOTHIC if cell.style.font == "gothic" else ""
    run = paragraph.add_run()
    type_face(run, face, _size(cell), cell.style.bold)
    for number, line in enumerate(lines):
        if number:
            run.add_break()
        for piece, rare in rare_runs(line, cell) or ((line, False),):
            if rare:
                run = paragraph.add_run()
                type_face(run, RARE, _size(cell))
            elif run.font.name == RARE:
                run = paragraph.add_run()
                type_face(run, face, _size(cell), cell.style.bold)
            if piece:
                run.add_text(piece)
    for written in paragraph.runs:
        for text in written._r.findall(qn("w:t")):
            text.set(qn("xml:space"), "preserve")


def rare_runs(line: str, cell: Cell) -> tuple[tuple[str, bool], ...]:
    """The line cut where it needs the font of rare characters, see fonts; () where it does not."""
    return () if cell.mark else fonts.runs(line, cell.style.font)


def type_face(run: Run, face: str, size: Length, bold: bool = False) -> None:
    """Set what differs from the body: '' is the body's font."""
    if face:
        run.font.name = face
        names = run._r.get_or_add_rPr().get_or_add_rFonts()
        names.set(qn("w:eastAsia"), face)
        names.set(qn("w:hint"), "eastAsia")
    if bold:
        run.font.bold = True
    if size != Pt(BODY_SIZE):  # the style Normal has it already
        run.font.size = size


def _size(cell: Cell) -> Length:
    # Word counts type in half points; rounded down, so that what fits still fits.
    return Pt(int(cell.size * 2 + 0.01) / 2)


def _mark_size(paragraph: Paragraph, cell: Cell) -> None:
    properties = paragraph._p.get_or_add_pPr()
    mark = Run(paragraph._p.add_r(), paragraph)
    mark.font.size = _size(cell)
    inner = mark._r.get_or_add_rPr()
    paragraph._p.remove(mark._r)
    properties.append(inner)  # rPr stands last in pPr but for a section, which no cell has
