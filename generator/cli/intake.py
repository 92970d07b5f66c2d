"""yoshiki intake: what came back from an applicant becomes a case."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from generator.api import Filed, Received, Workspace
from generator.cli import usage, workspace
from generator.cli.exit_codes import EXIT_FINE, EXIT_PROBLEMS
from generator.problem import Problem, ProblemError, format_problem

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}\Z")


@dataclass(frozen=True)
class _Result:
    path: Path
    received: Received | None
    filed: Filed | None
    problems: tuple[Problem, ...]

    @property
    def fine(self) -> bool:
        """Whether the case was filed."""
        return self.filed is not None


@click.command(cls=usage.Command, name="intake")
@click.argument("paths", metavar="ファイル…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="フォルダー",
    help="案件と、受け取ったファイルの控えを置くフォルダー（指定がなければ 受付。--into では案件のある所）。",
)
@click.option("--for", "number", metavar="案件番号", help="どの案件のものか。別の案件のものなら受け付けません。")
@click.option(
    "--into",
    "into",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="案件.yaml",
    help="この案件の終わりに書き足します（前に書かれていることは変えません）。",
)
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で出します。")
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    out: Path | None,
    number: str | None,
    into: Path | None,
    as_json: bool,
) -> None:
    """申請者から返ってきた Excel や PDF の用紙を読み取り、案件の YAML にします。

    問題のあるファイルからは何も書き出しません。問題はシートとセルで示します。
    """
    if len(paths) > 1 and (number or into):
        raise click.UsageError("--for と --into は、ファイルを一つだけ指定したときに使えます")
    if number and not _NUMBER.match(number):
        raise click.UsageError("--for の案件番号は、半角の英数字とハイフンで40字までです")
    space = workspace.here(context)
    space.signs()  # what is wrong with the office is told here, once
    results = [_one(space, path, out, number or "", into) for path in paths]
    if as_json:
        click.echo(json.dumps([_json(r) for r in results], ensure_ascii=False, indent=2))
    else:
        for result in results:
            _tell(result)
    sys.exit(EXIT_FINE if all(r.fine for r in results) else EXIT_PROBLEMS)


def _one(space: Workspace, path: Path, out: Path | None, number: str, into: Path | None) -> _Result:
    received: Received | None = None
    try:
        base = space.read_file(into) if into else None
        received = space.receive_file(path, base, number)
        folder = out or (into.parent if into else Path("受付"))
        filed = space.file_received(received, folder, base) if received.fine else None
        return _Result(path, received, filed, received.problems)
    except ProblemError as error:
        return _Result(path, received, None, (*(received.problems if received else ()), *error.problems))


def _tell(result: _Result) -> None:
    for problem in result.problems:
        click.echo(format_problem(problem), err=True)
    received, filed = result.received, result.filed
    errors = sum(p.level == "error" for p in result.problems)
    if received is None:
        click.echo(f"{result.path}: 受け付けられません", err=True)
        return
    if filed is None:
        click.echo(f"{result.path}: 直すところが {errors} 件あります。何も書き出していません", err=True)
        return
    sign = "署名あり" if received.signed else "署名なし"
    noted = f"、注意 {len(result.problems)} 件" if result.problems else ""
    click.echo(f"{result.path}: {received.case.number}の「{received.stage.label}」を読み取りました（{sign}{noted}）")
    for name, value in received.amounts.items():
        click.echo(f"  {name}　{value}")
    click.echo(f"  案件: {filed.case}" + ("" if filed.new else "（同じ内容のものがすでにあります）"))
    click.echo(f"  受け取ったファイルの控え: {filed.original}")
    click.echo(f"  SHA-256: {received.digest}")


def _json(result: _Result) -> dict[str, Any]:
    told: dict[str, Any] = {
        "file": str(result.path),
        "ok": result.fine,
        "problems": [p.as_json() for p in result.problems],
    }
    if result.received:
        received = result.received
        told |= {
            "制度": received.case.scheme.id,
            "案件番号": received.case.number,
            "段階": received.stage.label,
            "署名": received.signed,
            "様式の版": dict(received.token.forms),
            "SHA-256": received.digest,
            "計算": received.amounts,
        }
    if result.filed:
        told |= {"案件": str(result.filed.case), "控え": str(result.filed.original)}
    return told
