"""Where the schemes and the office are: found out by whoever calls, and handed to every operation and its workers."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.problem import Position, Problem, UnreadableError
from generator.register.office import FILE, load_office
from generator.scheme.cache import SchemeCache
from generator.scheme.files import COARSE, file_state
from generator.scheme.load import Schemes
from generator.scheme.office_values import OfficeValues
from generator.typography.fonts import used

if TYPE_CHECKING:
    from generator.storage.result_cache import ResultCache

_PROGRAM = Path(__file__).parents[1]
_OWN_FORMS = (_PROGRAM / "forms", _PROGRAM.parent / "forms")  # in a wheel, and in a checkout


class _CurrentValues:
    """What an office's yoshiki.toml sets of the parameters of schemes, read again when the file may have changed.

    Raises ProblemError where the file cannot be read.
    """

    def __init__(self, office: Path):
        self._office = office
        self._read: tuple[tuple[int, ...], int, OfficeValues] | None = None  # state and time of the file, what it says

    def __call__(self) -> OfficeValues:
        read, state, now = self._read, file_state(self._office / FILE), time.time_ns()
        if read is None or not state or read[0] != state or read[1] - max(state[2:]) < COARSE:
            read = self._read = state, now, load_office(self._office).parameters
        return read[2]


@dataclass(frozen=True)
class Settings:
    """Where a workspace finds what it works with. It holds names only, so that it can be sent to another process.

    ``forms``: folders with schemes in them, the first one winning; the schemes that came with the program stand
    behind them. ``office``: the folder of an office (it has a yoshiki.toml), None outside of any. ``ledger``: a file
    or a postgresql:// URL in place of the register that yoshiki.toml names; '' for that one. ``fonts``: files and
    folders that are looked into before the fonts of the system. ``cache``: a folder of the user's own where checked
    schemes, and what was found out of cases, are kept between runs; None to keep none.
    """

    forms: tuple[Path, ...] = ()
    office: Path | None = None
    ledger: str = ""
    fonts: tuple[Path, ...] = ()
    cache: Path | None = None

    def refuse_missing(self) -> None:
        """Raise UnreadableError with each of ``forms`` that is no folder, and each of ``fonts`` that is not there."""
        hint, problems = "場所を確かめてください", []
        for folder in self.forms:
            if not folder.is_dir():
                message, at = "制度のフォルダーがありません", Position(str(folder), 0, 0)
                problems.append(Problem(message, at, hint=hint, code="settings.no-forms"))
        for place in self.fonts:
            if not place.exists():
                message, at = "フォントのファイルもフォルダーもありません", Position(str(place), 0, 0)
                problems.append(Problem(message, at, hint=hint, code="settings.no-fonts"))
        if problems:
            raise UnreadableError(problems)

    def fonts_used(self) -> AbstractContextManager[None]:
        """Within the block, fonts are looked for where these settings say; see `generator.typography.fonts.used`."""
        return used(self.fonts)

    def schemes(self, own: Callable[[], OfficeValues] | None = None) -> Schemes:
        """The schemes at hand, each loaded when it is first asked for.

        ``own``: tells what the office has set of their parameters, where it is not on this computer.
        """
        own = own or (_CurrentValues(self.office) if self.office else None)
        return Schemes([*self.forms, *_OWN_FORMS], SchemeCache(self.cache) if self.cache else None, own)

    def parameters(self) -> OfficeValues:
        """What the office has set of the parameters of schemes. Raises ProblemError where its file cannot be read."""
        return load_office(self.office).parameters if self.office else OfficeValues()

    def results(self) -> ResultCache:
        """What earlier runs have found out of cases: in the office's folder, unless other computers see that too."""
        from generator.storage.network_drive import remote  # few commands ask for results
        from generator.storage.result_cache import ResultCache

        shared = self.office is None or remote(self.office.resolve())
        return ResultCache([folder for folder in (None if shared else self.office, self.cache) if folder])
