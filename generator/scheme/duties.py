"""The procedure of scheme.yaml: what comes next in a case, by whom and until when, and how a case ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.japan.open_days import SHIFTS
from generator.scheme import rules
from generator.scheme.rules import Reference, Rule, RuleBook
from generator.source.fields import Entries, fail, text_of
from generator.source.read import Node

_KEYS = ("form", "next", "ended", "stops", "stage", "by", "when", "due", "shift", "basis", "remark")


@dataclass(frozen=True, slots=True)
class Move:
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


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that an overview of cases shows."""

    label: str
    value: Rule


@dataclass(frozen=True, slots=True)
class Budget:
    """The document whose issue promises money out of the year's 予算, how much, and what changes that later on."""

    form: str
    amount: Rule
    basis: str
    changes: tuple[tuple[str, Rule], ...] = ()  # later documents, and what is promised with each; in their order
    released: Rule | None = None  # while it holds the clerk may give the money back without a document
    reason: str = ""  # of the release: 取下げ

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form that says how much is promised, in their order."""
        return self.form, *(form for form, _ in self.changes)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount of the year's report, and the case path of the day that tells in which month it counts."""

    label: str
    value: Rule
    date: str


@dataclass(frozen=True, slots=True)
class Expense:
    """Amounts of a list, told apart by 費目: which list of which stage, and what its items' category and amount are."""

    label: str
    stage: str
    list: str
    category: str
    amount: Reference
    choices: tuple[str, ...]  # the categories in their order


@dataclass(frozen=True, slots=True)
class Annual:
    """What a case gives to the year's report."""

    figures: tuple[Figure, ...] = ()
    expenses: tuple[Expense, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    moves: tuple[Move, ...]  # the first that holds is the one
    amounts: tuple[Amount, ...]
    budget: Budget | None
    annual: Annual


def load(at: Entries, book: RuleBook, forms: Mapping[str, tuple[str, str]], stages: Mapping[str, str]) -> Procedure:
    """The ``procedure``, ``amounts``, ``budget`` and ``annual`` of scheme.yaml; ``forms``: id → label and issuer,
    ``stages``: id → stage.

    Raises ProblemError at the first slip.
    """
    moves = tuple(_move(node, book, forms) for node in at.items("procedure"))
    amounts = []
    for node in at.items("amounts"):
        one = Entries(node, ("label", "value"), "一覧の金額")
        value = one.text("value")
        text = value if value.startswith("=") else f"={value}"
        amounts.append(Amount(one.text("label"), rules.rule(one.text("label"), text, one.node_of("value"), book)))
    labels = [a.label for a in amounts]
    if len(set(labels)) < len(labels):
        fail(at.node_of("amounts"), "同じ label が二度書かれています")
    return Procedure(moves, tuple(amounts), _budget(at, book, forms, stages), _annual(at, book))


def _budget(
    at: Entries, book: RuleBook, forms: Mapping[str, tuple[str, str]], stages: Mapping[str, str]
) -> Budget | None:
    if "budget" not in at:
        return None
    one = Entries(at.node_of("budget"), ("form", "amount", "basis", "changes", "released", "reason"), "予算")
    amount = _promise(one, book, "")
    changes = []
    for node in one.items("changes"):
        change = Entries(node, ("form", "amount"), "予算から出る額の変更")
        form = change.choice("form", forms)
        changes.append((form, _promise(change, book, stages[form])))
    released = None
    if "released" in one:
        released = rules.rule("予算に戻す条件", one.text("released"), one.node_of("released"), book)
    reason = one.text("reason") if released else ""
    return Budget(one.choice("form", forms), amount, one.text("basis"), tuple(changes), released, reason)


def _promise(at: Entries, book: RuleBook, stage: str) -> Rule:
    """An amount as seen from a stage, or from the whole case."""
    text = at.text("amount")
    node = at.node_of("amount")
    return rules.rule("予算から出る額", text if text.startswith("=") else f"={text}", node, book, stage)


def _annual(at: Entries, book: RuleBook) -> Annual:
    if "annual" not in at:
        return Annual()
    parts = Entries(at.node_of("annual"), ("amounts", "expenses"), "年度の報告")
    figures = []
    for node in parts.items("amounts"):
        one = Entries(node, ("label", "value", "date"), "報告の金額")
        text = one.text("value")
        value = rules.rule(one.text("label"), text if text.startswith("=") else f"={text}", one.node_of("value"), book)
        item = book.schema.at(one.text("date"))
        if item is None or item.kind != "日付":
            fail(one.node_of("date"), f"「{one.text('date')}」は case.schema.yaml の日付ではありません")
        figures.append(Figure(one.text("label"), value, one.text("date")))
    return Annual(tuple(figures), tuple(_expense(node, book) for node in parts.items("expenses")))


def _expense(node: Node, book: RuleBook) -> Expense:
    at = Entries(node, ("label", "of", "category", "amount"), "報告の費目")
    path, category = at.text("of"), at.text("category")
    stage, _, listed = path.partition(".")
    item = book.schema.at(f"{path}.{category}")
    amount = book.resolve(at.text("amount"), stage, listed) if stage in book.stages else None
    if item is None or amount is None or amount.kind not in ("item", "item_step"):
        fail(node, f"「{path}」に「{category}」と「{at.text('amount')}」のある並びがありません")
    return Expense(at.text("label"), stage, listed, category, amount, tuple(map(str, item.choices)))


def _move(node: Node, book: RuleBook, forms: Mapping[str, tuple[str, str]]) -> Move:
    at = Entries(node, _KEYS, "手続")
    ended = at.text("ended", "")
    if bool(ended) == ("next" in at or "form" in at):
        fail(node, "手続には、次の書類（form か next）と ended のどちらか一方を書いてください")
    form = at.choice("form", forms) if "form" in at else ""
    label, issuer = forms.get(form, ("", ""))
    by = at.text("by", issuer)
    if not ended and not by:
        fail(node, "手続に、だれがするか（by）がありません")
    stage = at.choice("stage", book.stages) if "stage" in at else ""
    name = ended or at.text("next", label)
    due = text_of(at.node_of("due"), "手続の「due」") if "due" in at else ""
    dated = due.startswith("=")
    if "stops" in at and not ended:
        fail(at.node_of("stops"), "stops は ended に添えて書いてください")
    if (ended and due) or ("shift" in at and not dated):
        fail(node, "due は次の書類に、shift は due の式に添えて書いてください")
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
