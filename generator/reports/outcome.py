"""What became of one case of many, in plain values that processes exchange and reports are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from generator.case import identity
from generator.case.figures import Figures

STATES = MADE, CURRENT, PROBLEMS, FAILED, OTHER = "作成", "最新", "要確認", "失敗", "対象外"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case. ``problems`` are formatted, personal contents masked."""

    path: str
    state: str
    scheme: str = ""
    number: str = ""
    party: str = ""
    stage: str = ""
    amounts: tuple[tuple[str, int | None], ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # path below the out folder, SHA-256
    problems: tuple[str, ...] = field(default=())
    figures: Figures = field(default=Figures())  # for the year's report

    def as_json(self) -> dict[str, Any]:
        """The line of the manifest: amounts in yen, files below the folder with the SHA-256 of each."""
        return {
            "案件": self.path,
            "結果": self.state,
            "制度": self.scheme,
            "案件番号": self.number,
            "段階": self.stage,
            "金額": dict(self.amounts),
            "ファイル": dict(self.files),
            "問題": list(self.problems),
        }


def ordered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes by scheme and 案件番号: the report is the same whoever finished first."""
    return sorted(outcomes, key=lambda o: (o.scheme, *identity.in_order(o.number), o.path))
