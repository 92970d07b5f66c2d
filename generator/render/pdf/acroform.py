"""A form to be filled in as a PDF: the same sheets, with an AcroForm field for each input, named by its case path.

No JavaScript and no NeedAppearances: each field brings its own appearance, and has its place in the structure tree.
So the file, as it is given out, is PDF/A-2a and PDF/UA-1. What a workbook computes stays blank; whoever takes the
form in computes it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from generator.document import Cell, Document, Input, Sheet
from generator.render.pdf import fieldfont
from generator.render.pdf.book import Book
from generator.render.pdf.element import Element, walk
from generator.render.pdf.grid import Placed, grid_of, place
from generator.roundtrip import PDF_TOKEN, written

_MULTILINE, _COMBO = 1 << 12, 1 << 17
_PRINTED = 4  # annotation flag
_LINE = 1.3  # height of a field of one line, as a multiple of its size
_EXTRA = 40  # line breaks that an answer with a limit may have besides
_PARTS = ("元号", "年", "月", "日")
_YES, _NO, _OFF = "/Yes", "/No", "/Off"
_QUADDING = {"left": 0, "justify": 0, "center": 1, "right": 2}

_Place = tuple[int, int, int]  # sheet as drawn, row, column: where the structure has an element Form


@dataclass(frozen=True, slots=True)
class _Widget:
    page: int
    place: _Place
    box: tuple[float, float, float, float]  # left, bottom, right, top in points
    cell: Cell


def render(document: Document) -> bytes:
    """The PDF; its token (see generator.roundtrip) has to be that of a PDF. The same document gives the same bytes.

    Raises ProblemError for a character that the fields' font lacks.
    """
    sheets = [s for s in document.sheets if s.printed or any(c.field for c in s.cells)]
    ordered = [s for s in sheets if not s.hidden] + [s for s in sheets if s.hidden]
    base = replace(document, sheets=tuple(_printed(sheet) for sheet in ordered))
    book = Book()
    book.draw(base, book.root)
    data = book.data(base, marks=())
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    widgets: dict[str, list[_Widget]] = {}
    page = 0
    for number, sheet in enumerate(ordered):
        for rows in sheet.pages():
            for path, widget in _widgets(number, sheet, rows, page):
                widgets.setdefault(path, []).append(widget)
            page += 1
    _Form(writer, _elements(writer, book.root)).add(widgets)
    writer.add_metadata({PDF_TOKEN: written(document.token) if document.token else ""})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _printed(sheet: Sheet) -> Sheet:
    """What stands there without the fields: no answers, nothing that depends on them, nothing beside the form.

    Where a field comes, the role says so; of the cells of a date it is the first.
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
            further = _part(cell) and path in dates
            role = "field" if path and not further else cell.role
            if _part(cell):
                dates.add(path)
            cell = cell._replace(text="", lines=(), mark="", style=replace(cell.style, fill=""), role=role)
        cells.append(cell)
    return replace(sheet, cells=tuple(cells), printed=True, aside=())


def _part(cell: Cell) -> bool:
    return cell.input is not None and cell.input.kind in _PARTS


def _widgets(number: int, sheet: Sheet, rows: Iterable[int], page: int) -> Iterator[tuple[str, _Widget]]:
    cells: dict[int, list[Cell]] = {}
    for cell in sheet.cells:
        if cell.column < len(sheet.columns):
            cells.setdefault(cell.row, []).append(cell)
    dates: dict[str, list[Placed]] = {}
    for at in place(cells, grid_of(sheet, tuple(rows))):
        path = at.cell.field or at.cell.follows
        if not path:
            continue
        if _part(at.cell):
            dates.setdefault(path, []).append(at)
        else:
            where = (number, at.cell.row, at.cell.column)
            yield path, _Widget(page, where, (at.left, at.bottom, at.right, at.top), at.cell)
    for path, parts in dates.items():  # one field over the cells 元号, 年, 月, 日
        edges = [(p.left, p.bottom, p.right, p.top) for p in parts]
        box = (min(e[0] for e in edges), min(e[1] for e in edges), max(e[2] for e in edges), max(e[3] for e in edges))
        text = ".".join(p.cell.text for p in parts).replace(".", "", 1) if parts[0].cell.text else ""
        cell = parts[0].cell._replace(text=text, value=text or None, lines=())
        yield path, _Widget(page, (number, cell.row, cell.column), box, cell)


def _elements(writer: PdfWriter, root: Element) -> dict[_Place, IndirectObject]:
    """The elements Form in the file, which are in the order of those below ``root``."""
    places: Iterator[_Place] = (
        (n, *element.cells[0])
        for n, section in enumerate(root.children)
        for element in walk(section)
        if element.tag == "Form"
    )
    top: Any = writer._root_object["/StructTreeRoot"]
    return dict(zip(places, _forms(top), strict=True))


