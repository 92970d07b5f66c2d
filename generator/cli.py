"""The command yoshiki: what is typed and what is printed, nothing else."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from generator import __version__, pipeline
from generator.pipeline import Checked
from generator.problem import EXIT_FAILED, EXIT_FINE, EXIT_PROBLEMS, EXIT_USAGE, Problem, ProblemError, format_problem
from generator.render import FORMATS

_HEADINGS = {"Options": "オプション", "Commands": "コマンド", "Arguments": "引数"}


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        args = args.replace("[OPTIONS]", "[オプション]").replace("COMMAND [ARGS]...", "コマンド …")
        super().write_usage(prog, args, "使い方: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))


click.Context.formatter_class = _Formatter


def _help(names: list[str]) -> click.Option:
    def show(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            click.echo(context.get_help(), color=context.color)
            context.exit()

    return click.Option(
        names, is_flag=True, expose_value=False, is_eager=True, help="この説明を表示して終わります。", callback=show
    )


class _Command(click.Command):
    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help(["--help"])


class _Group(click.Group):
    command_class = _Command

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help(["--help"])


_cases = click.argument("paths", metavar="案件.yaml…", nargs=-1, required=True, type=click.Path(path_type=Path))
_json = click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")


@click.group(
    cls=_Group,
    name="yoshiki",
    epilog="終了コード: 0 問題なし、1 案件に問題がある、2 使い方の誤り、3 プログラムや環境の不具合",
)
@click.option(
    "--forms",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="制度のフォルダが入っているフォルダ（指定がなければ YOSHIKI_FORMS、./forms、付属のもの）。",
)
@click.version_option(__version__, "--version", message="yoshiki %(version)s", help="版を表示して終わります。")
@click.pass_context
def cli(context: click.Context, folder: Path | None) -> None:
    """案件の YAML から、番号の付いた様式を Excel・PDF・Word で作ります。"""
    context.obj = pipeline.schemes(folder)


@cli.command()
@click.pass_obj
def forms(known: Any) -> None:
    """使える制度と様式の一覧を表示します。"""
    loaded, problems = pipeline.all_schemes(known)
    for scheme in loaded:
        click.echo(f"{scheme.id}　{scheme.authority}　{scheme.name}")
        for entry in scheme.forms:
            dates = "、".join(d.isoformat() for d, _ in entry.versions)
            word = "・Word" if entry.word else ""
            title = entry.versions[-1][1].title
            click.echo(
                f"  {entry.id:<4}{entry.label}　{title}\n      {entry.stage}・{entry.issuer}が作成・施行日 {dates}・Excel・PDF{word}"
            )
    _show(problems)
    if not known.folders:
        raise click.UsageError("制度のフォルダが見つかりません")
    sys.exit(EXIT_PROBLEMS if problems else EXIT_FINE)


@cli.command()
@_cases
@_json
@click.pass_obj
def check(known: Any, paths: tuple[Path, ...], as_json: bool) -> None:
    """案件を確かめます。何も書き出しません。"""
    results = pipeline.check(paths, known)
    if as_json:
        _print_json([_checked_json(c) for c in results])
    else:
        for one in results:
            _show(one.problems)
            _summary(one)
    sys.exit(pipeline.exit_code(results))


@cli.command()
@click.argument("path", metavar="案件.yaml", type=click.Path(path_type=Path))
@_json
@click.pass_obj
def explain(known: Any, path: Path, as_json: bool) -> None:
    """それぞれの金額が、どの計算式・入力・条文によるものかを説明します。"""
    one = pipeline.explain(path, known)
    if as_json:
        found = _checked_json(one)
        if one.assessment:
            found |= {"定め": pipeline.parameters(one.assessment), "計算": pipeline.explanation(one.assessment)}
        _print_json(found)
    else:
        _show(one.problems)
        if one.assessment:
            _explain(one)
    sys.exit(pipeline.exit_code([one]))


@cli.command()
@_cases
@click.option(
    "--form",
    "chosen",
    multiple=True,
    metavar="様式",
    help="作る様式の番号（例 01、02b）。何度でも書けます。指定がなければすべて。",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    help="作る形式。何度でも書けます。指定がなければすべて。",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default="output",
    help="書き出すフォルダ。",
)
@click.pass_obj
def render(known: Any, paths: tuple[Path, ...], chosen: tuple[str, ...], formats: tuple[str, ...], out: Path) -> None:
    """案件の様式を作ります（問題のある案件では何も書き出しません）。"""
    ids = {f.id for s in pipeline.all_schemes(known)[0] for f in s.forms} if chosen else set()
    for id_ in chosen:
        if id_ not in ids:
            raise click.UsageError(f"様式「{id_}」はありません（使えるのは {'・'.join(sorted(ids))}）")
    results = []
    for done in pipeline.render(paths, known, out, formats, chosen):
        one = done.checked
        results.append(one)
        _show(one.problems)
        if one.fine and done.made:
            click.echo(f"{_name(one)}: {len(done.files)} 個のファイルを作りました（{done.folder}）")
        elif one.fine:
            click.echo(f"{_name(one)}: 最新です（{done.folder}）")
        else:
            _summary(one)
            click.echo(f"{_name(one)}: 何も書き出していません", err=True)
            if done.outdated:
                click.echo(
                    f"{_name(one)}: {done.folder} にあるのは前に作ったもので、今の案件とは合っていません", err=True
                )
        if done.removed:
            click.echo(f"{_name(one)}: 古くなったファイルを除きました（{'、'.join(done.removed)}）")
    sys.exit(pipeline.exit_code(results))


def _name(one: Checked) -> str:
    return one.case.number if one.case else str(one.path)


def _show(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(format_problem(problem), err=True)


def _summary(one: Checked) -> None:
    errors = sum(p.level == "error" for p in one.problems)
    warnings = len(one.problems) - errors
    noted = f"（注意が {warnings} 件あります）" if warnings else ""
    if one.fine:
        click.echo(f"{_name(one)}: 問題ありません{noted}")
    else:
        click.echo(f"{_name(one)}: 直すところが {errors} 件あります{noted}", err=True)


def _explain(one: Checked) -> None:
    assert one.assessment is not None and one.case is not None
    click.echo(f"{one.case.number}　{one.case.scheme.name}")
    click.echo("\n定め（申請日に効力のあるもの）")
    for dated in pipeline.parameters(one.assessment):
        note = f"　{dated['備考']}" if dated["備考"] else ""
        click.echo(f"  {dated['項目']} = {dated['値']}　{dated['施行日']} から　根拠: {dated['根拠']}{note}")
    stage = ""
    for line in pipeline.explanation(one.assessment):
        if line["段階"] != stage:
            stage = line["段階"]
            click.echo(f"\n{stage}")
        click.echo(f"  {line['項目']} = {line['結果']}")
        click.echo(f"      {line['計算式']}")
        if line["入力"]:
            click.echo("      " + "、".join(f"{name} {value}" for name, value in line["入力"].items()))
        note = f"　{line['備考']}" if line["備考"] else ""
        if line["根拠"] or note:
            click.echo(f"      根拠: {line['根拠']}{note}")


def _checked_json(one: Checked) -> dict[str, Any]:
    found: dict[str, Any] = {"file": str(one.path), "ok": one.fine, "problems": [p.as_json() for p in one.problems]}
    if one.case:
        found |= {"制度": one.case.scheme.id, "案件番号": one.case.number, "段階": [s.label for s in one.case.stages]}
    return found


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _usage_message(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            return f"「{error.option_name}」というオプションはありません"
        case click.MissingParameter():
            metavar = (
                error.param.make_metavar(click.get_current_context(silent=True) or click.Context(cli))
                if error.param
                else ""
            )
            return f"{metavar or '引数'} が足りません"
        case click.BadParameter():
            name = error.param.opts[0] if error.param else ""
            choices = (
                "・".join(error.param.type.choices)
                if error.param and isinstance(error.param.type, click.Choice)
                else ""
            )
            return f"{name} の値が正しくありません" + (f"（使えるのは {choices}）" if choices else "")
        case click.BadOptionUsage():
            return f"{error.option_name} の使い方が正しくありません"
    return error.message if not error.message.isascii() else "コマンドの書き方が正しくありません"


def _utf8_output() -> None:
    """A Windows console or PYTHONIOENCODING may be cp932, which lacks 𠮷; what goes out is UTF-8 wherever it is not a console."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def main() -> None:
    """The entry point: every failure ends in a Japanese sentence and an exit code, never in a traceback."""
    _utf8_output()
    try:
        cli.main(prog_name="yoshiki", standalone_mode=False)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "yoshiki"
        click.echo(f"yoshiki: {_usage_message(error)}\n使い方は {command} --help で見られます", err=True)
        sys.exit(EXIT_USAGE)
    except ProblemError as error:
        _show(error.problems)
        sys.exit(EXIT_FAILED)
    except (click.Abort, KeyboardInterrupt):
        click.echo("中断しました", err=True)
        sys.exit(EXIT_FAILED)
    except OSError as error:
        name = f"（{error.filename}）" if error.filename else ""
        click.echo(f"yoshiki: 読み書きに失敗しました{name}: {error.strerror or error}", err=True)
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
