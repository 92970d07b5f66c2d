"""What an editor is told of cases: all that `check` takes is right, a key that there is not is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import offices
import pytest
import samples
import yaml

from generator.api import Settings, Workspace
from generator.case import editor_schema, skeleton


class _Editor(yaml.SafeLoader):
    """YAML as an editor reads it: dates stay as they are written."""


_Editor.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for sign, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def wrong(schema: dict[str, Any], text: str) -> list[str]:
    value = yaml.load(text, _Editor)
    return [error.message for error in jsonschema_rs.Draft7Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("sample", samples.ALL, ids=samples.name)
def test_nothing_that_is_right_is_marked(sample: Path) -> None:
    schema = editor_schema.of_schemes([samples.known().get(name) for name in samples.SCHEMES])
    assert not wrong(schema, sample.read_text(encoding="utf-8"))


@pytest.mark.parametrize("scheme", samples.SCHEMES)
def test_what_is_to_be_filled_in_is_not_marked_but_a_slip_is(scheme: str) -> None:
    known = samples.known().get(scheme)
    schema = editor_schema.of_schemes([known])
    text = skeleton.case(known, "A-1")
    assert not wrong(schema, text)
    assert wrong(schema, text + "申請者名: 甲\n")
    assert wrong(schema, text.replace(f"制度: {scheme}", "制度: ほか"))


def test_an_office_has_them_and_they_follow_its_schemes(tmp_path: Path) -> None:
    forms = offices.copied(tmp_path / "forms")
    office = tmp_path / "office"
    Workspace(Settings((forms,))).create_office(office)
    settings = json.loads((office / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    ((schema, files),) = settings["yaml.schemas"].items()
    assert "cases/*.yaml" in files
    before = (office / schema).read_bytes()
    assert "tiny" in json.loads(before)["properties"]["制度"]["enum"]
    offices.reword(forms, "case.schema.yaml", "title: 代表者", "title: 代表の人")
    Workspace(Settings((forms,), office)).new_case("tiny", "A-1", office / "cases" / "A-1.yaml")
    after = (office / schema).read_text(encoding="utf-8")
    assert "代表の人" in after and "代表の人" not in before.decode()
    (office / schema).unlink()  # who does not want it has it no more
    Workspace(Settings((forms,), office)).new_case("tiny", "A-2", office / "cases" / "A-2.yaml")
    assert not (office / schema).exists()
