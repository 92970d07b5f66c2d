"""A folder under forms/ → a Scheme, checked across its files before any case is read."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from generator.japan import wareki
from generator.problem import Position, Problem, ProblemError, nearest
from generator.scheme import duties, rules, schema, workbook_limits
from generator.scheme import form as forms
from generator.scheme.duties import Procedure
from generator.scheme.form import Against, CellSpec, Form, RowSpec
from generator.scheme.parts import Copies, FormEntry, Quote, Remark, Series, Stage, expand
from generator.scheme.rules import PREVIOUS, RuleBook
from generator.scheme.schema import Item, Schema
from generator.source import read
from generator.source.fields import Entries, fail
from generator.source.read import Node

__all__ = ["Copies", "FormEntry", "Quote", "Remark", "Scheme", "Schemes", "Series", "Stage", "folders", "load"]

ISSUERS = ("申請者", "市")
_KEYS = ("scheme", "name", "authority", "basis", "begins", "governing", "party", "budget", "stages", "forms", "series",
         "quotes", "remarks", "procedure", "amounts", "annual")  # fmt: skip
_VERSIONED = re.compile(r"(?P<file>.+)\.(?P<date>\d{4}-\d{2}-\d{2})\.yaml\Z")
_LOCALS = ("計算", "番号", "発行日", "順番", "葉", "全葉")
_FILE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*\Z")


@dataclass(frozen=True)
class Scheme:
    id: str
    name: str
    authority: str
    basis: str
    begins: datetime.date
    governing: str  # path of the date whose text governs
    stages: tuple[Stage, ...]
    forms: tuple[FormEntry, ...]
    series: dict[str, Series]
    quotes: dict[str, Quote]
    remarks: tuple[Remark, ...]
    party: str  # path of the name of the one the case is about; '' for none
    procedure: Procedure
    schema: Schema
    rulebook: RuleBook
    digest: str  # of every file of the folder
    places: dict[str, str] = field(default_factory=dict)  # case path → label of the first form that holds it

    def before(self, stage: Stage) -> tuple[Stage, ...]:
        """The stages this one rests on, in the order of the procedure."""
        found: list[Stage] = []
        while stage.after:
            stage = self.stage(stage.after)
            found.insert(0, stage)
        return tuple(found)

    @cached_property
    def _stages(self) -> dict[str, Stage]:
        return {s.name: s for s in self.stages}

    @cached_property
    def _forms(self) -> dict[str, FormEntry]:
        return {f.id: f for f in self.forms}

    def stage(self, name: str) -> Stage:
        return self._stages[name]

    def form(self, id_: str) -> FormEntry:
        return self._forms[id_]

    def item_label(self, path: str) -> str:
        """How a message names an item: 第２号様式別紙「単価」; by its section where no form has it."""
        bare = re.sub(r"\[\d+\]", "", path)
        item = self.schema.at(bare)
        title = item.title if item else bare.rpartition(".")[2]
        place = self.places.get(bare)
        at = bare
        while place is None and "." in at:
            at = at.rpartition(".")[0]
            place = self.places.get(at)
        if place is None:
            head = self.schema.at(bare.partition(".")[0])
            place = head.title if head and "." in bare else ""
        numbers = re.findall(r"\[(\d+)\]", path)
        nth = f"（{int(numbers[-1]) + 1}件目）" if numbers else ""
        return f"{place}「{title}」{nth}"


def folders(roots: list[Path]) -> dict[str, Path]:
    """Every scheme folder below the roots, the first root winning."""
    found: dict[str, Path] = {}
    for root in roots:
        if root.is_dir():
            for folder in sorted(root.iterdir()):
                if (folder / "scheme.yaml").is_file():
                    found.setdefault(folder.name, folder)
    return found


def load(folder: Path) -> Scheme:
    """Read and check a scheme; raises ProblemError naming the place of the first slip."""
    at = Entries(read.read(folder / "scheme.yaml").root, _KEYS, "制度")
    if at.text("scheme") != folder.name:
        fail(at.node_of("scheme"), f"制度の名前はフォルダの名前（{folder.name}）と同じにしてください")
    tree = schema.load(read.read(folder / "case.schema.yaml"))
    stages = _stages(at.items("stages"), tree)
    book = rules.load(read.read(folder / "rules.yaml"), tree, tuple(s.name for s in stages))
    layouts = _layouts(folder)
    series = {name: _series(name, node) for name, node in at.pairs("series")}
    entries = tuple(_form_entry(n, tuple(s.name for s in stages), layouts, series) for n in at.items("forms"))
    ids = [e.id for e in entries]
    for node, id_ in zip(at.items("forms"), ids, strict=True):
        if ids.count(id_) > 1:
            fail(node, f"様式「{id_}」が二度書かれています")
    loaded = Scheme(
        id=folder.name,
        name=at.text("name"),
        authority=at.text("authority"),
        basis=at.text("basis"),
        begins=_date(at, "begins"),
        governing=at.text("governing"),
        stages=stages,
        forms=entries,
        series=series,
        quotes={name: _quote(node, entries, stages, tree) for name, node in at.pairs("quotes")},
        remarks=tuple(_remark(n) for n in at.items("remarks")),
        party=at.text("party", ""),
        procedure=duties.load(at, book, {e.id: (e.label, e.issuer) for e in entries}, {e.id: e.stage for e in entries}),
        schema=tree,
        rulebook=book,
        digest=digest(folder),
    )
    if tree.at(loaded.governing) is None:
        fail(at.node_of("governing"), f"governing の「{loaded.governing}」は case.schema.yaml にありません")
    if loaded.party and tree.at(loaded.party) is None:
        fail(at.node_of("party"), f"party の「{loaded.party}」は case.schema.yaml にありません")
    for entry in entries:
        for _, form in entry.versions:
            _Checker(loaded, entry, form).check()
    workbook_limits.check(book, tree, entries)
    return loaded


def digest(folder: Path) -> str:
    """Of every file of a scheme's folder."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _date(at: Entries, key: str) -> datetime.date:
    try:
        return wareki.parse_date(at.text(key))
    except ValueError as error:
        fail(at.node_of(key), str(error))


