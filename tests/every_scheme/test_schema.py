"""Any editor that knows JSON Schema accepts the samples, and marks what is wrong in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import samples
import yaml


class Loader(yaml.SafeLoader):
    """YAML as editors read it: 2023-06-20 is a string, as JSON has no dates."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def loaded(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


def validator(scheme: str) -> jsonschema.Draft202012Validator:
    schema = loaded(samples.known().folders[scheme] / "case.schema.yaml")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def faults(case: Any, scheme: str) -> list[str]:
    found = validator(scheme).iter_errors(case)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def test_a_sample_is_valid(sample: Path) -> None:
    assert faults(loaded(sample), sample.parent.name) == []


def test_it_loads(scheme: str) -> None:
    loaded_scheme = samples.known().get(scheme)
    assert loaded_scheme.forms and loaded_scheme.stages


def test_the_schema_is_one(scheme: str) -> None:
    schema = validator(scheme).schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_scheme_has_a_sample() -> None:
    assert set(samples.SCHEMES) == {s.parent.name for s in samples.ALL}


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("申請", "申請日"), "明日"),
        (("申請", "申請者", "所在地"), None),
        (("申請", "経費"), "なし"),
        (("申請", "未知の項目"), 1),
        (("案件番号",), "案件 1"),
    ],
)
def test_what_is_wrong_is_marked(at: tuple[str, ...], value: object) -> None:
    sample = samples.PLAIN
    case = loaded(sample)
    place = case
    for key in at[:-1]:
        place = place[key]
    place[at[-1]] = value
    assert faults(case, sample.parent.name)
