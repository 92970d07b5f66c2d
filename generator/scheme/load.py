"""A folder under forms/ → a Scheme, checked across its files before any case is read."""

from __future__ import annotations

import datetime
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.problem import Position, Problem, ProblemError, SchemeError, UnreadableError, nearest
from generator.scheme import duties, roles, rules, schema, workbook_limits
from generator.scheme.cache import SchemeCache
from generator.scheme.check import TEXT_NAMES, check_layouts
from generator.scheme.files import COARSE, MAIN, SchemeFiles, digest, folders, state
from generator.scheme.form import condition, load_form
from generator.scheme.model import Amendment, CopySpec, FormSpec, Quote, Remark, Requirement, Scheme, Series, Stage
from generator.scheme.office_values import OfficeValues
from generator.scheme.parameters import Values, date_of
from generator.scheme.roles import Role
from generator.scheme.rules import RuleBook
from generator.scheme.schema import Item, Schema
from generator.source.fields import CheckedMapping, fail, text_of
from generator.source.nodes import Node, Scalar

KEYS = {  # what may be written in each mapping of scheme.yaml; those of the procedure are procedure.KEYS
    "制度": ("scheme", "name", "authority", "basis", "begins", "governing", "roles", "party", "budget", "stages",
             "forms", "series", "quotes", "remarks", "history", "procedure", "amounts", "annual"),
    "段階": ("name", "list", "date", "after", "counts"),
    "様式": ("id", "file", "label", "stage", "issuer", "series", "word", "when", "date", "copies",
             "requires"),
    "copies": ("as", "of", "having"),
    "requires": ("form", "when"),
    "文書番号の系列": ("pattern", "year", "reissue"),
    "引用": ("form", "what", "draft"),
    "付記": ("from", "until", "text", "forms"),
    "history": ("of", "stage", "value", "before"),
}  # fmt: skip
_FILE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*\Z")


def load(folder: Path, cache: SchemeCache | None = None) -> Scheme:
    """Read and check a scheme, or take it from ``cache`` if it was checked before and no byte has changed since.

    Raises SchemeError naming the place of the first slip.
    """
    try:
        files = SchemeFiles(folder)
        scheme = cache.get(files.digest, folder) if cache else None
        if scheme is None:
            scheme = _load(files)
            if cache:
                cache.put(scheme, folder)
    except ProblemError as error:
        raise SchemeError(error.problems) from error
    return scheme


def _load(files: SchemeFiles) -> Scheme:
    at = CheckedMapping(files.source(MAIN).root, KEYS["制度"], "制度")
    if at.text("scheme") != files.folder.name:
        fail(
            at.node_of("scheme"),
            f"制度の名前はフォルダーの名前（{files.folder.name}）と同じにしてください",
            code="scheme.folder-name",
        )
    words = roles.load(at)
    tree = schema.load(files.source("case.schema.yaml"), words)
    stages = _stages(at.items("stages"), tree)
    book = rules.load(files.source("rules.yaml"), tree, tuple(s.name for s in stages))
    series = {name: _series(name, node) for name, node in at.pairs("series")}
    versions = files.layouts()
    form_specs = tuple(_form_spec(n, words, versions, series, files, book) for n in at.items("forms"))
    ids = [e.id for e in form_specs]
    for node, id_ in zip(at.items("forms"), ids, strict=True):
        if ids.count(id_) > 1:
            fail(node, f"様式「{id_}」が二度書かれています", code="scheme.twice")
    _check_requirements(at.items("forms"), form_specs)
    quotes = {name: _quote(node, form_specs, stages, tree) for name, node in at.pairs("quotes")}
    loaded = Scheme(
        id=files.folder.name,
        name=at.text("name"),
        authority=at.text("authority"),
        basis=at.text("basis"),
        begins=date_of(at, "begins"),
        governing=at.text("governing"),
        roles=words,
        stages=stages,
        forms=form_specs,
        series=series,
        quotes=quotes,
        remarks=tuple(_remark(n) for n in at.items("remarks")),
        history=tuple(_amendment(n, stages, tree, quotes) for n in at.items("history")),
        party=at.text("party", ""),
        procedure=duties.load(
            at, book, {e.id: duties.FormFacts(e.label, e.issuer, e.stage) for e in form_specs}, words
        ),
        schema=tree,
        rulebook=book,
        digest=files.digest,
    )
    if tree.at(loaded.governing) is None:
        fail(
            at.node_of("governing"),
            f"governing の「{loaded.governing}」は case.schema.yaml にありません",
            code="scheme.unknown-item",
        )
    if loaded.party and tree.at(loaded.party) is None:
        fail(
            at.node_of("party"),
            f"party の「{loaded.party}」は case.schema.yaml にありません",
            code="scheme.unknown-item",
        )
    places = check_layouts(loaded)
    workbook_limits.check(book, tree, form_specs)
    return replace(loaded, places=places)


