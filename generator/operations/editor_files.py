"""What an editor of the office is told: the settings of its YAML extension, and the JSON Schema of cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from generator.case import editor_schema
from generator.scheme.model import Scheme
from generator.storage.case_folder import private_folder, write_new, write_whole

_FOLDER, _SCHEMA, _SETTINGS = ".vscode", "案件.schema.json", "settings.json"
_CASES = ["cases/*.yaml", "cases/**/*.yaml"]


def write_editor_files(office: Path, schemes: Sequence[Scheme]) -> None:
    """Write them into a new office. Raises FileExistsError where there are settings already."""
    private_folder(office / _FOLDER)
    settings = {"yaml.schemas": {f"./{_FOLDER}/{_SCHEMA}": _CASES}, "files.encoding": "utf8", "files.eol": "\n"}
    write_new(office / _FOLDER / _SETTINGS, _json(settings))
    write_new(office / _FOLDER / _SCHEMA, _json(editor_schema.of_schemes(schemes)))


def refresh_schema(office: Path, schemes: Sequence[Scheme]) -> None:
    """Write the JSON Schema anew where it is there and the schemes have changed since."""
    path, wanted = office / _FOLDER / _SCHEMA, _json(editor_schema.of_schemes(schemes))
    if path.is_file() and path.read_bytes() != wanted:
        write_whole(path, wanted)


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
