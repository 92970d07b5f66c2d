"""The command yoshiki: what is typed and what is printed, nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from generator import __version__
from generator.cli import usage
from generator.cli.exit_codes import EXIT_FAILED, EXIT_PROBLEMS, EXIT_USAGE
from generator.cli.screen import show
from generator.cli.usage import Later
from generator.problem import ProblemError, UnavailableError

# Each command is loaded when it is used: what they need is slow to load.
_LATER = {
    "add": Later(
        "generator.cli.edit:add",
        "案件の終わりに、次の段階（決定・実績など）を書き足します。分かっている値は書いておきます。",
    ),
    "batch": Later("generator.cli.batch:batch", "多くの案件の様式を一度に作ります。"),
    "budget": Later("generator.cli.budget:budget", "年度ごとに、予算額・決定額・予算執行額・残額を表示します。"),
    "bundle": Later(
        "generator.cli.bundle:bundle", "案件のすべての様式を、手続の順に一つの PDF（一件書類.pdf）にまとめます。"
    ),
    "check": Later("generator.cli.check:check", "案件を確かめます。何も書き出しません。"),
    "explain": Later(
        "generator.cli.explain:explain", "それぞれの金額が、どの計算式・入力・条文によるものかを説明します。"
    ),
    "forms": Later("generator.cli.forms:forms", "使える制度と様式の一覧を表示します。"),
    "init": Later("generator.cli.office:init", "役所（課）のフォルダーを作ります（設定・案件・発行文書・台帳・鍵）。"),
    "intake": Later(
        "generator.cli.intake:command", "申請者から返ってきた Excel や PDF の用紙を読み取り、案件の YAML にします。"
    ),
    "issue": Later("generator.cli.office:issue", "文書番号を取り、正式な文書を作って納めます。"),
    "ledger": Later("generator.cli.ledger:ledger", "文書番号台帳を見たり、記入したりします。"),
    "new": Later(
        "generator.cli.edit:new", "新しい案件の YAML を作ります。項目ごとに、書き方と必須かどうかが添えてあります。"
    ),
    "render": Later("generator.cli.render:render", "案件の様式を作ります（問題のある案件では何も書き出しません）。"),
    "set": Later("generator.cli.edit:set_values", "案件の値を書き換えます。ほかの行も注釈もそのままです。"),
    "status": Later("generator.cli.status:status", "案件の進行状況（段階、次の書類と期限、金額）を一覧にします。"),
    "template": Later("generator.cli.template:template", "申請者に記入してもらう様式を作ります。"),
    "year": Later(
        "generator.cli.budget:year",
        "新しい年度を始めます。予算額を yoshiki.toml に書き足します（ほかの行はそのままです）。",
    ),
}


@click.group(
    cls=usage.Group,
    name="yoshiki",
    later=_LATER,
    epilog="終了コード: 0 問題なし、1 案件や設定に直すところがある、2 使い方の誤り、3 プログラムや環境の不具合",
)
@click.option(
    "--forms",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="フォルダー",
    help="制度のフォルダーが入っているフォルダー（指定がなければ YOSHIKI_FORMS、./forms、付属のもの）。",
)
@click.version_option(__version__, "--version", message="yoshiki %(version)s", help="版を表示して終わります。")
def cli(folder: Path | None) -> None:  # which a command asks its context for: see `workspace.here`
    """案件の YAML から、番号の付いた様式を Excel・PDF・Word で作ります。"""


def _utf8_output() -> None:
    """Where PYTHONIOENCODING or the locale say cp932 or ASCII, they lack 𠮷: what goes out is always UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _utf8_names() -> None:
    """With LC_ALL=C and PYTHONUTF8=0 no file can have a Japanese name: begin again in Python's UTF-8 mode."""
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def main() -> None:
    """The entry point: every failure ends in a Japanese sentence and an exit code, never in a traceback."""
    _utf8_names()
    _utf8_output()
    try:
        cli.main(prog_name="yoshiki", standalone_mode=False)
    except click.UsageError as error:
        click.echo(usage.told(error), err=True)
        sys.exit(EXIT_USAGE)
    except ProblemError as error:
        show(error.problems)
        sys.exit(EXIT_FAILED if isinstance(error, UnavailableError) else EXIT_PROBLEMS)
    except (click.Abort, KeyboardInterrupt):
        click.echo("中断しました", err=True)
        sys.exit(EXIT_FAILED)
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the flush at exit
        sys.exit(EXIT_FAILED)
    except OSError as error:
        click.echo(usage.os_failure(error), err=True)
        sys.exit(EXIT_FAILED)
    except Exception as error:  # the last resort: what it says must not hold the case's contents
        if os.environ.get("YOSHIKI_DEBUG"):
            raise
        click.echo(
            f"yoshiki: プログラムの不具合です（{type(error).__name__}）。環境変数 YOSHIKI_DEBUG=1 で詳しく表示できます",
            err=True,
        )
        sys.exit(EXIT_FAILED)


if __name__ == "__main__":
    main()
