"""click in Japanese: help pages, and what is said of a wrong command line or of a failing file system."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from generator.problem import display_width, nearest

_HEADINGS = {"Options": "オプション", "Commands": "コマンド", "Arguments": "引数"}
_REASONS = {
    errno.ENOENT: "ファイルやフォルダーがありません",
    errno.EACCES: "読み書きの権限がありません（ほかのソフトで開いていないかも確かめてください）",
    errno.EPERM: "読み書きの権限がありません",
    errno.EEXIST: "同じ名前のものがすでにあります",
    errno.ENOTDIR: "フォルダーではないものがあります",
    errno.EISDIR: "ファイルではなくフォルダーがあります",
    errno.ENOTEMPTY: "フォルダーが空ではありません",
    errno.ENOSPC: "ディスクの空きが足りません",
    errno.EROFS: "書き込みのできない場所です",
    errno.ENAMETOOLONG: "名前が長すぎます",
}


def _noted(help_: str) -> str:
    """An option's help with what click adds to it, as a part of its last sentence: [required], [x>=1], [1<=x<=64],
    [default: (output)]."""
    help_ = re.sub(r" *\[(\d+)<=x<=(\d+)\]", r"（\1から\2まで）", help_)
    help_ = re.sub(r" *\[default: \(?([^\])]*)\)?\]", r"（指定がなければ \1）", help_)
    help_ = re.sub(r" *\[x>=(\d+)\]", r"（\1以上）", re.sub(r" *\[required\]", "（必須）", help_))
    return re.sub(r"。((?:（[^（）]*）)+)\Z", r"\1。", help_).replace("）（", "、")


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        args = args.replace("[OPTIONS]", "[オプション]").replace("COMMAND [ARGS]...", "コマンド …")
        super().write_usage(prog, args, "使い方: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str | None]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Two columns; click would count a wide character as one."""
        rows = [(first, _noted(second or "")) for first, second in rows]
        width = max(display_width(first) for first, _ in rows) + col_spacing
        for first, second in rows:
            self.write(f"{'':>{self.current_indent}}{first}{' ' * (width - display_width(first))}{second}\n")


click.Context.formatter_class = _Formatter


def _help() -> click.Option:
    def show(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            click.echo(context.get_help(), color=context.color)
            context.exit()

    help_ = "この説明を表示して終わります。"
    return click.Option(["--help"], is_flag=True, expose_value=False, is_eager=True, help=help_, callback=show)


class Command(click.Command):
    """A command whose help page and option --help are Japanese."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option --help, with its line in Japanese."""
        return _help()


@dataclass(frozen=True)
class Later:
    """A command that is loaded when it is used: its ``target`` (module:name), and its line on the help page."""

    target: str
    help: str


class Group(click.Group):
    """A group whose commands in ``later`` are loaded one by one, when they are used; its help page loads none."""

    command_class = Command

    def __init__(self, *args: Any, later: Mapping[str, Later] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.later = dict(later or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, loaded or not, sorted."""
        return sorted({*self.commands, *self.later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, loaded now if it was not; None for an unknown one."""
        if cmd_name in self.later and cmd_name not in self.commands:
            module, _, name = self.later[cmd_name].target.partition(":")
            self.add_command(getattr(import_module(module), name), cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each command onto the help page, without loading any."""
        lines = {name: later.help for name, later in self.later.items()}
        lines |= {name: command.get_short_help_str(sys.maxsize) for name, command in self.commands.items()}
        if lines:
            with formatter.section("Commands"):
                formatter.write_dl(sorted(lines.items()))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option --help, with its line in Japanese."""
        return _help()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names. Raises click.UsageError with the nearest name for an unknown one."""
        known = self.list_commands(ctx)
        if not args[0].startswith("-") and args[0] not in known:
            near = nearest(args[0], known)
            hint = f"「{near}」ではありませんか" if near else f"使えるのは {'・'.join(known)}"
            raise click.UsageError(f"コマンド「{args[0]}」はありません（{hint}）", ctx)
        return super().resolve_command(ctx, args)


def told(error: click.UsageError) -> str:
    """What is wrong with the command line, and where its usage is told."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.message
    command = error.ctx.command_path if error.ctx else "yoshiki"
    return f"yoshiki: {_wrong(error)}\n使い方は {command} --help で見られます"


def _wrong(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            near = nearest(error.option_name, error.possibilities or ())
            hint = f"（「{near}」ではありませんか）" if near else ""
            return f"「{error.option_name}」というオプションはありません{hint}"
        case click.MissingParameter():
            name = error.param.metavar if error.param and error.param.metavar else "引数"
            return f"{name} が指定されていません"
        case click.BadParameter():
            name = error.param.opts[0] if error.param else ""
            kind = error.param.type if error.param else None
            if isinstance(kind, click.Choice):
                return f"{name} の値が正しくありません（使えるのは {'・'.join(map(str, kind.choices))}）"
            if isinstance(kind, click.Path):
                return f"{name} には{'今ある' if kind.exists else ''}フォルダーを指定してください"
            return f"{name} の値が正しくありません"
        case click.BadOptionUsage():
            taken = "does not take" not in error.message
            return f"{error.option_name} には{'値が要ります' if taken else '値を付けられません'}"
    if found := re.match(r"Got unexpected extra arguments? \((.*)\)", error.message, re.DOTALL):
        return f"余分な引数があります（{found[1]}）"
    if error.message.startswith("Missing command") and error.ctx and isinstance(error.ctx.command, click.Group):
        return f"コマンドが書かれていません（使えるのは {'・'.join(error.ctx.command.list_commands(error.ctx))}）"
    return "コマンドの書き方が正しくありません" if re.match("[A-Z][a-z]", error.message) else error.message


def os_failure(error: OSError) -> str:
    """Why a file could not be read or written, with its name."""
    import filelock  # slow to load, and few runs fail

    if isinstance(error, filelock.Timeout):
        return "yoshiki: 同じ案件をほかの yoshiki が作っています。終わってからもう一度実行してください"
    name = f"（{error.filename}）" if error.filename else ""
    reason = _REASONS.get(error.errno or 0) or f"理由の番号 {error.errno}"
    return f"yoshiki: 読み書きに失敗しました{name}: {reason}"
