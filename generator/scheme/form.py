"""One layout file → a Form. The grammar is written down in docs/制度を作る.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

from generator.document import Style
from generator.paper import PAPERS
from generator.problem import Position
from generator.scheme import text_template
from generator.source.fields import CheckedMapping, Plain, fail, items, plain, text_of
from generator.source.nodes import Mapping, Node, Sequence, Source
from generator.spreadsheet.cell_format import CELL_FORMATS

_SIDES = ("left", "top", "right", "bottom")
WEIGHTS = ("hair", "dotted", "thin", "medium")
CELL_KINDS = ("text", "field", "value", "check", "skip")
ROLES = ("title", "heading", "label", "text", "value")
STYLE_CHOICES = {
    "font": ("mincho", "gothic"),
    "align": ("left", "center", "right", "justify"),
    "valign": ("top", "middle", "bottom"),
}
STYLE_KEYS = (*STYLE_CHOICES, "bold", "size", "smallest", "wrap", "line", "pad", "fill", "border", "weight")
KEYS = {  # what may be written in each mapping of a layout
    "様式": ("form", "basis", "title", "kind", "paper", "margins", "base", "height", "columns", "styles", "pages",
             "rows"),
    "pages": ("as", "of", "per"),
    "行": ("row", "rows", "space", "page", "height", "grow", "keep", "when", "repeat", "least", "as", "header",
           "against"),
    "against": ("as", "of", "match", "rest"),
    "セル": (*CELL_KINDS, "span", "rows", "style", "format", "blank", "role"),
}  # fmt: skip
BUILT_IN: dict[str, dict[str, Plain]] = {
    "left": {"align": "left"},
    "center": {"align": "center"},
    "right": {"align": "right"},
    "justify": {"align": "justify"},
    "top": {"valign": "top"},
    "bottom": {"valign": "bottom"},
    "nowrap": {"wrap": False},
    "title": {"align": "center"},
    "box": {"border": "all", "valign": "top"},
}


class CellSpec(NamedTuple):
    """A cell as the layout describes it, before any case is filled in."""

    kind: str  # text | field | value | check | skip
    text: text_template.Text  # of a text cell, else empty
    name: str  # path of a field or check, name of a value
    span: int  # columns; 0 = all the rest
    rows: int
    style: Style
    format: str
    blank: tuple[text_template.Text, ...]
    role: str
    position: Position


class Against(NamedTuple):
    """A list set beside the repeated one: items with the same ``match`` share a row. ``rest``: those left over come
    last."""

    alias: str
    of: str  # 前.経費: of the nearest earlier stage that has one
    match: str
    rest: bool


class RowSpec(NamedTuple):
    """One or more grid rows that stand or fall together; ``repeat`` makes them follow a list."""

    rows: tuple[tuple[CellSpec, ...], ...]
    heights: tuple[float, ...]  # mm, least
    position: Position
    grow: bool = True
    keep: bool = False
    when: text_template.Text | None = None
    repeat: str = ""
    least: int = 0
    alias: str = "行"
    new_page: bool = False
    header: bool = False  # drawn again on top of each further page
    against: Against | None = None  # a second list, its items beside those of ``repeat``
    skip: int = 0  # items that stand on another sheet, before these


class Paging(NamedTuple):
    """The whole form again for each ``per`` items of a list."""

    alias: str
    of: str
    per: int


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One version of a form. Compared by identity: loaded once, so that caches may key on the object."""

    label: str  # 第１号様式
    title: str
    kind: str  # form | letter
    paper: tuple[float, float]
    margins: tuple[float, float, float, float]
    columns: tuple[float, ...]
    paging: Paging | None
    rows: tuple[RowSpec, ...]
    position: Position

    @property
    def printable(self) -> float:
        """mm between the top and bottom margins."""
        return self.paper[1] - self.margins[0] - self.margins[2]

    def cells(self) -> list[tuple[RowSpec, CellSpec]]:
        """Every cell with its row, from the top to the bottom."""
        return [(spec, cell) for spec in self.rows for row in spec.rows for cell in row]

    @property
    def computed(self) -> Iterator[tuple[str, str]]:
        """The names of all values that the form prints, each with the list (below the section) in whose rows it
        stands, '' outside of any."""
        for spec, cell in self.cells():
            head, _, tail = cell.name.partition(".")
            if cell.kind == "value":
                in_row = bool(spec.repeat) and head == spec.alias
                yield (spec.repeat.partition(".")[2], tail) if in_row else ("", cell.name)
            for text in (cell.text, *cell.blank):
                yield from (("", path.split(".")[1]) for path in text.paths if path.startswith("計算."))