def _forms(element: DictionaryObject) -> Iterator[IndirectObject]:
    kids = element.raw_get("/K") if "/K" in element else ArrayObject()
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        if isinstance(kid, IndirectObject):
            below: Any = kid.get_object()
            if below["/S"] == "/Form":
                yield kid
            yield from _forms(below)


class _Form:
    def __init__(self, writer: PdfWriter, elements: dict[_Place, IndirectObject]) -> None:
        self.writer = writer
        self.elements = elements
        self.structure: Any = writer._root_object["/StructTreeRoot"]
        self.font = fieldfont.embed(writer)
        self.resources = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject(fieldfont.NAME): self.font})}
        )
        self.nodes: dict[str, tuple[DictionaryObject, IndirectObject]] = {}
        self.roots = ArrayObject()

    def add(self, widgets: dict[str, list[_Widget]]) -> None:
        """All fields, in a tree of names: a dot in a name is the tree's."""
        for path, places in widgets.items():
            self._field(path, places)
        form = DictionaryObject(
            {
                NameObject("/Fields"): self.roots,
                NameObject("/DR"): self.resources,
                NameObject("/DA"): TextStringObject(f"{fieldfont.NAME} 10 Tf 0 g"),
            }
        )
        self.writer._root_object[NameObject("/AcroForm")] = self.writer._add_object(form)

    def _field(self, path: str, places: list[_Widget]) -> None:
        # the input itself says what is asked; where it stands on another sheet, any of its places will do
        first = next((w.cell for w in places if w.cell.field), places[0].cell)
        asked = first.input
        field, reference = self._node(path)
        value = _value(first)
        told = f"{asked.title}　{asked.plain}".strip() if asked else ""
        field[NameObject("/TU")] = TextStringObject(told or path)
        flags = 0
        if first.mark:
            field[NameObject("/FT")] = NameObject("/Btn")
            field[NameObject("/V")] = NameObject(_state(first))
        elif asked and asked.choices and asked.kind not in _PARTS:
            field[NameObject("/FT")] = NameObject("/Ch")
            field[NameObject("/Opt")] = ArrayObject(_option(*n) for n in _shown(asked).items())
            flags = _COMBO
        else:
            field[NameObject("/FT")] = NameObject("/Tx")
            if asked and asked.limit:
                field[NameObject("/MaxLen")] = NumberObject(asked.limit + _EXTRA)
            flags = _MULTILINE if any(_tall(w) for w in places) and asked and asked.kind in ("文章", "文字") else 0
        if flags:
            field[NameObject("/Ff")] = NumberObject(flags)
        if value and not first.mark:
            field[NameObject("/V")] = TextStringObject(value)
        kids = ArrayObject(self._widget(w, reference, first, bool(flags & _MULTILINE)) for w in places)
        field[NameObject("/Kids")] = kids

    def _node(self, path: str) -> tuple[DictionaryObject, IndirectObject]:
        if path in self.nodes:
            return self.nodes[path]
        above, _, own = path.rpartition(".")
        node = DictionaryObject({NameObject("/T"): TextStringObject(own)})
        reference = self.writer._add_object(node)
        if above:
            parent, parent_reference = self._node(above)
            node[NameObject("/Parent")] = parent_reference
            parent.setdefault(NameObject("/Kids"), ArrayObject()).append(reference)
        else:
            self.roots.append(reference)
        self.nodes[path] = node, reference
        return node, reference

    def _widget(self, at: _Widget, field: IndirectObject, first: Cell, multiline: bool) -> IndirectObject:
        page = self.writer.pages[at.page]
        asked = first.input
        left, bottom, right, top = at.box
        size = "0"  # small enough for all of it
        if multiline and asked and asked.limit:
            size = f"{at.cell.size:g}"
        elif not multiline and not first.mark:  # and, where it is one line, as high as the field
            middle, half = (bottom + top) / 2, min(top - bottom, at.cell.size * _LINE) / 2
            bottom, top = middle - half, middle + half
        widget = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Widget"),
                NameObject("/Rect"): ArrayObject(FloatObject(f"{n:.2f}") for n in (left, bottom, right, top)),
                NameObject("/F"): NumberObject(_PRINTED),
                NameObject("/P"): page.indirect_reference,
                NameObject("/Parent"): field,
                NameObject("/DA"): TextStringObject(f"{fieldfont.NAME} {size} Tf 0 g"),
                NameObject("/Q"): NumberObject(_QUADDING[at.cell.style.align]),
            }
        )
        width, height = right - left, top - bottom
        if first.mark:
            own = _NO if at.cell.refusing else _YES
            if at.cell.refusing and asked:  # what its field says is about the other one
                widget[NameObject("/Contents")] = TextStringObject(f"{asked.title}：いいえ")
            states = DictionaryObject(
                {
                    NameObject(own): self._appearance(_box(width, height, True), width, height),
                    NameObject(_OFF): self._appearance(_box(width, height, False), width, height),
                }
            )
            widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): states})
            widget[NameObject("/AS")] = NameObject(own if own == _state(first) else _OFF)
        else:
            known = _value(first) or at.cell.text
            known = _shown(asked).get(known, known) if asked else known
            shown = _text(at.cell, known, width, height, multiline)
            look = self._appearance(f"/Tx BMC\nq\n{shown}Q\nEMC", width, height)
            widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): look})
        reference = self.writer._add_object(widget)
        self._tag(widget, reference, at.place)
        annotations: Any = page.setdefault(NameObject("/Annots"), ArrayObject())
        annotations.append(reference)
        return reference

    def _tag(self, widget: DictionaryObject, reference: IndirectObject, place: _Place) -> None:
        """Ties the widget to its element Form, and back."""
        kid = DictionaryObject({NameObject("/Type"): NameObject("/OBJR"), NameObject("/Obj"): reference})
        kid[NameObject("/Pg")] = widget.raw_get("/P")
        element: Any = self.elements[place].get_object()
        element.setdefault(NameObject("/K"), ArrayObject()).append(kid)
        key = self.structure["/ParentTreeNextKey"]
        widget[NameObject("/StructParent")] = NumberObject(key)
        self.structure["/ParentTree"]["/Nums"].extend([NumberObject(key), self.elements[place]])
        self.structure[NameObject("/ParentTreeNextKey")] = NumberObject(key + 1)

    def _appearance(self, content: str, width: float, height: float) -> IndirectObject:
        stream = DecodedStreamObject()
        stream.set_data(content.encode("ascii"))
        stream.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): ArrayObject(FloatObject(f"{n:.2f}") for n in (0, 0, width, height)),
                NameObject("/Resources"): self.resources,
            }
        )
        return self.writer._add_object(stream)


