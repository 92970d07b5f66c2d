"""The fields of a PDF form, their widgets on the pages, and the structure that they belong to.

A field of one line has the size 0, which lets the viewer choose it, and the height of its line: long answers are made
smaller, short ones no larger. Pre-printed words such as 令和　年　月　日 are the appearance of an empty field.
Each widget is an element Form of the structure tree, in the table cell or paragraph where it stands. A check box is
はい when it is on (``/Yes``) and not given when it is off; いいえ (``/No``) is a second box of the same field, on the
sheet その他の項目.
"""

from __future__ import annotations

from typing import Any

from pypdf import PdfWriter
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

from generator.document import Cell, Input
from generator.render.pdf.acroform.appearance import check_box_operators, text_operators
from generator.render.pdf.acroform.field_font import FONT_NAME, embed_field_font, refuse_lacking
from generator.render.pdf.acroform.widgets import DATE_PARTS, Widget, WidgetKey

_MULTILINE, _COMBO = 1 << 12, 1 << 17  # field flags
_PRINT = 4  # annotation flag
_LINE = 1.3  # height of a field of one line, as a multiple of its size
_EXTRA = 40  # line breaks that an answer with a limit may have besides
_YES, _NO, _OFF = "/Yes", "/No", "/Off"
_QUADDING = {"left": 0, "justify": 0, "center": 1, "right": 2}


class Fields:
    """The fields of one file in the making. ``elements``: the structure's elements Form, by the place of each."""

    def __init__(self, writer: PdfWriter, elements: dict[WidgetKey, IndirectObject]) -> None:
        self.writer = writer
        self.elements = elements
        self.structure: Any = writer._root_object["/StructTreeRoot"]
        self.font = embed_field_font(writer)
        self.resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject(FONT_NAME): self.font})})
        self.nodes: dict[str, tuple[DictionaryObject, IndirectObject]] = {}
        self.roots = ArrayObject()

    def add(self, widgets: dict[str, list[Widget]]) -> None:
        """Put in every field, named by its case path, with its widgets. At each dot the tree of names branches."""
        for path, places in widgets.items():
            self._field(path, places)
        form = DictionaryObject(
            {
                NameObject("/Fields"): self.roots,
                NameObject("/DR"): self.resources,
                NameObject("/DA"): TextStringObject(f"{FONT_NAME} 10 Tf 0 g"),
            }
        )
        self.writer._root_object[NameObject("/AcroForm")] = self.writer._add_object(form)

    def _field(self, path: str, places: list[Widget]) -> None:
        # the input itself says what is asked; where it stands on another sheet, any of its places will do
        first = next((w.cell for w in places if w.cell.field), places[0].cell)
        asked = first.input
        field, reference = self._node(path)
        value = _value(first)
        description = f"{asked.title}　{asked.plain}".strip() if asked else ""
        field[NameObject("/TU")] = TextStringObject(description or path)
        flags = 0
        if first.mark:
            field[NameObject("/FT")] = NameObject("/Btn")
            field[NameObject("/V")] = NameObject(_state(first))
        elif asked and asked.choices and asked.kind not in DATE_PARTS:
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

    def _widget(self, at: Widget, field: IndirectObject, first: Cell, multiline: bool) -> IndirectObject:
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
                NameObject("/F"): NumberObject(_PRINT),
                NameObject("/P"): page.indirect_reference,
                NameObject("/Parent"): field,
                NameObject("/DA"): TextStringObject(f"{FONT_NAME} {size} Tf 0 g"),
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
                    NameObject(own): self._appearance(check_box_operators(width, height, True), width, height),
                    NameObject(_OFF): self._appearance(check_box_operators(width, height, False), width, height),
                }
            )
            widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): states})
            widget[NameObject("/AS")] = NameObject(own if own == _state(first) else _OFF)
        else:
            text = _value(first) or at.cell.text
            text = _shown(asked).get(text, text) if asked else text
            refuse_lacking(text, asked.title if asked else "")
            shown = text_operators(at.cell, text, width, height, multiline)
            look = self._appearance(f"/Tx BMC\nq\n{shown}Q\nEMC", width, height)
            widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): look})
        reference = self.writer._add_object(widget)
        self._tag(widget, reference, at.key)
        annotations: Any = page.setdefault(NameObject("/Annots"), ArrayObject())
        annotations.append(reference)
        return reference

    def _tag(self, widget: DictionaryObject, reference: IndirectObject, key: WidgetKey) -> None:
        """Ties the widget to its element Form, and back."""
        kid = DictionaryObject({NameObject("/Type"): NameObject("/OBJR"), NameObject("/Obj"): reference})
        kid[NameObject("/Pg")] = widget.raw_get("/P")
        element: Any = self.elements[key].get_object()
        element.setdefault(NameObject("/K"), ArrayObject()).append(kid)
        number = self.structure["/ParentTreeNextKey"]
        widget[NameObject("/StructParent")] = NumberObject(number)
        self.structure["/ParentTree"]["/Nums"].extend([NumberObject(number), self.elements[key]])
        self.structure[NameObject("/ParentTreeNextKey")] = NumberObject(number + 1)

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


def _shown(question: Input) -> dict[str, str]:
    """What a list shows for each choice."""
    return dict(zip(question.choices, question.names or question.choices, strict=True))


def _option(choice: str, shown: str) -> TextStringObject | ArrayObject:
    """A choice of a list; what is shown instead of it does not come back."""
    if choice == shown:
        return TextStringObject(choice)
    return ArrayObject((TextStringObject(choice), TextStringObject(shown)))


def _state(cell: Cell) -> str:
    """The state of a check box; いいえ is a state of its own, which the box for it has."""
    if cell.mark == "on":
        return _YES
    return _OFF if cell.value is None else _NO


def _value(cell: Cell) -> str:
    return "" if cell.value is None else cell.text


def _tall(at: Widget) -> bool:
    return at.box[3] - at.box[1] >= 2 * at.cell.size * 1.2 + 4
