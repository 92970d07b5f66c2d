"""yoshiki template: forms for applicants to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from generator.api import FILLABLE, Applicant, Case, Workspace, write_file
from generator.cli import clock, usage, workspace

_file = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=usage.Command, name="template")
@click.argument("scheme_name", metavar="制度")
@click.option(
    "--applicant", type=_file, metavar="申請者.yaml", help="分かっている申請者（案件の「申請者」と同じ書き方）。"
)
@click.option("--case", "case_file", type=_file, metavar="案件.yaml", help="この案件の続きの様式を作ります。")
@click.option("--stage", metavar="段階", help="どの段階の様式か（申請、変更、実績など。指定がなければ最初の段階）。")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FILLABLE),
    metavar="形式",
    help=f"作る形式（{'、'.join(FILLABLE)}）。何度でも書けます。指定がなければすべて。",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output") / "templates",
    metavar="フォルダー",
    help="書き出すフォルダー（指定がなければ output/templates）。",
)
@click.pass_context
def template(
    context: click.Context,
    /,
    scheme_name: str,
    stage: str | None,
    formats: tuple[str, ...],
    out: Path,
    **files: Path | None,
) -> None:
    """申請者に記入してもらう様式を作ります。

    分かっていることは書き込まれ、ほかは記入する欄になります（PDF では、合計などは空欄のままです）。
    返ってきたものは yoshiki intake で読み取ります。役所のフォルダーで実行すると、その鍵で署名します。
    """
    if files["applicant"] and files["case_file"]:
        raise click.UsageError("--applicant と --case はどちらか一方を指定してください")
    space = workspace.here(context)
    names = space.fillable_stages(scheme_name)
    if not names:
        raise click.UsageError("この制度に、申請者の書く様式はありません")
    chosen = stage or names[0]
    if chosen not in names:
        raise click.UsageError(f"「{chosen}」に申請者の書く様式はありません（使えるのは {'・'.join(names)}）")
    prefilled, whose = _prefilled(space, scheme_name, **files)
    for name, data in space.fillable(scheme_name, chosen, clock.today(), prefilled, formats).items():
        made = Path(name)
        file = out / scheme_name / f"{made.stem}{f'_{whose}' if whose else ''}{made.suffix}"
        write_file(file, data)
        click.echo(f"{file} を作りました")
    if not space.signs():
        click.echo("（鍵のある役所のフォルダーの外で作ったため、署名はありません）")


def _prefilled(
    space: Workspace, scheme: str, applicant: Path | None, case_file: Path | None
) -> tuple[Case | Applicant | None, str]:
    """What is known already, and what the files are named after."""
    if case_file:
        case = space.read_file(case_file)
        if case.scheme.id != scheme:
            raise click.UsageError(f"{case_file} は別の制度（{case.scheme.id}）の案件です")
        return case, case.number
    return (Applicant.of_file(applicant), applicant.stem) if applicant else (None, "")
