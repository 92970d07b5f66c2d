"""A sheet's section: paper, margins, and the stamp of a draft in the header."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, Twips

from generator.document import Sheet
from generator.paper import MM_PER_POINT, POINTS_PER_MM, STAMP_BOX, STAMP_EDGE, stamp_room, stamp_size
from generator.render.docx.blank import GOTHIC
from generator.render.docx.paragraph import exact_lines, twips, type_face

# mm left free below the fullest page, as long as the margin is more than a printer's: rounding, the paragraph Word
# wants after a table and a line that Word breaks earlier than we do must not make a page more
_RESERVE, _LEAST = 12.0, 6.0


def begin_section(word: WordDocument, sheet: Sheet, first: bool, stamped: bool) -> None:
    """Start the section of a sheet on a new page; ``stamped``: some sheet of the document has a stamp."""
    section = word.sections[0] if first else _further(word)
    top, right, bottom, left = sheet.margins
    width, height = sheet.paper
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
    fullest = max(sum(sheet.heights[row] for row in rows) for rows in sheet.pages())
    section.top_margin, section.right_margin, section.left_margin = Mm(top), Mm(right), Mm(left)
    section.bottom_margin = Mm(min(bottom, max(_LEAST, height - top - fullest - _RESERVE)))
    section.footer_distance = Mm(bottom / 2)
    if stamped:
        _stamp(section, sheet)


def _further(word: WordDocument) -> Section:
    section: Section = word.add_section()
    # python-docx ends a section with a paragraph of its own, an empty line that could make a page more.
    carrier = word.element.body[-2]
    previous = carrier.getprevious()
    if previous.tag == qn("w:p"):
        previous.get_or_add_pPr().append(carrier.pPr.sectPr)
        word.element.body.remove(carrier)
    return section


def _stamp(section: Section, sheet: Sheet) -> None:
    header = section.header
    header.is_linked_to_previous = False  # else a final form would inherit the stamp of the draft before it
    paragraph = header.paragraphs[0]
    room = stamp_room(sheet.margins[0])
    size = int(stamp_size(room * POINTS_PER_MM))
    line = STAMP_BOX * size * MM_PER_POINT
    exact_lines(paragraph, twips(line))
    section.header_distance = Mm(STAMP_EDGE + (room - line) / 2)
    if not sheet.stamp:
        return
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    outside = sheet.paper[0] - sheet.margins[1] - sheet.margins[3] - sum(sheet.columns)
    paragraph.paragraph_format.right_indent = Twips(twips(outside))
    run = paragraph.add_run(sheet.stamp)
    type_face(run, GOTHIC, Pt(size), bold=True)
    box = OxmlElement("w:bdr")
    for name, value in {"val": "single", "sz": "10", "space": "4", "color": "000000"}.items():
        box.set(qn(f"w:{name}"), value)
    run._r.get_or_add_rPr().append(box)
