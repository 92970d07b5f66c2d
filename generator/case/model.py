"""A case as it stands in its file: typed values with their places, and the stages it has reached."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from sys import intern
from typing import Any

from generator.japan import wareki
from generator.problem import Position, Problem
from generator.scheme.model import Amendment, Scheme, Stage
from generator.source.nodes import Source

_STEPS = re.compile(r"[^.\[\]]+|\[\d+\]")


class Invalid:
    """Stands where a value is missing or unreadable, so that nothing is concluded from it."""


INVALID = Invalid()


_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}\Z")
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{d}{n}" for d in ("COM", "LPT") for n in range(10))}  # no names of files


def usable_number(text: str) -> bool:
    """Whether a text can be a 案件番号: 40 letters of ASCII, digits and hyphens at most, a legal name of a folder."""
    return bool(_NUMBER.match(text)) and text.upper() not in _DEVICES


@dataclass(frozen=True, slots=True)
class StageRef:
    """A stage of one case; ``index`` tells which, where the section is a list."""

    stage: Stage
    index: int | None

    @property
    def key(self) -> str:
        """The path of its section: 決定, 変更[0]."""
        return self.stage.name if self.index is None else f"{self.stage.name}[{self.index}]"

    def path(self, relative: str) -> str:
        """The path in the case of what scheme.yaml names as seen from the stage: in a list, from this item."""
        return f"{self.key}.{relative}" if self.stage.many else relative

    @property
    def label(self) -> str:
        """What people call it: 決定, 変更（第1回）."""
        return self.stage.name if self.index is None else f"{self.stage.name}（第{self.index + 1}回）"

    @property
    def file(self) -> str:
        """What file names call it: 変更, 変更2."""
        return self.stage.name if not self.index else f"{self.stage.name}{self.index + 1}"


@lru_cache(maxsize=16384)
def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(s[1:-1]) if s[0] == "[" else intern(s) for s in _STEPS.findall(path))


def _overlaid(value: Any, new: Any) -> Any:
    """A value with the items of another in their places."""
    if not isinstance(new, dict):
        return value if new is None or new is INVALID else new
    return {**value, **{k: _overlaid(value.get(k), v) for k, v in new.items()}} if isinstance(value, dict) else new


@dataclass(frozen=True)
class Case:
    """A case as its file gives it, each value typed and with its place."""

    scheme: Scheme
    number: str
    data: dict[str, Any]
    positions: dict[str, Position]
    source: Source
    private_lines: frozenset[int] = frozenset()  # lines with personal data, from 1

    def get(self, path: str) -> Any:
        """The typed value at a path such as 申請.経費[2].単価; None where nothing was given."""
        at: Any = self.data
        for step in _steps(path):
            if at.__class__ is dict:
                at = at.get(step)
            elif at.__class__ is list:
                at = at[step] if isinstance(step, int) and step < len(at) else None
            else:
                return INVALID if at is INVALID else None
        return at

    def position(self, path: str) -> Position:
        """Where the value stands, or the nearest thing around it."""
        while path and path not in self.positions:
            path = path[: path.rindex("[")] if path.endswith("]") else path.rpartition(".")[0]
        return self.positions.get(path) or Position(self.source.name, 1, 1)

    @cached_property
    def applicant(self) -> str:
        """The applicant's name by now; '' where it is not written, or the scheme does not say where it stands."""
        return self.as_of(None).applicant_at_first

    @cached_property
    def applicants(self) -> frozenset[str]:
        """Every name that the applicant has had in this case."""
        amended = (self._with(self._amendments[: n + 1]) for n in range(len(self._amendments)))
        return frozenset({self.applicant_at_first, *(case.applicant_at_first for case in amended)} - {""})

    @property
    def applicant_at_first(self) -> str:
        """The applicant's name before any change of it; '' as for `applicant`."""
        name = self.get(self.scheme.party) if self.scheme.party else None
        return name if isinstance(name, str) else ""

    def as_of(self, day: datetime.date | None) -> Case:
        """The case with what held on a day of the items that its scheme has a `history` of; None: what holds now."""
        return self._with([a for a in self._amendments if day is None or a[0] <= day])

    def before(self, stage: StageRef) -> Case:
        """The case with what held until a stage changed it."""
        keys = [(a[1].stage, a[2]) for a in self._amendments]
        own = (stage.stage.name, stage.index)
        return self._with(self._amendments[: keys.index(own)] if own in keys else self._amendments)

    @cached_property
    def _amendments(self) -> list[tuple[datetime.date, Amendment, int]]:
        """What later stages have changed: from which day on, what, and which of its list; the oldest first."""
        if not self.scheme.history:
            return []
        dated = [(self.date_of(ref), a, ref.index) for ref in self.stages for a in self.scheme.history
                 if ref.stage.name == a.stage]  # fmt: skip
        known = [(day, a, index) for day, a, index in dated if day is not None and index is not None]
        return sorted(known, key=lambda a: (a[0], a[2]))

    def _with(self, amended: Sequence[tuple[datetime.date, Amendment, int]]) -> Case:
        """The case as these have changed it; each value keeps the place where it was written."""
        if not amended:
            return self
        data, positions = dict(self.data), dict(self.positions)
        for _, amendment, index in amended:
            new = f"{amendment.stage}[{index}].{amendment.value}"
            at = data
            *around, last = amendment.of.split(".")
            for key in around:
                inner = at.get(key)
                at[key] = at = dict(inner) if isinstance(inner, dict) else {}
            at[last] = _overlaid(at.get(last), self.get(new))
            positions |= {amendment.of + path.removeprefix(new): place for path, place in self.positions.items()
                          if path.startswith(f"{new}.")}  # fmt: skip
        return replace(self, data=data, positions=positions)

    @property
    def year(self) -> str:
        """The 年度 of the governing date: 令和5年度; '' while that date is unknown."""
        date = self.get(self.scheme.governing)
        return wareki.fiscal_year_name(date) if isinstance(date, datetime.date) else ""

    @cached_property
    def completed(self) -> dict[str, Any]:
        """The data with every known item present, as the texts of forms read it. Not to be changed."""
        data: dict[str, Any] = self.scheme.schema.root.completed(self.data)
        return data

    @cached_property
    def stages(self) -> tuple[StageRef, ...]:
        """The stages the case has reached, in the order of the procedure."""
        stages: list[StageRef] = []
        for stage in self.scheme.stages:
            section = self.data.get(stage.name)
            if stage.many and isinstance(section, list):
                stages += [StageRef(stage, n) for n in range(len(section))]
            elif isinstance(section, dict):
                stages.append(StageRef(stage, None))
        return tuple(stages)

    def date_of(self, stage: StageRef, path: str = "") -> datetime.date | None:
        """The date of a stage, or another one as seen from it; None where none can be read."""
        value = self.get(stage.path(path or stage.stage.date))
        return value if isinstance(value, datetime.date) else None

    def earlier(self, stage: StageRef | None) -> Iterator[StageRef]:
        """The stages that 前. looks at from ``stage``, or from the case as a whole: the nearest first, without those
        that do not count (a change not yet approved)."""
        before = self.stages if stage is None else self.stages[: self.stages.index(stage)]
        for ref in reversed(before):
            if not ref.stage.counts or self.get(ref.path(ref.stage.counts)) is not None:
                yield ref

    def problem(
        self, path: str, message: str, hint: str = "", basis: str = "", level: str = "error", code: str = ""
    ) -> Problem:
        """A Problem at this place; its excerpt hides what stands on a line with personal data."""
        item, position = self.scheme.schema.at(path), self.position(path)
        private = bool(item and item.personal) or position.line in self.private_lines
        return Problem(message, position, self.scheme.item_label(path), hint, basis, level, private, code=code)
