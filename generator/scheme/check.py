"""A layout may name nothing that the schema or the rules lack: found when the scheme is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.problem import Position, nearest
from generator.scheme.form import Against, CellSpec, Form, RowSpec
from generator.scheme.model import FormSpec, Scheme, expand
from generator.scheme.references import ColumnReference, ItemReference
from generator.scheme.rules import PREVIOUS
from generator.scheme.schema import Item
from generator.source.fields import fail

TEXT_NAMES = ("計算", "番号", "発行日", "順番", "葉", "全葉")  # what a text may name beside the case and its aliases


def check_layouts(scheme: Scheme) -> dict[str, str]:
    """Check each version of each form against its scheme; raises SchemeError at the first name that means nothing.

    Gives the place of each item: case path → label of the first form that holds it.
    """
    places: dict[str, str] = {}
    for form_spec in scheme.forms:
        for _, form in form_spec.versions:
            _Checker(scheme, form_spec, form, places).check()
    return places


@dataclass
class _Checker:
    """Checks one version of a form, and notes the items that it holds."""

    scheme: Scheme
    form_spec: FormSpec
    form: Form
    places: dict[str, str]

    def check(self) -> None:
        aliases = self.form_spec.aliases(self.form)
        if self.form_spec.when:
            self.texts(self.form_spec.when.paths, aliases, self.form.position)
        if self.form_spec.date:
            self.item(self.scheme.stage(self.form_spec.stage).path(self.form_spec.date), self.form.position)
        for paths in aliases.values():
            for path in paths:
                self.item(path, self.form.position)
        for spec in self.form.rows:
            local = dict(aliases)
            if spec.repeat:
                local[spec.alias] = expand(spec.repeat, aliases)
                for path in local[spec.alias]:
                    if self.item(path, spec.position).kind != "list":
                        fail(spec.position, f"repeat の「{spec.repeat}」は並びではありません", code="scheme.not-a-list")
                    self.places.setdefault(path, self.place)
            if spec.against:
                local[spec.against.alias] = self.beside(spec.against, aliases, spec.position)
            for row in spec.rows:
                for cell in row:
                    self.cell(cell, spec, local)
            if spec.when:
                self.texts(spec.when.paths, local, spec.position)

    def beside(self, against: Against, aliases: dict[str, tuple[str, ...]], position: Position) -> tuple[str, ...]:
        """The lists that ``against`` may stand for."""
        inner = against.of.removeprefix(PREVIOUS)
        if inner != against.of:
            paths = tuple(f"{s.name}.{inner}" for s in self.scheme.stages)
            paths = tuple(p for p in paths if (item := self.scheme.schema.at(p)) and item.kind == "list")
        else:
            paths = expand(against.of, aliases)
        for path in paths:
            self.item(f"{path}.{against.match}", position)
        if not paths:
            fail(position, f"against の「{against.of}」は case.schema.yaml にありません", code="scheme.unknown-item")
        return paths

    @property
    def place(self) -> str:
        return self.form_spec.label.replace(" ", "").replace("　", "")

    def item(self, path: str, position: Position) -> Item:
        """The schema's item at a path; a path of a text may go on below a list or scalar."""
        item = self.scheme.schema.at(path)
        if item is None:
            parent, _, last = path.rpartition(".")
            above = self.scheme.schema.at(parent) if parent else self.scheme.schema.root
            above = above.items if above is not None and above.kind == "list" else above
            near = nearest(last, above.properties) if above is not None else ""
            fail(
                position,
                f"「{path}」は case.schema.yaml にありません",
                f"「{near}」ではありませんか" if near else "",
                code="scheme.unknown-item",
            )
        return item

    def cell(self, cell: CellSpec, spec: RowSpec, local: dict[str, tuple[str, ...]]) -> None:
        if cell.kind in ("field", "check"):
            for path in expand(cell.name, local):
                if self.item(path, cell.position).kind in ("object", "list"):
                    fail(cell.position, f"field の「{cell.name}」は一つの値ではありません", code="scheme.not-a-value")
                self.places.setdefault(path, self.place)
        elif cell.kind == "value":
            head, _, tail = cell.name.partition(".")
            each = ""
            name = cell.name
            if spec.against and head == spec.against.alias:
                for path in local[head]:
                    stage, _, listed = path.partition(".")
                    if self.scheme.rulebook.step(stage, tail, listed) is None:
                        fail(
                            cell.position,
                            f"value の「{cell.name}」は rules.yaml にありません（{path}）",
                            code="scheme.unknown-step",
                        )
                return self.texts_of(cell, local)
            if spec.repeat and head == spec.alias:
                each, name = spec.repeat.removeprefix(f"{self.form_spec.stage}."), tail
            reference = self.scheme.rulebook.resolve(name, self.form_spec.stage, each)
            if reference is None:
                fail(cell.position, f"value の「{cell.name}」は rules.yaml にありません", code="scheme.unknown-step")
            if isinstance(reference, ColumnReference | ItemReference):
                hint = "記入された値は field で、並びの計算は repeat の行で書いてください"
                message = f"value の「{cell.name}」は計算した一つの値ではありません"
                fail(cell.position, message, hint, code="scheme.not-a-value")
        self.texts_of(cell, local)

    def texts_of(self, cell: CellSpec, local: dict[str, tuple[str, ...]]) -> None:
        for text in (cell.text, *cell.blank):
            self.texts(text.paths, local, cell.position)

    def texts(self, paths: tuple[str, ...], local: dict[str, tuple[str, ...]], position: Position) -> None:
        for path in paths:
            head, _, tail = path.partition(".")
            if head in self.scheme.quotes or (head in TEXT_NAMES and head != "計算"):
                continue
            if head == "計算":
                if tail.partition(".")[0] not in self._computed():
                    fail(position, f"文の「{path}」は rules.yaml にありません", code="scheme.unknown-step")
                continue
            if head not in local and head not in self.scheme.schema.root.properties and head in self._computed():
                hint = f"計算した額は「計算.{path}」と書いてください"
                fail(position, f"「{path}」は case.schema.yaml にありません", hint, code="scheme.unknown-item")
            for each in expand(path, self.before | local):
                self.item(each, position)

    @property
    def before(self) -> dict[str, tuple[str, ...]]:
        """The names of what the form's stage changes, and where it stands in the case."""
        return {a.before: (a.of,) for a in self.scheme.history if a.stage == self.form_spec.stage}

    def _computed(self) -> Iterator[str]:
        yield from self.scheme.rulebook.parameters
        yield from (s.name for s in self.scheme.rulebook.steps if s.stage == self.form_spec.stage and not s.each)
