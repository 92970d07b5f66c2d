"""The settings of a command: what the working folder and the environment say of schemes, fonts, office and cache."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from generator.api import Settings, Workspace, office_folder


def settings(forms: Path | None = None, ledger: str = "") -> Settings:
    """Schemes from --forms, YOSHIKI_FORMS and ./forms; fonts from YOSHIKI_FONTS and from the folders of the user; the
    office that holds the working folder, and its register.
    """
    return replace(forms_only(forms), office=office_folder(Path.cwd()), ledger=ledger_place(ledger))


def here(context: click.Context, ledger: str = "") -> Workspace:
    """The workspace of a command: what --forms and --ledger, the environment and the working folder say."""
    return Workspace(settings(context.find_root().params.get("folder"), ledger))


def forms_only(forms: Path | None = None) -> Settings:
    """`settings` outside of any office: for a computer that makes files for another one."""
    roots = [forms] if forms else []
    if os.environ.get("YOSHIKI_FORMS"):
        roots.append(Path(os.environ["YOSHIKI_FORMS"]))
    if Path("forms").is_dir():
        roots.append(Path("forms"))
    return Settings(tuple(roots), fonts=(*_named_fonts(), *_fonts_of_the_user()), cache=cache_folder())


def _named_fonts() -> list[Path]:
    places = os.environ.get("YOSHIKI_FONTS", "").split(os.pathsep)
    return [Path(os.path.expanduser(place)) for place in places if place]


def _fonts_of_the_user() -> list[Path]:
    """Where a user may have put fonts, of those folders that are there; on Windows also a system that is not on C."""
    if sys.platform == "win32":
        local, system = os.environ.get("LOCALAPPDATA", ""), os.environ.get("WINDIR", "")
        places = [os.path.join(local, "Microsoft", "Windows", "Fonts")]
        places += [os.path.join(system, "Fonts")] if system.casefold() != r"c:\windows" else []
    elif sys.platform == "darwin":
        places = [os.path.expanduser("~/Library/Fonts")]
    else:
        data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
        places = [os.path.join(data, "fonts"), os.path.expanduser("~/.fonts")]
    return [Path(place) for place in places if os.path.isabs(place) and os.path.isdir(place)]


def cache_folder() -> Path | None:
    """Where to keep what can be made again: YOSHIKI_CACHE, or the user's own place on this computer; None: nowhere."""
    if "YOSHIKI_CACHE" in os.environ:
        given = os.environ["YOSHIKI_CACHE"]
        return Path(given) if given else None
    if os.name == "nt":
        own = os.environ.get("LOCALAPPDATA", "")
    else:
        own = os.environ.get("XDG_CACHE_HOME", "") or os.path.expanduser("~/.cache")
    return Path(own) / "yoshiki" if os.path.isabs(own) else None


def ledger_place(option: str = "") -> str:
    """Where the register is, if not where yoshiki.toml says: --ledger, YOSHIKI_LEDGER."""
    return option or os.environ.get("YOSHIKI_LEDGER", "")
