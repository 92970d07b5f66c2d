"""What a scheme is made of: its stages, forms, quotes, number series and remarks."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from generator.scheme import text_template
from generator.scheme.form import Form


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    many: bool  # the section is a list, each item a stage of its own
    date: str  # path of the stage's date; relative to the item when ``many``
    after: str  # the stage it rests on; '' for the first
    counts: str  # the item that a later stage's 前. asks for before it looks here; '' for none; relative as ``date``


@dataclass(frozen=True, slots=True)
class Copies:
    """One copy of the form for each party that has a certain item."""

    alias: str
    of: tuple[str, ...]
    having: str


@dataclass(frozen=True, slots=True)
class FormEntry:
    id: str
    file: str
    label: str
    stage: str
    issuer: str
    series: str  # the number series of a document of the city; '' for none
    word: bool
    when: text_template.Text | None  # made only where this holds
    date: str  # path of the document's own date, relative to a list's item; '' for the stage's
    copies: Copies | None
    versions: tuple[tuple[datetime.date, Form], ...]  # oldest first

    def version(self, on: datetime.date) -> Form:
        """The form in force on a date; before the first, the first."""
        found = self.versions[0][1]
        for begins, form in self.versions:
            if begins <= on:
                found = form
        return found

    def aliases(self, form: Form) -> dict[str, tuple[str, ...]]:
        """Each alias that the form's paths may begin with, and the case paths it stands for."""
        known: dict[str, tuple[str, ...]] = {}
        if self.copies:
            known[self.copies.alias] = self.copies.of
        if form.paging:
            known[form.paging.alias] = expand(form.paging.of, known)
        return known


def expand(path: str, aliases: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The case paths a layout path stands for."""
    head, dot, tail = path.partition(".")
    return tuple(base + dot + tail for base in aliases.get(head, (head,)))


@dataclass(frozen=True, slots=True)
class Quote:
    """A text variable that quotes another document's number or date; ``draft``: the case path until it is issued."""

    form: str
    what: str  # 番号 | 日付
    draft: str


@dataclass(frozen=True, slots=True)
class Series:
    """A series of official numbers: how a number is printed, when it begins again at 1, what a reissue does."""

    name: str
    pattern: str  # 川崎市指令{文書記号}第{番号}号
    year: str  # 年度 | 暦年
    reissue: str  # 新番号 | 差替え


@dataclass(frozen=True, slots=True)
class Remark:
    begins: datetime.date
    until: datetime.date
    text: str
    forms: tuple[str, ...]  # ids; () for every form
