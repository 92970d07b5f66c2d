"""A register that remembers which issued files were read in it: what was concluded from them hangs on them too."""

from __future__ import annotations

from generator.case.model import Case
from generator.problem import ProblemError
from generator.register.entry import Entry
from generator.register.records import Records


class TrackedRecords(Records):
    """Records that remember which kept files were read of them.

    ``files``: folder, name and SHA-256 of each that was read. ``failed``: one could not be read, which may be mended
    without any change in the register.
    """

    def __init__(self, records: Records):
        self._records = records
        self.files: dict[tuple[str, str, str], None] = {}
        self.failed = False

    def reading(self) -> TrackedRecords:
        """Itself: what is read in a run of it shall be remembered too."""
        return self

    def entries(self, case: Case) -> tuple[Entry, ...]:
        """What the register says of a case; raises ProblemError."""
        return self._records.entries(case)

    def fingerprint_of(self, scheme: str, number: str) -> str:
        """The fingerprint of all that the register says of a case; raises ProblemError."""
        return self._records.fingerprint_of(scheme, number)

    def read(self, entry: Entry, name: str) -> bytes:
        """A kept file of a document; raises ProblemError where it is missing or altered."""
        try:
            data = self._records.read(entry, name)
        except ProblemError:
            self.failed = True
            raise
        self.files[entry.folder, name, entry.hashes[name]] = None
        return data
