"""Every workbook and letter by the letter of the standard: what Office would refuse or repair, an audit finds."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import samples
from audit import errors


@pytest.mark.costly
@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_office_files_are_by_the_standard(stage: samples.Stage, kind: str, tmp_path: Path) -> None:
    wrong = []
    for name, data in stage.files(kind).items():
        path = tmp_path / name
        path.write_bytes(data)
        wrong += [f"{name}: {error}" for error in errors(path)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("kind", "part", "old", "new"),
    [
        ("xlsx", "xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetDate>"),
        ("xlsx", "xl/worksheets/sheet1.xml", b'orientation="portrait"', b'orientation="upright"'),
        ("docx", "word/document.xml", b"</w:body>", b"<w:nonsense/></w:body>"),
    ],
)
def test_a_broken_file_is_seen(kind: str, part: str, old: bytes, new: bytes, tmp_path: Path) -> None:
    """The control. Closing tags follow, so that the XML stays readable."""
    good = next(iter(samples.files(samples.PLAIN, kind).values()))
    path, broken = tmp_path / f"good.{kind}", tmp_path / f"broken.{kind}"
    path.write_bytes(good)
    with ZipFile(path) as source, ZipFile(broken, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                assert old in data
                data = data.replace(old, new).replace(old.replace(b"<", b"</"), new.replace(b"<", b"</"))
            target.writestr(name, data)
    assert errors(path) == []
    assert errors(broken)
