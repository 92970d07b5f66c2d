"""yoshiki template: forms for applicants to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from generator.cli import clock, usage, workspace
from generator.intake import blank_forms
from generator.problem import Position
from generator.register.entry import Keys
from generator.render import renderer
from generator.source import read
from generator.storage.case_folder import private_folder, write_whole

FORMATS = ("xlsx", "pdf")
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
    type=click.Choice(FORMATS),
    metavar="形式",
    help=f"作る形式（{'、'.join(FORMATS)}）。何度でも書けます。指定がなければすべて。",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output") / "templates",
    metavar="フォルダー",
    help="書き出すフォルダー（指定がなければ output/templates）。",
)
@click.pass_obj
def template(
    known: Any,
    scheme_name: str,
    applicant: Path | None,
    case_file: Path | None,
    stage: str | None,
    formats: tuple[str, ...],
    out: Path,
) -> None:
    """申請者に記入してもらう様式を作ります。

    分かっていることは書き込まれ、ほかは記入する欄になります（PDF では、合計などは空欄のままです）。
    返ってきたものは yoshiki intake で読み取ります。役所のフォルダーで実行すると、その鍵で署名します。
    """
    if applicant and case_file:
        raise click.UsageError("--applicant と --case はどちらか一方を指定してください")
    try:
        scheme = known.get(scheme_name)
    except KeyError:
        raise known.unknown(scheme_name, Position("制度", 0, 0)) from None
    names = [s.name for s in blank_forms.stages(scheme)]
    chosen = stage or names[0]
    if chosen not in names:
        raise click.UsageError(f"「{chosen}」に申請者の書く様式はありません（使えるのは {'・'.join(names)}）")
    if case_file:
        case = blank_forms.of_case(read.read(case_file), known, chosen)
        if case.scheme is not scheme:
            raise click.UsageError(f"{case_file} は別の制度（{case.scheme.id}）の案件です")
    elif applicant:
        case = blank_forms.of_applicant(read.read(applicant), scheme, known)
    else:
        case = blank_forms.blank(scheme)
    register = workspace.register() if case.number else None
    here = workspace.office()
    keys = tuple(key.decode("utf-8") for key in Keys.read(here.root / here.key).keys) if here else ()
    document = blank_forms.compose(case, chosen, clock.today(), register.marks(case) if register else None, keys)
    whose = case.number or (applicant.stem if applicant else "")
    private_folder(out / scheme.id)
    for form in [f for f in FORMATS if not formats or f in formats]:
        file = out / scheme.id / f"{document.name}{f'_{whose}' if whose else ''}.{form}"
        if form == "pdf":
            from generator.render.pdf import acroform  # slow to load

            write_whole(file, acroform.render(blank_forms.fillable(document, keys)))
        else:
            write_whole(file, renderer(form)(document))
        click.echo(f"{file} を作りました")
    if not keys:
        click.echo("（鍵のある役所のフォルダーの外で作ったため、署名はありません）")
