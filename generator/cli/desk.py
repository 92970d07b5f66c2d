"""What every command at the register's desk takes and needs: --ledger, dates, the open register, who is at work."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from generator.cli import clock, workspace
from generator.japan import wareki
from generator.problem import Problem, RefusedError

if TYPE_CHECKING:
    from generator.operations.order import Clerk
    from generator.register.register import Register

ledger_option = click.option(
    "--ledger",
    "url",
    metavar="場所",
    default="",
    help="台帳のファイルか postgresql:// の URL（指定がなければ YOSHIKI_LEDGER、yoshiki.toml の順）。",
)


class Date(click.ParamType[date]):
    name = "日付"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return wareki.parse_date(str(value))
        except ValueError as error:
            raise click.UsageError(
                f"日付が正しくありません（{error}。例 令和5年6月20日、R5.6.20、2023-06-20）"
            ) from None


def opened(url: str) -> Register:
    """The register of this office; RefusedError outside of any."""
    register = workspace.register(url)
    if register is None:
        hint = "yoshiki init フォルダー で役所のフォルダーを作り、その中で実行してください"
        message = "役所のフォルダー（yoshiki.toml のあるフォルダー）の中ではありません"
        raise RefusedError([Problem(message, hint=hint, code="issue.no-office")])
    return register


def clerk() -> Clerk:
    from generator.operations.order import Clerk
    from generator.register.ledger import user  # with a database, which commands that give no number do without

    return Clerk(user(), clock.today(), clock.now())
