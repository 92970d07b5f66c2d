"""yoshiki bundle: all of a case in one PDF, with what it was made of inside and evidence from outside behind."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
import samples
import tagged
from click.testing import CliRunner
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from generator.cli.main import cli
from generator.operations import attachments, bundle
from generator.problem import ProblemError, format_problem

SAMPLE = samples.PLAIN


def made(out: Path, *foreign: Path) -> PdfReader:
    done = bundle.bundle(SAMPLE, samples.known(), out, foreign)
    assert done.path and done.path.name == bundle.FILE
    return PdfReader(done.path, strict=True)


def texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def receipt(path: Path, pages: int = 2, password: str = "") -> Path:
    """A PDF with a link and a script that runs when it is opened."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(300, 400)
        script = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
        )
        link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): script})
        link[NameObject("/Rect")] = ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])
        page[NameObject("/Annots")] = ArrayObject([link])
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
        page[NameObject("/StructParents")] = NumberObject(0)
    writer.root_object[NameObject("/OpenAction")] = script
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(path)
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    return made(tmp_path_factory.mktemp("bundle"))


def test_every_page_comes_in_the_order_of_the_procedure(whole: PdfReader) -> None:
    stages = samples.documents(SAMPLE)
    singles = [samples.files(SAMPLE, "pdf")[f"{stage.name}.pdf"] for stage in stages]
    whole.stream.seek(0)
    assert texts(whole.stream.read()) == [text for one in singles for text in texts(one)]
    assert [item.title for item in whole.outline if not isinstance(item, list)] == [stage.name for stage in stages]
    below = [[mark.title for mark in item] for item in whole.outline if isinstance(item, list)]
    assert below == [[sheet.title for sheet in stage.sheets if sheet.printed] for stage in stages]
    assert whole.page_labels[:5] == ["01-1", "01b-1", "02-1", "03-1", "04-1"]


def test_the_case_and_the_workbooks_are_inside(whole: PdfReader) -> None:
    books = samples.files(SAMPLE, "xlsx")
    assert {name: data[0] for name, data in whole.attachments.items()} == {"L-001.yaml": SAMPLE.read_bytes(), **books}
    files = [one.get_object() for one in whole.root_object["/AF"]]  # type: ignore[attr-defined]
    assert {one["/AFRelationship"] for one in files} == {"/Source", "/Data"} and len(files) == 1 + len(books)


def test_all_of_it_is_one_tree(whole: PdfReader) -> None:
    whole.stream.seek(0)
    tree = tagged.read(whole.stream.read())
    assert [part.tag for part in tree.kids] == ["Part"] * len(samples.documents(SAMPLE))
    assert all(section.tag == "Sect" for part in tree.kids for section in part.kids)


def test_evidence_comes_behind_and_nothing_is_claimed(tmp_path: Path) -> None:
    both = made(tmp_path, receipt(tmp_path / "領収書.pdf"), receipt(tmp_path / "納品書.pdf", 1))
    own = made(tmp_path / "own")
    assert len(both.pages) == len(own.pages) + 3
    assert both.page_labels[-3:] == ["添付1-1", "添付1-2", "添付2-1"]
    assert [item.title for item in both.outline if not isinstance(item, list)][-2:] == [
        "添付1　領収書.pdf",
        "添付2　納品書.pdf",
    ]
    assert set(both.attachments) == set(own.attachments)
    root = both.root_object
    assert b"pdfaid:part>3<" in own.root_object["/Metadata"].get_data()  # type: ignore[attr-defined]
    assert b"pdfaid" not in root["/Metadata"].get_data() and b"pdfuaid" not in root["/Metadata"].get_data()  # type: ignore[attr-defined]
    assert "/StructTreeRoot" in root and "/OpenAction" not in root
    for page in both.pages[-3:]:
        assert not {"/AA", "/StructParents"} & set(page) and "/A" not in page["/Annots"][0].get_object()


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    other = receipt(tmp_path / "領収書.pdf")
    paths = [bundle.bundle(SAMPLE, samples.known(), tmp_path / n, [other]).path for n in "ab"]
    one, two = (path.read_bytes() for path in paths if path)
    assert one == two


def _truncated(path: Path) -> Path:
    data = receipt(path).read_bytes()
    path.write_bytes(data[: len(data) // 3])
    return path


def _picture(path: Path) -> Path:
    path.write_bytes(b"\xff\xd8\xff\xe0 JFIF")
    return path


def _empty(path: Path) -> Path:
    PdfWriter().write(path)
    return path


def _loop(path: Path) -> Path:
    """A page tree that contains itself."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"]
    data = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 3\n0000000000 65535 f \n" + table
    path.write_bytes(data + b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)
    return path


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: receipt(path, password="geheim"), "保護された PDF"),
        (_truncated, "壊れている|ページがありません"),
        (_picture, "PDF のファイルではありません"),
        (_empty, "ページがありません"),
        (_loop, "壊れている|ページがありません"),
        (lambda path: path, "読めません"),
        (lambda path: receipt(path, pages=attachments.MOST_PAGES + 1), "ページが多すぎます"),
    ],
    ids=["password", "truncated", "picture", "empty", "loop", "missing", "pages"],
)
def test_what_cannot_come_behind_is_a_problem(make: object, told: str, tmp_path: Path) -> None:
    path = make(tmp_path / "領収書.pdf")
    with pytest.raises(ProblemError, match=told) as caught:
        made(tmp_path / "out", path)
    (problem,) = caught.value.problems
    assert format_problem(problem).startswith(str(path)) and problem.hint
    assert not (tmp_path / "out").exists()


def test_a_file_too_large_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 1000)
    with pytest.raises(ProblemError, match="大きすぎます"):
        attachments.read_pdfs([receipt(tmp_path / "領収書.pdf", 20)])


def test_the_command_tells_what_was_made(tmp_path: Path) -> None:
    out, broken = tmp_path / "out", tmp_path / "案件.yaml"
    done = CliRunner().invoke(cli, ["--forms", str(samples.SMALL), "bundle", str(SAMPLE), "--out", str(out)])
    assert done.exit_code == 0 and "PDF/A-3a" in done.output and (out / "lecture/L-001").is_dir()
    broken.write_text("制度: lecture\n案件番号: X-1\n", encoding="utf-8")
    failed = CliRunner().invoke(
        cli, ["--forms", str(samples.SMALL), "bundle", str(broken), "--out", str(tmp_path / "no")]
    )
    assert failed.exit_code == 1 and "何も書き出していません" in failed.output and not (tmp_path / "no").exists()
