"""What the register says of one case, with its kept files, to be carried to a computer that cannot reach either."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from generator.case.model import Case
from generator.problem import Problem, ProblemError, UnavailableError, UnreadableError
from generator.register.entry import Entry, valid_documents
from generator.register.records import Records, digest_of
from generator.register.register import Reading

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class _Read:
    """What was read, or what was wrong when it was to be read: whoever asks is told the same as here."""

    value: object = field(default=None, repr=False)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class CaseSnapshot(Records):
    """The entries of one case and the kept files of its documents, as they were when it was taken.

    Whatever could not be read then raises the same problems, as UnavailableError, where it is asked for.
    """

    scheme: str
    number: str  # in capitals
    read_entries: _Read
    files: Mapping[tuple[int, str], _Read] = field(repr=False)  # the kept ones: entry and name

    def reading(self) -> CaseSnapshot:
        """Itself: it never changes."""
        return self

    def entries(self, case: Case) -> tuple[Entry, ...]:
        """What the register said of the case; raises UnreadableError for any other case."""
        return self._entries(case.scheme.id, case.number)

    def fingerprint_of(self, scheme: str, number: str) -> str:
        """The fingerprint of all that the register said of the case; raises UnreadableError for any other case."""
        return digest_of(self._entries(scheme, number))

    def _entries(self, scheme: str, number: str) -> tuple[Entry, ...]:
        if (scheme, number.upper()) != (self.scheme, self.number):
            hint = "ファイルのはじめに「制度: 」「案件番号: 」の二行を書いてください"
            message = "台帳を引くための案件番号が読み取れません"
            raise UnreadableError([Problem(message, hint=hint, code="register.number-unreadable")])
        return _given(self.read_entries, tuple)

    def read(self, entry: Entry, name: str) -> bytes:
        """A kept file of a document that has a valid number."""
        return _given(self.files[entry.seq, name], bytes)


def _given(read: _Read, kind: type[_Value]) -> _Value:
    if read.problems:
        raise UnavailableError(read.problems)
    assert isinstance(read.value, kind)
    return read.value


def _try(action: Callable[[], object]) -> _Read:
    try:
        return _Read(action())
    except ProblemError as error:
        return _Read(problems=error.problems)


def take(reading: Reading, scheme: str, number: str) -> CaseSnapshot:
    """The snapshot of one case, by its names; what cannot be read is told where it is asked for."""
    if not reading.knows(scheme, number):
        return CaseSnapshot(scheme, number.upper(), _Read(()), {})
    entries = _try(lambda: reading.register.ledger.of_case(scheme, number))
    documents = valid_documents(_given(entries, tuple)).values() if not entries.problems else ()
    wanted = [(entry, name) for entry in documents for name in entry.hashes]
    files = {(entry.seq, name): _try(functools.partial(reading.read, entry, name)) for entry, name in wanted}
    return CaseSnapshot(scheme, number.upper(), entries, files)
