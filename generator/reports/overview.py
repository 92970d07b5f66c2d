"""The overview of many cases (進行状況): which files, in which order, and what its columns hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from generator.document import Document
from generator.operations.check import Report
from generator.problem import Position, Problem, RefusedError, UnreadableError
from generator.reports import tables
from generator.reports.report_day import as_of
from generator.reports.status import CaseStatus
from generator.typography.fonts import used
from generator.values import Value

_TITLE = "進行状況"
_ENDINGS = (".yaml", ".yml")  # of case files
MOST_FILES = 10_000


@dataclass(frozen=True)
class Standing:
    """One case file in the overview; no row where there is no case to speak of."""

    report: Report
    row: CaseStatus | None

    @property
    def order(self) -> tuple[int, date, str, str]:
        """The nearest deadline first; files that hold no case stand among the rows without one."""
        return self.row.order if self.row else (1, date.max, "", str(self.report.path))

    @property
    def remarks(self) -> str:
        """What the clerk should look at, in words."""
        errors = sum(p.level == "error" for p in self.report.problems)
        remarks = [f"要確認 {errors}件"] if errors else []
        return "、".join([*remarks, *(self.row.notes if self.row else ())])


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """A column of the overview, and how its value comes from a standing."""

    heading: str
    kind: str  # 文字 | 金額 | 日付 | 日数
    width: float  # its share of a page
    value: Callable[[Standing], Value]


def case_files(paths: Sequence[Path], besides: Path | None = None) -> list[Path]:
    """The files given and every *.yaml below the folders given, each once; hidden folders, links to folders and
    the folder ``besides`` are passed by. Raises UnreadableError for a folder that is not there, RefusedError for one
    with more than MOST_FILES of them."""
    files: dict[str, Path] = {}
    for path in paths:
        if path.suffix not in _ENDINGS and not os.path.lexists(path):
            hint = "フォルダーの場所を確かめてください（案件のファイルなら、名前の終わりは .yaml です）"
            position = Position(str(path), 0, 0)
            raise UnreadableError([Problem("フォルダーがありません", position, hint=hint, code="overview.no-folder")])
        for place, file in _below(path, besides) if path.is_dir() else ((os.path.realpath(path), path),):
            files.setdefault(place, file)
    return list(files.values())


def _below(folder: Path, besides: Path | None) -> list[tuple[str, Path]]:
    """The files below a folder, each with its place on the disk, whatever links lead to it."""
    placed: list[tuple[str, Path]] = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _same(Path(root, f), besides))
        real = os.path.realpath(root)
        for name in sorted(files):
            if name.endswith(_ENDINGS) and not name.startswith("."):
                place = os.path.join(real, name)
                placed.append((os.path.realpath(place) if os.path.islink(place) else place, Path(root, name)))
        if len(placed) > MOST_FILES:
            message = f"{folder} の中に YAML のファイルが {MOST_FILES:,} 個より多くあります"
            hint = "案件だけが入ったフォルダーを指定してください"
            raise RefusedError([Problem(message, hint=hint, code="overview.too-many-files")])
    return placed


def _same(folder: Path, other: Path | None) -> bool:
    return other is not None and folder.resolve() == other.resolve()


@dataclass(frozen=True)
class Overview:
    """Where many cases stand on a day, the nearest deadline first."""

    standings: tuple[Standing, ...]
    day: date
    fonts: tuple[Path, ...] = ()  # of the settings

    @classmethod
    def of(cls, standings: Iterable[Standing], day: date, fonts: tuple[Path, ...] = ()) -> Overview:
        """The overview of cases in any order."""
        return cls(tuple(sorted(standings, key=lambda s: s.order)), day, fonts)

    @property
    def columns(self) -> tuple[StatusColumn, ...]:
        """The columns that these cases need: the scheme only where there are several, numbers only where one has."""
        rows = [s.row for s in self.standings if s.row]
        labels = dict.fromkeys(label for row in rows for label, _ in row.amounts)
        every = [
            StatusColumn("案件番号", "文字", 24, lambda s: (s.row.number if s.row else "") or s.report.path.name),
            StatusColumn("制度", "文字", 34, _of(lambda r: r.scheme)) if len({r.scheme for r in rows}) > 1 else None,
            StatusColumn("申請者", "文字", 50, _of(lambda r: r.party)),
            StatusColumn("段階", "文字", 26, _of(lambda r: r.stage)),
            StatusColumn("次の書類", "文字", 38, _of(lambda r: r.next.document if r.next else _ended(r))),
            StatusColumn("作る人", "文字", 18, _of(lambda r: r.next.by if r.next else "")),
            StatusColumn("期限", "日付", 30, _of(lambda r: (r.next.due or r.next.term) if r.next else "")),
            StatusColumn("残り", "日数", 14, _of(lambda r: r.left)),
            *(StatusColumn(label, "金額", 22, _of(_amount(label))) for label in labels),
            StatusColumn("文書番号", "文字", 46, _of(_latest)) if any(r.issued for r in rows) else None,
            StatusColumn("備考", "文字", 40, lambda s: s.remarks),
        ]
        return tuple(c for c in every if c)

    def document(self) -> Document:
        """進行状況, as a table with a row for each case. Raises RefusedError for a day before 1873."""
        shown = self.columns
        heads = [tables.Column(c.heading, c.width, c.kind) for c in shown]
        rows = [[c.value(standing) for c in shown] for standing in self.standings]
        notes = [f"{as_of(self.day)}。残りは期限までの日数で、マイナスは期限を過ぎた日数です"]
        with used(self.fonts):
            return replace(tables.single(_TITLE, heads, rows, self.day, notes=notes), fonts=self.fonts)

    def as_json(self) -> dict[str, Any]:
        """The overview for other programs, as JSON; dates as YYYY-MM-DD, amounts in yen."""
        return {"基準日": self.day.isoformat(), "案件": [_as_json(standing) for standing in self.standings]}


def _of(value: Callable[[CaseStatus], Value]) -> Callable[[Standing], Value]:
    return lambda s: value(s.row) if s.row else ""


def _amount(label: str) -> Callable[[CaseStatus], Value]:
    return lambda row: dict(row.amounts).get(label)


def _ended(row: CaseStatus) -> str:
    return f"終了（{row.ended}）" if row.ended else ""


def _latest(row: CaseStatus) -> str:
    return row.issued[-1].number.text if row.issued else ""


def _as_json(standing: Standing) -> dict[str, Any]:
    row, report = standing.row, standing.report
    errors = sum(p.level == "error" for p in report.problems)
    told: dict[str, Any] = {"file": str(report.path), "ok": report.ok, "要確認": errors}
    if row is None:
        return told
    after = row.next
    return told | {
        "制度": row.scheme,
        "案件番号": row.number,
        "申請者": row.party,
        "段階": row.stage,
        "終了": row.ended or None,
        "次の書類": after
        and {
            "名称": after.document,
            "様式": after.form or None,
            "作る人": after.by,
            "期限": _iso(after.due),
            "定めの期限": _iso(after.limit),
            "期限の定め": after.term or None,
            "残り日数": row.left,
            "根拠": after.basis,
            "備考": after.remark,
        },
        "金額": dict(row.amounts),
        "発行": [
            {"様式": i.form, "名称": i.label, "回": i.nth or None, "番号": i.number.text, "日付": _iso(i.number.date)}
            for i in row.issued
        ],
        "備考": list(row.notes),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