def _stages(nodes: tuple[Node, ...], tree: Schema) -> tuple[Stage, ...]:
    found: dict[str, Stage] = {}
    last = ""  # of the stages that every case goes through
    for node in nodes:
        at = Entries(node, ("name", "list", "date", "after", "counts"), "段階")
        after = at.choice("after", found) if "after" in at else last
        stage = Stage(at.text("name"), at.flag("list"), at.text("date"), after, at.text("counts", ""))
        for path in (stage.date, *([stage.counts] if stage.counts else [])):
            path = f"{stage.name}.{path}" if stage.many else path
            if tree.at(path) is None:
                fail(node, f"段階「{stage.name}」の「{path}」は case.schema.yaml にありません")
        if not stage.many and "after" not in at:
            last = stage.name
        found[stage.name] = stage
    return tuple(found.values())


def _quote(node: Node, entries: tuple[FormEntry, ...], stages: tuple[Stage, ...], tree: Schema) -> Quote:
    at = Entries(node, ("form", "what", "draft"), "引用")
    forms = {e.id: e for e in entries}
    quote = Quote(at.choice("form", forms), at.choice("what", ("番号", "日付")), at.text("draft", ""))
    form = forms[quote.form]
    if not form.series:
        fail(at.node_of("form"), f"引用の様式「{form.id}」には文書番号が付きません（series がありません）")
    if quote.draft and next(s for s in stages if s.name == form.stage).many:
        hint = "様式の日付を用います"
        fail(at.node_of("draft"), f"段階「{form.stage}」は並びなので、引用に draft は書けません", hint)
    if quote.draft and tree.at(quote.draft) is None:
        fail(node, f"引用の draft「{quote.draft}」は case.schema.yaml にありません")
    return quote


def _series(name: str, node: Node) -> Series:
    at = Entries(node, ("pattern", "year", "reissue"), "文書番号の系列")
    pattern = at.text("pattern")
    if pattern.count("{番号}") != 1 or re.sub(r"\{(番号|文書記号)\}", "", pattern).count("{"):
        fail(at.node_of("pattern"), "pattern には {番号} を一度だけ書いてください（ほかに使えるのは {文書記号} です）")
    return Series(name, pattern, at.choice("year", ("年度", "暦年")), at.choice("reissue", ("新番号", "差替え")))


def _remark(node: Node) -> Remark:
    at = Entries(node, ("from", "until", "text", "forms"), "付記")
    return Remark(_date(at, "from"), _date(at, "until"), at.text("text"), at.texts("forms"))


def _layouts(folder: Path) -> dict[str, list[tuple[datetime.date, Path]]]:
    found: dict[str, list[tuple[datetime.date, Path]]] = {}
    for path in sorted(folder.glob("*.yaml")):
        match = _VERSIONED.match(path.name)
        if match:
            found.setdefault(match["file"], []).append((datetime.date.fromisoformat(match["date"]), path))
    return found


def _form_entry(
    node: Node, stages: tuple[str, ...], layouts: dict[str, list[tuple[datetime.date, Path]]], series: dict[str, Series]
) -> FormEntry:
    at = Entries(node, ("id", "file", "label", "stage", "issuer", "series", "word", "when", "date", "copies"), "様式")
    file = at.text("file")
    if not _FILE_NAME.match(file):
        fail(at.node_of("file"), "file は半角英数字とハイフンで書いてください")
    if file not in layouts:
        fail(at.node_of("file"), f"様式の配置 {file}.<施行日>.yaml がありません")
    copies = None
    if "copies" in at:
        inner = Entries(at.node_of("copies"), ("as", "of", "having"), "copies")
        copies = Copies(inner.text("as"), inner.texts("of"), inner.text("having"))
    return FormEntry(
        id=at.text("id"),
        file=file,
        label=at.text("label"),
        stage=at.choice("stage", stages),
        issuer=at.choice("issuer", ISSUERS),
        series=at.choice("series", series) if "series" in at else "",
        word=at.flag("word"),
        when=forms.condition(at),
        date=at.text("date", ""),
        copies=copies,
        versions=tuple((begins, forms.load(path)) for begins, path in layouts[file]),
    )


