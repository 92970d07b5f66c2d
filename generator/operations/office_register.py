"""The register of an office that many calls and threads share: opened once, and anew where the office has changed."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.operations.settings import Settings
from generator.problem import Problem, RefusedError
from generator.register.office import OfficeSettings, load_office

if TYPE_CHECKING:
    from generator.register.entry import Keys
    from generator.register.register import Reading, Register


class OfficeRegister:
    """The register of one office as the threads of a workspace share it. Its methods raise ProblemError where
    yoshiki.toml, the keys or the register cannot be read.

    The database is slow to load: what needs it is imported where there is an office.
    """

    def __init__(self, settings: Settings):
        self._settings = settings
        self._lock = threading.Lock()
        self._register: Register | None = None

    def opened(self) -> Register:
        """The register, by what yoshiki.toml and the keys say now. Raises RefusedError outside of any office."""
        office = self._office()
        keys = _keys(office)
        with self._lock:
            register = self._register
            if register is None or register.office != office or register.ledger.keys != keys:
                from generator.register.register import Register

                register = self._register = Register.open(office, self._settings.ledger)
            return register

    def reading(self) -> Reading | None:
        """The register for one run of one thread; None outside of any office."""
        return self.opened().reading() if self._settings.office else None

    def keys(self) -> tuple[str, ...]:
        """The office's keys, newest first, as the tokens of forms are signed with them; () outside of any office."""
        return tuple(key.decode("utf-8") for key in _keys(self._office()).keys) if self._settings.office else ()

    def case_lock(self, case: Path) -> AbstractContextManager[Any]:
        """The lock of the file of a case: the database's where computers share a register in PostgreSQL, else a file
        beside it."""
        if self._settings.office:
            office = self._office()
            if (self._settings.ledger or office.ledger).startswith("postgres"):
                return self.opened().ledger.case_lock(case.name)
        from generator.storage.case_file import lock_beside  # what only reads writes no file, and is not to load this

        return lock_beside(case)

    def create(self) -> None:
        """Make a new register. Raises RefusedError outside of any office, and where there is one already."""
        from generator.register.register import Register

        Register.create(self._office(), self._settings.ledger)

    def _office(self) -> OfficeSettings:
        if self._settings.office is None:
            hint = "yoshiki init フォルダー で役所のフォルダーを作り、その中で実行してください"
            message = "役所のフォルダー（yoshiki.toml のあるフォルダー）の中ではありません"
            raise RefusedError([Problem(message, hint=hint, code="issue.no-office")])
        return load_office(self._settings.office)


def _keys(office: OfficeSettings) -> Keys:
    from generator.register.entry import Keys  # slow to load, as above

    return Keys.read(office.key)