def _stages(nodes: tuple[Node, ...], tree: Schema) -> tuple[Stage, ...]:
    stages: dict[str, Stage] = {}
    last = ""  # of the stages that every case goes through
    for node in nodes:
        at = CheckedMapping(node, KEYS["段階"], "段階")
        after = at.choice("after", stages) if "after" in at else last
        stage = Stage(at.text("name"), at.flag("list"), at.text("date"), after, at.text("counts", ""))
        for path in (stage.date, *([stage.counts] if stage.counts else [])):
            if tree.at(stage.path(path)) is None:
                fail(
                    node,
                    f"段階「{stage.name}」の「{stage.path(path)}」は case.schema.yaml にありません",
                    code="scheme.unknown-item",
                )
        if not stage.many and "after" not in at:
            last = stage.name
        stages[stage.name] = stage
    return tuple(stages.values())


def _quote(node: Node, form_specs: tuple[FormSpec, ...], stages: tuple[Stage, ...], tree: Schema) -> Quote:
    at = CheckedMapping(node, KEYS["引用"], "引用")
    forms = {e.id: e for e in form_specs}
    quote = Quote(at.choice("form", forms), at.choice("what", ("番号", "日付")), at.text("draft", ""))
    form = forms[quote.form]
    if not form.series:
        fail(
            at.node_of("form"),
            f"引用の様式「{form.id}」には文書番号が付きません（series がありません）",
            code="scheme.quote-without-number",
        )
    if quote.draft and next(s for s in stages if s.name == form.stage).many:
        hint = "様式の日付を用います"
        fail(
            at.node_of("draft"),
            f"段階「{form.stage}」は並びなので、引用に draft は書けません",
            hint,
            code="scheme.misplaced-key",
        )
    if quote.draft and tree.at(quote.draft) is None:
        fail(node, f"引用の draft「{quote.draft}」は case.schema.yaml にありません", code="scheme.unknown-item")
    return quote


def _series(name: str, node: Node) -> Series:
    at = CheckedMapping(node, KEYS["文書番号の系列"], "文書番号の系列")
    pattern = at.text("pattern")
    if pattern.count("{番号}") != 1 or re.sub(r"\{(番号|文書記号)\}", "", pattern).count("{"):
        fail(
            at.node_of("pattern"),
            "pattern には {番号} を一度だけ書いてください（ほかに使えるのは {文書記号} です）",
            code="scheme.number-pattern",
        )
    return Series(name, pattern, at.choice("year", ("年度", "暦年")), at.choice("reissue", ("新番号", "差替え")))


def _remark(node: Node) -> Remark:
    at = CheckedMapping(node, KEYS["付記"], "付記")
    return Remark(date_of(at, "from"), date_of(at, "until"), at.text("text"), at.texts("forms"))


