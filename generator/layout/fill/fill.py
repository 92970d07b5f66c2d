"""The first step: the forms of a stage filled with a case, once for each copy and page, each on its worksheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from generator.case import cross_references
from generator.layout.fill import continuation
from generator.layout.fill.form_rows import FormRows
from generator.layout.fill.name_scopes import Aliases, FormCopy
from generator.layout.fill.stage_view import StageView
from generator.layout.sheets import FilledSheet
from generator.scheme.form import Form, RowSpec
from generator.scheme.model import FormSpec
from generator.scheme.roles import Role


@dataclass(frozen=True, slots=True)
class _Expanded:
    """A copy or page of a form with its rows, and what its worksheet is called, if not simply as the form."""

    rows: FormRows
    called: str
    hidden: bool
    announced: bool = False  # says itself that it is printed only where it is used

    def sheet(self, name: str) -> FilledSheet:
        """The worksheet of this name."""
        note = f"{name}　{continuation.NOTE}" if self.hidden and not self.announced else ""
        return FilledSheet(self.rows.builder.frame(name, self.hidden, note), tuple(self.rows.cells))


def filled(view: StageView, form_rows: type[FormRows] = FormRows) -> tuple[FilledSheet, ...]:
    """The sheets of a stage in the order of its forms, with all that the case says in them.

    ``form_rows`` lays the rows of a form. Raises SchemeError where a text of a form cannot be composed.
    """
    expanded = [sheet for form_spec in view.form_specs() for sheet in _sheets(view, form_spec, form_rows)]
    return tuple(sheet.sheet(name) for sheet, name in zip(expanded, _names(expanded), strict=True))


def _names(expanded: Sequence[_Expanded]) -> list[str]:
    """Worksheet names: the form's label, numbered where it has several sheets."""
    names: list[str] = []
    for _, same in groupby(expanded, key=lambda sheet: sheet.rows.form_spec.id):
        sheets = list(same)
        count, number = sum(not sheet.called for sheet in sheets), 0
        for sheet in sheets:
            if sheet.called:
                again = sum(name.startswith(sheet.called) for name in names)
                names.append(f"{sheet.called}({again + 1})" if again else sheet.called)
                continue
            number += 1
            label = sheet.rows.form_spec.label
            names.append(label if count == 1 else f"{label}({number})")
    return names


def _sheets(view: StageView, form_spec: FormSpec, form_rows: type[FormRows]) -> Iterator[_Expanded]:
    """The sheets that a form has in the stage."""
    view = view.of(form_spec)
    form = view.form(form_spec)
    if view.fillable and form_spec.role is not Role.APPLICANT:
        return
    names = view.names(form_spec)
    if not view.fillable and not view.is_made(form_spec, names):
        return

    def laid(version: Form, aliases: Aliases, context: dict[str, Any]) -> FormRows:
        rows = form_rows(view, form_spec, version, aliases, context)
        rows.fill()
        return rows

    for copy in _copies(view, form_spec, names):
        for aliases, context, further in _pages(view, form, copy):
            called = continuation.name(form_spec.label) if further else copy.called
            yield _Expanded(laid(form, aliases, context), called, hidden=bool(copy.called) or further)
    more = continuation.further(form, lambda spec: _held(view, spec)) if view.fillable else None
    if more is not None:
        rows = laid(more, Aliases(view.own_section), names)
        yield _Expanded(rows, continuation.name(form_spec.label), hidden=True, announced=True)


def _copies(view: StageView, form_spec: FormSpec, names: dict[str, Any]) -> Iterator[FormCopy]:
    """The copies of a form: one, or one for each party that it is made for."""
    number = view.numbers.get((form_spec.id, view.stage.index or 0))
    dated = number.date if number else cross_references.dated(view.case, form_spec, view.stage)
    own = names | {"番号": number.text if number else "", "発行日": dated}
    if form_spec.copies is None:
        yield FormCopy(view.own_section, own)
        return
    alias, having = form_spec.copies.alias, form_spec.copies.having
    for path in form_spec.copies.of:
        item = view.case.scheme.schema.at(path)
        assert item is not None
        value = view.case.get(path)
        each = item.items if item.kind == "list" else item
        assert each is not None
        count = len(value or ()) if item.kind == "list" else 1
        if view.fillable and item.kind == "list":
            count = max(count, view.rows_for(path))
        for n in range(count):
            party = f"{path}[{n}]" if item.kind == "list" else path
            given = view.case.get(f"{party}.{having}") is not None
            if given or view.fillable:
                certain = given or (item.kind != "list" and having in each.required)
                called = "" if certain else continuation.limited(f"{form_spec.label} {item.title}{n + 1}")
                context = own | {alias: each.completed(view.case.get(party))}
                yield FormCopy(view.own_section | {alias: party}, context, called)


def _pages(view: StageView, form: Form, copy: FormCopy) -> Iterator[tuple[Aliases, dict[str, Any], bool]]:
    """The pages of a paged form, and whether one is there only in case that it is needed."""
    if form.paging is None:
        yield Aliases(copy.aliases), copy.context, False
        return
    path = Aliases(copy.aliases).path(form.paging.of)
    count, per = len(view.case.get(path) or ()), form.paging.per
    total = max(1, -(-count // per))
    for page in range(total + int(view.fillable and not copy.called)):
        chunk = (form.paging.alias, path, page * per, per)
        number = total + int(page == total)
        yield Aliases(copy.aliases, chunk), copy.context | {"葉": page + 1, "全葉": number}, page == total


def _held(view: StageView, spec: RowSpec) -> continuation.Held | None:
    """What a form has of the list its rows follow; None where the list is paged, or not the applicant's to fill."""
    path = Aliases(view.own_section).path(spec.repeat)
    listed = view.case.scheme.schema.at(path)
    if listed is None or listed.kind != "list" or not view.asks(path):
        return None
    return continuation.Held(listed.title, max(spec.least, len(view.case.get(path) or ())))
