"""What an office has set of the parameters of schemes, put into a scheme as if it were written in rules.yaml."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from generator.formula.errors import FormulaError
from generator.problem import Position, Problem, UnreadableError, nearest
from generator.scheme.model import Scheme
from generator.scheme.parameters import Values

_KINDS = {Fraction: "率（1/2、5.5% など）", int: "金額や数", datetime.date: "日付", str: "語"}


@dataclass(frozen=True)
class OfficeValues:
    """The values by scheme, and where each scheme and each of its parameters stands in the office's file."""

    schemes: Mapping[str, Values] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Position] = field(default_factory=dict)  # (scheme, parameter or '')

    def of(self, scheme: str) -> Values:
        """The values for a scheme; none for one that the office says nothing of."""
        return self.schemes.get(scheme, {})

    def refuse_unknown(self, there: Mapping[str, object]) -> None:
        """Raise UnreadableError where values are set for schemes that are not ``there``: they would never count."""
        problems = []
        for scheme in (scheme for scheme in self.schemes if scheme not in there):
            near = nearest(scheme, there)
            hint = f"「{near}」ではありませんか" if near else f"使える制度は {'・'.join(there)} です"
            message, at = f"制度「{scheme}」はありません", self.places.get((scheme, ""))
            problems.append(Problem(message, at, "「定め」", hint, code="scheme.unknown-scheme"))
        if problems:
            raise UnreadableError(problems)

    def put_into(self, scheme: Scheme) -> Scheme:
        """The scheme with the values, which its digest then tells of.

        Raises UnreadableError for what the scheme has not, or cannot compute with.
        """
        own = self.of(scheme.id)
        if not own:
            return scheme
        problems = list(self._problems(scheme, own))
        if not problems:
            try:
                book = scheme.rulebook.with_parameters(own)
            except FormulaError as error:
                hint = "値の書き方を確かめてください"
                problems = [self._problem(scheme, "", str(error), hint, code="scheme.unfit-parameter")]
        if problems:
            raise UnreadableError(problems)
        told = "\n".join(f"{name}\0{row}" for name in sorted(own) for row in own[name])
        both = hashlib.sha256(f"{scheme.digest}\n{told}".encode()).hexdigest()
        return replace(scheme, rulebook=book, digest=both)

    def _problems(self, scheme: Scheme, own: Values) -> Iterator[Problem]:
        parameters = scheme.rulebook.parameters
        for name, rows in own.items():
            if name not in parameters:
                near = nearest(name, parameters)
                hint = f"「{near}」ではありませんか" if near else f"書けるのは {'・'.join(parameters)} です"
                message = f"「{scheme.id}」に「{name}」という定めはありません"
                yield self._problem(scheme, name, message, hint, code="scheme.unknown-parameter")
                continue
            kinds = {type(d.value) for d in parameters[name] if d.value is not None}
            fit = kinds | ({int} if Fraction in kinds else set())  # a whole ratio
            for row in rows:
                if kinds and type(row.value) not in fit:
                    wanted = "・".join(_KINDS.get(kind, "語の並び") for kind in kinds)
                    message, hint = f"「{name}」の値として読めません", f"{wanted}を書いてください"
                    yield self._problem(scheme, name, message, hint, code="scheme.unfit-parameter")

    def _problem(self, scheme: Scheme, name: str, message: str, hint: str, *, code: str) -> Problem:
        at = self.places.get((scheme.id, name))
        return Problem(message, at, "「定め」", hint, code=code)
