"""Files that are no returned form: each is refused in a sentence, a hostile one by its bound and in little memory."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import hostile
import limits
import parts
import pytest
import samples

_MEGABYTES = 200
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, data in files.items():
            new.writestr(name, data)
    return out.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + stream.encode("utf-16-le") + bytes(1024)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("old.xls", ole("Workbook"), "古い形式（.xls）の Excel ファイルです"),
        ("a.xlsx", ole("EncryptedPackage"), "パスワードが掛かっています"),
        ("a.doc", ole("WordDocument"), "Word のファイル（.doc）です"),
        ("a.ods", archive({"mimetype": _ODS}), "OpenDocument 形式（.ods など）のファイルです"),
        ("a.docx", archive({"[Content_Types].xml": b"", "word/document.xml": b""}), "Word のファイルです"),
        ("a.pptx", archive({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "PowerPoint のファイルです"),
        (
            "a.xlsb",
            archive({"[Content_Types].xml": b"", "xl/workbook.bin": b""}),
            "バイナリ形式（.xlsb）の Excel ファイルです",
        ),
        ("a.zip", archive({"a.txt": b"a"}), "Excel のファイルではない圧縮ファイルです"),
        ("a.csv", "項目,単価\n".encode("cp932"), "CSV（文字だけの表）です。項目がどの欄のものか分かりません"),
        ("a.yaml", "制度: x\n".encode(), "案件の YAML です。読み取るのは記入された用紙です"),
        ("a.html", b"<html><table>", "HTML のファイルです"),
        (
            "a.xml",
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>',
            "古い XML 形式の Excel ファイルです",
        ),
        ("a.xlsx", b"", "ファイルの中身がありません"),
        ("a.xlsx", b"\x89PNG\r\n", "ファイルが壊れています（Excel でも PDF でもありません）"),
        ("a.png", b"\x89PNG\r\n", "Excel（.xlsx）でも PDF でもありません"),
        ("a.pdf", b"%PDF-1.7\n%%EOF\n", "PDF として読めません"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 11_000_000, "ファイルが大きすぎます（10MB まで）"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
def test_what_it_is_is_told(name: str, data: bytes, told: str) -> None:
    assert parts.refused(data, name) == told


def test_a_workbook_without_our_marks() -> None:
    def change(book: object) -> None:
        del book["_yoshiki"]  # type: ignore[attr-defined]

    told = parts.refused(parts.saved(parts.application(), change))
    assert "印がありません" in told and "元の様式" in told


def test_a_pdf_without_our_fields() -> None:
    printed = samples.files(parts.PLAIN, "pdf")["申請一式.pdf"]
    assert "入力欄がありません" in parts.refused(printed, "申請一式.pdf")


def test_a_document_of_the_city() -> None:
    data = samples.files(parts.PLAIN, "xlsx")["決定一式.xlsx"]
    assert parts.refused(data, "決定一式.xlsx") == "「決定」の書類は市が作るものです"


def test_marks_that_were_changed() -> None:
    def change(book: object) -> None:
        book["_yoshiki"]["C4"].value = "申請.申請者.所在地"

    assert "書き換えられています" in parts.refused(parts.saved(parts.application(), change))


def test_a_sheet_torn_out() -> None:
    def change(book: object) -> None:
        del book["第１号様式 別紙"]  # type: ignore[attr-defined]

    assert "シートが削られて" in parts.refused(parts.saved(parts.application(), change))


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What is said of each hostile file, and in how much memory."""
    folder = tmp_path_factory.mktemp("hostile")
    files = {f"{folder / kind}.xlsx": kind for kind in hostile.FILES}
    for file, kind in files.items():
        Path(file).write_bytes(hostile.FILES[kind][0]())
    run = subprocess.run(
        [sys.executable, limits.__file__, str(samples.SMALL), *files],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(samples.PROGRAM), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert run.returncode == 0 and not run.stderr, run.stderr.decode()
    return {files[file]: said for line in run.stdout.splitlines() for file, said in json.loads(line).items()}


@pytest.mark.xdist_group("hostile")
@pytest.mark.parametrize("kind", hostile.FILES)
def test_hostile(kind: str, limited: dict[str, dict[str, Any]]) -> None:
    said, (_, told, code) = limited[kind], hostile.FILES[kind]
    assert told in said["told"] and said["code"] == f"intake.{code}", said
    assert said["megabytes"] < _MEGABYTES
