"""The procedure of scheme.yaml: what comes next in a case, by whom and until when, and how a case ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from generator.japan.open_days import SHIFTS
from generator.scheme import rules
from generator.scheme.references import Reference
from generator.scheme.roles import Role
from generator.scheme.rules import Rule, RuleBook
from generator.source.fields import CheckedMapping, fail, text_of
from generator.source.nodes import Node

KEYS = {  # what may be written in each mapping of the procedure, of the budget and of the year's report
    "手続": ("form", "next", "ended", "stops", "stage", "by", "when", "due", "shift", "basis", "remark"),
    "一覧の金額": ("label", "value"),
    "予算": ("form", "amount", "basis", "changes", "released", "reason", "returned", "remark"),
    "戻入": ("of", "date", "amount"),
    "予算から出る額の変更": ("form", "amount"),
    "年度の報告": ("amounts", "expenses", "title", "remark"),
    "報告の金額": ("label", "value", "date", "of"),
    "報告の内訳": ("label", "of", "category", "amount"),
}


class Move(NamedTuple):
    """What comes next, or how the case ended, while ``when`` holds."""

    stage: str  # the formulas are seen from each such stage of the case; '' from the case as a whole
    when: Rule | None  # None: always
    ended: str  # 完了, 辞退; '' while something is still to come
    stops: bool  # with this end nothing is issued any more, not even what was decided before
    document: str  # what comes next, as it is called
    form: str  # its form id; '' where it is no form of the scheme
    by: str
    due: Rule | None
    term: str  # words in place of a day: 速やかに
    shift: str  # one of SHIFTS
    basis: str
    remark: str


class Amount(NamedTuple):
    """An amount that an overview of cases shows."""

    label: str
    value: Rule


class Repayment(NamedTuple):
    """What was paid back: a list of the case, below its stage, and of its items the keys of day and amount (yen)."""

    stage: str
    list: str
    date: str
    amount: str


class Budget(NamedTuple):
    """The document whose issue promises money out of the year's 予算, how much, and what changes that later on."""

    form: str
    amount: Rule
    basis: str
    changes: tuple[tuple[str, Rule], ...] = ()  # later documents, and what is promised with each; in their order
    released: Rule | None = None  # while it holds the clerk may give the money back without a document
    reason: str = ""  # of the release: 取下げ
    repaid: Repayment | None = None
    remark: str = ""  # what the year's report says below of the amount used

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form that says how much is promised, in their order."""
        return self.form, *(form for form, _ in self.changes)


class Figure(NamedTuple):
    """An amount of the year's report, and the case path of the day that tells in which month it counts.

    With ``of`` (a list below the rule's stage) each item has an amount, and ``date`` is the item's key.
    """

    label: str
    value: Rule
    date: str
    of: str = ""


class Expense(NamedTuple):
    """Amounts of a list, added up by category: which list of which stage, and which of its items' answers tell."""

    label: str
    stage: str
    list: str
    category: str  # the item's key that tells the category
    title: str  # what the category is called in print
    amount: Reference
    choices: tuple[str, ...]  # the categories in their order


class Annual(NamedTuple):
    """What a case gives to the year's report."""

    figures: tuple[Figure, ...] = ()
    expenses: tuple[Expense, ...] = ()
    title: str = "一覧"  # of the list of cases
    remark: str = ""  # what the report says below of the amounts and the 年度


class Procedure(NamedTuple):
    """All that scheme.yaml says of what is done with a case beyond its forms."""

    moves: tuple[Move, ...]  # the first that holds is the one
    amounts: tuple[Amount, ...]
    budget: Budget | None
    annual: Annual


class FormFacts(NamedTuple):
    """What the procedure asks of a form of the scheme."""

    label: str
    issuer: str
    stage: str


def load(at: CheckedMapping, book: RuleBook, forms: Mapping[str, FormFacts], roles: Mapping[str, Role]) -> Procedure:
    """The ``procedure``, ``amounts``, ``budget`` and ``annual`` of scheme.yaml; ``forms`` by id, ``roles`` by word.

    Raises SchemeError at the first slip.
    """
    moves = tuple(_move(node, book, forms, roles) for node in at.items("procedure"))
    amounts = []
    for node in at.items("amounts"):
        entry = CheckedMapping(node, KEYS["一覧の金額"], "一覧の金額")
        amounts.append(Amount(entry.text("label"), _amount(entry.text("label"), entry, "value", book)))
    labels = [a.label for a in amounts]
    if len(set(labels)) < len(labels):
        fail(at.node_of("amounts"), "同じ label が二度書かれています", code="scheme.twice")
    return Procedure(moves, tuple(amounts), _budget(at, book, forms), _annual(at, book))


def _amount(name: str, at: CheckedMapping, key: str, book: RuleBook, stage: str = "", each: str = "") -> Rule:
    """An amount as a name or a formula, seen from a stage (or from an item of its list ``each``) or from the whole
    case."""
    text = at.text(key)
    return rules.rule(name, text if text.startswith("=") else f"={text}", at.node_of(key), book, stage, each)


def _list(at: CheckedMapping, book: RuleBook) -> tuple[str, str]:
    """The stage and the list below it that ``of`` names; raises SchemeError for anything else."""
    path = at.text("of")
    stage, _, listed = path.partition(".")
    section, item = book.schema.at(stage), book.schema.at(path)
    if stage not in book.stages or section is None or section.kind != "object" or item is None or item.kind != "list":
        fail(at.node_of("of"), f"「{path}」は、一度だけの段階の中の並びではありません", code="scheme.not-a-list")
    return stage, listed


def _budget(at: CheckedMapping, book: RuleBook, forms: Mapping[str, FormFacts]) -> Budget | None:
    if "budget" not in at:
        return None
    name = "予算から出る額"
    entry = CheckedMapping(at.node_of("budget"), KEYS["予算"], "予算")
    amount = _amount(name, entry, "amount", book)
    changes = []
    for node in entry.items("changes"):
        change = CheckedMapping(node, KEYS["予算から出る額の変更"], "予算から出る額の変更")
        form = change.choice("form", forms)
        changes.append((form, _amount(name, change, "amount", book, forms[form].stage)))
    released = None
    if "released" in entry:
        released = rules.rule("予算に戻す条件", entry.text("released"), entry.node_of("released"), book)
    reason = entry.text("reason") if released else ""
    repaid = None
    if "returned" in entry:
        back = CheckedMapping(entry.node_of("returned"), KEYS["戻入"], "戻入")
        repaid = Repayment(*_list(back, book), back.text("date"), back.text("amount"))
        for key, kind in ((repaid.date, "日付"), (repaid.amount, "円")):
            item = book.schema.at(f"{repaid.stage}.{repaid.list}.{key}")
            if item is None or item.kind != kind:
                message = f"returned の「{key}」は、並びの中の項目（{kind}）ではありません"
                fail(entry.node_of("returned"), message, code="scheme.unknown-item")
    basis, remark = entry.text("basis"), entry.text("remark", "")
    return Budget(entry.choice("form", forms), amount, basis, tuple(changes), released, reason, repaid, remark)


def _annual(at: CheckedMapping, book: RuleBook) -> Annual:
    if "annual" not in at:
        return Annual()
    parts = CheckedMapping(at.node_of("annual"), KEYS["年度の報告"], "年度の報告")
    figures = []
    for node in parts.items("amounts"):
        entry = CheckedMapping(node, KEYS["報告の金額"], "報告の金額")
        stage, listed = _list(entry, book) if "of" in entry else ("", "")
        value = _amount(entry.text("label"), entry, "value", book, stage, listed)
        item = book.schema.at(".".join(p for p in (stage, listed, entry.text("date")) if p))
        if item is None or item.kind != "日付":
            fail(
                entry.node_of("date"),
                f"「{entry.text('date')}」は case.schema.yaml の日付ではありません",
                code="scheme.not-a-date",
            )
        figures.append(Figure(entry.text("label"), value, entry.text("date"), listed))
    expenses = tuple(_expense(node, book) for node in parts.items("expenses"))
    return Annual(tuple(figures), expenses, parts.text("title", "一覧"), parts.text("remark", ""))


def _expense(node: Node, book: RuleBook) -> Expense:
    at = CheckedMapping(node, KEYS["報告の内訳"], "報告の内訳")
    path, category = at.text("of"), at.text("category")
    stage, _, listed = path.partition(".")
    item = book.schema.at(f"{path}.{category}")
    amount = book.resolve(at.text("amount"), stage, listed) if stage in book.stages else None
    if item is None or amount is None or not amount.in_row:
        fail(
            node,
            f"「{path}」に「{category}」と「{at.text('amount')}」のある並びがありません",
            code="scheme.unknown-item",
        )
    return Expense(at.text("label"), stage, listed, category, item.title, amount, tuple(map(str, item.choices)))


def _move(node: Node, book: RuleBook, forms: Mapping[str, FormFacts], roles: Mapping[str, Role]) -> Move:
    at = CheckedMapping(node, KEYS["手続"], "手続")
    ended = at.text("ended", "")
    if bool(ended) == ("next" in at or "form" in at):
        fail(node, "手続には、次の書類（form か next）と ended のどちらか一方を書いてください", code="scheme.either-or")
    form = at.choice("form", forms) if "form" in at else ""
    label, by = (forms[form].label, forms[form].issuer) if form else ("", "")
    if "by" in at:
        by = at.choice("by", roles)
    if not ended and not by:
        fail(node, "手続に、だれがするか（by）がありません", code="scheme.no-actor")
    stage = at.choice("stage", book.stages) if "stage" in at else ""
    name = ended or at.text("next", label)
    due = text_of(at.node_of("due"), "手続の「due」") if "due" in at else ""
    dated = due.startswith("=")
    if "stops" in at and not ended:
        fail(at.node_of("stops"), "stops は ended に添えて書いてください", code="scheme.misplaced-key")
    if (ended and due) or ("shift" in at and not dated):
        fail(node, "due は次の書類に、shift は due の式に添えて書いてください", code="scheme.misplaced-key")
    return Move(
        stage=stage,
        when=rules.rule(name, at.text("when"), at.node_of("when"), book, stage) if "when" in at else None,
        ended=ended,
        stops=at.flag("stops"),
        document="" if ended else name,
        form=form,
        by=by,
        due=rules.rule(name, due, at.node_of("due"), book, stage) if dated else None,
        term="" if dated else due,
        shift=at.choice("shift", SHIFTS, SHIFTS[0]),
        basis=at.text("basis", ""),
        remark=at.text("remark", ""),
    )