@lru_cache(maxsize=256)
def characters(form: Form) -> tuple[tuple[str, bool, str], ...]:
    """What the form's own words are written with, for each font and boldness in order."""
    used: dict[tuple[str, bool], set[str]] = {}
    for _, cell in form.cells():
        for text in (cell.text, *cell.blank):
            used.setdefault((cell.style.font, cell.style.bold), set()).update(text.words)
    return tuple((font, bold, "".join(sorted(used[font, bold]))) for font, bold in sorted(used))


def _styled(base: Style, values: dict[str, Any], node: Node) -> Style:
    changes: dict[str, Any] = {}
    for key, value in values.items():
        if key in ("border", "weight"):
            continue
        if key not in STYLE_KEYS:
            fail(
                node,
                f"書式に「{key}」はありません",
                f"使えるのは {'・'.join(sorted(STYLE_KEYS))} です",
                code="scheme.unknown-style-key",
            )
        changes[key] = float(value) if key in ("size", "smallest", "line", "pad") else value
    for key, allowed in STYLE_CHOICES.items():
        if key in changes and changes[key] not in allowed:
            fail(node, f"書式の「{key}」は {'・'.join(allowed)} のどれかです", code="scheme.style")
    weight = str(values.get("weight", "thin"))
    if weight not in WEIGHTS:
        fail(node, f"罫線の太さは {'・'.join(WEIGHTS)} のどれかです", code="scheme.style")
    if "border" in values:
        border = values["border"]
        sides = {"all": list(_SIDES), "none": []}.get(border, border) if isinstance(border, str) else border
        if not isinstance(sides, list) or not set(sides) <= set(_SIDES):
            fail(node, "罫線（border）は all・none か、left・top・right・bottom の並びです", code="scheme.style")
        if not sides:
            changes |= dict.fromkeys(_SIDES, "")
        changes |= dict.fromkeys(sides, weight)
    elif "weight" in values:
        changes |= {s: weight for s in _SIDES if getattr(base, s)}
    return replace(base, **changes)


@dataclass
class _RowReader:
    """Reads the rows of one file, with its styles and row height."""

    base: Style
    height: float
    columns: int
    styles: dict[str, dict[str, Any]] = field(default_factory=dict)

    def style(self, node: Node | None) -> Style:
        style = self.base
        for part in [] if node is None else node.items if isinstance(node, Sequence) else [node]:
            if isinstance(part, Mapping):
                values = plain(part)
                assert isinstance(values, dict)
                style = _styled(style, values, part)
                continue
            for name in text_of(part, "書式").split():
                named = self.styles.get(name, BUILT_IN.get(name))
                if named is None:
                    fail(part, f"書式「{name}」は styles にありません", code="scheme.unknown-style")
                style = _styled(style, named, part)
        return style

    def text(self, node: Node) -> text_template.Text:
        try:
            return text_template.text(text_of(node, "文").rstrip("\n"))
        except ValueError as error:
            fail(node, str(error), code="scheme.text")

    def cell(self, node: Node) -> CellSpec:
        at = CheckedMapping(node, KEYS["セル"], "セル")
        kinds = [k for k in CELL_KINDS if k in at]
        if len(kinds) != 1:
            fail(node, f"セルには {'・'.join(CELL_KINDS)} のうちちょうど一つを書いてください", code="scheme.either-or")
        kind = kinds[0]
        if kind == "skip":
            span = at.integer("skip")
        else:
            span = 0 if "span" in at and at.text("span") == "all" else at.integer("span", 1)
            if span == 0 and at.text("span") != "all":
                fail(node, "span は1以上の整数か all です", code="scheme.span")
        blank: tuple[text_template.Text, ...] = ()
        if "blank" in at:
            given = at.node_of("blank")
            blank = tuple(self.text(n) for n in (given.items if isinstance(given, Sequence) else (given,)))
        role = {"value": "value", "field": "value", "check": "value"}.get(kind, "text")
        return CellSpec(
            kind=kind,
            text=self.text(at.node_of("text")) if kind == "text" else text_template.text(""),
            name=at.text(kind) if kind in ("field", "value", "check") else "",
            span=span,
            rows=at.integer("rows", 1),
            style=self.style(at.node_of("style") if "style" in at else None),
            format=at.choice("format", CELL_FORMATS, "文字"),
            blank=blank,
            role=at.choice("role", ROLES, role),
            position=at.position,
        )

    def row(self, node: Node) -> tuple[CellSpec, ...]:
        return tuple(self.cell(n) for n in items(node, "行"))

    def spec(self, node: Node) -> RowSpec:
        if isinstance(node, Sequence):
            return RowSpec((self.row(node),), (self.height,), node.position)
        at = CheckedMapping(node, KEYS["行"], "行")
        if "space" in at:
            return RowSpec(((),), (at.number("space"),), at.position, keep=at.flag("keep"), when=condition(at))
        if "page" in at:
            return RowSpec((), (), at.position, new_page=True, when=condition(at))
        if ("row" in at) == ("rows" in at):
            fail(node, "行には row か rows のどちらか一つを書いてください", code="scheme.either-or")
        rows = (self.row(at.node_of("row")),) if "row" in at else tuple(self.row(n) for n in at.items("rows"))
        heights: tuple[float, ...] = (at.number("height", self.height),) * len(rows) if not self._list(at) else ()
        if not heights:
            values = plain(at.node_of("height"))
            if not isinstance(values, list) or len(values) != len(rows):
                fail(at.node_of("height"), "height の並びは rows と同じ数にしてください", code="scheme.heights")
            heights = tuple(float(v) for v in values if isinstance(v, int | float))
        return RowSpec(
            rows,
            heights,
            at.position,
            grow=at.flag("grow", True),
            keep=at.flag("keep"),
            when=condition(at),
            repeat=at.text("repeat", ""),
            least=at.integer("least", 0),
            alias=at.text("as", "行"),
            header=at.flag("header"),
            against=self._against(at),
        )

    @staticmethod
    def _against(at: CheckedMapping) -> Against | None:
        if "against" not in at:
            return None
        inner = CheckedMapping(at.node_of("against"), KEYS["against"], "against")
        if "repeat" not in at:
            fail(inner.node, "against は repeat のある行に書いてください", code="scheme.misplaced-key")
        return Against(inner.text("as"), inner.text("of"), inner.text("match"), inner.flag("rest", True))

    @staticmethod
    def _list(at: CheckedMapping) -> bool:
        return "height" in at and isinstance(at.node_of("height"), Sequence)


