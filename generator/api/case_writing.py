"""What a `Workspace` writes into the files of cases: a new one, the next section, single values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from generator.api.with_settings import with_settings
from generator.operations.check import Report
from generator.operations.office_register import OfficeRegister
from generator.operations.settings import Settings
from generator.scheme.load import Schemes


class CaseWriting:
    """The part of a `Workspace` that writes case files, each by one writer at a time who has read what stands there."""

    settings: Settings
    _schemes: Schemes
    _register: OfficeRegister

    @with_settings
    def new_case(self, scheme: str, number: str, path: Path) -> None:
        """Write the file of a new case: its first section, with each key and what belongs there, to be filled in.

        Raises UnreadableError for a scheme that is not at hand, RefusedError for a number that cannot be one and where
        there is such a file already.
        """
        from generator.operations.edit_case import new_case
        from generator.operations.editor_files import refresh_schema

        new_case(scheme, number, path, self._schemes)
        if self.settings.office:
            refresh_schema(self.settings.office, self._schemes.all()[0])

    @with_settings
    def add_section(self, path: Path, stage: str) -> tuple[str, ...]:
        """Write the section of a stage into the file of a case, to be filled in; the items that are filled in already.

        Of a stage that is a list it is one item more. All that was there stays as it is written. Raises RefusedError
        for a stage that there is not, that is written already, and where the file changed while it was read;
        UnreadableError for a file that cannot be read, or added to.
        """
        from generator.operations.edit_case import add_section

        return add_section(path, stage, self._schemes, self._register.case_lock)

    @with_settings
    def set_values(self, path: Path, values: Mapping[str, str]) -> Report:
        """Write values into the file of a case, each at the path of its item: 決定.決定日, 変更[2].理由 (the second).

        '' takes a value away. All else stays as it is written, comments too. What `check_files` says of the case then
        is given back. Raises RefusedError, and writes nothing, for a path that leads nowhere, a value that cannot be
        read, and where the file changed while it was read; UnreadableError for a file that cannot be read, or edited.
        """
        from generator.operations.edit_case import set_values

        return set_values(path, list(values.items()), self._schemes, self._register.case_lock, self._register.reading())
