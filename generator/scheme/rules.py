"""rules.yaml → RuleBook: dated parameters, steps and checks, every name resolved before a case is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from generator.formula.errors import FormulaError
from generator.formula.excel import check_rates
from generator.formula.syntax import Formula, is_condition, parse
from generator.problem import Position, nearest
from generator.scheme import parameters
from generator.scheme.parameters import Values
from generator.scheme.references import (
    ColumnReference,
    FieldReference,
    ItemReference,
    ItemStepReference,
    ParameterReference,
    PreviousReference,
    Reference,
    StepReference,
)
from generator.scheme.schema import Schema
from generator.source.fields import CheckedMapping, fail, text_of
from generator.source.nodes import Node, Source
from generator.source.nodes import Sequence as SequenceNode
from generator.spreadsheet.cell_format import CELL_FORMATS

_PIECE = re.compile(r"\{([^{}]+)\}")
PREVIOUS = "前."
KEYS = {  # what may be written in each mapping of rules.yaml
    "規則": ("parameters", "steps", "checks", "known"),
    "パラメータ": parameters.KEYS,
    "計算": ("name", "stage", "each", "formula", "basis", "remark", "reason", "format"),
    "確認": ("name", "stage", "each", "formula", "words", "at", "message", "hint", "basis", "remark", "level"),
    "words": ("in", "any"),
    "はじめの値": ("stage", "at", "formula"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What steps and checks share: the stage, the list they follow, the formula with its names resolved."""

    name: str
    stage: str
    each: str
    formula: Formula | None
    references: Mapping[str, Reference]
    basis: str
    remark: str
    position: Position


@dataclass(frozen=True, slots=True)
class Step(Rule):
    """A rule that computes a value. ``reason``: the item in which the office says why it is so; '' for none."""

    format: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known(Rule):
    """What is known of an item before anybody writes it: `yoshiki add` fills it in; who knows better changes it.

    Its ``name`` is the path of the item in the section of its stage.
    """


class BannedWords(NamedTuple):
    """Words that must not occur in a text of the item: the field, and the words or the parameter that lists them."""

    field: str
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check(Rule):
    """A rule that must hold: its formula is TRUE, or none of its words occurs."""

    message: tuple[str | Formula, ...]  # texts and formulas by turns
    hint: str
    level: str
    at: str
    words: BannedWords | None


@dataclass(frozen=True)
class RuleBook:
    """All parameters, steps and checks of a scheme.

    ``left``: the parameters that the scheme leaves to the office: without a value what rests on them waits.
    """

    parameters: Values
    steps: tuple[Step, ...]
    checks: tuple[Check, ...]
    stages: tuple[str, ...]
    schema: Schema
    left: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()

    def with_parameters(self, own: Values) -> RuleBook:
        """The same rules with the values of an office. Raises KeyError for a parameter that the scheme has not,
        FormulaError for a ratio where none can be computed."""
        merged = parameters.merged(self.parameters, own)
        rates = parameters.rates(merged)
        for rule in (*self.steps, *self.checks):
            for formula in (rule.formula, *(rule.message if isinstance(rule, Check) else ())):
                if isinstance(formula, Formula):
                    check_rates(formula, rates)
        return replace(self, parameters=merged)

    @cached_property
    def _named(self) -> dict[tuple[str, str, str], Step]:
        return {(s.stage, s.each, s.name): s for s in reversed(self.steps)}

    @cached_property
    def steps_of(self) -> dict[str, list[Step]]:
        """The steps of each stage, in the order of the file."""
        steps: dict[str, list[Step]] = {}
        for step in self.steps:
            steps.setdefault(step.stage, []).append(step)
        return steps

    @cached_property
    def _resolved(self) -> dict[tuple[str, str, str], Reference | None]:
        return {}

    def step(self, stage: str, name: str, each: str = "") -> Step | None:
        """The step of this name in a stage, or for the items of its list ``each``; None where there is none."""
        return self._named.get((stage, each, name))

    def is_condition(self, rule: Rule) -> bool:
        """Whether the rule's value is はい or いいえ."""

        def flag(name: str) -> bool:
            reference = rule.references[name]
            if reference.computed:
                step = self.step(reference.stage, reference.path, rule.each if reference.in_row else "")
                return step is not None and self.is_condition(step)
            item = self.schema.at(reference.item_path(rule.each))
            return item is not None and item.kind == "真偽" and not isinstance(reference, ColumnReference)

        return rule.formula is not None and is_condition(rule.formula.root, flag)

    def resolve(self, name: str, stage: str, each: str = "") -> Reference | None:
        """The meaning of a name in a stage (and in an item of its list ``each``); None where it has none.
        A ``stage`` of '' is the case as a whole: only names of a stage, ``前.`` and parameters mean something."""
        key = (name, stage, each)
        if key not in self._resolved:
            self._resolved[key] = self._meaning(name, stage, each)
        return self._resolved[key]

    def _meaning(self, name: str, stage: str, each: str) -> Reference | None:
        steps = set(self._named)
        if name.startswith(PREVIOUS):
            inner = name.removeprefix(PREVIOUS)
            earlier = self.stages[: self.stages.index(stage) + 1] if stage else self.stages
            computed = any(s.name == inner and not s.each and s.stage in earlier for s in self.steps)
            return PreviousReference(stage, inner) if computed else None
        if each:
            if (stage, each, name) in steps:
                return ItemStepReference(stage, name)
            if self._scalar(f"{stage}.{each}.{name}"):
                return ItemReference(stage, name)
        return self._of_stage(name, stage, steps) or self._elsewhere(name, steps)

    def _of_stage(self, name: str, stage: str, steps: set[tuple[str, str, str]]) -> Reference | None:
        if (stage, "", name) in steps:
            return StepReference(stage, name)
        head, _, tail = name.rpartition(".")
        listed = self.schema.at(f"{stage}.{head}") if head else None
        if listed is not None and listed.kind == "list" and not self._through_list(f"{stage}.{head}"):
            if (stage, head, tail) in steps or self._scalar(f"{stage}.{name}"):
                return ColumnReference(stage, name)
            return None
        if self._scalar(f"{stage}.{name}") and not self._through_list(f"{stage}.{name}"):
            return FieldReference(stage, name)
        whole = self.schema.at(f"{stage}.{name}")
        if whole is not None and whole.kind == "list" and whole.items and whole.items.kind not in ("object", "list"):
            return ColumnReference(stage, name)
        return None

    def _elsewhere(self, name: str, steps: set[tuple[str, str, str]]) -> Reference | None:
        if name in self.parameters:
            return ParameterReference("", name)
        head, _, tail = name.partition(".")
        section = self.schema.at(head)
        if head in self.stages and tail and section is not None and section.kind == "object":
            return self._of_stage(tail, head, steps)
        return None

    def _scalar(self, path: str) -> bool:
        item = self.schema.at(path)
        return item is not None and item.kind not in ("object", "list")

    def _through_list(self, path: str) -> bool:
        """Whether a path below the section goes through a list (the section itself may be one)."""
        parts = path.split(".")
        return any(
            (item := self.schema.at(".".join(parts[:n]))) is not None and item.kind == "list"
            for n in range(2, len(parts))
        )


