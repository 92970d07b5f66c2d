"""The command yoshiki: what is typed and what is printed, nothing else."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from generator import __version__
from generator.batch import check_many
from generator.cli import usage
from generator.operations import pipeline
from generator.operations.pipeline import Checked
from generator.problem import EXIT_FAILED, EXIT_FINE, EXIT_PROBLEMS, EXIT_USAGE, Problem, ProblemError, format_problem
from generator.render import FORMATS

_cases = click.argument("paths", metavar="案件.yaml…", nargs=-1, required=True, type=click.Path(path_type=Path))
_json = click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")


# What these need (a database, PDF files of others) is slow to load.
_LATER = {
    "batch": "generator.cli.batch:batch",
    "bundle": "generator.cli.bundle:bundle",
    "init": "generator.cli.office:init",
    "intake": "generator.cli.intake:command",
    "issue": "generator.cli.office:issue",
    "ledger": "generator.cli.office:ledger",
    "status": "generator.cli.status:status",
    "template": "generator.cli.template:template",
}


@click.group(
    cls=usage.Group,
    name="yoshiki",
    later=_LATER,
    epilog="終了コード: 0 問題なし、1 案件に問題がある、2 使い方の誤り、3 プログラムや環境の不具合",
)
@click.option(
    "--forms",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="フォルダー",
    help="制度のフォルダーが入っているフォルダー（指定がなければ YOSHIKI_FORMS、./forms、付属のもの）。",
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
            click.echo(f"  {entry.id:<4}{entry.label}　{title}")
            click.echo(f"      {entry.stage}・{entry.issuer}が作成・施行日 {dates}・Excel・PDF{word}")
    _show(problems)
    if not known.folders:
        raise click.UsageError("制度のフォルダーが見つかりません")
    sys.exit(EXIT_PROBLEMS if problems else EXIT_FINE)


@cli.command()
@_cases
@_json
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="数",
    help=f"同時に動かす数（指定がなければ、{check_many.MANY}件から CPU の数）。",
)
@click.pass_context
def check(context: click.Context, paths: tuple[Path, ...], as_json: bool, jobs: int | None) -> None:
    """案件を確かめます。何も書き出しません。"""
    jobs = jobs or (os.cpu_count() or 1 if len(paths) >= check_many.MANY else 1)
    if jobs > 1:
        results = check_many.check(paths, context.obj, context.find_root().params.get("folder"), jobs)
    else:
        results = pipeline.check(paths, context.obj, register=pipeline.register())
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
    metavar="形式",
    help="作る形式（pdf、xlsx、docx）。何度でも書けます。指定がなければすべて。",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    metavar="フォルダー",
    help="書き出すフォルダー（指定がなければ output）。",
)
@click.pass_obj
def render(known: Any, paths: tuple[Path, ...], chosen: tuple[str, ...], formats: tuple[str, ...], out: Path) -> None:
    """案件の様式を作ります（問題のある案件では何も書き出しません）。"""
    ids = {f.id for s in pipeline.all_schemes(known)[0] for f in s.forms} if chosen else set()
    for id_ in chosen:
        if id_ not in ids:
            raise click.UsageError(f"様式「{id_}」はありません（使えるのは {'・'.join(sorted(ids))}）")
    results = []
    for done in pipeline.render(paths, known, out, formats, chosen, pipeline.register()):
        one = done.checked
        results.append(one)
        _show(one.problems)
        if one.fine and not done.files:
            click.echo(f"{_name(one)}: 指定された様式や形式のものは、この案件にはまだありません")
        elif one.fine and done.made:
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
    return one.about.number if one.about and one.about.number else str(one.path)


def _show(problems: Iterable[Problem]) -> None:
    """Each problem as text; one that comes again and again on a line (an alias bomb) is told once."""
    together: dict[tuple[object, ...], list[Problem]] = {}
    for n, problem in enumerate(problems):
        at = problem.position
        together.setdefault((at.file, at.line, problem.message, problem.item) if at else (n,), []).append(problem)
    for first, *more in together.values():
        again = f"（同じ行にほか{len(more)}か所）" if more else ""
        click.echo(format_problem(replace(first, message=first.message + again)), err=True)


def _summary(one: Checked) -> None:
    errors = sum(p.level == "error" for p in one.problems)
    warnings = len(one.problems) - errors
    noted = f"（注意が {warnings} 件あります）" if warnings else ""
    if one.fine:
        click.echo(f"{_name(one)}: 問題ありません{noted}")
    else:
        where = "制度のファイルやフォントに" if one.failed else ""
        click.echo(f"{_name(one)}: {where}直すところが {errors} 件あります{noted}", err=True)


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
    if one.about:
        found |= {"制度": one.about.scheme, "案件番号": one.about.number, "段階": list(one.about.stages)}
    return found


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


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
        _show(error.problems)
        sys.exit(EXIT_FAILED)
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
