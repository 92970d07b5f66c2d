"""The register of an office that many calls and threads share: opened once, and anew where the office has changed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from generator.operations.settings import Settings
from generator.register.office import OfficeSettings, load_office

if TYPE_CHECKING:
    from generator.register.entry import Keys
    from generator.register.register import Reading, Register


class OfficeRegister:
    """Its methods raise ProblemError where yoshiki.toml, the keys or the register cannot be read."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._lock = threading.Lock()
        self._register: Register | None = None

    def opened(self) -> Register:
        """The register, by what yoshiki.toml and the keys say now. Raises RefusedError outside of any office."""
        found = self._found()
        if found is None:
            return self._settings.opened()  # tells that there is no office
        office, keys = found
        with self._lock:
            register = self._register
            if register is None or register.office != office or register.ledger.keys != keys:
                register = self._register = self._settings.opened()
            return register

    def reading(self) -> Reading | None:
        """The register for one run of one thread; None outside of any office."""
        return None if self._settings.office is None else self.opened().reading()

    def keys(self) -> tuple[str, ...]:
        """The office's keys, newest first, as the tokens of forms are signed with them; () outside of any office."""
        found = self._found()
        return tuple(key.decode("utf-8") for key in found[1].keys) if found else ()

    def _found(self) -> tuple[OfficeSettings, Keys] | None:
        """The office and its keys as they stand now; None outside of any office."""
        if self._settings.office is None:
            return None
        from generator.register.entry import Keys  # slow to load, and few commands run in an office

        office = load_office(self._settings.office)
        return office, Keys.read(office.key)
