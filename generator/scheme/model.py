"""A scheme and what it is made of: its stages, forms, quotes, number series and remarks."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from generator.scheme import text_template
from generator.scheme.duties import Procedure
from generator.scheme.form import Form
from generator.scheme.roles import Role
from generator.scheme.rules import Rule, RuleBook
from generator.scheme.schema import Schema


class Stage(NamedTuple):
    """A step of the procedure, with a section of its own in the case."""

    name: str
    many: bool  # the section is a list, each item a stage of its own
    date: str  # path of the stage's date; relative to the item when ``many``
    after: str  # the stage it rests on; '' for the first
    counts: str  # the item that a later stage's 前. asks for before it looks here; '' for none; relative as ``date``

    def path(self, relative: str) -> str:
        """The path in the schema of what scheme.yaml names as seen from this stage: in a list, from its item."""
        return f"{self.name}.{relative}" if self.many else relative


class CopySpec(NamedTuple):
    """One copy of the form for each party that has a certain item."""

    alias: str
    of: tuple[str, ...]
    having: str


class Requirement(NamedTuple):
    """Another official document that has to be issued before: every one that the case has, of a list all of them."""

    form: str
    when: Rule | None  # only where this holds; None: always


class FormSpec(NamedTuple):
    """A form of the scheme with all versions of its layout."""

    id: str
    file: str
    label: str
    stage: str
    issuer: str  # who makes it, in the scheme's word
    role: Role  # of the issuer
    series: str  # the number series of an official document; '' for none
    word: bool
    when: text_template.Text | None  # made only where this holds
    date: str  # path of the document's own date, relative to a list's item; '' for the stage's
    copies: CopySpec | None
    requires: tuple[Requirement, ...]  # the documents that it rests on
    versions: tuple[tuple[datetime.date, Form], ...]  # oldest first

    def version(self, on: datetime.date) -> Form:
        """The form in force on a date; before the first, the first."""
        newest = self.versions[0][1]
        for begins, form in self.versions:
            if begins <= on:
                newest = form
        return newest

    def aliases(self, form: Form) -> dict[str, tuple[str, ...]]:
        """Each alias that the form's paths may begin with, and the case paths it stands for."""
        aliases: dict[str, tuple[str, ...]] = {}
        if self.copies:
            aliases[self.copies.alias] = self.copies.of
        if form.paging:
            aliases[form.paging.alias] = expand(form.paging.of, aliases)
        return aliases


def expand(path: str, aliases: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The case paths a layout path stands for."""
    head, dot, tail = path.partition(".")
    return tuple(base + dot + tail for base in aliases.get(head, (head,)))


class Amendment(NamedTuple):
    """Items that a later stage may change: a document prints what held on its date."""

    of: str  # path of the items
    stage: str  # the list in which each item is such a change, from its date on
    value: str  # path of what is changed, as seen from the stage; only what changes is written there
    before: str  # by this name the texts of the stage's forms name what held until then


class Quote(NamedTuple):
    """A text variable that quotes another document's number or date; ``draft``: the case path until it is issued."""

    form: str
    what: str  # 番号 | 日付
    draft: str


class Series(NamedTuple):
    """A series of official numbers: how a number is printed, when it begins again at 1, what a reissue does."""

    name: str
    pattern: str  # as scheme.yaml has it, with {文書記号} and {番号} in it
    year: str  # 年度 | 暦年
    reissue: str  # 新番号 | 差替え


class Remark(NamedTuple):
    """A first line of forms whose case is governed by a date from ``begins`` to ``until``."""

    begins: datetime.date
    until: datetime.date
    text: str
    forms: tuple[str, ...]  # ids; () for every form


@dataclass(frozen=True)
class Scheme:
    """A scheme whose files were all checked against each other."""

    id: str
    name: str
    authority: str
    basis: str
    begins: datetime.date
    governing: str  # path of the date whose text governs
    roles: Mapping[str, Role]  # the scheme's words for who takes part
    stages: tuple[Stage, ...]
    forms: tuple[FormSpec, ...]
    series: dict[str, Series]
    quotes: dict[str, Quote]
    remarks: tuple[Remark, ...]
    history: tuple[Amendment, ...]
    party: str  # path of the name of the one the case is about; '' for none
    procedure: Procedure
    schema: Schema
    rulebook: RuleBook
    digest: str  # of every file of the folder
    places: dict[str, str] = field(default_factory=dict)  # case path → label of the first form that holds it

    @property
    def office(self) -> str:
        """Who makes the documents that the applicant does not, in the scheme's words."""
        return "・".join(word for word, role in self.roles.items() if role is Role.OFFICE)

    def before(self, stage: Stage) -> tuple[Stage, ...]:
        """The stages this one rests on, in the order of the procedure."""
        earlier: list[Stage] = []
        while stage.after:
            stage = self.stage(stage.after)
            earlier.insert(0, stage)
        return tuple(earlier)

    @cached_property
    def _stages(self) -> dict[str, Stage]:
        return {s.name: s for s in self.stages}

    @cached_property
    def _forms(self) -> dict[str, FormSpec]:
        return {f.id: f for f in self.forms}

    def stage(self, name: str) -> Stage:
        """The stage of this name. Raises KeyError where there is none."""
        return self._stages[name]

    def form(self, id_: str) -> FormSpec:
        """The form with this id. Raises KeyError where there is none."""
        return self._forms[id_]

    def forms_of(self, stage: str) -> tuple[FormSpec, ...]:
        """The forms that belong to a stage, in the order of scheme.yaml."""
        return tuple(form for form in self.forms if form.stage == stage)

    def form_ids(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """The ids that somebody means who names forms by their ids or all forms of a stage by its name, sorted.

        A name that the scheme has not stays as it is, and so means no form of it.
        """
        return tuple(sorted({id_ for name in chosen for id_ in [f.id for f in self.forms_of(name)] or [name]}))

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
