"""Rules in a workbook: what a formula makes of answers in words and of lists that go on, and what no formula can."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import blanks
import kawasaki_samples
import libreoffice
import pytest
import samples
import workbooks

from generator.case import assess
from generator.case.assess import Assessment
from generator.case.model import Case
from generator.document import Document
from generator.intake import blank_forms
from generator.operations.check import check_files
from generator.operations.render import documents_of
from generator.problem import ProblemError
from generator.scheme import load
from generator.scheme.load import Schemes
from generator.source import read

needs_office = pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")
MORE = """steps:
  - {name: 物品費, stage: 申請, formula: "=1+SUMIF(補助対象経費.費目,\\"物品購入費\\",補助対象経費.金額)*2"}
  - {name: 単価の和, stage: 申請, formula: "=10-ROUNDDOWN(SUMPRODUCT(補助対象経費.単価,補助対象経費.数量),0)"}
  - {name: 謝金の数, stage: 申請, formula: "=COUNTIF(補助対象経費.費目,\\"謝金\\")"}
  - {name: 参加, stage: 申請, formula: "=IF(プラットフォーム参加,1,0)"}
  - {name: 外注か, stage: 申請, formula: "=OR(確認事項.全部の外部委託,辞退=TRUE)"}
  - {name: 外注か否か, stage: 申請, formula: "=IF(外注か,\\"全部\\",\\"一部\\")"}
  - {name: 反対, stage: 決定, formula: "=NOT(申請.外注か)"}
  - {name: 反対の額, stage: 決定, formula: "=IF(AND(反対,申請.プラットフォーム参加),100,200)"}
