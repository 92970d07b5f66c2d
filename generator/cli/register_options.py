"""What every command at the register's desk takes and needs: --ledger, dates, who is at work."""

from __future__ import annotations

import getpass
import os
from datetime import date
from typing import Any

import click

from generator.api import Clerk
from generator.cli import clock
from generator.japan import wareki

ledger_option = click.option(
    "--ledger",
    "url",
    metavar="場所",
    default="",
    help="台帳のファイルか postgresql:// の URL（指定がなければ YOSHIKI_LEDGER、yoshiki.toml の順）。",
)


class Date(click.ParamType[date]):
    """A date as people write it: 令和5年6月20日, R5.6.20, 2023-06-20."""

    name = "日付"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date that is written. Raises click.UsageError for what is none."""
        if isinstance(value, date):
            return value
        try:
            return wareki.parse_date(str(value))
        except ValueError as error:
            raise click.UsageError(
                f"日付が正しくありません（{error}。例 令和5年6月20日、R5.6.20、2023-06-20）"
            ) from None


def clerk() -> Clerk:
    """Whoever runs the program, now."""
    return Clerk(_user(), clock.today(), clock.now())


def _user() -> str:
    """What the operating system calls the user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name for the number, or none of the variables on Windows
        return str(os.getuid()) if hasattr(os, "getuid") else "?"
