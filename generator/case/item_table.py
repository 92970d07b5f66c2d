"""All that can be written in a case of a scheme, as a document in Markdown: a table for each stage."""

from __future__ import annotations

from collections.abc import Iterator

from generator.case.skeleton import label, way_of_writing
from generator.scheme.model import Scheme
from generator.scheme.schema import Item

_HEAD = "| 項目 | 名前 | 必須 | 書き方 | 根拠 |\n|---|---|---|---|---|\n"
_ABOUT = """\
案件の YAML に書ける項目です。項目の名前は、その段階から見たもので、`.` の後がその中の項目です。
`[1]` は並びの一件目で、二件目からも同じです。
「必須」は、その段階（並びならその一件、集まりならその集まり）を書くときに要るものです。
この文書は、次の命令の出すものです。
"""


def table(scheme: Scheme) -> str:
    """The document: each stage in the order of the procedure, each item with its label, its way of writing and the
    article that asks for it."""
    title = f"# {scheme.name}　案件に書ける項目"
    parts = [f"{title}\n\n{_ABOUT}\n```console\n$ yoshiki forms --items {scheme.id}\n{title}\n…\n```\n"]
    for stage in scheme.stages:
        section = scheme.schema.root.properties[stage.name]
        about = f"{section.description}。\n\n" if section.description else ""
        rows = "".join(_rows(section.items if section.kind == "list" and section.items else section, ""))
        many = "何度でも書けます（`- ` で始まる並び）。\n\n" if stage.many else ""
        parts.append(f"## {stage.name}\n\n{about}{many}{_HEAD}{rows}")
    return "\n".join(parts)


def _rows(around: Item, prefix: str) -> Iterator[str]:
    for key, at in around.properties.items():
        listed = at.kind == "list"
        path = f"{prefix}{key}{'[1]' if listed else ''}"
        required = "必須" if key in around.required else ""
        cells = (f"`{path}`", label(key, at), required, "　".join(way_of_writing(at)), at.basis)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
        inner = at.items if listed and at.items is not None else at
        yield from _rows(inner, f"{path}.")
