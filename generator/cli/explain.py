"""yoshiki explain: each amount of a case with its formula, its inputs and its basis."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.api import Report, explanation, parameters
from generator.cli import usage, workspace
from generator.cli.exit_codes import exit_code
from generator.cli.screen import json_option, report_json, show, show_json


@click.command(cls=usage.Command)
@click.argument("path", metavar="案件.yaml", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def explain(context: click.Context, path: Path, as_json: bool) -> None:
    """それぞれの金額が、どの計算式・入力・条文によるものかを説明します。"""
    (one,) = workspace.here(context).check_files([path], fit=False, issued=False)
    if as_json:
        found = report_json(one)
        if one.assessment:
            found |= {"定め": parameters(one.assessment), "計算": explanation(one.assessment)}
        show_json(found)
    else:
        show(one.problems)
        if one.assessment:
            _explain(one)
    sys.exit(exit_code([one]))


def _explain(report: Report) -> None:
    assert report.assessment is not None and report.case is not None
    click.echo(f"{report.case.number}　{report.case.scheme.name}")
    click.echo("\n定め（申請日に効力のあるもの）")
    for dated in parameters(report.assessment):
        note = f"　{dated['備考']}" if dated["備考"] else ""
        click.echo(f"  {dated['項目']} = {dated['値']}　{dated['施行日']} から　根拠: {dated['根拠']}{note}")
    stage = ""
    for line in explanation(report.assessment):
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
        if line["理由"]:
            click.echo("      理由: " + "\n            ".join(line["理由"].splitlines()))