def _formula(text: str, node: Node) -> Formula:
    try:
        return parse(text)
    except FormulaError as error:
        fail(node, f"計算式が正しくありません（{error}）", code=error.code)


class _Resolver:
    """Resolves the names of one rule, failing at the rule's place."""

    def __init__(self, book: RuleBook, rates: set[str]):
        self.book, self.rates = book, rates
        self.lists = {n for n, ds in book.parameters.items() for d in ds if isinstance(d.value, tuple)}

    def references(self, at: Position, formulas: list[Formula], stage: str, each: str) -> dict[str, Reference]:
        references: dict[str, Reference] = {}
        for formula in formulas:
            try:
                check_rates(formula, self.rates)
            except FormulaError as error:
                fail(at, str(error), code=error.code)
            for name in formula.names:
                reference = self.book.resolve(name, stage, each)
                if reference is None:
                    names = [s.name for s in self.book.steps if s.stage == stage]
                    names += list(self.book.parameters) + list(self._fields(stage, each))
                    near = nearest(name, names)
                    fail(
                        at,
                        f"計算式の「{name}」が何を指すか分かりません",
                        f"「{near}」ではありませんか" if near else "",
                        code="scheme.unknown-name",
                    )
                if isinstance(reference, ParameterReference) and name in self.lists:
                    hint = "語を一つずつ別のパラメータにしてください"
                    fail(
                        at,
                        f"語を並べたパラメータ「{name}」は、計算式では使えません",
                        hint,
                        code="scheme.list-in-formula",
                    )
                references[name] = reference
        return references

    def _fields(self, stage: str, each: str) -> tuple[str, ...]:
        if not stage:  # the case as a whole
            own = [f"{s.stage}.{s.name}" for s in self.book.steps if not s.each]
            return (*own, *(f"{name}.{field}" for name in self.book.stages for field in self._fields(name, "")))
        item = self.book.schema.at(f"{stage}.{each}" if each else stage)
        item = item.items if item is not None and item.kind == "list" else item
        return tuple(item.properties) if item is not None else ()


def _reason(at: CheckedMapping, schema: Schema, within: str) -> str:
    """The item of the stage, or of its list, that says why a step has its value. Raises SchemeError where it is none
    with words."""
    name = at.text("reason", "")
    listed = schema.at(within) if name else None
    item = (listed.items or listed).properties.get(name) if listed is not None else None
    if name and (item is None or item.kind not in ("文字", "文章")):
        message = f"reason の「{name}」は、「{within}」にある文字の項目ではありません"
        fail(at.node_of("reason"), message, code="scheme.unknown-item")
    return name