def _shown(asked: Input) -> dict[str, str]:
    """What a list shows for each choice."""
    return dict(zip(asked.choices, asked.names or asked.choices, strict=True))


def _option(choice: str, shown: str) -> TextStringObject | ArrayObject:
    """A choice of a list; what is shown instead of it does not come back."""
    if choice == shown:
        return TextStringObject(choice)
    return ArrayObject((TextStringObject(choice), TextStringObject(shown)))


def _state(cell: Cell) -> str:
    """Of a check box; いいえ is a state of its own, which the box for it has."""
    if cell.mark == "on":
        return _YES
    return _OFF if cell.value is None else _NO


def _value(cell: Cell) -> str:
    return "" if cell.value is None else cell.text


def _tall(at: _Widget) -> bool:
    return at.box[3] - at.box[1] >= 2 * at.cell.size * 1.2 + 4


def _text(cell: Cell, text: str, width: float, height: float, multiline: bool) -> str:
    """What stands in the field as long as nobody types: the answer that is known, or what the form has pre-printed."""
    if not text:
        return ""
    lines = [line.text for line in cell.lines] if cell.text == text and cell.lines else text.split("\n")
    size, pad = cell.size, 2.0
    widest = max(fieldfont.width(line) for line in lines) * size
    if widest > width - 2 * pad:
        size *= (width - 2 * pad) / widest
    pitch = size * cell.style.line
    top = height - pad if multiline else (height + pitch * len(lines)) / 2
    shown = ""
    for number, line in enumerate(lines):
        room = width - 2 * pad - fieldfont.width(line) * size
        x = pad + room * {"center": 0.5, "right": 1.0}.get(cell.style.align, 0.0)
        y = top - pitch * (number + 0.5) - size * 0.38
        shown += f"BT {fieldfont.NAME} {size:.2f} Tf 0 g {x:.2f} {y:.2f} Td <{fieldfont.written(line)}> Tj ET\n"
    return shown


def _box(width: float, height: float, ticked: bool) -> str:
    """A square in the middle of the field, with a tick or without."""
    side = min(width, height, 14.0) * 0.75
    x, y = (width - side) / 2, (height - side) / 2
    drawn = f"q 0.8 w {x:.2f} {y:.2f} {side:.2f} {side:.2f} re S"
    if ticked:
        points = [(x + side * a, y + side * b) for a, b in ((0.16, 0.52), (0.42, 0.2), (0.88, 0.84))]
        (a, b), (c, d), (e, f) = points
        drawn += f" {side * 0.13:.2f} w {a:.2f} {b:.2f} m {c:.2f} {d:.2f} l {e:.2f} {f:.2f} l S"
    return drawn + " Q"