@dataclass
class _Checker:
    """A layout may name nothing that the schema or the rules lack."""

    scheme: Scheme
    entry: FormEntry
    form: Form

    def check(self) -> None:
        aliases = self.entry.aliases(self.form)
        if self.entry.when:
            self.texts(self.entry.when.paths, aliases, self.form.position)
        if self.entry.date:
            many = self.scheme.stage(self.entry.stage).many
            self.item(f"{self.entry.stage}.{self.entry.date}" if many else self.entry.date, self.form.position)
        for paths in aliases.values():
            for path in paths:
                self.item(path, self.form.position)
        for spec in self.form.rows:
            local = dict(aliases)
            if spec.repeat:
                local[spec.alias] = expand(spec.repeat, aliases)
                for path in local[spec.alias]:
                    if self.item(path, spec.position).kind != "list":
                        fail(spec.position, f"repeat の「{spec.repeat}」は並びではありません")
                    self.scheme.places.setdefault(path, self.place)
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
            paths = tuple(p for p in paths if (found := self.scheme.schema.at(p)) and found.kind == "list")
        else:
            paths = expand(against.of, aliases)
        for path in paths:
            self.item(f"{path}.{against.match}", position)
        if not paths:
            fail(position, f"against の「{against.of}」は case.schema.yaml にありません")
        return paths

    @property
    def place(self) -> str:
        return self.entry.label.replace(" ", "").replace("　", "")

    def item(self, path: str, position: Position) -> Item:
        """The schema's item at a path; a path of a text may go on below a list or scalar."""
        found = self.scheme.schema.at(path)
        if found is None:
            parent, _, last = path.rpartition(".")
            above = self.scheme.schema.at(parent) if parent else self.scheme.schema.root
            above = above.items if above is not None and above.kind == "list" else above
            near = nearest(last, above.properties) if above is not None else ""
            fail(position, f"「{path}」は case.schema.yaml にありません", f"「{near}」ではありませんか" if near else "")
        return found

    def cell(self, cell: CellSpec, spec: RowSpec, local: dict[str, tuple[str, ...]]) -> None:
        if cell.kind in ("field", "check"):
            for path in expand(cell.name, local):
                if self.item(path, cell.position).kind in ("object", "list"):
                    fail(cell.position, f"field の「{cell.name}」は一つの値ではありません")
                self.scheme.places.setdefault(path, self.place)
        elif cell.kind == "value":
            head, _, tail = cell.name.partition(".")
            each = ""
            name = cell.name
            if spec.against and head == spec.against.alias:
                for path in local[head]:
                    stage, _, listed = path.partition(".")
                    if self.scheme.rulebook.step(stage, tail, listed) is None:
                        fail(cell.position, f"value の「{cell.name}」は rules.yaml にありません（{path}）")
                return self.texts_of(cell, local)
            if spec.repeat and head == spec.alias:
                each, name = spec.repeat.removeprefix(f"{self.entry.stage}."), tail
            if self.scheme.rulebook.resolve(name, self.entry.stage, each) is None:
                fail(cell.position, f"value の「{cell.name}」は rules.yaml にありません")
        self.texts_of(cell, local)

    def texts_of(self, cell: CellSpec, local: dict[str, tuple[str, ...]]) -> None:
        for one in (cell.text, *cell.blank):
            self.texts(one.paths, local, cell.position)

    def texts(self, paths: tuple[str, ...], local: dict[str, tuple[str, ...]], position: Position) -> None:
        for path in paths:
            head, _, tail = path.partition(".")
            if head in self.scheme.quotes or (head in _LOCALS and head != "計算"):
                continue
            if head == "計算":
                if tail.partition(".")[0] not in self._computed():
                    fail(position, f"文の「{path}」は rules.yaml にありません")
                continue
            for each in expand(path, local):
                self.item(each, position)

    def _computed(self) -> Iterator[str]:
        yield from self.scheme.rulebook.parameters
        yield from (s.name for s in self.scheme.rulebook.steps if s.stage == self.entry.stage and not s.each)


class Schemes:
    """The schemes at hand, each loaded once."""

    def __init__(self, roots: list[Path]):
        self.folders = folders(roots)
        self._loaded: dict[str, Scheme] = {}

    def get(self, name: str) -> Scheme:
        """Raises KeyError for an unknown name, ProblemError for a faulty folder."""
        if name not in self._loaded:
            self._loaded[name] = load(self.folders[name])
        return self._loaded[name]

    def unknown(self, name: str, position: Position) -> ProblemError:
        near = nearest(name, self.folders)
        known = "・".join(self.folders) or "（見つかりません）"
        hint = f"「{near}」ではありませんか" if near else f"使える制度は {known} です"
        return ProblemError([Problem(f"制度「{name}」はありません", position, hint=hint)])