def _amendment(node: Node, stages: tuple[Stage, ...], tree: Schema, quotes: Mapping[str, Quote]) -> Amendment:
    """Raises SchemeError unless what the stage has to write are some of the items, each read as it is read there."""
    at = CheckedMapping(node, KEYS["history"], "history")
    lists = {stage.name: stage for stage in stages if stage.many}
    amendment = Amendment(at.text("of"), at.choice("stage", lists), at.text("value"), at.text("before"))
    items, changed = tree.at(amendment.of), tree.at(lists[amendment.stage].path(amendment.value))
    for key, item, path in (("of", items, amendment.of), ("value", changed, amendment.value)):
        if item is None or item.kind != "object":
            message = f"history の {key}「{path}」は、case.schema.yaml にある項目の集まりではありません"
            fail(at.node_of(key), message, code="scheme.unknown-item")
    assert items is not None and changed is not None
    other = _unlike(items, changed)
    if other:
        message = (
            f"history の value「{amendment.value}」の「{other}」は、of「{amendment.of}」に同じ読み方の項目がありません"
        )
        fail(at.node_of("value"), message, code="scheme.unknown-item")
    if amendment.before in (*TEXT_NAMES, *tree.root.properties, *quotes):
        message = f"history の before「{amendment.before}」は、ほかのものの名前です"
        fail(at.node_of("before"), message, "別の名前にしてください", code="scheme.twice")
    return amendment


def _unlike(items: Item, changed: Item) -> str:
    """The first item of ``changed`` that ``items`` has not, or reads otherwise; '' for none."""
    for name, item in changed.properties.items():
        other = items.properties.get(name)
        if other is None or other.kind != item.kind:
            return item.title
        if item.kind == "object" and (below := _unlike(other, item)):
            return below
    return ""


def _form_spec(
    node: Node,
    words: Mapping[str, Role],
    versions: Mapping[str, list[tuple[datetime.date, str]]],
    series: dict[str, Series],
    files: SchemeFiles,
    book: RuleBook,
) -> FormSpec:
    at = CheckedMapping(node, KEYS["様式"], "様式")
    file = at.text("file")
    if not _FILE_NAME.match(file):
        fail(at.node_of("file"), "file は半角英数字とハイフンで書いてください", code="scheme.file-name")
    if file not in versions:
        fail(at.node_of("file"), f"様式の配置 {file}.<施行日>.yaml がありません", code="scheme.no-layout")
    copies = None
    if "copies" in at:
        inner = CheckedMapping(at.node_of("copies"), KEYS["copies"], "copies")
        copies = CopySpec(inner.text("as"), inner.texts("of"), inner.text("having"))
    issuer = at.choice("issuer", words)
    stage = at.choice("stage", book.stages)
    numbers = at.choice("series", series) if "series" in at else ""
    if "requires" in at and not numbers:
        fail(at.node_of("requires"), "requires は、series のある様式だけに書けます", code="scheme.misplaced-key")
    return FormSpec(
        id=at.text("id"),
        file=file,
        label=at.text("label"),
        stage=stage,
        issuer=issuer,
        role=words[issuer],
        series=numbers,
        word=at.flag("word"),
        when=condition(at),
        date=at.text("date", ""),
        copies=copies,
        requires=tuple(_requirement(n, book, stage) for n in at.items("requires")),
        versions=tuple((begins, load_form(files.source(name))) for begins, name in versions[file]),
    )


def _requirement(node: Node, book: RuleBook, stage: str) -> Requirement:
    """The id of a form, alone or with a condition as seen from ``stage``."""
    if isinstance(node, Scalar):
        return Requirement(text_of(node, "様式の「requires」"), None)
    at = CheckedMapping(node, KEYS["requires"], "requires")
    return Requirement(at.text("form"), rules.rule("前提", at.text("when"), at.node_of("when"), book, stage))


