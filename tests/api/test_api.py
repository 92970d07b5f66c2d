"""The face of the library: cheap to import, fresh at every call, safe in threads, and nothing hidden."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import offices
import pytest
from offices import CLERK, Desk

from generator import api
from generator.api import Case, Office, Order, ProblemError, RefusedError, Settings, Workspace
from generator.api.case_writing import CaseWriting
from generator.register.office import FILE

THREADS = 16
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return offices.office(tmp_path / "office")


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """The small scheme, to be edited."""
    return shutil.copytree(offices.FORMS, tmp_path / "forms")


def workspace(desk: Desk, forms: Path = offices.FORMS) -> Workspace:
    return Workspace(Settings((forms,), desk.root))


def case(space: Workspace, path: Path) -> Case:
    return space.read(path.read_bytes(), path.name)


def test_it_is_imported_without_what_few_need() -> None:
    heavy = ["click", "docx", "distributed", "fsspec", "openpyxl", "pypdf", "reportlab", "sqlalchemy"]
    code = f"import sys, generator.api; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_part_of_the_face_is_described() -> None:
    described = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for name in api.__all__:
        assert getattr(api, name).__doc__ or name.isupper(), name
        assert re.search(rf"\b{name}\b", described), f"docs/api.md does not speak of {name}"
    for kind in (Workspace, CaseWriting, Office):
        for name in (n for n in vars(kind) if not n.startswith("_")):
            assert getattr(kind, name).__doc__, name
            assert f"`{name}" in described or f".{name}(" in described, f"docs/api.md does not speak of {name}"


def test_whatever_the_face_gives_can_be_named() -> None:
    """The types in the signatures of the face are names of the face, or of Python."""
    named = {*api.__all__, "Any", "Callable", "Collection", "Iterable", "Iterator", "Mapping", "None", "Path",
             "Sequence", "bool", "bytes", "datetime", "date", "dict", "int", "list", "str", "tuple"}  # fmt: skip
    for kind in (Workspace, CaseWriting, Office):
        for name, call in vars(kind).items():
            if not name.startswith("_"):
                used = re.findall(r"\w+", " ".join(map(str, call.__annotations__.values())))
                assert set(used) <= named, name


DOORS = ("cli", "__main__.py")
AMBIENT = {
    ("os", "environ"), ("os", "getenv"), ("os", "getcwd"), ("Path", "cwd"), ("Path", "home"),
    ("path", "expanduser"), ("logging", "getLogger"), ("logging", "basicConfig"), ("logging", "disable"),
    ("date", "today"), ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("time", "time"),
}  # fmt: skip


def test_only_the_doors_read_clock_environment_and_working_folder() -> None:
    read = set()
    for path in (ROOT / "generator").rglob("*.py"):
        name = path.relative_to(ROOT / "generator").as_posix()
        if name.startswith(DOORS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
                if (owner, node.attr) in AMBIENT:
                    read.add((name, f"{owner}.{node.attr}"))
    assert read == {("pypdf_log.py", "logging.getLogger")}


def test_another_symbol_holds_from_the_next_number_on(desk: Desk) -> None:
    space = workspace(desk)
    first = space.issue(case(space, desk.case("A-1")), Order("04"), CLERK)
    settings = desk.root / FILE
    settings.write_text(settings.read_text(encoding="utf-8").replace('"総企"', '"経イ"'), encoding="utf-8")
    second = space.issue(case(space, desk.case("A-2")), Order("04"), CLERK)
    assert (first.entry.text, second.entry.text) == ("見本市指令総企第1号", "見本市指令経イ第2号")


def test_an_edited_scheme_holds_from_the_next_call_on(desk: Desk, forms: Path) -> None:
    space = Workspace(Settings((forms,)))
    before = case(space, desk.case("A-1"))
    assert [s.name for s in space.schemes() if s.id == "tiny"] == ["見本補助金"]
    scheme = forms / "tiny" / "scheme.yaml"
    scheme.write_text(
        scheme.read_text(encoding="utf-8").replace("name: 見本補助金", "name: 新補助金"), encoding="utf-8"
    )
    assert [s.name for s in space.schemes() if s.id == "tiny"] == ["新補助金"]
    report = space.check(before)
    assert report.ok and report.case and report.case.scheme.name == "新補助金"
    assert space.schemes()[0] is space.schemes()[0], "loaded once while nothing changes"


def test_a_faulty_scheme_is_told_and_stops_no_other(forms: Path) -> None:
    (forms / "tiny" / "rules.yaml").write_text("x: [", encoding="utf-8")
    space = Workspace(Settings((forms,)))
    assert "tiny" not in {s.id for s in space.schemes()}
    assert [p.position.file for p in space.faults() if p.position] == [str(forms / "tiny" / "rules.yaml")]


def test_what_is_no_case_is_an_error_and_what_is_wrong_in_one_is_told(desk: Desk) -> None:
    space = workspace(desk)
    for data in (b"", b"\xff\xfe", b"x: [", "制度: 無い\n案件番号: A-1\n".encode()):
        with pytest.raises(ProblemError) as caught:
            space.read(data, "x.yaml")
        assert caught.value.problems
    wrong = space.read(desk.case("A-1", decided="きのう").read_bytes(), "x.yaml")
    report = space.check(wrong)
    assert not report.ok and report.problems[0].position and report.problems[0].position.file == "x.yaml"
    for refused in (lambda: space.render(wrong), lambda: space.documents(wrong)):
        with pytest.raises(RefusedError):
            refused()
    with pytest.raises(RefusedError):
        space.issue(wrong, Order("04"), CLERK)


def test_a_case_that_is_no_file_is_not_issued(desk: Desk) -> None:
    space = workspace(desk)
    given = case(space, desk.case("A-1"))
    unwritten = replace(given, source=replace(given.source, data=b""))
    with pytest.raises(RefusedError) as caught:
        space.issue(unwritten, Order("04"), CLERK)
    assert caught.value.problems[0].code == "issue.no-file"


def work(space: Workspace, path: Path) -> int:
    """What a page would do with a case, from the first check to the numbered document."""
    given = case(space, path)
    assert space.check(given).ok
    (draft,) = (s for d in space.documents(given) for s in d.sheets if s.form == "04")
    assert draft.stamp == "案"
    issued = space.issue(given, Order("04"), CLERK)
    (final,) = (s for d in space.documents(given) for s in d.sheets if s.form == "04")
    assert final.stamp == "" and issued.entry.text in "".join(cell.text for cell in final.cells)
    files = space.render(given, ("pdf",))
    assert issued.folder and files["04-decision.pdf"] == (issued.folder / "04-decision.pdf").read_bytes()
    assert [i.number.text for i in space.status(given, CLERK.today).issued] == [issued.entry.text]
    return issued.entry.number


def test_sixteen_threads_use_one_workspace(desk: Desk) -> None:
    space, paths = workspace(desk), [desk.case(f"T-{n}") for n in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        numbers = list(threads.map(lambda path: work(space, path), paths))
    assert sorted(numbers) == list(range(1, THREADS + 1))


def test_threads_make_the_same_bytes(desk: Desk) -> None:
    space, given = workspace(desk), desk.case("A-1")
    alone = Workspace(Settings((offices.FORMS,))).render(case(space, given))
    with ThreadPoolExecutor(THREADS) as threads:
        made = list(threads.map(lambda _: space.render(case(space, given)), range(THREADS)))
    assert all(files == alone for files in made)
