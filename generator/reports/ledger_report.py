"""The register as people read it: 文書番号台帳 with a table for each series and year, as a list, and as JSON."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from generator.document import Document, Sheet
from generator.japan.wareki import format_date
from generator.register.entry import DOCUMENTS, PAPER, REISSUED, RELEASED, REPLACED, VOID, Entry
from generator.register.ledger import head
from generator.reports import tables
from generator.reports.report_day import as_of
from generator.reports.tables import Column, Table
from generator.scheme.model import Scheme
from generator.typography.fonts import used
from generator.values import Value

_TITLE = "文書番号台帳"
_COLUMNS = (
    Column("番号", 62),
    Column("日付", 34, "日付"),
    Column("件名", 80),
    Column("相手方", 50),
    Column("備考", 46),
)
_KINDS = {VOID: "欠番", PAPER: "紙で発行", REISSUED: "再発行", RELEASED: "予算戻し", REPLACED: "差替え"}


@dataclass(frozen=True)
class LedgerReport:
    """Every entry of the register in its order, as it is read by people and by other programs."""

    entries: tuple[Entry, ...]
    fonts: tuple[Path, ...] = ()  # of the settings

    @property
    def head(self) -> str:
        """The MAC of the last entry, which vouches for all before it; '' for an empty register."""
        return head(self.entries)

    @cached_property
    def ended(self) -> dict[int, str]:
        """A dictionary by place in the register: how each entry whose number no longer stands came to its end."""
        ended: dict[int, str] = {}
        newest: dict[tuple[str, str, str, int], Entry] = {}  # of each document
        same: dict[tuple[str, str, str, int], list[int]] = {}  # of each number: the entries that gave or kept it
        for entry in self.entries:
            if entry.kind in DOCUMENTS and entry.form and entry.case_number:
                document = entry.scheme, entry.case_number.upper(), entry.form, entry.ordinal or 0
                before = newest.get(document)
                if before is not None and _number(before) != _number(entry):
                    ended.setdefault(before.seq, f"{entry.text}により差替え")
                newest[document] = entry
            elif entry.kind == VOID:
                ended |= dict.fromkeys(same.get(_number(entry), ()), "欠番")
            if entry.kind in DOCUMENTS:
                same.setdefault(_number(entry), []).append(entry.seq)
        return ended

    def lines(self) -> list[str]:
        """One line an entry."""
        told = []
        for e in self.entries:
            what = "　".join(t for t in (e.title, e.applicant, e.case_number) if t)
            reason = f"（{e.reason}）" if e.reason and e.kind in (VOID, REISSUED, REPLACED, RELEASED) else ""
            note = f"　{e.note}" if e.note else ""
            revision = f"（第{e.revision}版）" if (e.revision or 0) > 1 and e.kind != PAPER else ""
            end = f"　【{self.ended[e.seq]}】" if e.seq in self.ended else ""
            place = f"{e.seq:5d}  {e.year}  {e.text}  {format_date(_date(e))}"
            told.append(f"{place}  {e.kind}{revision}{reason}  {what}{note}{end}")
        return told

    def as_json(self) -> dict[str, Any]:
        """The entries as they are signed, their files as a mapping, how the number ended, and the head."""
        entries = [asdict(e) | {"files": e.hashes, "ended": self.ended.get(e.seq, "")} for e in self.entries]
        return {"台帳": entries, "末尾": self.head}

    def document(self, schemes: Iterable[Scheme], today: datetime.date) -> Document:
        """文書番号台帳, with a sheet for each scheme, series and year, and the head of the chain at the foot.

        ``schemes``: where the names of the schemes stand; of any other its id is printed. Raises RefusedError for a
        day before 1873.
        """
        with used(self.fonts):
            return replace(self._book(schemes, today), fonts=self.fonts)

    def _book(self, schemes: Iterable[Scheme], today: datetime.date) -> Document:
        entries, names = self.entries, {scheme.id: scheme for scheme in schemes}
        taking = sorted(
            (e for e in entries if e.taken is not None), key=lambda e: (e.scheme, e.series, e.year, e.number)
        )
        vouch = f"台帳の末尾: 第{len(entries)}項　{self.head}" if entries else "台帳にはまだ何も記されていません"
        note = f"{as_of(today)}　{vouch}"
        sheets: list[Sheet] = []
        several = len({e.scheme for e in taking}) > 1
        for (scheme, series, year), same in groupby(taking, key=lambda e: (e.scheme, e.series, e.year)):
            name = names[scheme].name if scheme in names else scheme
            rows: list[list[Value]] = [[e.text, _date(e), e.title, e.applicant, self._remark(e)] for e in same]
            short = f"{series} {year}" + (f" {len(sheets) + 1}" if several else "")
            sheets.append(
                tables.sheet(Table(short[:31], f"{_TITLE}　{name}　{series}　{year}", _COLUMNS, rows, (note,)))
            )
        if not sheets:
            sheets.append(tables.sheet(Table(_TITLE, _TITLE, _COLUMNS, [], (note,))))
        authors = {names[e.scheme].authority for e in taking if e.scheme in names}
        return tables.document(_TITLE, sheets, today, "・".join(sorted(authors)))

    def _remark(self, entry: Entry) -> str:
        """備考 of the entry that took a number, with what became of the number afterwards."""
        remarks = [entry.case_number] if entry.case_number else []
        for at in (entry, *_later(entry, self.entries)):
            if at.kind in _KINDS:
                day = format_date(_date(at)) if at.kind in (RELEASED, REPLACED) else ""
                remarks.append(f"{day}{_KINDS[at.kind]}{f'（{at.reason}）' if at.reason else ''}")
            if at.note:
                remarks.append(at.note)
        end = self.ended.get(entry.seq, "")
        return "　".join([*remarks, end] if end and not any(end in remark for remark in remarks) else remarks)


def _later(entry: Entry, entries: Sequence[Entry]) -> list[Entry]:
    """Entries that speak of the same number and did not take it."""
    return [
        e for e in entries
        if e.taken is None and _number(e) == _number(entry)
    ]  # fmt: skip


def _date(entry: Entry) -> datetime.date:
    return datetime.date.fromisoformat(entry.date)


def _number(entry: Entry) -> tuple[str, str, str, int]:
    return entry.scheme, entry.series, entry.year, entry.number