def condition(at: CheckedMapping) -> text_template.Text | None:
    """The ``when`` of a row or form; None where it has none."""
    if "when" not in at:
        return None
    try:
        return text_template.condition(at.text("when"))
    except ValueError as error:
        fail(at.node_of("when"), str(error), code="scheme.text")


def _numbers(at: CheckedMapping, key: str) -> tuple[float, ...]:
    values = []
    for node in at.items(key):
        value = plain(node)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            fail(node, f"{key} は正の数（mm）の並びで書いてください", code="scheme.not-a-length")
        values.append(float(value))
    return tuple(values)


def load_form(source: Source) -> Form:
    """One layout file as a Form; raises SchemeError naming the place of the first slip."""
    root = source.root
    at = CheckedMapping(root, KEYS["様式"], "様式")
    margins = _numbers(at, "margins")
    columns = _numbers(at, "columns")
    if len(margins) != 4:
        fail(at.node_of("margins"), "margins は上・右・下・左の四つです", code="scheme.margins")
    paper = PAPERS[at.choice("paper", PAPERS, "A4 portrait")]
    if abs(sum(columns) + margins[1] + margins[3] - paper[0]) > 0.05:
        width = paper[0] - margins[1] - margins[3]
        fail(
            at.node_of("columns"),
            f"columns の合計は {width:g}mm にしてください（今は {sum(columns):g}mm）",
            code="scheme.columns",
        )
    base_node = at.node_of("base") if "base" in at else None
    base = Style()
    if base_node is not None:
        values = plain(base_node)
        base = _styled(base, values if isinstance(values, dict) else {}, base_node)
    reader = _RowReader(base, at.number("height", 8), len(columns))
    for name, node in at.pairs("styles"):
        values = plain(node)
        if not isinstance(values, dict):
            fail(node, f"書式「{name}」は「キー: 値」の並びで書いてください", code="scheme.style")
        _styled(base, values, node)
        reader.styles[name] = {**BUILT_IN.get(name, {}), **values}
    paging = None
    if "pages" in at:
        pages = CheckedMapping(at.node_of("pages"), KEYS["pages"], "pages")
        paging = Paging(pages.text("as"), pages.text("of"), pages.integer("per"))
    rows = tuple(reader.spec(n) for n in at.items("rows"))
    for spec in rows:
        for row in spec.rows:
            if sum(c.span for c in row) > len(columns):
                fail(
                    spec.position,
                    f"この行は {len(columns)} 列より多くのセルを使っています",
                    code="scheme.too-many-cells",
                )
    kind = at.choice("kind", ("form", "letter"), "form")
    return Form(
        at.text("form"), at.text("title", ""), kind, paper, (margins[0], margins[1], margins[2], margins[3]),
        columns, paging, rows, root.position,
    )  # fmt: skip