"""


def changed(tmp_path: Path, more: str) -> Path:
    """The scheme with further rules; each after those that it needs."""
    folder = tmp_path / "forms" / kawasaki_samples.SCHEME
    shutil.copytree(samples.FORMS / kawasaki_samples.SCHEME, folder)
    path = folder / "rules.yaml"
    head, tail = path.read_text(encoding="utf-8").split("\nsteps:\n")
    steps, checks = tail.split("\nchecks:")
    path.write_text(f"{head}\nsteps:\n{steps}{more.removeprefix('steps:')}\nchecks:{checks}", encoding="utf-8")
    return folder


def cell(document: Document, name: str) -> tuple[str, str]:
    sheet, _, address = dict(document.names)[name].rpartition("!")
    return sheet.strip("'"), address.replace("$", "")


TYPED = ("R5-002", "R5-003")  # one goes on on continuation sheets, the other is はい where it is いいえ
DECIDED = (("R5-001", "いいえ"), ("R5-003", "はい"))


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Schemes:
    return Schemes([changed(tmp_path_factory.mktemp("more"), MORE).parent])


@pytest.fixture(scope="module")
def shown(more: Schemes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, workbooks.Value]]:
    """What LibreOffice computes for each defined name of one cell, in applications typed and in decisions."""
    blank = blank_forms.compose(blank_forms.blank(more.get(kawasaki_samples.SCHEME)), "申請", blanks.TODAY)
    made: dict[str, tuple[Document, bytes]] = {}
    for number in TYPED:
        given = blanks.answers(blank, application(number, more))
        made[f"{number}/typed.xlsx"] = blank, blanks.filled(blanks.workbook(blank), given)
    for number, _ in DECIDED:
        document = decision(assessed(number, more))
        made[f"{number}/decided.xlsx"] = document, blanks.workbook(document)
    forgetful = {name: workbooks.without_values(data) for name, (_, data) in made.items()}
    converted = libreoffice.converted(forgetful, "ods", tmp_path_factory.mktemp("shown"))
    return {name: by_name(document, converted[name]) for name, (document, _) in made.items()}


def by_name(document: Document, data: bytes) -> dict[str, workbooks.Value]:
    values = workbooks.read_ods(data)
    single = [n for n, at in document.names if "!" in at and ":" not in at and not n.startswith("字数")]
    return {name: values[at] for name in single if (at := cell(document, name)) in values}


def application(number: str, known: Schemes) -> Case:
    return blank_forms.of_case(read.read(kawasaki_samples.sample(number)), known, "申請")


def assessed(number: str, known: Schemes) -> Assessment:
    (checked,) = check_files([kawasaki_samples.sample(number)], known)
    assert checked.assessment is not None
    return checked.assessment


def decision(assessment: Assessment) -> Document:
    return next(d for d in documents_of(assessment) if d.name == "決定一式")


@needs_office
@pytest.mark.xdist_group("rules in workbooks")
@pytest.mark.parametrize("number", TYPED)
def test_what_is_typed_is_computed(
    number: str, more: Schemes, shown: Mapping[str, Mapping[str, workbooks.Value]]
) -> None:
    values = shown[f"{number}/typed.xlsx"]
    assessment, _ = assess.assess(application(number, more))
    assert assessment is not None
    for name in ("物品費", "単価の和", "謝金の数", "参加", "外注か否か"):
        assert values[name] == assessment.value("申請", name), name
    assert values["外注か"] == ("はい" if assessment.value("申請", "外注か") else "いいえ")
    assert values["謝金の数"] and values["外注か"] == ("はい" if number == "R5-003" else "いいえ")


@needs_office
@pytest.mark.xdist_group("rules in workbooks")
@pytest.mark.parametrize(("number", "declined"), DECIDED)
def test_yes_and_no_are_words_on_the_sheet(
    number: str, declined: str, more: Schemes, shown: Mapping[str, Mapping[str, workbooks.Value]]
) -> None:
    assessment = assessed(number, more)
    data = blanks.workbook(decision(assessment))
    assert not [c for c in workbooks.read(data).cells.values() if isinstance(c.value, bool)]
    values = shown[f"{number}/decided.xlsx"]
    assert values["申請.辞退"] == declined
    assert values["申請.プラットフォーム参加"] == "はい"
    assert values["反対"] == ("いいえ" if declined == "はい" else "はい")
    for name in ("終結", "反対の額"):
        assert values[name] == assessment.value("決定", name)


def test_no_sample_shows_true_or_false() -> None:
    for sample in kawasaki_samples.ALL:
        for document in samples.documents(sample):
            cells = [c for s in document.sheets for c in s.cells]
            assert not [c for c in cells if isinstance(c.value, bool) or c.text in ("TRUE", "FALSE")]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("COUNT(補助対象経費.金額)", "空いた行も計算される"),
        ("MIN(補助対象経費.金額)", "関数MINには使えません"),
        ("MAX(0,補助対象経費.金額)", "関数MAXには使えません"),
        ("SUMIF(補助対象経費.金額,5,補助対象経費.単価)", "関数SUMIFには使えません"),
        ("COUNTA(その他収入.項目)", "あらかじめ印刷された文字"),
        ("COUNTIF(その他収入.項目,0)", "あらかじめ印刷された文字"),
        ("COUNTIF(語群,0)", "語を並べたパラメータ「語群」"),
        ("IF(語群=0,1,2)", "語を並べたパラメータ「語群」"),
        ("IF(ISBLANK(辞退),1,2)", "「はい・いいえ」の項目"),
        ("COUNTIF(協働事業者.市内で活動,TRUE)", "「はい・いいえ」の項目"),
    ],
)
def test_what_no_workbook_could_compute_is_refused(formula: str, message: str, tmp_path: Path) -> None:
    folder = changed(tmp_path, f'steps:\n  - {{name: 試し, stage: 申請, formula: "={formula}"}}\n')
    path = folder / "rules.yaml"
    words = "parameters:\n  語群:\n    - {from: 2022-11-22, value: [机, 椅子], basis: 試し}\n"
    path.write_text(path.read_text(encoding="utf-8").replace("parameters:\n", words, 1), encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        load.load(folder)
    (problem,) = refused.value.problems
    assert message in problem.message and problem.hint
    assert problem.position and problem.position.file.endswith("rules.yaml") and problem.position.line


def test_a_date_in_four_cells_is_no_day_to_a_formula(tmp_path: Path) -> None:
    folder = changed(tmp_path, 'steps:\n  - {name: 試し, stage: 申請, formula: "=YEAR(申請日)"}\n')
    load.load(folder)
    path = next(folder.glob("01-application*"))
    text = path.read_text(encoding="utf-8")
    assert "{field: 申請.申請日, format: 和暦" in text
    path.write_text(text.replace("申請.申請日, format: 和暦", "申請.申請日, format: 年", 1), encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        load.load(folder)
    assert "元号・年・月・日の欄に分かれている" in refused.value.problems[0].message
