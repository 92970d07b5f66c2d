"""The office's register with the folder of its issued documents: what it says now, and what it said in one run."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.case.model import Case
from generator.problem import Problem
from generator.register.archive import Archive
from generator.register.budget import Promise, Promises
from generator.register.database import location
from generator.register.entry import Entry, Keys, chain_faults
from generator.register.ledger import Ledger, Writer
from generator.register.office import OfficeSettings
from generator.register.records import Records, digest_of
from generator.scheme.duties import Budget

_CASES = 256  # whose entries a reading holds


@dataclass(frozen=True)
class Register(Records):
    """The register of an office: its ledger and the archive of what was issued. It is read at each call, so it knows
    what others have issued in the meantime; may be used by many threads.

    `open` has completed what earlier commands left half done. Whoever asks the same of one case several times, or
    something of thousands of cases, takes a `reading` for as long as that work lasts.
    """

    office: OfficeSettings
    ledger: Ledger
    archive: Archive
    _promises: dict[str, tuple[Budget, Promises]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    @classmethod
    def open(cls, office: OfficeSettings, url: str = "") -> Register:
        """The register of an office (``url``: another than its yoshiki.toml names); raises ProblemError."""
        keys = Keys.read(office.key)
        ledger = Ledger.open(location(url or office.ledger, office.root), keys)
        register = cls(office, ledger, Archive(office.issued))
        register.recover()
        return register

    @classmethod
    def create(cls, office: OfficeSettings, url: str = "") -> Register:
        """The office with a new, empty register; raises ProblemError where there is one."""
        ledger = Ledger.create(location(url or office.ledger, office.root), Keys.read(office.key))
        return cls(office, ledger, Archive(office.issued))

    def recover(self) -> None:
        """Complete or remove what a command that was killed has left half done."""
        if self.archive.stagings():  # only then is it worth waiting for the other writers
            with self.ledger.writing() as writer:
                self.archive.recover(writer.stagings())

    def reading(self) -> Reading:
        """What it says of cases as of the first time each is asked about, for one run of one thread."""
        return Reading(self)

    def entries(self, case: Case) -> tuple[Entry, ...]:
        """What the register says of a case, now. Raises ProblemError."""
        return self.ledger.of_case(case.scheme.id, case.number.upper())

    def fingerprint_of(self, scheme: str, number: str) -> str:
        """The fingerprint of all that the register says of a case, now."""
        return digest_of(self.ledger.of_case(scheme, number.upper()))

    def read(self, entry: Entry, name: str) -> bytes:
        """A kept file of a document; raises ProblemError where it is missing or altered."""
        if not self.archive.holds(entry.folder):
            self.recover()  # committed by another process that has not yet moved its files
        return self.archive.read(entry, name)

    def promised(self, scheme: str, budget: Budget, writer: Writer) -> dict[str, Promise]:
        """What each case of a scheme (案件番号 in capitals) is promised out of the 予算, as the writer sees it.

        Of what was read before, only entries that came since are read: entries never change. Kept for as long as
        this register is open, one for each scheme, and anew where the scheme has another budget than then.
        """
        with self._lock:
            rule, promises = self._promises.get(scheme, (None, None))
            if promises is None or rule != budget:
                promises = Promises(self.archive, budget)
                self._promises[scheme] = (budget, promises)
            return promises.read(writer.of_forms(scheme, budget.forms, promises.last))


@dataclass
class Reading(Records):
    """A register as of the first time it was asked about a case. Belongs to one run of one thread, and ends with it.

    Of the cases that were asked about, the entries of the last `_CASES` are held, and of all cases their fingerprints.
    """

    register: Register
    _entries: dict[tuple[str, str], tuple[Entry, ...]] = field(default_factory=dict, init=False, repr=False)
    _all_macs: dict[tuple[str, str], str] | None = field(default=None, init=False, repr=False)

    def reading(self) -> Reading:
        """Itself: it is the register as of one run already."""
        return self

    def entries(self, case: Case) -> tuple[Entry, ...]:
        """What the register says of a case."""
        key = (case.scheme.id, case.number.upper())
        if key not in self._entries:
            self._entries[key] = self.register.entries(case)
            if len(self._entries) > _CASES:
                del self._entries[next(iter(self._entries))]
        return self._entries[key]

    def fingerprint_of(self, scheme: str, number: str) -> str:
        """The fingerprint of all that the register says of a case; the register is asked once for all of its cases."""
        return hashlib.sha256(self._macs.get((scheme, number.upper()), "").encode()).hexdigest()

    def knows(self, scheme: str, number: str) -> bool:
        """Whether it says anything of a case."""
        return (scheme, number.upper()) in self._macs

    @property
    def _macs(self) -> dict[tuple[str, str], str]:
        if self._all_macs is None:
            self._all_macs = self.register.ledger.macs()
        return self._all_macs

    def read(self, entry: Entry, name: str) -> bytes:
        """A kept file of a document; raises ProblemError where it is missing or altered."""
        return self.register.read(entry, name)


def verify(register: Register, head: str = "") -> Iterator[Problem]:
    """All that is wrong with the register and the issued documents; ``head``: the MAC of an entry it must have."""
    present = register.archive.files()
    entries = register.ledger.entries()
    register.recover()  # another process may have committed one of them and not yet moved its files
    yield from chain_faults(entries, register.ledger.keys, head)
    yield from register.archive.faults(entries, present)