def _check_requirements(nodes: Sequence[Node], form_specs: tuple[FormSpec, ...]) -> None:
    """What a document rests on has a number of its own, and does not rest on that document in turn."""
    forms = {e.id: e for e in form_specs}
    always = {e.id: {r.form for r in e.requires if r.when is None and r.form != e.id} for e in form_specs}
    for node, form_spec in zip(nodes, form_specs, strict=True):
        for requirement in form_spec.requires:
            other = forms.get(requirement.form)
            if other is None or not other.series:
                numbered = "・".join(e.id for e in form_specs if e.series)
                message = f"requires の「{requirement.form}」は、文書番号の付く様式ではありません"
                fail(node, message, f"書けるのは {numbered} です", code="scheme.unknown-form")
        reached, waiting = set[str](), list(always[form_spec.id])
        while waiting:
            form = waiting.pop()
            if form not in reached:
                reached.add(form)
                waiting += always[form]
        if form_spec.id in reached:
            fail(node, f"様式「{form_spec.id}」の requires が、めぐって自分に戻ります", code="scheme.circular-requires")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A scheme with its folder, what the file system said of the files there, and when (nanoseconds)."""

    scheme: Scheme
    folder: Path
    state: tuple[tuple[Any, ...], ...]
    at: int
    digest: str  # of the files alone
    own: Values

    def current(self, own: Values) -> bool:
        """Whether the files are surely the same: a clock too coarse could hide a change right after the reading."""
        if own != self.own:
            return False
        newest = max((changed for *_, changed in self.state), default=0)
        return self.at - newest > COARSE and state(self.folder) == self.state


class Schemes:
    """The schemes in folders below ``roots``, each loaded when it is first asked for.

    Of each folder one Scheme is held: the same object until a byte of the folder changes, then a new one. Threads may
    share this. ``cache``: where checked schemes are kept between runs. ``own``: tells what the office has set of the
    parameters of schemes; they are as good as written in rules.yaml, and part of the digest.
    """

    def __init__(
        self, roots: Sequence[Path], cache: SchemeCache | None = None, own: Callable[[], OfficeValues] | None = None
    ):
        self._roots = tuple(roots)
        self._own = own or OfficeValues
        self._cache = cache
        self._loaded: dict[str, _Loaded] = {}  # at most one a folder
        self._loading = threading.Lock()

    @property
    def folders(self) -> dict[str, Path]:
        """The folder of each scheme that is there now, by name."""
        return folders(self._roots)

    def get(self, name: str) -> Scheme:
        """The scheme of this name. Raises KeyError for an unknown one, SchemeError for a faulty folder, UnreadableError
        for what an office has set of it or of another that is not there."""
        own = self._own()
        loaded = self._loaded.get(name)
        if loaded is None or not loaded.current(own.of(name)):
            with self._loading:
                loaded = self._loaded.get(name)
                if loaded is None or not loaded.current(own.of(name)):
                    there = self.folders
                    own.refuse_unknown(there)
                    for gone in self._loaded.keys() - there.keys():
                        del self._loaded[gone]
                    loaded = self._loaded[name] = self._load(there[name], own, loaded)
        return loaded.scheme

    def _load(self, folder: Path, own: OfficeValues, before: _Loaded | None) -> _Loaded:
        seen, now = state(folder), time.time_ns()  # before it is read: what changes meanwhile is read again
        if before is not None and before.folder == folder and before.own == own.of(folder.name):
            with suppress(ProblemError):  # told by `load`
                if digest(folder) == before.digest:
                    return replace(before, state=seen, at=now)
        scheme = load(folder, self._cache)
        return _Loaded(own.put_into(scheme), folder, seen, now, scheme.digest, own.of(scheme.id))

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

    def unknown(self, name: str, position: Position) -> UnreadableError:
        """What is said of a case that names a scheme which is not here, at the place where it does."""
        near = nearest(name, self.folders)
        names = "・".join(self.folders) or "（見つかりません）"
        hint = f"「{near}」ではありませんか" if near else f"使える制度は {names} です"
        return UnreadableError(
            [Problem(f"制度「{name}」はありません", position, hint=hint, code="scheme.unknown-scheme")]
        )

    def named(self, name: str) -> Scheme:
        """`get` for a name that somebody gives; raises UnreadableError for an unknown one."""
        if name not in self.folders:
            raise self.unknown(name, Position("制度", 0, 0))
        return self.get(name)