def load(source: Source, schema: Schema, stages: tuple[str, ...]) -> RuleBook:
    """Read rules.yaml; raises SchemeError at the first slip."""
    root = CheckedMapping(source.root, KEYS["規則"], "規則")
    values = parameters.load(root)
    rates = parameters.rates(values)
    steps: list[Step] = []
    for node in root.items("steps"):
        at = CheckedMapping(node, KEYS["計算"], "計算")
        stage, each = at.choice("stage", stages), at.text("each", "")
        book = RuleBook(values, tuple(steps), (), stages, schema)
        parsed = _formula(at.text("formula"), at.node_of("formula"))
        references = _Resolver(book, rates).references(at.position, [parsed], stage, each)
        if book.step(stage, at.text("name"), each):
            fail(node, f"計算「{at.text('name')}」が二度書かれています", code="scheme.twice")
        steps.append(Step(at.text("name"), stage, each, parsed, references, at.text("basis", ""), at.text("remark", ""),
                          at.position, at.choice("format", CELL_FORMATS, "金額"),
                          _reason(at, schema, f"{stage}.{each}" if each else stage)))  # fmt: skip
    book = RuleBook(values, tuple(steps), (), stages, schema)
    resolver = _Resolver(book, rates)
    checks = tuple(check for node in root.items("checks") for check in _checks(node, resolver, stages))
    left = tuple(name for name, rows in values.items() if not rows)
    known = tuple(_known(node, resolver, stages) for node in root.items("known"))
    return RuleBook(values, tuple(steps), checks, stages, schema, left, known)


def _known(node: Node, resolver: _Resolver, stages: tuple[str, ...]) -> Known:
    at = CheckedMapping(node, KEYS["はじめの値"], "はじめの値")
    stage, path = at.choice("stage", stages), at.text("at")
    item = resolver.book.schema.at(f"{stage}.{path}")
    if item is None or item.kind in ("object", "list"):
        message = f"known の at「{path}」は、段階「{stage}」の一つの値ではありません"
        fail(at.node_of("at"), message, code="scheme.unknown-item")
    parsed = _formula(at.text("formula"), at.node_of("formula"))
    references = resolver.references(at.position, [parsed], stage, "")
    return Known(path, stage, "", parsed, references, "", "", at.position)


def rule(name: str, text: str, node: Node, book: RuleBook, stage: str = "", each: str = "") -> Rule:
    """A formula that stands outside of rules.yaml, at ``node``; its names are resolved as seen from a stage (and from
    an item of its list ``each``), or from the case as a whole. Raises SchemeError."""
    parsed = _formula(text, node)
    references = _Resolver(book, parameters.rates(book.parameters)).references(node.position, [parsed], stage, each)
    return Rule(name, stage, each, parsed, references, "", "", node.position)


def _checks(node: Node, resolver: _Resolver, stages: tuple[str, ...]) -> Iterator[Check]:
    """The check once for each of its stages: a name means what it means there."""
    at = CheckedMapping(node, KEYS["確認"], "確認")
    if ("formula" in at) == ("words" in at):
        fail(node, "確認には formula か words のどちらか一つを書いてください", code="scheme.either-or")
    given = at.node_of("stage")
    for item in given.items if isinstance(given, SequenceNode) else (given,):
        stage = text_of(item, "確認の「stage」")
        if stage not in stages:
            fail(item, f"確認の「stage」は {'・'.join(stages)} のどれかです", code="scheme.unknown-stage")
        yield _check(node, at, stage, resolver)


def _check(node: Node, at: CheckedMapping, stage: str, resolver: _Resolver) -> Check:
    each = at.text("each", "")
    parsed = _formula(at.text("formula"), at.node_of("formula")) if "formula" in at else None
    message: list[str | Formula] = []
    for index, piece in enumerate(_PIECE.split(at.text("message"))):
        message.append(_formula("=" + piece, at.node_of("message")) if index % 2 and piece != "語" else piece)
    words = None
    if "words" in at:
        entry = CheckedMapping(at.node_of("words"), KEYS["words"], "words")
        words = BannedWords(entry.text("in"), entry.texts("any"))
    formulas = [f for f in (parsed, *message) if isinstance(f, Formula)]
    references = resolver.references(at.position, formulas, stage, each)
    blamed = at.text("at", "")
    where = ".".join(p for p in (stage, each, words.field if words else blamed) if p)
    if resolver.book.schema.at(where) is None:
        fail(node, f"確認「{at.text('name')}」の示す項目「{where}」がありません", code="scheme.unknown-item")
    return Check(
        name=at.text("name"),
        stage=stage,
        each=each,
        formula=parsed,
        references=references,
        basis=at.text("basis", ""),
        remark=at.text("remark", ""),
        position=at.position,
        message=tuple(message),
        hint=at.text("hint", ""),
        level=at.choice("level", ("error", "warning"), "error"),
        at=blamed,
        words=words,
    )
