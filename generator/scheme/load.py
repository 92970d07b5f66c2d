"""A folder under forms/ → a Scheme, checked across its files before any case is read."""

from __future__ import annotations

import datetime
import hashlib
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from generator.japan import wareki
from generator.problem import Position, Problem, ProblemError, nearest
from generator.scheme import duties, roles, rules, schema, workbook_limits
from generator.scheme import form as forms
from generator.scheme.check import check_layout
from generator.scheme.model import Copies, FormEntry, Quote, Remark, Scheme, Series, Stage
from generator.scheme.roles import Role
from generator.scheme.schema import Schema
from generator.source import read
from generator.source.fields import Entries, fail
from generator.source.read import Node

KEYS = {  # what may be written in each mapping of scheme.yaml; those of the procedure are procedure.KEYS
    "制度": ("scheme", "name", "authority", "basis", "begins", "governing", "roles", "party", "budget", "stages",
             "forms", "series", "quotes", "remarks", "procedure", "amounts", "annual"),
    "段階": ("name", "list", "date", "after", "counts"),
    "様式": ("id", "file", "label", "stage", "issuer", "series", "word", "when", "date", "copies"),
    "copies": ("as", "of", "having"),
    "文書番号の系列": ("pattern", "year", "reissue"),
    "引用": ("form", "what", "draft"),
    "付記": ("from", "until", "text", "forms"),
}  # fmt: skip
_VERSIONED = re.compile(r"(?P<file>.+)\.(?P<date>\d{4}-\d{2}-\d{2})\.yaml\Z")
_FILE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*\Z")


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
    at = Entries(read.read(folder / "scheme.yaml").root, KEYS["制度"], "制度")
    if at.text("scheme") != folder.name:
        fail(at.node_of("scheme"), f"制度の名前はフォルダの名前（{folder.name}）と同じにしてください")
    words = roles.load(at)
    tree = schema.load(read.read(folder / "case.schema.yaml"), words)
    stages = _stages(at.items("stages"), tree)
    book = rules.load(read.read(folder / "rules.yaml"), tree, tuple(s.name for s in stages))
    layouts = _layouts(folder)
    series = {name: _series(name, node) for name, node in at.pairs("series")}
    entries = tuple(_form_entry(n, stages, words, layouts, series) for n in at.items("forms"))
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
        roles=words,
        stages=stages,
        forms=entries,
        series=series,
        quotes={name: _quote(node, entries, stages, tree) for name, node in at.pairs("quotes")},
        remarks=tuple(_remark(n) for n in at.items("remarks")),
        party=at.text("party", ""),
        procedure=duties.load(at, book, {e.id: duties.FormFacts(e.label, e.issuer, e.stage) for e in entries}, words),
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
            check_layout(loaded, entry, form)
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
        at = Entries(node, KEYS["段階"], "段階")
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
    at = Entries(node, KEYS["引用"], "引用")
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
    at = Entries(node, KEYS["文書番号の系列"], "文書番号の系列")
    pattern = at.text("pattern")
    if pattern.count("{番号}") != 1 or re.sub(r"\{(番号|文書記号)\}", "", pattern).count("{"):
        fail(at.node_of("pattern"), "pattern には {番号} を一度だけ書いてください（ほかに使えるのは {文書記号} です）")
    return Series(name, pattern, at.choice("year", ("年度", "暦年")), at.choice("reissue", ("新番号", "差替え")))


def _remark(node: Node) -> Remark:
    at = Entries(node, KEYS["付記"], "付記")
    return Remark(_date(at, "from"), _date(at, "until"), at.text("text"), at.texts("forms"))


def _layouts(folder: Path) -> dict[str, list[tuple[datetime.date, Path]]]:
    found: dict[str, list[tuple[datetime.date, Path]]] = {}
    for path in sorted(folder.glob("*.yaml")):
        match = _VERSIONED.match(path.name)
        if match:
            found.setdefault(match["file"], []).append((datetime.date.fromisoformat(match["date"]), path))
    return found


def _form_entry(
    node: Node,
    stages: tuple[Stage, ...],
    words: Mapping[str, Role],
    layouts: dict[str, list[tuple[datetime.date, Path]]],
    series: dict[str, Series],
) -> FormEntry:
    at = Entries(node, KEYS["様式"], "様式")
    file = at.text("file")
    if not _FILE_NAME.match(file):
        fail(at.node_of("file"), "file は半角英数字とハイフンで書いてください")
    if file not in layouts:
        fail(at.node_of("file"), f"様式の配置 {file}.<施行日>.yaml がありません")
    copies = None
    if "copies" in at:
        inner = Entries(at.node_of("copies"), KEYS["copies"], "copies")
        copies = Copies(inner.text("as"), inner.texts("of"), inner.text("having"))
    issuer = at.choice("issuer", words)
    return FormEntry(
        id=at.text("id"),
        file=file,
        label=at.text("label"),
        stage=at.choice("stage", (s.name for s in stages)),
        issuer=issuer,
        role=words[issuer],
        series=at.choice("series", series) if "series" in at else "",
        word=at.flag("word"),
        when=forms.condition(at),
        date=at.text("date", ""),
        copies=copies,
        versions=tuple((begins, forms.load(path)) for begins, path in layouts[file]),
    )


class Schemes:
    """The schemes at hand, each loaded once."""

    def __init__(self, roots: list[Path]):
        self.folders = folders(roots)
        self._loaded: dict[str, Scheme] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Scheme:
        """Raises KeyError for an unknown name, ProblemError for a faulty folder."""
        with self._lock:  # two of one scheme would not be the same scheme to those who compare
            if name not in self._loaded:
                self._loaded[name] = load(self.folders[name])
            return self._loaded[name]

    def all(self) -> tuple[list[Scheme], list[Problem]]:
        """Every scheme that loads, and what is wrong with the others."""
        loaded: list[Scheme] = []
        problems: list[Problem] = []
        for name in self.folders:
            try:
                loaded.append(self.get(name))
            except ProblemError as error:
                problems += error.problems
        return loaded, problems

    def unknown(self, name: str, position: Position) -> ProblemError:
        near = nearest(name, self.folders)
        known = "・".join(self.folders) or "（見つかりません）"
        hint = f"「{near}」ではありませんか" if near else f"使える制度は {known} です"
        return ProblemError([Problem(f"制度「{name}」はありません", position, hint=hint)])
