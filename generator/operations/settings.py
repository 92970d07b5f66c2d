"""Where the schemes and the office are: found out by whoever calls, and handed to every operation and its workers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.scheme.cache import SchemeCache
from generator.scheme.load import Schemes

if TYPE_CHECKING:
    from generator.storage.result_cache import ResultCache

_PROGRAM = Path(__file__).parents[1]
_OWN_FORMS = (_PROGRAM / "forms", _PROGRAM.parent / "forms")  # in a wheel, and in a checkout


@dataclass(frozen=True)
class Settings:
    """Holds names only, so that it can be sent to another process.

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

    def use_fonts(self) -> None:
        """Have the whole process look for fonts where these settings say. Each process does so once, at its start."""
        from generator.typography.fonts import use  # not every command draws, and it is read from disk

        use(self.fonts)

    def schemes(self) -> Schemes:
        """The schemes at hand, each loaded when it is first asked for."""
        return Schemes([*self.forms, *_OWN_FORMS], SchemeCache(self.cache) if self.cache else None)

    def results(self) -> ResultCache:
        """What earlier runs have found out of cases: in the office's folder, unless other computers see that too."""
        from generator.storage.network_drive import remote  # few commands ask for results
        from generator.storage.result_cache import ResultCache

        shared = self.office is None or remote(self.office.resolve())
        return ResultCache([folder for folder in (None if shared else self.office, self.cache) if folder])
