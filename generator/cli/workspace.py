"""What the command line knows of where it runs: the working folder and the environment."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from generator.api import Settings, Workspace, office_folder


def settings(forms: Path | None = None, ledger: str = "") -> Settings:
    """Schemes from --forms, YOSHIKI_FORMS and ./forms; fonts from YOSHIKI_FONTS; the office that holds the working
    folder, and its register.
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
    fonts = os.environ.get("YOSHIKI_FONTS", "").split(os.pathsep)
    own = tuple(Path(place).expanduser() for place in fonts if place)
    return Settings((*roots, Path("forms")), fonts=own, cache=cache_folder())


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


def ledger_place(given: str = "") -> str:
    """Where the register is, if not where yoshiki.toml says: --ledger, YOSHIKI_LEDGER."""
    return given or os.environ.get("YOSHIKI_LEDGER", "")
