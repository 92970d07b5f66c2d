"""`yoshiki template` as a clerk runs it."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path

import command
import openpyxl
import pytest
import samples

from generator import roundtrip
from generator.api import RefusedError, Settings, Workspace
from generator.document import ReturnToken
from generator.register.entry import Keys
from generator.register.office import create_office

SCHEME = "lecture"


def run(*arguments: str | Path) -> command.Said:
    return command.run(*arguments, forms=samples.SMALL)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def token(path: Path, keys: tuple[str, ...] = ()) -> ReturnToken:
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    return roundtrip.read(book[roundtrip.SHEET]["A2"].value, keys)


def test_blank_forms_in_every_format(tmp_path: Path) -> None:
    said = run("template", SCHEME)
    assert said.code == 0, said.output
    folder = tmp_path / "output" / "templates" / SCHEME
    assert sorted(p.name for p in folder.iterdir()) == ["申請様式.pdf", "申請様式.xlsx"]
    assert "署名はありません" in said.output
    assert token(folder / "申請様式.xlsx").applicant == ""


def test_an_applicant_is_written_in(tmp_path: Path) -> None:
    file = tmp_path / "partner.yaml"
    file.write_text("事業者名: 株式会社見本\n所在地: 見本市仮町1番地\n", encoding="utf-8")
    said = run("template", SCHEME, "--applicant", file, "--format", "xlsx", "--out", tmp_path / "o")
    assert said.code == 0, said.output
    made = tmp_path / "o" / SCHEME / "申請様式_partner.xlsx"
    book = openpyxl.load_workbook(made)
    assert book["第１号様式"]["D6"].value == "株式会社見本" and not book["第１号様式"]["D6"].protection.locked
    assert token(made).applicant == "株式会社見本"


def test_a_name_that_no_field_of_a_pdf_can_show(tmp_path: Path) -> None:
    """The workbook can. What is told shows the item, and not the name."""
    file = tmp_path / "partner.yaml"
    file.write_text("事業者名: 株式会社見本\n代表者: 代表　𠮷田\n", encoding="utf-8")
    said = run("template", SCHEME, "--applicant", file)
    assert said.code == 1 and "「代表者」: 4文字目の文字（U+20BB7）は" in said.output
    assert "--format xlsx" in said.output and "𠮷" not in said.output
    assert run("template", SCHEME, "--applicant", file, "--format", "xlsx").code == 0


def test_an_applicant_with_a_slip_is_told(tmp_path: Path) -> None:
    file = tmp_path / "partner.yaml"
    file.write_text("事業者: 株式会社見本\n", encoding="utf-8")
    said = run("template", SCHEME, "--applicant", file)
    assert said.code != 0 and "「事業者名」ではありませんか" in said.output
    assert not (tmp_path / "output").exists()


def test_in_an_office_its_key_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = Keys.fresh()
    create_office(tmp_path / "office", key=key)
    case = samples.PLAIN.read_text(encoding="utf-8")
    (tmp_path / "case.yaml").write_text(case[: case.index("\n決定:")], encoding="utf-8")
    monkeypatch.chdir(tmp_path / "office")
    said = run("template", SCHEME, "--format", "xlsx")
    assert said.code == 0 and "署名はありません" not in said.output, said.output
    made = tmp_path / "office" / "output" / "templates" / SCHEME / "申請様式.xlsx"
    assert token(made, (key,)).signature


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing",), "「nothing」はありません"),
        ((SCHEME, "--stage", "決定"), "申請者の書く様式はありません"),
        ((SCHEME, "--stage", "報告"), "案件が要ります"),
        ((SCHEME, "--case", "a", "--applicant", "b"), "どちらか一方"),
        ((SCHEME, "--case", samples.PLAIN, "--stage", "請求"), "もう「請求」が書かれています"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments: tuple[str | Path, ...], words: str, tmp_path: Path) -> None:
    said = run("template", *arguments)
    assert said.code != 0 and words in said.output, said.output
    assert not (tmp_path / "output").exists()


def test_a_scheme_in_which_the_office_writes_all(tmp_path: Path) -> None:
    forms = shutil.copytree(samples.SMALL, tmp_path / "forms")
    scheme = forms / "tiny" / "scheme.yaml"
    scheme.write_text(scheme.read_text(encoding="utf-8").replace("issuer: 申請者", "issuer: 市"), encoding="utf-8")
    said = command.run("template", "tiny", forms=forms)
    assert said.code == 2 and "この制度に、申請者の書く様式はありません" in said.output
    with pytest.raises(RefusedError) as caught:
        Workspace(Settings((forms,))).fillable("tiny", "申請", date(2025, 6, 2))
    assert "申請者の書く様式が一つもありません" in caught.value.problems[0].hint
